//! The tasks that pages can start: runs, each on its own thread.

use anyhow::{Context, Result};
use course::Course;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use tokio::runtime::Runtime;

use super::accounts::Checked;
use crate::actions;
use crate::report;
use crate::report::doctor::DoctorInput;
use crate::report::policy;
use crate::run::accounts;
use crate::run::watcher::Watcher;
use crate::run::{Event, Listener, Options, PracticeStart, Session, confirm, practice_step, select, verify};
use evidence::bindings;
use evidence::connection::MfaCodes;
use evidence::mask;

/// A task that a page can start. It names only steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Verify steps.
    Verify(BTreeSet<String>),
    /// Save the learner's confirmation of a step, or remove it.
    Confirm {
        /// The step.
        step: String,
        /// Whether it is removed.
        undo: bool,
    },
    /// Do a step in the practice accounts, and verify it.
    Practice(String),
}

impl Task {
    /// The steps of the task.
    pub fn steps(&self) -> BTreeSet<String> {
        match self {
            Task::Verify(steps) => steps.clone(),
            Task::Confirm { step, .. } | Task::Practice(step) => [step.clone()].into(),
        }
    }
}

/// Does tasks. An error is shown to the learner.
pub struct Backend {
    options: Options,
    /// Receives notices, and asks for MFA codes.
    terminal: Box<dyn Listener>,
}

impl Backend {
    /// A backend with these options. Notices and questions go to the terminal.
    pub fn new(options: Options, terminal: Box<dyn Listener>) -> Backend {
        Backend { options, terminal }
    }

    /// Does a task, and sends its events to the pages. Returns what is to be said about it besides.
    ///
    /// # Errors
    /// Why the task failed.
    pub(super) fn carry_out(&self, task: &Task, pages: &(dyn Fn(Event<'_>) + Send + Sync)) -> Result<Option<String>> {
        let listener = Both { terminal: &*self.terminal, pages };
        let open = |steps: &[String]| Session::open_for(&self.options, steps, &listener);
        match task {
            Task::Verify(steps) => {
                let names = Vec::from_iter(steps.clone());
                // A whole chapter is not an attempt at each of its steps.
                let by_itself = if names.len() == 1 { names.as_slice() } else { &[] };
                let session = open(&names)?.asked_for(by_itself)?;
                let steps = select::steps(&session.course, &names)?;
                verify::verify_as_it_arrives(&session, steps, &runtime()?)?;
                Ok(None)
            }
            Task::Confirm { step, undo } => {
                let session = open(&[])?;
                let step = select::step(&session.course, step)?;
                runtime()?.block_on(confirm::question(&session, step))?.answer(*undo)?;
                Ok(None)
            }
            Task::Practice(step) => {
                let session = open(std::slice::from_ref(step))?;
                let step = select::step(&session.course, step)?;
                let done = runtime()?.block_on(practice_step::take(&session, step))?;
                Ok(Some(practice_step::summary(&done.titles)))
            }
        }
    }

    /// The steps whose practice actions were taken; `None` if this is about the learner's own accounts.
    pub(super) fn practised(&self, course: &Course) -> Option<BTreeSet<String>> {
        let at = match self.options.practice.as_ref()? {
            PracticeStart::At(address) => Some(address.to_string()),
            _ => None,
        };
        // A file that cannot be read is reported by what is done next.
        let taken = actions::log::read(&course.root).unwrap_or_default();
        let here = taken.into_iter().filter(|action| action.at == at && action.is_current(course));
        Some(here.map(|action| action.step).collect())
    }

    /// What the accounts of a course are bound to, by name; nothing if that cannot be read, which a check reports.
    pub(super) fn bound(&self, root: &Path) -> BTreeMap<String, String> {
        if self.options.practice.is_some() {
            return BTreeMap::new();
        }
        let saved = bindings::read(root).unwrap_or_default();
        let saved = saved.into_iter().map(|(name, binding)| (name, binding.source.to_string()));
        let masked = |(name, source): (String, String)| (name, mask::text(&source));
        saved.chain(self.options.accounts.clone()).map(masked).collect()
    }

    /// Tries everything that the course reads in the learner's accounts.
    ///
    /// # Errors
    /// A course with mistakes, and bindings that cannot be used.
    pub(super) fn check_accounts(&self) -> Result<Checked> {
        let listener = Both { terminal: &*self.terminal, pages: &|_| {} };
        let session = Session::open(&self.options, &listener)?;
        let tried = runtime()?.block_on(accounts::try_all(&session))?;
        let diagnosis = DoctorInput::of(&session, &tried, false).diagnose();
        let mut policies = BTreeMap::new();
        for account in &diagnosis.accounts {
            let mut reasons = account.reads.iter().flat_map(|read| &read.reasons);
            if let Some(sources) =
                tried.sources.get(&account.name).filter(|_| reasons.any(|reason| reason.action.is_some()))
            {
                let text = report::json(&policy::document(sources))?;
                policies.insert(account.name.clone(), text.as_str().trim_end().to_owned());
            }
        }
        Ok(Checked { diagnosis, policies })
    }

    /// Judges steps again and again, as their accounts change. `watched` returns the steps, or `None` to end the watch.
    ///
    /// # Errors
    /// Why the watch cannot continue.
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

/// A runtime for one thread.
fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting to work")
}

/// Sends notices and questions to the terminal, and the events of steps and results to the pages.
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
