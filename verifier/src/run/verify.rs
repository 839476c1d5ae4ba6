//! Verifying steps: by the learner's accounts, all at once or each as soon as its evidence has arrived, or by a recording.

use anyhow::{Result, anyhow};
use course::Step;
use course::results::Results;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use tokio::runtime::Runtime;

use super::event::Event;
use super::session::Session;
use super::{connect, read};
use crate::recording;
use evidence::gather::{Gathered, SoFar};

/// What became of a run.
#[derive(Debug)]
pub struct Verified {
    /// The results, as they are shown.
    pub results: Results,
    /// What they rest on.
    pub gathered: Gathered,
}

/// Verifies steps by the accounts, and keeps the results; with `record`, the evidence in a file, too.
///
/// # Errors
/// [`super::Error::Interrupted`], and files that cannot be written. The results are then as they were.
pub async fn verify(session: &Session<'_>, steps: &[&Step], record: Option<&Path>) -> Result<Verified> {
    let gathered = read::steps(session, steps).await?;
    if let Some(file) = record {
        self::record(session, steps, file, &gathered)?;
    }
    let judge = session.judge();
    let results = session.update(|results| judge.judge(steps, &gathered, results))?;
    Ok(Verified { results: session.shown(steps, &gathered, results), gathered })
}

/// Judges steps by a recording. Somebody's recording says nothing of this learner's account: nothing is kept.
///
/// # Errors
/// A file that is no recording.
pub fn replay(session: &Session<'_>, steps: &[&Step], file: &Path) -> Result<Verified> {
    let mut gathered = recording::read(file)?;
    recording::fill_gaps(&mut gathered, &session.compiled.plan(&session.course, steps.iter().copied()));
    let mut results = Results::empty(session.practice());
    session.judge().judge(steps, &gathered, &mut results);
    Ok(Verified { results: session.shown(steps, &gathered, results), gathered })
}

/// Records a run, and says where its stand-ins would be judged otherwise than it was.
fn record(session: &Session<'_>, steps: &[&Step], file: &Path, gathered: &Gathered) -> Result<()> {
    let judge = session.judge();
    recording::write(file, gathered, judge.looked_for(), session.options.show_identifiers)?;
    let otherwise = judge.judged_otherwise(steps, gathered, &recording::read(file)?);
    if !otherwise.is_empty() {
        session.listener.hear(Event::Notice(format!(
            "Without the identifiers that are replaced in {}, these steps are judged otherwise: {}. With --show-identifiers, \
             the recording has them.",
            file.display(),
            otherwise.join(", ")
        )));
    }
    Ok(())
}

/// Verifies steps, each as soon as what it rests on has arrived; the listener hears how far the others are.
///
/// # Errors
/// Files that cannot be written. What was judged before is kept.
pub fn verify_as_it_arrives(session: &Session<'_>, steps: Vec<&Step>, runtime: &Runtime) -> Result<()> {
    let plan = session.compiled.plan(&session.course, steps.iter().copied());
    // Judging takes a processor: on a thread of its own, it does not hold up the calls.
    std::thread::scope(|scope| {
        let (sender, arrivals) = mpsc::channel();
        let judging = scope.spawn(move || judge_what_arrives(session, steps, &arrivals));
        let read = runtime.block_on(async {
            let connections = connect::connect(session, plan.keys()).await?;
            let arrived = move |so_far: &SoFar<'_>| {
                // Nobody listens where writing failed, which is told below.
                let _ = so_far.gathered().map(|gathered| sender.send(gathered));
            };
            read::through(session, &plan, &connections, &arrived).await.map(drop)
        });
        let judged = judging.join().map_err(|_| anyhow!("judging broke off; this is a mistake in verify"))?;
        read.and(judged)
    })
}

/// Judges each step once all that it rests on has arrived, and tells of its expectations until then.
fn judge_what_arrives(session: &Session<'_>, mut waiting: Vec<&Step>, arrivals: &Receiver<Gathered>) -> Result<()> {
    let (judge, before) = (session.judge(), session.results());
    let mut heard = BTreeMap::new();
    let mut awaited = |step: &Step, gathered: &Gathered| {
        let expectations = judge.so_far(step, gathered, &before);
        if heard.get(&step.id) != Some(&expectations) {
            session.listener.hear(Event::Awaited { step: &step.id, expectations: &expectations });
            heard.insert(step.id.clone(), expectations);
        }
    };
    waiting.iter().for_each(|step| awaited(step, &Gathered::default()));
    while let Ok(gathered) = arrivals.recv() {
        // The last holds all that has arrived by now.
        let gathered = arrivals.try_iter().last().unwrap_or(gathered);
        let (ready, others): (Vec<&Step>, _) = waiting.into_iter().partition(|step| judge.is_ready(step, &gathered));
        if !ready.is_empty() {
            session.update(|results| judge.judge(&ready, &gathered, results))?;
        }
        waiting = others;
        waiting.iter().for_each(|step| awaited(step, &gathered));
    }
    Ok(())
}
