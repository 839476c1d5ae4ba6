//! Doing steps in the practice accounts.

use anyhow::Result;
use course::Step;
use std::path::Path;

use super::error::Error;
use super::session::Session;
use crate::store;
use evidence::time;
use practice::{PracticeCloud, Start, TakenAction, log};

/// Whether the practice accounts have an action for a step.
pub fn has_action(step: &Step) -> bool {
    practice::find(&step.check).is_ok_and(|action| step.account.is_empty() || step.account == action.for_account)
}

/// Does a step in the practice accounts, and those that come before it. Returns the titles of the actions that were
/// taken; none where it is done already.
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
    // Two steps done at once must not lose each other.
    let _lock = store::lock(root)?;
    let mut taken = log::read(root)?;
    let now = time::now_secs();
    // Two actions in one second would leave events whose order nobody knows.
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

/// Undoes everything in the practice accounts.
///
/// # Errors
/// A log that cannot be written.
pub fn reset(course_root: &Path) -> Result<()> {
    log::write(course_root, &[])
}
