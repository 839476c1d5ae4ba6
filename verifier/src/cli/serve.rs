//! `verify serve`: the live book.

use anyhow::{Context, Result};
use std::future::Future;
use std::sync::Arc;

use super::session::Session;
use super::{Common, Exit, Format, PracticeStart, attest, notice, practice};
use crate::serve::desk::{Desk, Recipe, Task};
use crate::serve::gate::Gate;
use crate::{bindings, book, run, serve};

pub(super) async fn run(common: &Common, port: u16, open: bool) -> Result<Exit> {
    common.takes(&[Format::Text])?;
    let root = book::find(common.course.as_deref())?;
    let mut common = common.clone();
    let nothing_bound = common.account.is_empty() && bindings::read(&root)?.is_empty();
    if common.practice.is_none() && nothing_bound {
        common.practice = Some(PracticeStart::Taken);
        notice(
            "No AWS account is bound to this course yet, so this is the practice account: nothing in it is real.\n\
             To read your own accounts: verify accounts --help",
        );
    }
    let recipe = Recipe { root, practice: common.practice.is_some(), trusted: common.trust_course };
    let (listeners, port) = serve::bind(port).await?;
    let gate = Gate::new(port)?;
    let address = gate.address().unwrap_or_default();
    // Requests take turns with this terminal; what they come to is shown in the page.
    let for_tasks = Common { format: Format::Json, ..common };
    let work = Box::new(move |task: &Task| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.context("starting to work")?.block_on(carry_out(&for_tasks, task))
    });
    let desk = Arc::new(Desk::open(gate, recipe, work)?);
    let stopped = stopped()?;
    notice(&format!("The live book: {address}\nThe address works once, for one browser. Ctrl-C stops."));
    if open && open::that_detached(&address).is_err() {
        notice("No browser could be started: open the address yourself.");
    }
    tokio::select! {
        served = serve::run(listeners, desk, notice) => served?,
        () = stopped => notice("Stopped."),
    }
    Ok(Exit::Done)
}

/// What a page asked for.
async fn carry_out(common: &Common, task: &Task) -> Result<()> {
    let session = Session::open(common)?;
    match task {
        Task::Verify(step) => {
            let steps = run::select(&session.course, std::slice::from_ref(step))?;
            let gathered = session.gather(&steps).await?;
            session.store.update(|results| session.bench().judge(&steps, &gathered, results)).map(drop)
        }
        Task::Attest { step, withdraw } => attest::give(&session, session.step(step)?, *withdraw).await.map(drop),
        Task::Practice(step) => practice::take(common, step).await.map(drop),
    }
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
