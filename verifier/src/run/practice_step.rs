//! Does steps in the practice accounts, and takes them back.

use anyhow::{Result, bail};
use course::results::Results;
use course::{Course, Step};
use std::collections::BTreeSet;
use std::path::Path;

use super::session::{PracticeStart, Session};
use crate::actions::{self, PracticeAccounts, TakenAction, log};
use crate::made::MadeMemory;
use crate::store::{self, Store};
use evidence::time;

/// What was done, for learners.
pub fn summary(taken: &[String]) -> String {
    match taken {
        [] => "This step is already done in the practice accounts.".to_owned(),
        titles => format!("Done in the practice accounts: {}.", titles.join("; ")),
    }
}

/// What was taken back, for learners.
pub fn undone_summary(undone: &[String]) -> String {
    match undone {
        [] => "This step is not done in the practice accounts, so there is nothing to undo.".to_owned(),
        titles => format!("Undone in the practice accounts: {}.", titles.join("; ")),
    }
}

/// The accounts of a session as the learner's actions left them.
async fn accounts(session: &Session<'_>, taken: &[TakenAction], now: i64) -> Result<PracticeAccounts> {
    let (course, compiled) = (&session.course, &session.compiled);
    Ok(match &session.options.practice {
        Some(PracticeStart::At(address)) => PracticeAccounts::elsewhere(course, compiled, address, taken).await?,
        _ => PracticeAccounts::after(course, compiled, taken, now).await?,
    })
}

/// Where a session's actions are taken: the address of an emulator, or `None` for the accounts in this process.
fn address(session: &Session<'_>) -> Option<String> {
    match &session.options.practice {
        Some(PracticeStart::At(address)) => Some(address.to_string()),
        _ => None,
    }
}

/// What was done in the practice accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// The ids of the steps whose actions were taken, in order.
    pub steps: Vec<String>,
    /// What they did, for learners.
    pub titles: Vec<String>,
}

/// Does a step in the practice accounts, and the steps that must come before it. If the step was done already, nothing is
/// taken.
///
/// # Errors
/// A step without an action, an action that fails, and a log that cannot be written. In the accounts of this process,
/// nothing is changed then.
pub async fn take(session: &Session<'_>, step: &Step) -> Result<Taken> {
    let (course, root) = (&session.course, &session.course.root);
    if !actions::has_action(course, step) {
        return Err(actions::ActionError::None { step: step.id.clone() }.into());
    }
    // Two steps that are done at the same time must not overwrite each other's log.
    let _lock = store::lock(root)?;
    let mut taken = log::read(root)?;
    let (now, at) = (time::now_secs(), address(session));
    // The order of the events of two actions in the same second would be unknown.
    let last = taken.iter().filter(|action| action.at == at).map(|action| action.time + 1).max();
    let first = last.unwrap_or(now).max(now);
    let mut accounts = accounts(session, &taken, now).await?;
    let mut todo = accounts.steps_before(step);
    if !accounts.has_done(step) {
        todo.push(step.clone());
    }
    let mut done = Taken::default();
    for (time, step) in (first..).zip(&todo) {
        let outcome = accounts.take(step, time).await;
        // What an emulator elsewhere did is done, whatever comes after it.
        if at.is_some() && outcome.is_err() {
            log::write(root, &taken)?;
        }
        outcome?;
        taken.push(TakenAction { step: step.id.clone(), time, at: at.clone() });
        done.steps.push(step.id.clone());
        // An action that others do has nothing of its own to say.
        if course.check(step).practised_by().is_empty() {
            done.titles.push(actions::title(course, step));
        }
    }
    log::write(root, &taken)?;
    Ok(done)
}

/// The steps that are judged after an action: the step, and those that the action did besides.
pub fn to_judge<'c>(course: &'c Course, step: &'c Step, taken: &Taken) -> Vec<&'c Step> {
    course.steps.iter().filter(|one| one.id == step.id || taken.steps.contains(&one.id)).collect()
}

