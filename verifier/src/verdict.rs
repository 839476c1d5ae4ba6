//! Verdicts: a pure function of a step's check, the evidence, the learner's confirmations and what was seen before.

mod decided;
mod expectations;
mod inputs;
mod judge;
mod listing;
mod rows;
mod scope;

use course::Step;
use course::results::{ExpectationResult, Outcome, Verdict};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cel;
use crate::made::{self, ListValues};
use crate::members;
use crate::plan::Source;
use evidence::Section;
use evidence::client::Ask;
use scope::course_error;

pub use inputs::{Awaited, Confirmable, Confirmed, Inputs, Judged, Voided};
pub(crate) use judge::Judge;
pub(crate) use listing::list;

/// Judges steps and returns the results in the same order. A member of several checks is judged once.
///
/// A verdict is never better than its evidence. Without evidence, it is unknown:
///
/// ```
/// use course::{key::Key, results::Verdict};
/// use std::{collections::BTreeMap, path::Path, sync::Arc};
/// use verify::cel::{bound::Bound, budget::Budget};
/// use verify::verdict::{self, Inputs};
/// use verify::{book, compile};
///
/// # fn main() -> anyhow::Result<()> {
/// let course = Arc::new(book::read(Path::new("../book"), false)?);
/// let inputs = Inputs {
///     course: Arc::clone(&course),
///     compiled: Arc::new(compile::compile(&course).expect("the checks compile")),
///     evidence: Arc::default(),
///     bound: Bound::default(),
///     named: Arc::default(),
///     now: None,
///     account_ids: BTreeMap::new(),
///     fingerprints: BTreeMap::new(),
///     memory: Arc::default(),
///     practice: false,
///     confirmations: Vec::new(),
///     seen: Vec::new(),
///     budget: Budget::default(),
///     key: Key::new([0; 32]),
///     show_identifiers: false,
/// };
/// let steps: Vec<_> = course.steps.iter().collect();
/// let judged = verdict::judge(&Arc::new(inputs), &steps);
/// assert!(judged.iter().all(|step| step.verdict == Verdict::Unknown));
/// # Ok(())
/// # }
/// ```
pub fn judge(inputs: &Arc<Inputs>, steps: &[&Step]) -> Vec<Judged> {
    let members = steps.iter().flat_map(|step| &step.members).filter_map(|id| inputs.course.step(id));
    let simple = steps.iter().copied().filter(|step| step.members.is_empty());
    let mut own: BTreeMap<&str, &Step> = members.map(|step| (step.id.as_str(), step)).collect();
    // A step that is given may differ from the course's: it can have other parameters, or another account.
    own.extend(simple.map(|step| (step.id.as_str(), step)));
    let on_thread = Arc::clone(inputs);
    // On one thread: the budget of a run is spent in the same order each time, so the same steps are within it.
    let judged = cel::each_on_a_thread(own.values().map(|step| (*step).clone()).collect(), move |step| {
        Judge::new(&on_thread, step).map(Judge::judge)
    });
    let whole = |(step, judged): (&&Step, Result<Result<Judged, String>, String>)| {
        judged.and_then(|judged| judged).unwrap_or_else(|message| not_evaluated(inputs, step, &message))
    };
    let judged: BTreeMap<&str, Judged> = own.keys().copied().zip(own.values().zip(judged).map(whole)).collect();
    let of = |step: &&Step| match step.members.as_slice() {
        [] => judged[step.id.as_str()].clone(),
        members => {
            let members = members.iter().filter_map(|id| Some((inputs.course.step(id)?, judged.get(id.as_str())?)));
            members::judge(inputs, &members.collect::<Vec<_>>())
        }
    };
    steps.iter().map(of).collect()
}

/// The result of a step whose expressions could not be evaluated at all.
fn not_evaluated(inputs: &Inputs, step: &Step, message: &str) -> Judged {
    let expectations = inputs.course.check(step).expectations().iter();
    let expectations = expectations.map(|expectation| {
        ExpectationResult::new(inputs.course.expectation_title(step, &expectation.title), Outcome::Unknown, Vec::new())
    });
    Judged {
        verdict: Verdict::Unknown,
        reasons: vec![course_error(&step.account, message)],
        expectations: expectations.collect(),
        seen: Vec::new(),
        voided: Voided::default(),
        sightings: Vec::new(),
        unread: step.removes.iter().chain([&step.id]).cloned().collect(),
    }
}

