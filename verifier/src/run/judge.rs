//! Judges steps from gathered evidence, and writes the verdicts into the results.

use anyhow::Result;
use course::key::Key;
use course::param::Param;
use course::results::{Call, Confirmation, Outcome, Results, SeenAccount, StepResult};
use course::{Course, Step};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::results_update::{self, MadeNow};
use crate::cel::{self, bound::Bound, budget::Budget};
use crate::made::{self, Left, Leftover, MadeMemory, Remembered, Sighting};
use crate::plan::{Compiled, Needs, Source};
use crate::recording::{self, Known, Recorded};
use crate::verdict::{self, Awaited, Confirmable, Confirmed, Inputs, Judged};
use evidence::client::{Ask, Named};
use evidence::gather::Gathered;
use evidence::mask;
use evidence::{Section, time};

/// Judges the steps of a course.
#[derive(Debug, Clone)]
pub struct Judge {
    course: Arc<Course>,
    compiled: Arc<Compiled>,
    key: Key,
    show_identifiers: bool,
    /// What is remembered of what the learner made.
    memory: Arc<MadeMemory>,
    practice: bool,
    /// The names that the course's expressions look up in answers.
    named: Arc<Named>,
    /// The steps that the learner asked for by themselves.
    asked: Arc<BTreeSet<String>>,
}

impl Judge {
    /// A judge for the store: account ids, e-mail addresses and phone numbers are masked.
    pub fn new(course: &Arc<Course>, compiled: &Arc<Compiled>, key: &Key) -> Judge {
        let mut named = compiled.named();
        let texts: BTreeSet<String> = texts_of_params(course).chain(course.given.values().cloned()).collect();
        named.values_mut().for_each(|named| named.extend(texts.iter().cloned()));
        let (course, compiled, named) = (Arc::clone(course), Arc::clone(compiled), Arc::new(named));
        let (memory, practice, asked) = Default::default();
        Judge { course, compiled, key: key.clone(), show_identifiers: false, memory, practice, named, asked }
    }

    /// The same judge for steps that the learner asked for by themselves: their verdicts count as attempts.
    pub(super) fn asked_for(self, steps: &Arc<BTreeSet<String>>) -> Judge {
        Judge { asked: Arc::clone(steps), ..self }
    }

    /// The same judge with what is remembered of what the learner made, in the practice accounts or in their own.
    pub fn remembering(self, memory: MadeMemory, practice: bool) -> Judge {
        Judge { memory: Arc::new(memory), practice, ..self }
    }

    /// The same judge with account ids, e-mail addresses and phone numbers in plain text, for output that is never
    /// saved.
    pub fn showing_identifiers(self) -> Judge {
        Judge { show_identifiers: true, ..self }
    }

    /// What is known besides what AWS answers.
    pub(crate) fn known(&self) -> Known {
        let made: Vec<Remembered> = self.memory.all(self.practice).cloned().collect();
        Known::of(&self.course, &made)
    }

    /// The same judge with what was known when a run was recorded.
    pub(crate) fn knowing(self, known: &Known) -> Judge {
        let course = Arc::new(self.course.given_as_recorded(&known.given));
        let mut memory = MadeMemory::default();
        memory.extend(known.remembered(&course));
        Judge { course, memory: Arc::new(memory), ..self }
    }

    /// The course.
    pub(crate) fn course(&self) -> &Course {
        &self.course
    }

    /// Its checks, compiled.
    pub(crate) fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// Records the accounts that were seen. Verdicts about other accounts are no longer shown.
    pub fn note_accounts(&self, gathered: &Gathered, results: &mut Results) {
        self.note(&self.fingerprints(gathered), gathered, results);
    }

    fn note(&self, fingerprints: &BTreeMap<String, String>, gathered: &Gathered, results: &mut Results) {
        for (account, fingerprint) in fingerprints {
            let id = &gathered.account_ids[account];
            let id = if self.show_identifiers { id.clone() } else { mask::account_id(id) };
            results.accounts.insert(account.clone(), SeenAccount { fingerprint: fingerprint.clone(), id });
        }
    }

    /// Fingerprints of the identified accounts, by the course's names for them.
    fn fingerprints(&self, gathered: &Gathered) -> BTreeMap<String, String> {
        let fingerprint = |(account, id): (&String, &String)| (account.clone(), self.key.fingerprint(id));
        gathered.account_ids.iter().map(fingerprint).collect()
    }