/// Takes a step back in the practice accounts, and the steps that came after it and need it, with their verdicts and
/// confirmations. Returns what was taken back, for learners.
///
/// # Errors
/// Accounts of an emulator that runs already, which cannot be taken back; and files that cannot be written.
pub async fn undo(session: &Session<'_>, step: &Step) -> Result<Vec<String>> {
    let (course, root) = (&session.course, &session.course.root);
    if let Some(address) = address(session) {
        bail!("what was done in the emulator at {address} cannot be taken back: start the emulator again");
    }
    let now = time::now_secs();
    let gone = {
        let _lock = store::lock(root)?;
        let taken = log::read(root)?;
        let gone = taken_with(session, step, &taken);
        let is_left = |action: &TakenAction| action.at.is_some() || !gone.contains(&action.step);
        let (left, undone): (Vec<TakenAction>, Vec<TakenAction>) = taken.iter().cloned().partition(is_left);
        let (before, after) = (accounts(session, &taken, now).await?, accounts(session, &left, now).await?);
        log::write(root, &left)?;
        // Others did the same, too.
        let same = course.steps.iter().filter(|step| before.has_done(step) && !after.has_done(step));
        Gone { steps: gone.into_iter().chain(same.map(|step| step.id.clone())).collect(), undone }
    };
    let Gone { steps: undone, undone: taken } = gone;
    let own = taken.iter().filter_map(|action| course.step(&action.step));
    let own = own.filter(|step| course.check(step).practised_by().is_empty());
    let titles = own.map(|step| actions::title(course, step)).collect();
    let removed = course.steps.iter().filter(|step| undone.contains(&step.id)).flat_map(|step| &step.removes);
    let made: BTreeSet<String> = undone.iter().chain(removed).cloned().collect();
    MadeMemory::forget_practice(root, Some(&made))?;
    session.update(|results| {
        forget(results, &undone);
        results.made.retain(|id, _| !made.contains(id));
        Ok(())
    })?;
    Ok(titles)
}

/// What is taken back.
struct Gone {
    /// The ids of the steps that are not done any more.
    steps: BTreeSet<String>,
    /// The actions.
    undone: Vec<TakenAction>,
}

/// The ids of the taken steps that are taken back with a step: itself, those that do it, and those that need them.
fn taken_with(session: &Session<'_>, step: &Step, taken: &[TakenAction]) -> BTreeSet<String> {
    let course = &session.course;
    let same = course.check(step).practised_by().iter().filter_map(|check| course.step_for_practice(check, step));
    let mut gone: BTreeSet<String> = same.map(|step| step.id).chain([step.id.clone()]).collect();
    loop {
        let needs_gone = |id: &str| {
            let Some(step) = course.step(id) else { return false };
            let mut before = course.check(step).practised_after();
            before.any(|check| course.step_for_practice(check, step).is_some_and(|other| gone.contains(&other.id)))
        };
        let more: Vec<String> = taken
            .iter()
            .filter(|action| action.at.is_none() && !gone.contains(&action.step) && needs_gone(&action.step))
            .map(|action| action.step.clone())
            .collect();
        if more.is_empty() {
            return gone;
        }
        gone.extend(more);
    }
}

/// Forgets what is known of steps.
fn forget(results: &mut Results, steps: &BTreeSet<String>) {
    results.steps.retain(|id, _| !steps.contains(id));
    results.seen.retain(|seen| !steps.contains(&seen.step));
    results.confirmations.retain(|confirmation| !steps.contains(&confirmation.step));
}

/// Takes back everything that was done in the practice accounts, with all verdicts and confirmations.
///
/// # Errors
/// Files that cannot be written.
pub fn reset(course_root: &Path) -> Result<()> {
    {
        let _lock = store::lock(course_root)?;
        log::write(course_root, &[])?;
    }
    MadeMemory::forget_practice(course_root, None)?;
    let reset = |results: &mut Results| {
        *results = Results::empty(true);
        Ok(())
    };
    Store::open(course_root, true)?.update(reset).map(drop)
}
