//! Verifies steps: from the accounts, all at once or each when its evidence has arrived, or from a recording.

use anyhow::{Result, anyhow};
use course::Step;
use course::results::Results;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use tokio::runtime::Runtime;

use super::connect;
use super::event::Event;
use super::judge::Partly;
use super::options::PracticeStart;
use super::read::{self, Reading};
use super::session::Session;
use crate::actions::{Failures, PracticeAccounts};
use crate::recording::{self, Recorded};
use evidence::gather::{Gathered, SoFar};
use evidence::time;

/// The result of a run.
#[derive(Debug)]
pub struct Verified {
    /// The results, as they are shown.
    pub results: Results,
    /// The evidence.
    pub gathered: Gathered,
}

/// Verifies steps from the accounts, and saves the results. With `record`, also saves the evidence in a file.
///
/// # Errors
/// Files that cannot be written. The results are then unchanged, as if this is dropped before it ends.
pub async fn verify(session: &Session<'_>, steps: &[&Step], record: Option<&Path>) -> Result<Verified> {
    if session.options.practice == Some(PracticeStart::Done) {
        return walk(session, steps, record).await;
    }
    let gathered = read::steps(session, steps).await?;
    if let Some(file) = record {
        self::record(session, steps, file, &gathered)?;
    }
    let results = session.judged(steps, &gathered)?;
    Ok(Verified { results: session.shown(steps, &gathered, results), gathered })
}

/// Does all steps of the course in fresh practice accounts, in order, and judges each of these after its action: later ones
/// may remove what it made. Nothing is saved, except with `record` what is there at the end.
async fn walk(session: &Session<'_>, steps: &[&Step], record: Option<&Path>) -> Result<Verified> {
    let (course, now) = (&session.course, time::now_secs());
    let mut accounts = PracticeAccounts::fresh(course, &session.compiled, now).await?;
    let mut judged: BTreeSet<String> = BTreeSet::new();
    let wanted = |step: &Step| {
        let is_asked = steps.iter().any(|asked| asked.id == step.id);
        is_asked || course.check(step).makes.is_some() || !step.removes.is_empty()
    };
    let judge = async |accounts: &PracticeAccounts, steps: &[&Step]| -> Result<Gathered> {
        let plan = session.compiled.plan(course, steps.iter().copied());
        let reading = Reading { plan: &plan, steps };
        let gathered = read::through(session, reading, &accounts.connections(), &|_| {}).await?;
        session.judged(steps, &gathered)?;
        Ok(gathered)
    };
    let after = async |accounts: &PracticeAccounts, step: &Step| -> Result<()> {
        if wanted(step) {
            judge(accounts, &[step]).await?;
            judged.insert(step.id.clone());
        }
        Ok(())
    };
    accounts.walk(now, Failures::End, after).await?;
    let left: Vec<&Step> = steps.iter().copied().filter(|step| !judged.contains(&step.id)).collect();
    if !left.is_empty() {
        judge(&accounts, &left).await?;
    }
    let plan = session.compiled.plan(course, steps.iter().copied());
    let reading = Reading { plan: &plan, steps };
    let gathered = read::through(session, reading, &accounts.connections(), &|_| {}).await?;
    if let Some(file) = record {
        self::record(session, steps, file, &gathered)?;
    }
    Ok(Verified { results: session.shown(steps, &gathered, session.results()), gathered })
}

/// Judges steps from a recording. It may come from another learner's account, so the results are not saved.
///
/// # Errors
/// A file that is not a recording.
pub fn replay(session: &Session<'_>, steps: &[&Step], file: &Path) -> Result<Verified> {
    let Recorded { mut gathered, known } = recording::read(file)?;
    recording::fill_gaps(&mut gathered, &session.compiled.plan(&session.course, steps.iter().copied()));
    let mut results = Results::empty(session.practice());
    let judge = session.judge().knowing(&known);
    let judge = if session.options.show_identifiers { judge.showing_identifiers() } else { judge };
    judge.judge(steps, &gathered, &mut results);
    Ok(Verified { results, gathered })
}

/// Records a run, and reports steps that would get a different verdict from the recording.
fn record(session: &Session<'_>, steps: &[&Step], file: &Path, gathered: &Gathered) -> Result<()> {
    let judge = session.judge();
    let known = judge.known();
    recording::write(file, gathered, &known, judge.looked_for(), session.options.show_identifiers)?;
    let recorded = Recorded { gathered: gathered.clone(), known };
    let differing = judge.steps_that_differ(steps, &recorded, &recording::read(file)?);
    if !differing.is_empty() {
        session.listener.hear(Event::Notice(format!(
            "Identifiers in {} are pseudonymised, so these steps get a different verdict from it: {}. To keep the \
             identifiers in the recording, add --show-identifiers.",
            file.display(),
            differing.join(", ")
        )));
    }
    Ok(())
}

/// Verifies steps, each when its evidence has arrived. The listener gets the progress of the others.
///
/// # Errors
/// Files that cannot be written. Results that were saved before are kept.
pub fn verify_as_it_arrives(session: &Session<'_>, steps: Vec<&Step>, runtime: &Runtime) -> Result<()> {
    let plan = session.compiled.plan(&session.course, steps.iter().copied());
    // Judging uses a processor. On its own thread, it does not delay the calls.
    std::thread::scope(|scope| {
        let (sender, arrivals) = mpsc::channel();
        let own = steps.clone();
        let judging = scope.spawn(move || judge_what_arrives(session, own, &arrivals));
        let read = runtime.block_on(async {
            let connections = connect::connect(session, plan.keys()).await?;
            let arrived = move |so_far: &SoFar<'_>| {
                // The receiver is gone if writing failed, which is reported below.
                let _ = so_far.gathered().map(|gathered| sender.send(gathered));
            };
            read::through(session, Reading { plan: &plan, steps: &steps }, &connections, &arrived).await
        });
        let left = judging.join().map_err(|_| anyhow!("judging failed; this is a bug in verify"))?;
        // Nothing more arrives: not from an account that does not exist, or that cannot be asked.
        let (gathered, left) = (read?, left?);
        if !left.is_empty() {
            session.judged(&left, &gathered)?;
        }
        Ok(())
    })
}

/// Judges each step when all its evidence has arrived, and reports its expectations until then. Returns the steps whose
/// evidence has not arrived at the end.
fn judge_what_arrives<'s>(
    session: &Session<'_>,
    mut waiting: Vec<&'s Step>,
    arrivals: &Receiver<Gathered>,
) -> Result<Vec<&'s Step>> {
    let (judge, before) = (session.judge(), session.results());
    let mut heard = BTreeMap::new();
    let mut awaited = |step: &Step, partly: &Partly<'_>| {
        let expectations = partly.so_far(step);
        if heard.get(&step.id) != Some(&expectations) {
            session.listener.hear(Event::Awaited { step: &step.id, expectations: &expectations });
            heard.insert(step.id.clone(), expectations);
        }
    };
    let nothing = Gathered::default();
    let partly = judge.partly(&nothing, &before);
    waiting.iter().for_each(|step| awaited(step, &partly));
    while let Ok(gathered) = arrivals.recv() {
        // The last one contains everything that has arrived so far.
        let gathered = arrivals.try_iter().last().unwrap_or(gathered);
        let partly = judge.partly(&gathered, &before);
        let (ready, others): (Vec<&Step>, _) = waiting.into_iter().partition(|step| partly.is_ready(step));
        if !ready.is_empty() {
            session.judged(&ready, &gathered)?;
        }
        waiting = others;
        waiting.iter().for_each(|step| awaited(step, &partly));
    }
    Ok(waiting)
}
