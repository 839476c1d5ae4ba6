//! What pages ask for, and what does it: runs, each on a thread of its own.

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use tokio::runtime::Runtime;

use crate::run::watcher::Watcher;
use crate::run::{Event, Listener, Options, Session, confirm, practice_step, select, verify};
use evidence::connection::MfaCodes;

/// What a page can ask for. It names steps and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Verify steps.
    Verify(BTreeSet<String>),
    /// Keep the learner's confirmation of a step, or remove it.
    Confirm {
        /// The step.
        step: String,
        /// Whether it is removed.
        undo: bool,
    },
    /// Do a step in the practice accounts.
    Practice(String),
}

impl Task {
    /// The steps that it is about.
    pub fn steps(&self) -> BTreeSet<String> {
        match self {
            Task::Verify(steps) => steps.clone(),
            Task::Confirm { step, .. } | Task::Practice(step) => [step.clone()].into(),
        }
    }
}

/// Carries tasks out. An error is shown to the learner.
pub struct Backend {
    options: Options,
    /// Where notices go, and who is asked for MFA codes.
    terminal: Box<dyn Listener>,
}

impl Backend {
    /// Runs with these options; notices and questions go to the terminal.
    pub fn new(options: Options, terminal: Box<dyn Listener>) -> Backend {
        Backend { options, terminal }
    }

    /// Carries a task out; pages hear of it.
    ///
    /// # Errors
    /// Why it came to nothing.
    pub(super) fn carry_out(&self, task: &Task, pages: &(dyn Fn(Event<'_>) + Send + Sync)) -> Result<()> {
        let listener = Both { terminal: &*self.terminal, pages };
        let open = |steps: &[String]| Session::open_for(&self.options, steps, &listener);
        match task {
            Task::Verify(steps) => {
                let names = Vec::from_iter(steps.clone());
                let session = open(&names)?;
                let steps = select::steps(&session.course, &names)?;
                verify::verify_as_it_arrives(&session, steps, &runtime()?)
            }
            Task::Confirm { step, undo } => {
                let session = open(&[])?;
                let step = select::step(&session.course, step)?;
                runtime()?.block_on(confirm::confirm(&session, step, *undo)).map(drop)
            }
            Task::Practice(step) => {
                let session = open(std::slice::from_ref(step))?;
                let step = select::step(&session.course, step)?;
                runtime()?.block_on(practice_step::take(&session, step)).map(drop)
            }
        }
    }

    /// Judges steps again and again, as their accounts change. `watched` says which; it returns when there are none, or
    /// when the course is another.
    ///
    /// # Errors
    /// Why it cannot go on.
    pub(super) fn watch(
        &self,
        watched: &dyn Fn() -> Option<BTreeSet<String>>,
        pages: &(dyn Fn(Event<'_>) + Send + Sync),
    ) -> Result<()> {
        let listener = Both { terminal: &*self.terminal, pages };
        let session = Session::open(&self.options, &listener)?;
        let mut watcher = Watcher::new(&session);
        runtime()?.block_on(async {
            while let Some(names) = watched() {
                let steps = select::steps(&session.course, &Vec::from_iter(names))?;
                watcher.look(&steps).await?;
                watcher.wait(&steps).await;
            }
            Ok(())
        })
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("options", &self.options).finish_non_exhaustive()
    }
}

/// What a thread of its own waits on.
fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting to work")
}

/// The terminal hears notices and is asked questions, and the pages hear of steps and results.
struct Both<'b> {
    terminal: &'b dyn Listener,
    pages: &'b (dyn Fn(Event<'_>) + Send + Sync),
}

impl Listener for Both<'_> {
    fn hear(&self, event: Event<'_>) {
        match event {
            Event::Notice(_) => self.terminal.hear(event),
            Event::Awaited { .. } | Event::Written => (self.pages)(event),
            Event::Reading { .. } => {}
        }
    }
}

impl MfaCodes for Both<'_> {
    fn code<'a>(
        &'a self,
        account: &'a str,
        serial: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<String>> + Send + 'a>> {
        self.terminal.code(account, serial)
    }
}
