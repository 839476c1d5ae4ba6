//! `verify practice do STEP` and `verify practice reset`.

use anyhow::{Result, bail};

use super::session::Session;
use super::{Common, Exit, notice};
use crate::{book, store};
use evidence::time;
use practice::{self, PracticeCloud, Start, TakenAction, log};

pub(super) async fn take(common: &Common, id: &str) -> Result<Exit> {
    let session = Session::open_for(common, &[id.to_owned()])?;
    let step = session.step(id)?;
    let action = practice::find(&step.check)?;
    if !step.account.is_empty() && step.account != action.for_account {
        bail!("practice actions act in the {} account, and `{id}` is about {}", action.for_account, step.account);
    }
    // Two steps done at once must not lose each other.
    let lock = store::lock(&session.root)?;
    let mut taken = log::read(&session.root)?;
    let now = time::now_secs();
    // Two actions in one second would leave events whose order nobody knows.
    let first = taken.iter().map(|taken| taken.time + 1).max().unwrap_or(now).max(now);
    let world = PracticeCloud::open(Start::Fresh, &taken, &session.course.params, now).await?;
    let mut todo = practice::steps_before(&world, &step.check)?;
    if !world.has_done(&step.check) {
        todo.push(action.step);
    }
    for (time, step) in (first..).zip(&todo) {
        practice::take(&world, step, time).await?;
        taken.push(TakenAction { step: (*step).to_owned(), time });
    }
    log::write(&session.root, &taken)?;
    drop(lock);
    if todo.is_empty() {
        notice("That is done already in the practice account.");
    }
    for step in todo {
        notice(&format!("In the practice account: {}.", practice::find(step)?.title));
    }
    notice(&format!("Now verify it: verify --practice {id}"));
    Ok(Exit::Done)
}

pub(super) fn reset(common: &Common) -> Result<Exit> {
    let root = book::find(common.course.as_deref())?;
    log::write(&root, &[])?;
    notice("The practice account is as it was at first.");
    Ok(Exit::Done)
}
