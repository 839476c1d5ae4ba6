//! Judges a step in a state that the self-test has set up.

use course::key::Key;
use course::results::{Outcome, Results, StepResult};
use course::{Course, Step};
use std::sync::Arc;

use crate::made::MadeMemory;
use crate::plan::Compiled;
use crate::run::Judge;
use evidence::gather::Gathered;
use evidence::time;

/// A judge for the self-test.
pub(super) fn judge(course: &Arc<Course>, compiled: &Arc<Compiled>) -> Judge {
    Judge::new(course, compiled, &Key::new([0; 32]))
}

/// What is remembered of the states before.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    results: Option<Results>,
    pub(super) memory: MadeMemory,
}

/// Judges a step with what is remembered. Steps for which `confirmed` is true are confirmed first.
pub(super) fn judged(
    before: &mut Earlier,
    course: &Arc<Course>,
    compiled: &Arc<Compiled>,
    step: &Step,
    gathered: &Gathered,
    confirmed: &dyn Fn(&Step) -> bool,
) -> StepResult {
    let members = step.members.iter().filter_map(|id| course.step(id));
    let judged: Vec<&Step> = members.chain([step]).collect();
    let judge = judge(course, compiled).remembering(before.memory.clone(), true);
    let results = before.results.get_or_insert_with(|| Results::empty(true));
    for step in judged.iter().filter(|step| step.members.is_empty() && confirmed(step)) {
        // A check that cannot be evaluated fails below, when it is judged.
        let _ = judge.confirm(step, gathered, results);
    }
    let sightings = judge.judge(&judged, gathered, results);
    before.memory.add(true, &sightings, &time::now());
    results.steps.remove(&step.id).unwrap_or_else(|| unreachable!("the step was judged"))
}

/// Why a step is not done, in one line.
pub(super) fn why(result: &StepResult) -> String {
    let open = result
        .expectations
        .iter()
        .find(|expectation| !matches!(expectation.outcome, Outcome::Met | Outcome::Confirmed | Outcome::NotApplicable));
    let reasons: Vec<&str> = result.reasons.iter().map(|reason| reason.message.trim_end_matches('.')).collect();
    let open = open.map(|open| format!("“{}” is {}", open.title, open.outcome.label()));
    open.iter().map(String::as_str).chain(reasons).collect::<Vec<_>>().join(". ")
}
