//! Practice actions: what does the steps of a course in the practice accounts.
//!
//! They are data of the checks (`[practice]`). `compile` compiles them, [`PracticeAccounts`] does them, one after
//! another, and [`log`] keeps which were taken: the accounts are a pure function of that.

mod accounts;
mod compiled;
mod error;
mod fill;
pub mod log;

pub use accounts::{Failures, PracticeAccounts};
pub use compiled::{CompiledAction, CompiledOperation, CompiledOperationKind};
pub use error::ActionError;
pub use log::TakenAction;

use course::{Course, Step};

/// Whether the practice accounts have an action for a step.
pub fn has_action(course: &Course, step: &Step) -> bool {
    course.check(step).has_practice(&course.checks)
}

/// What an action does, for learners.
pub fn title(course: &Course, step: &Step) -> String {
    let check = course.check(step);
    let title = check.practice.as_ref().and_then(|practice| practice.title.clone());
    title.map_or_else(|| check.title.clone(), |title| title.replace("{account}", &step.account))
}
