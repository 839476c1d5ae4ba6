//! Finds the calls that the reads of steps need, while evidence arrives.

use course::Step;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::judge::Judge;
use crate::cel::{self, Expression};
use crate::plan::{Compiled, What};
use crate::reads::MOST_CALLS_OF_A_RUN;
use crate::verdict::{self, Evaluation, Inputs};
use evidence::Section;
use evidence::client::{Ask, Named};
use evidence::gather::{Arrival, Asks};
use evidence::time::Time;

/// The reads of a run's steps.
#[derive(Debug)]
pub(crate) struct Asking {
    named: Arc<Named>,
    state: Arc<Mutex<State>>,
}

/// What has arrived for them.
#[derive(Debug)]
struct State {
    inputs: Inputs,
    /// The parts of steps with reads that are not answered yet, by number, and how many things each still waits for.
    waiting: BTreeMap<usize, (Evaluation, usize)>,
    /// The numbers of the parts that wait for something.
    waited_for: BTreeMap<Wait, Vec<usize>>,
    /// The parts that wait for nothing.
    ready: Vec<Evaluation>,
    /// How many parts have waited: the next one's number.
    numbered: usize,
    /// All calls that were asked for.
    asked: BTreeSet<(String, Ask)>,
}

impl State {
    /// A part is evaluated when all of this has arrived.
    fn wait(&mut self, part: Evaluation, waits: BTreeSet<Wait>) {
        if waits.is_empty() {
            return self.ready.push(part);
        }
        self.waiting.insert(self.numbered, (part, waits.len()));
        for wait in waits {
            self.waited_for.entry(wait).or_default().push(self.numbered);
        }
        self.numbered += 1;
    }

    fn arrived(&mut self, arrived: &Wait) {
        for number in self.waited_for.remove(arrived).unwrap_or_default() {
            let Entry::Occupied(mut waiting) = self.waiting.entry(number) else { continue };
            waiting.get_mut().1 -= 1;
            if waiting.get().1 == 0 {
                self.ready.push(waiting.remove().0);
            }
        }
    }
}

/// What a step waits for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Wait {
    Section(String, Section),
    Answer(String, Ask),
}

impl Asking {
    /// The reads of these steps, and of the steps that they depend on; `None` if they have none.
    pub(crate) fn of(judge: &Judge, steps: &[&Step]) -> Option<Arc<dyn Asks>> {
        let inputs = judge.nothing_yet();
        let mut parts: Vec<Evaluation> = Vec::new();
        let mut whole = BTreeSet::new();
        for part in steps.iter().flat_map(|step| verdict::parts(&inputs, step)) {
            if !matches!(&part, Evaluation::Whole(step) if !whole.insert(step.id.clone())) {
                parts.push(part);
            }
        }
        Asking::parts(inputs, parts)
    }

    /// The reads that find out what is left of all that the learner made.
    pub(crate) fn of_made(judge: &Judge) -> Option<Arc<dyn Asks>> {
        let inputs = judge.nothing_yet();
        let makes = |step: &&Step| judge.course().check(step).makes.is_some();
        let made = judge.course().steps.iter().filter(makes);
        let parts = made.flat_map(|step| verdict::made_parts(&inputs, step)).collect();
        Asking::parts(inputs, parts)
    }

    fn parts(inputs: Inputs, parts: Vec<Evaluation>) -> Option<Arc<dyn Asks>> {
        if parts.is_empty() {
            return None;
        }
        let (named, numbered, asked) = (Arc::clone(&inputs.named), 0, BTreeSet::new());
        let (waiting, waited_for, ready) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let mut state = State { inputs, waiting, waited_for, ready, numbered, asked };
        for part in parts {
            let sections = sections(&state.inputs.compiled, &part);
            state.wait(part, sections);
        }
        Some(Arc::new(Asking { named, state: Arc::new(Mutex::new(state)) }))
    }

    /// Notes what has arrived, and returns the calls that can be made now.
    fn after(&self, arrived: impl FnOnce(&mut State)) -> Vec<(String, Ask)> {
        let mut state = locked(&self.state);
        arrived(&mut state);
        if state.ready.is_empty() {
            return Vec::new();
        }
        drop(state);
        let on_thread = Arc::clone(&self.state);
        let found = cel::on_a_thread(move || {
            let mut state = locked(&on_thread);
            let mut found = Vec::new();
            for part in std::mem::take(&mut state.ready) {
                // What cannot be evaluated is reported when the step is judged, and so is what is too much for a run.
                let asks: BTreeSet<(String, Ask)> = verdict::waits(&state.inputs, &part).into_iter().collect();
                let new: Vec<(String, Ask)> = asks.difference(&state.asked).cloned().collect();
                if asks.is_empty() || state.asked.len() + new.len() > MOST_CALLS_OF_A_RUN {
                    continue;
                }
                state.asked.extend(new.iter().cloned());
                found.extend(new);
                let waits = asks.into_iter().map(|(account, ask)| Wait::Answer(account, ask)).collect();
                state.wait(part, waits);
            }
            found
        });
        found.unwrap_or_default()
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sections that the inputs of a step's reads use.
fn sections(compiled: &Compiled, part: &Evaluation) -> BTreeSet<Wait> {
    let step = part.step();
    let check = compiled.check(step);
    let used: Vec<&Expression> = check.reads().flat_map(|(_, read)| read.expressions()).collect();
    let needs = used.iter().flat_map(|used| check.needs(used)).filter_map(|need| match need.what {
        What::Section(section) => Some((need.account.unwrap_or_else(|| step.account.clone()), section)),
        What::Read(_) | What::Input(_) => None,
    });
    // What is made is remembered for an account.
    let needs_identity = matches!(part, Evaluation::Made(..)) || used.iter().any(|used| check.asks_the_time(used));
    let identity = needs_identity.then(|| (step.account.clone(), Section::Identity));
    needs.chain(identity).map(|(account, section)| Wait::Section(account, section)).collect()
}

impl Asks for Asking {
    fn first(&self) -> Vec<(String, Ask)> {
        self.after(|_| {})
    }

    fn next(&self, arrival: Arrival<'_>) -> Vec<(String, Ask)> {
        self.after(|state| {
            let arrived = match arrival {
                Arrival::Section(account, section, value, now) => {
                    state.inputs.arrived(account, section, value, now.map(Time::text));
                    Wait::Section(account.to_owned(), section)
                }
                Arrival::Answer(account, ask, outcome) => {
                    state.inputs.bound.add_answer(account, ask, outcome);
                    Wait::Answer(account.to_owned(), ask.clone())
                }
            };
            state.arrived(&arrived);
        })
    }

    fn named(&self) -> &Arc<Named> {
        &self.named
    }
}
