//! Does steps in the practice accounts.

use anyhow::Result;
use course::Step;
use std::path::Path;

use super::error::Error;
use super::session::Session;
use crate::made::MadeMemory;
use crate::store;
use evidence::time;
use practice::{PracticeCloud, Start, TakenAction, log};

/// Whether there is a practice action for a step.
pub fn has_action(step: &Step) -> bool {
    practice::find(&step.check).is_ok_and(|action| step.account.is_empty() || step.account == action.for_account)
}

/// What became of doing a step, by what [`take`] returned.
pub fn summary(taken: &[&str]) -> String {
    match taken {
        [] => "This step is already done in the practice accounts. Now verify it.".to_owned(),
        titles => format!("Done in the practice accounts: {}. Now verify it.", titles.join("; ")),
    }
}

/// Does a step in the practice accounts, and the steps that must come before it. Returns the titles of the actions that
/// were taken. The list is empty if the step was done already.
///
/// # Errors
/// [`Error::PracticeElsewhere`]; a step without an action, and a log that cannot be written.
pub async fn take(session: &Session<'_>, step: &Step) -> Result<Vec<&'static str>> {
    let action = practice::find(&step.check)?;
    if !step.account.is_empty() && step.account != action.for_account {
        return Err(Error::PracticeElsewhere {
            step: step.id.clone(),
            acts_in: action.for_account.to_owned(),
            about: step.account.clone(),
        }
        .into());
    }
    let root = &session.course.root;
    // Two steps that are done at the same time must not overwrite each other's log.
    let _lock = store::lock(root)?;
    let mut taken = log::read(root)?;
    let now = time::now_secs();
    // The order of the events of two actions in the same second would be unknown.
    let first = taken.iter().map(|taken| taken.time + 1).max().unwrap_or(now).max(now);
    let cloud = PracticeCloud::open(Start::Fresh, &taken, &session.course.params, now).await?;
    let mut todo = practice::steps_before(&cloud, &step.check)?;
    if !cloud.has_done(&step.check) {
        todo.push(action.step);
    }
    for (time, step) in (first..).zip(&todo) {
        practice::take(&cloud, step, time).await?;
        taken.push(TakenAction { step: (*step).to_owned(), time });
    }
    log::write(root, &taken)?;
    todo.into_iter().map(|step| Ok(practice::find(step)?.title)).collect()
}

/// Undoes everything that was done in the practice accounts.
///
/// # Errors
/// A log that cannot be written.
pub fn reset(course_root: &Path) -> Result<()> {
    MadeMemory::forget_practice(course_root)?;
    log::write(course_root, &[])
}
