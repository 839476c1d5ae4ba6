//! Practice actions: what does the steps of a course in the practice accounts.
//!
//! They are data of the checks (`[practice]`). `compile` compiles them, [`PracticeAccounts`] does them, one after
//! another, and [`log`] keeps which were taken: the accounts are a pure function of that.

mod accounts;
mod compiled;
mod error;
mod fill;
pub mod log;
mod order;
mod perform;

pub use accounts::{Failures, PracticeAccounts};
pub use compiled::{CompiledAction, CompiledOperation, CompiledOperationKind};
pub use error::ActionError;
pub use log::TakenAction;
pub(crate) use order::signed_up_by;

use course::{Course, Step};
use std::collections::{BTreeMap, BTreeSet};

/// Whether the practice accounts have an action for a step.
pub fn has_action(course: &Course, step: &Step) -> bool {
    course.check(step).has_practice(&course.checks)
}

/// The step with this id that has an action: one of the course, or one that an action of the course depends on.
pub fn step(course: &Course, id: &str) -> Option<Step> {
    let own = course.step(id).cloned().or_else(|| course.checks.get(id).map(Step::of_check));
    let found = own.or_else(|| {
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut waiting: Vec<Step> = course.steps.clone();
        while let Some(step) = waiting.pop() {
            if step.id == id {
                return Some(step);
            }
            if known.insert(step.id.clone()) {
                let before = course.check(&step).practised_after();
                waiting.extend(before.filter_map(|check| course.step_for_practice(check, &step)));
            }
        }
        None
    });
    found.filter(|step| has_action(course, step))
}

/// Whether a step's action was taken, or those that do the same, if those of these steps were.
pub fn is_done(course: &Course, taken: &BTreeSet<String>, step: &Step) -> bool {
    done(course, taken, step, &mut BTreeMap::new())
}

fn done(course: &Course, taken: &BTreeSet<String>, step: &Step, known: &mut BTreeMap<String, bool>) -> bool {
    if let Some(known) = known.get(&step.id) {
        return *known;
    }
    let same = course.check(step).practised_by();
    let mut others = same.iter().map(|check| course.step_for_practice(check, step));
    let is_done = taken.contains(&step.id)
        || !same.is_empty() && others.all(|other| other.is_some_and(|other| done(course, taken, &other, known)));
    known.insert(step.id.clone(), is_done);
    is_done
}

/// What an action does, for learners.
pub fn title(course: &Course, step: &Step) -> String {
    let check = course.check(step);
    let title = check.practice.as_ref().and_then(|practice| practice.title.clone());
    title.map_or_else(|| check.title.clone(), |title| title.replace("{account}", &step.account))
}
