//! `verify practice do STEP` and `verify practice reset`.

use anyhow::Result;

use super::session::Session;
use super::{Common, Exit, notice};
use crate::book;
use crate::evidence::time;
use crate::practice::actions;
use crate::practice::{Start, Taken, World, log};

pub(super) async fn take(common: &Common, id: &str) -> Result<Exit> {
    let session = Session::open(common)?;
    let step = session.step(id)?;
    let mut taken = log::read(&session.root)?;
    let names: Vec<String> = taken.iter().map(|taken| taken.step.clone()).collect();
    let now = time::now_secs();
    // Two actions in one second would leave events whose order nobody knows.
    let first = taken.iter().map(|taken| taken.time + 1).max().unwrap_or(now).max(now);
    let todo = actions::with_those_before(&step.check, &names)?;
    for (time, action) in (first..).zip(&todo) {
        taken.push(Taken { step: action.step.to_owned(), time });
    }
    // The accounts are built once with the new actions, so that one that fails is not kept.
    World::open(Start::Fresh, &taken, now).await?;
    log::write(&session.root, &taken)?;
    match todo.as_slice() {
        [] => notice("That is done already in the practice account."),
        done => done.iter().for_each(|action| notice(&format!("In the practice account: {}.", action.title))),
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