/// The statements of a step that can be confirmed.
///
/// # Errors
/// When its expressions cannot be evaluated at all.
pub(crate) fn confirmable(inputs: &Arc<Inputs>, step: &Step) -> Result<Vec<Confirmable>, String> {
    let (on_thread, own) = (Arc::clone(inputs), step.clone());
    cel::on_a_thread(move || Judge::new(&on_thread, &own).map(|judge| judge.confirmable()))?
}

/// Whether every condition of a step that uses a section can be decided.
pub(crate) fn is_decided(inputs: &Arc<Inputs>, step: &Step, account: &str, section: Section) -> bool {
    let (on_thread, own, account) = (Arc::clone(inputs), step.clone(), account.to_owned());
    let decided =
        cel::on_a_thread(move || Judge::new(&on_thread, &own).is_ok_and(|judge| judge.is_decided(&account, section)));
    decided.unwrap_or(false)
}

/// A part of what judging a step evaluates.
#[derive(Debug, Clone)]
pub(crate) enum Evaluation {
    /// Its own check.
    Whole(Step),
    /// What a step makes, with values that may be remembered ones.
    Made(Step, ListValues),
}

impl Evaluation {
    /// The step whose check is evaluated.
    pub(crate) fn step(&self) -> &Step {
        match self {
            Evaluation::Whole(step) | Evaluation::Made(step, _) => step,
        }
    }
}

/// The parts of judging a step that have reads.
pub(crate) fn parts(inputs: &Inputs, step: &Step) -> Vec<Evaluation> {
    let course = &inputs.course;
    let own = step.members.iter().filter_map(|id| course.step(id)).chain([step]).cloned().map(Evaluation::Whole);
    let removed = step.removes.iter().filter_map(|id| course.step(id));
    let made = removed.flat_map(|made| made_parts(inputs, made));
    let has_reads = |part: &Evaluation| {
        inputs.compiled.find(&part.step().check).is_some_and(|check| check.reads().next().is_some())
    };
    own.chain(made).filter(has_reads).collect()
}

/// What is evaluated to find out whether that is there which a step makes.
pub(crate) fn made_parts(inputs: &Inputs, made: &Step) -> Vec<Evaluation> {
    made::sets(inputs, made).into_iter().map(|values| Evaluation::Made(made.clone(), values)).collect()
}

/// The calls that a part asks for and that are not answered yet, as far as they are known. Call it
/// [`cel::on_a_thread`].
pub(crate) fn waits(inputs: &Inputs, part: &Evaluation) -> Vec<(String, Ask)> {
    match part {
        Evaluation::Whole(step) => Judge::new(inputs, step).map(|judge| judge.reads.waits).unwrap_or_default(),
        Evaluation::Made(step, values) => list(inputs, step, values, &[]).err().unwrap_or_default(),
    }
}

/// Whether the reads of a step are answered.
pub(crate) fn has_answers(inputs: &Arc<Inputs>, step: &Step) -> bool {
    let parts = parts(inputs, step);
    if parts.is_empty() {
        return true;
    }
    let on_thread = Arc::clone(inputs);
    cel::on_a_thread(move || parts.iter().all(|part| waits(&on_thread, part).is_empty())).unwrap_or_default()
}

/// The expectations of a step, as far as their evidence has arrived. They are for display only: [`judge`] gives the
/// verdict once all evidence has arrived.
pub fn so_far(inputs: &Arc<Inputs>, step: &Step) -> Vec<Awaited> {
    if !step.members.is_empty() {
        return members_so_far(inputs, step);
    }
    let (on_thread, own) = (Arc::clone(inputs), step.clone());
    let awaited = cel::on_a_thread(move || Judge::new(&on_thread, &own).map(|judge| judge.so_far()));
    awaited.and_then(|awaited| awaited).unwrap_or_default()
}

/// The state of the members, as far as their evidence has arrived.
fn members_so_far(inputs: &Arc<Inputs>, step: &Step) -> Vec<Awaited> {
    let needs = |step: &Step| inputs.compiled.needs(&inputs.course, step);
    let arrived = |member: &&Step| {
        let arrived = needs(member).iter().all(|(account, source)| match source {
            Source::Section(section) => inputs.has(account, *section),
            Source::Operation(_) => true,
        });
        arrived && has_answers(inputs, member)
    };
    let members = step.members.iter().filter_map(|id| inputs.course.step(id));
    let awaited = members.map(|member| Awaited {
        title: inputs.course.check(member).title.clone(),
        result: Some(member).filter(arrived).and_then(|member| {
            let judged = judge(inputs, &[member]).into_iter().next()?;
            Some(members::member_result(inputs.course.check(member), judged.verdict, &judged.expectations))
        }),
    });
    awaited.collect()
}