    /// Judges steps from gathered evidence, and records the verdicts in the results. Returns what was found out about
    /// what the learner makes, for [`MadeMemory::note`].
    pub fn judge(&self, steps: &[&Step], gathered: &Gathered, results: &mut Results) -> Vec<Sighting> {
        let inputs = self.inputs(gathered, results);
        self.note(&inputs.fingerprints, gathered, results);
        let (calls, now) = (Calls::of(gathered), time::now());
        let (mut sightings, mut unread) = (Vec::new(), Vec::new());
        let put = |results: &mut Results, step: &Step, asked: bool, judged: Judged| {
            let calls = calls.behind(&self.compiled.needs(&self.course, step));
            results_update::put(results, &inputs, (step, asked), judged, calls, &now);
        };
        for (step, mut judged) in steps.iter().zip(verdict::judge(&inputs, steps)) {
            sightings.append(&mut judged.sightings);
            unread.append(&mut judged.unread);
            put(results, step, self.asked.contains(&step.id), judged);
        }
        if self.course.checks.values().any(|check| check.makes.is_some()) {
            let made = MadeNow { inputs: &inputs, sightings: &sightings, unread: &unread, now: &now };
            for step in results_update::made(results, &made) {
                verdict::judge(&inputs, &[step]).into_iter().for_each(|judged| put(results, step, false, judged));
            }
        }
        sightings
    }

    /// What is left of what the learner made, and what was found out about it.
    pub fn leftovers(&self, gathered: &Gathered, results: &mut Results) -> (Vec<Leftover>, Vec<Sighting>) {
        let inputs = self.inputs(gathered, results);
        self.note(&inputs.fingerprints, gathered, results);
        let on_thread = Arc::clone(&inputs);
        let (mut left, sightings) = cel::on_a_thread(move || made::leftovers(&on_thread)).unwrap_or_default();
        left.extend(made::forgotten(&inputs, &left, results));
        let is_unread = |left: &&Leftover| matches!(left.left, Left::Unread(_) | Left::NotAsked(_));
        let unread: Vec<String> = left.iter().filter(is_unread).map(|left| left.step.clone()).collect();
        let (now, calls) = (time::now(), Calls::of(gathered));
        let made = MadeNow { inputs: &inputs, sightings: &sightings, unread: &unread, now: &now };
        for step in results_update::made(results, &made) {
            for judged in verdict::judge(&inputs, &[step]) {
                let calls = calls.behind(&self.compiled.needs(&self.course, step));
                results_update::put(results, &inputs, (step, false), judged, calls, &now);
            }
        }
        (left, sightings)
    }

    /// Judges from what has arrived so far. The results don't change.
    pub fn partly<'j>(&'j self, gathered: &'j Gathered, results: &'j Results) -> Partly<'j> {
        Partly { judge: self, gathered, results, inputs: OnceCell::new() }
    }

    /// What a verdict depends on before anything has arrived.
    pub(crate) fn nothing_yet(&self) -> Inputs {
        self.inputs_of(&Gathered::default(), &Results::empty(true))
    }

    /// The calls of a step that have no answer, of those that can be made with what was gathered.
    pub(crate) fn waits(&self, step: &Step, gathered: &Gathered) -> BTreeSet<(String, Ask)> {
        let inputs = self.inputs(gathered, &Results::empty(true));
        let parts = verdict::parts(&inputs, step);
        let waits = cel::on_a_thread(move || parts.iter().flat_map(|part| verdict::waits(&inputs, part)).collect());
        waits.unwrap_or_default()
    }

    /// The strings that the course's checks look for, including those in its parameters.
    pub fn looked_for(&self) -> BTreeSet<String> {
        let mut texts = self.compiled.literals();
        texts.extend(texts_of_params(&self.course));
        texts
    }

    /// The steps whose verdicts from two gatherings differ, without what is remembered.
    pub fn steps_that_differ(&self, steps: &[&Step], one: &Recorded, other: &Recorded) -> Vec<String> {
        let verdicts = |recorded: &Recorded| {
            let mut gathered = recorded.gathered.clone();
            recording::fill_gaps(&mut gathered, &self.compiled.plan(&self.course, steps.iter().copied()));
            let mut results = Results::empty(self.practice);
            self.clone().knowing(&recorded.known).judge(steps, &gathered, &mut results);
            results.steps
        };
        let (one, other) = (verdicts(one), verdicts(other));
        let differs = |(id, result): &(&String, &StepResult)| {
            other.get(id).is_none_or(|other| {
                let outcomes = |result: &StepResult| {
                    result.expectations.iter().map(|expectation| expectation.outcome).collect::<Vec<_>>()
                };
                other.verdict != result.verdict || outcomes(other) != outcomes(result)
            })
        };
        one.iter().filter(differs).map(|(id, _)| id.clone()).collect()
    }

    /// Records the learner's confirmations of a step, and returns the outcome of each statement. A statement is not
    /// confirmed if evidence decides it, or if what it is about cannot be read. An earlier confirmation of it then
    /// stays.
    ///
    /// # Errors
    /// When the step's expressions cannot be evaluated.
    pub fn confirm(&self, step: &Step, gathered: &Gathered, results: &mut Results) -> Result<Vec<Confirmable>> {
        let statements = verdict::confirmable(&self.inputs(gathered, results), step).map_err(anyhow::Error::msg)?;
        let Some(account) = self.fingerprints(gathered).remove(&step.account) else { return Ok(statements) };
        for Confirmable { statement, outcome, about } in &statements {
            let Ok(Confirmed { same, accounts }) = about else { continue };
            if !matches!(outcome, Outcome::Unconfirmed | Outcome::Confirmed | Outcome::Unknown) {
                continue;
            }
            // One for other inputs or other accounts may count again.
            results.confirmations.retain(|other| {
                (&other.step, &other.statement, &other.account, &other.inputs, &other.accounts)
                    != (&step.id, statement, &account, &step.inputs, accounts)
            });
            results.confirmations.push(Confirmation {
                step: step.id.clone(),
                statement: statement.clone(),
                account: account.clone(),
                accounts: accounts.clone(),
                inputs: step.inputs.clone(),
                about: same.clone(),
                // By AWS's clock, because it is compared with events. The computer's clock may be wrong.
                time: gathered.now.clone().unwrap_or_else(time::now),
            });
        }
        Ok(statements)
    }

    /// Removes the learner's confirmations of a step.
    pub fn undo(&self, step: &Step, gathered: &Gathered, results: &mut Results) {
        let account = self.fingerprints(gathered).remove(&step.account);
        results.confirmations.retain(|other| other.step != step.id || Some(&other.account) != account.as_ref());
    }

    fn inputs(&self, gathered: &Gathered, results: &Results) -> Arc<Inputs> {
        Arc::new(self.inputs_of(gathered, results))
    }

    fn inputs_of(&self, gathered: &Gathered, results: &Results) -> Inputs {
        Inputs {
            course: Arc::clone(&self.course),
            compiled: Arc::clone(&self.compiled),
            evidence: Arc::clone(&gathered.evidence),
            bound: Bound::new(&gathered.evidence, &gathered.answers),
            named: Arc::clone(&self.named),
            now: gathered.now.clone(),
            budget: Budget::default(),
            account_ids: gathered.account_ids.clone(),
            memory: Arc::clone(&self.memory),
            practice: self.practice,
            fingerprints: self.fingerprints(gathered),
            confirmations: results.confirmations.clone(),
            seen: results.seen.clone(),
            key: self.key.clone(),
            show_identifiers: self.show_identifiers,
        }
    }
}

