//! `verify serve`: the live book.

use anyhow::{Context, Result, anyhow};
use course::Step;
use course::files::{self, Folder, Readers};
use course::results::Results;
use course::terminal;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use tokio::runtime::Runtime;

use super::session::Session;
use super::watcher::Watcher;
use super::{Common, Exit, Format, PracticeStart, confirm, notice, practice};
use crate::serve::auth::Auth;
use crate::serve::live_book::{Backend, BuildOptions, LiveBook, Task, Update};
use crate::{book, run, serve};
use evidence::bindings;
use evidence::gather::{Gathered, SoFar};

pub(super) async fn run(common: &Common, port: u16, open: bool) -> Result<Exit> {
    common.takes(&[Format::Text])?;
    let root = book::find(common.course.as_deref())?;
    let mut common = common.clone();
    let nothing_bound = common.account.is_empty() && bindings::read(&root)?.is_empty();
    if common.practice.is_none() && nothing_bound {
        common.practice = Some(PracticeStart::Taken);
        notice("No AWS account is bound to this course yet, so this is the practice account: nothing in it is real.");
        notice("To read your own accounts: verify accounts --help");
    }
    let options = BuildOptions { root, practice: common.practice.is_some(), trusted: common.trust_course };
    let (listeners, port) = serve::bind(port).await?;
    let auth = Auth::new(port)?;
    let address = auth.address();
    // What requests come to is shown in the page; only questions are asked in this terminal.
    let worker = Worker { common: Common { format: Format::Json, ..common } };
    let live_book = Arc::new(LiveBook::open(auth, options, Box::new(worker))?);
    let stopped = stopped()?;
    live_book.notices().iter().for_each(|text| notice(text));
    notice(&format!("The live book: {address}"));
    notice("The address works once, for one browser. Ctrl-C stops.");
    // It stands there until the server ends, for a browser that is slow to start.
    let door = if open { door(&address) } else { None };
    if open && door.as_ref().is_none_or(|door| open::that_detached(&door.path).is_err()) {
        notice("No browser could be started: open the address yourself.");
    }
    tokio::select! {
        () = serve::run(listeners, live_book, terminal::notice) => {}
        () = stopped => notice("Stopped."),
    }
    Ok(Exit::Done)
}

/// A page on this disk, which goes with this.
struct Door {
    path: PathBuf,
    _folder: Folder,
}

/// A page that leads to the address, which nobody else can read: what stands in a command line, everybody on this machine
/// can.
fn door(address: &str) -> Option<Door> {
    let folder = Folder::new().ok()?;
    let path = folder.path().join("verify-serve.html");
    let page =
        format!("<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url={address}\">");
    files::write(&path, page.as_bytes(), Readers::Owner).ok()?;
    Some(Door { path, _folder: folder })
}

/// Does what pages ask for.
struct Worker {
    common: Common,
}

impl Backend for Worker {
    fn carry_out(&self, task: &Task, tell: &(dyn Fn(Update) + Sync)) -> Result<()> {
        match task {
            Task::Verify(steps) => self.verify(steps, tell),
            Task::Confirm { step, undo } => {
                let session = Session::open(&self.common)?;
                runtime()?.block_on(confirm::give(&session, session.step(step)?, *undo)).map(drop)
            }
            Task::Practice(step) => runtime()?.block_on(practice::take(&self.common, step)).map(drop),
        }
    }

    fn practises(&self, step: &Step) -> bool {
        ::practice::find(&step.check).is_ok_and(|action| step.account.is_empty() || step.account == action.for_account)
    }

    fn watch(&self, watched: &dyn Fn() -> Option<BTreeSet<String>>, tell: &dyn Fn(Update)) -> Result<()> {
        let session = Session::open(&self.common)?;
        let mut watcher = Watcher::new(&session);
        runtime()?.block_on(async {
            while let Some(names) = watched() {
                let steps = run::select(&session.course, &Vec::from_iter(names))?;
                if watcher.look(&steps).await?.is_some() {
                    tell(Update::Results);
                }
                watcher.wait(&steps).await;
            }
            Ok(())
        })
    }
}

impl Worker {
    /// Verifies steps, each as soon as what it rests on has arrived.
    fn verify(&self, names: &BTreeSet<String>, tell: &(dyn Fn(Update) + Sync)) -> Result<()> {
        let names = Vec::from_iter(names.clone());
        let session = Session::open_for(&self.common, &names)?;
        let steps = run::select(&session.course, &names)?;
        let plan = session.compiled.plan(&session.course, steps.iter().copied());
        let runtime = runtime()?;
        std::thread::scope(|scope| {
            let (sender, arrivals) = mpsc::channel();
            let judging = scope.spawn(|| judge_what_arrives(&session, steps, arrivals, tell));
            let read = runtime.block_on(async {
                let connections = session.connect(plan.keys()).await?;
                let arrived = move |so_far: &SoFar<'_>| {
                    // Nobody listens where writing failed, which is told below.
                    let _ = so_far.gathered().map(|gathered| sender.send(gathered));
                };
                session.read_telling(&plan, &connections, &arrived).await.map(drop)
            });
            let judged = judging.join().map_err(|_| anyhow!("judging broke off; this is a mistake in verify"))?;
            read.and(judged)
        })
    }
}

/// Judges each step once all that it rests on has arrived, and tells of its expectations until then.
fn judge_what_arrives(
    session: &Session<'_>,
    mut waiting: Vec<&Step>,
    arrivals: mpsc::Receiver<Gathered>,
    tell: &(dyn Fn(Update) + Sync),
) -> Result<()> {
    let bench = session.bench();
    let before = session.store.read().unwrap_or_else(|_| Results::empty(session.practice()));
    let mut told = BTreeMap::new();
    let mut tell_of = |step: &Step, gathered: &Gathered| {
        let expectations = bench.so_far(step, gathered, &before);
        if told.insert(step.id.clone(), expectations.clone()).as_ref() != Some(&expectations) {
            tell(Update::Awaited { step: step.id.clone(), expectations });
        }
    };
    waiting.iter().for_each(|step| tell_of(step, &Gathered::default()));
    while let Ok(gathered) = arrivals.recv() {
        // The last holds all that has arrived by now.
        let gathered = arrivals.try_iter().last().unwrap_or(gathered);
        let (ready, others): (Vec<&Step>, _) = waiting.into_iter().partition(|step| bench.is_ready(step, &gathered));
        if !ready.is_empty() {
            let loaded = session.store.update(|results| bench.judge(&ready, &gathered, results))?;
            loaded.notice.iter().for_each(|text| notice(text));
            tell(Update::Results);
        }
        waiting = others;
        waiting.iter().for_each(|step| tell_of(step, &gathered));
    }
    Ok(())
}

/// What a thread of its own waits on.
fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting to work")
}

/// Notes from now on when somebody ends the program, and waits for it.
///
/// # Errors
/// When the system does not tell of signals.
fn stopped() -> Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupted = signal(SignalKind::interrupt()).context("waiting for Ctrl-C")?;
        let mut terminated = signal(SignalKind::terminate()).context("waiting for the end")?;
        Ok(async move {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
