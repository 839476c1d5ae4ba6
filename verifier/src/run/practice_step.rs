//! Does steps in the practice accounts, and takes them back.

use anyhow::{Result, bail};
use course::Step;
use course::results::Results;
use std::collections::BTreeSet;
use std::path::Path;

use super::options::PracticeStart;
use super::session::Session;
use super::verify::{Verified, verify};
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

/// What came of doing a step.
#[derive(Debug)]
pub struct Done {
    /// What was done, for learners.
    pub titles: Vec<String>,
    /// The verdicts.
    pub verified: Verified,
}

/// Does a step in the practice accounts, after the steps that must come before it, and verifies each right after its
/// action: a later one may remove what it made.
///
/// # Errors
/// A step without an action, an action that fails, and files that cannot be written. In the accounts of this process, an
/// action that fails changes nothing.
pub async fn take(session: &Session<'_>, step: &Step) -> Result<Done> {
    let course = &session.course;
    let mut titles = Vec::new();
    let mut verified = None;
    for ToDo { step: next, is_told } in todo(session, step).await? {
        take_one(session, &next).await?;
        if is_told {
            titles.push(actions::title(course, &next));
        }
        if let Some(own) = course.step(&next.id) {
            verified = Some(verify(session, &[own], None).await?);
        }
    }
    let verified = match verified {
        Some(verified) => verified,
        None => verify(session, &[step], None).await?,
    };
    judge_again(session, step).await?;
    Ok(Done { titles, verified })
}

/// Judges the open steps again that were judged before: what was done may have been what they waited for.
async fn judge_again(session: &Session<'_>, done: &Step) -> Result<()> {
    let results = session.results();
    let is_open = |step: &&Step| {
        let view = results.view(step);
        step.id != done.id && view.result.is_some() && view.verdict.blocks()
    };
    let open: Vec<&Step> = session.course.steps.iter().filter(is_open).collect();
    if !open.is_empty() {
        verify(session, &open, None).await?;
    }
    Ok(())
}

/// A step whose action is to be taken.
struct ToDo {
    step: Step,
    /// Whether learners are told. An action that others do has nothing of its own to say, and an account that was there
    /// before the course is nothing new.
    is_told: bool,
}

/// The steps whose actions are to be taken, in order.
async fn todo(session: &Session<'_>, step: &Step) -> Result<Vec<ToDo>> {
    if !actions::has_action(&session.course, step) {
        return Err(actions::ActionError::None { step: step.id.clone() }.into());
    }
    let accounts = accounts(session, &log::read(&session.course.root)?, time::now_secs()).await?;
    let mut todo = accounts.steps_before(step);
    if !accounts.has_done(step) {
        todo.push(step.clone());
    }
    let is_told = |step: &Step| session.course.check(step).practised_by().is_empty() && !accounts.is_there_before(step);
    Ok(todo.into_iter().map(|step| ToDo { is_told: is_told(&step), step }).collect())
}

/// Takes a step's own action, unless it was taken in the meantime.
async fn take_one(session: &Session<'_>, step: &Step) -> Result<()> {
    let root = &session.course.root;
    // Two steps that are done at the same time must not overwrite each other's log.
    let _lock = store::lock(root)?;
    let mut taken = log::read(root)?;
    let (now, at) = (time::now_secs(), address(session));
    // The order of the events of two actions in the same second would be unknown.
    let last = taken.iter().filter(|action| action.at == at).map(|action| action.time + 1).max();
    let time = last.unwrap_or(now).max(now);
    let mut accounts = accounts(session, &taken, now).await?;
    if accounts.has_done(step) {
        return Ok(());
    }
    time::credible(time)?;
    if at.is_some() && last.is_none() {
        accounts.give().await?;
    }
    accounts.take(step, time).await?;
    taken.push(TakenAction { step: step.id.clone(), time, inputs: accounts.inputs_of(step), at });
    log::write(root, &taken)
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
    let gone = {
        let _lock = store::lock(root)?;
        let taken = log::read(root)?;
        let gone = taken_with(session, step, &taken);
        let is_left = |action: &TakenAction| action.at.is_some() || !gone.contains(&action.step);
        let (left, undone): (Vec<TakenAction>, Vec<TakenAction>) = taken.iter().cloned().partition(is_left);
        log::write(root, &left)?;
        // Others did the same, too.
        let here = |actions: &[TakenAction]| -> BTreeSet<String> {
            actions.iter().filter(|action| action.at.is_none()).map(|action| action.step.clone()).collect()
        };
        let (before, after) = (here(&taken), here(&left));
        let is_done = |done: &BTreeSet<String>, step: &Step| actions::is_done(course, done, step);
        let same = course.steps.iter().filter(|step| is_done(&before, step) && !is_done(&after, step));
        Gone { steps: gone.into_iter().chain(same.map(|step| step.id.clone())).collect(), undone }
    };
    let Gone { steps: undone, undone: taken } = gone;
    let own = taken.iter().filter_map(|action| actions::step(course, &action.step));
    let own = own.filter(|step| course.check(step).practised_by().is_empty());
    let titles = own.map(|step| actions::title(course, &step)).collect();
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
            let Some(step) = actions::step(course, id) else { return false };
            let mut before = course.check(&step).practised_after();
            before.any(|check| course.step_for_practice(check, &step).is_some_and(|other| gone.contains(&other.id)))
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
    results.steps.retain(|id| !steps.contains(id));
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