/// Judges from what has arrived so far.
#[derive(Debug)]
pub struct Partly<'j> {
    judge: &'j Judge,
    gathered: &'j Gathered,
    results: &'j Results,
    inputs: OnceCell<Arc<Inputs>>,
}

impl Partly<'_> {
    fn inputs(&self) -> &Arc<Inputs> {
        self.inputs.get_or_init(|| self.judge.inputs(self.gathered, self.results))
    }

    /// Whether all evidence for a step has arrived.
    pub fn is_ready(&self, step: &Step) -> bool {
        let course = &self.judge.course;
        let needs = self.judge.compiled.needs(course, step);
        let arrived = needs.iter().all(|(account, source)| match source {
            Source::Section(section) => self.gathered.section(account, *section).is_some(),
            Source::Operation(_) => true,
        });
        arrived && verdict::has_answers(self.inputs(), step)
    }

    /// Whether every condition of a step that uses a section can be decided, though the section may have been read in
    /// part.
    pub fn is_decided(&self, step: &Step, account: &str, section: Section) -> bool {
        verdict::is_decided(self.inputs(), step, account, section)
    }

    /// A step's expectations, as far as their evidence has arrived.
    pub fn so_far(&self, step: &Step) -> Vec<Awaited> {
        verdict::so_far(self.inputs(), step)
    }
}

/// The parameters of a course's steps that are texts, and the cells of its tables.
fn texts_of_params(course: &Course) -> impl Iterator<Item = String> {
    let own = course.steps.iter().flat_map(|step| course.params_of(step));
    let params = own.filter_map(|(_, param)| match param {
        Param::Text(text) => Some(text.clone()),
        _ => None,
    });
    let rows = course.tables.values().flat_map(|table| &table.rows);
    params.chain(rows.flat_map(|row| row.values().cloned()))
}

/// The calls of a run, by account and section.
struct Calls<'g>(BTreeMap<(&'g str, &'g str), Vec<&'g Call>>);

impl<'g> Calls<'g> {
    /// The calls whose responses were used.
    fn of(gathered: &'g Gathered) -> Calls<'g> {
        // What was read from an account that turned out to be another one was discarded.
        let used =
            |call: &&Call| gathered.account_ids.contains_key(&call.account) || call.section == Section::Identity.name();
        let mut calls: Vec<&Call> = gathered.calls.iter().map(|timed| &timed.call).filter(used).collect();
        calls.sort();
        // An operation that was called for each of many resources is listed once.
        calls.dedup_by(|a, b| {
            (&a.account, &a.section, &a.operation, &a.region) == (&b.account, &b.section, &b.operation, &b.region)
        });
        let mut sections: BTreeMap<(&str, &str), Vec<&Call>> = BTreeMap::new();
        for call in calls {
            sections.entry((&call.account, &call.section)).or_default().push(call);
        }
        Calls(sections)
    }

    /// The calls whose responses a verdict uses.
    fn behind(&self, needs: &Needs) -> Vec<Call> {
        let sections = needs.iter().filter_map(|(account, source)| self.0.get(&(account.as_str(), source.name())));
        let mut calls: Vec<Call> = sections.flatten().map(|call| (*call).clone()).collect();
        calls.sort();
        calls
    }
}
