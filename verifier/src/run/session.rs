//! What runs start with: the course, its checks compiled, and the store that fits.

use anyhow::Result;
use course::results::Results;
use course::{Course, Step};
use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::event::{Event, Listener};
use super::judge::Judge;
use super::select;
use crate::book;
use crate::cel;
use crate::compile;
use crate::plan::Compiled;
use crate::store::{Loaded, Store};
use evidence::gather::Gathered;

/// What somebody asks of every run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The course's folder; without it, the nearest upwards with a book.toml, or its book/.
    pub course: Option<PathBuf>,
    /// The practice accounts, instead of the learner's own.
    pub practice: Option<PracticeStart>,
    /// What accounts are read with this time, by the course's names: an AWS profile, a role's ARN, or `environment`.
    pub accounts: Vec<(String, String)>,
    /// Whether account ids, e-mail addresses and phone numbers are shown. Results that are kept never have them.
    pub show_identifiers: bool,
    /// Whether the course may run programs and scripts of its own.
    pub trust_course: bool,
}

/// What is done in the practice accounts when a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PracticeStart {
    /// What the learner's practice actions did.
    Taken,
    /// Nothing.
    Fresh,
    /// Everything.
    Done,
}

/// An opened course.
pub struct Session<'l> {
    /// What was asked for.
    pub options: Options,
    /// The course.
    pub course: Arc<Course>,
    /// Its checks, compiled.
    pub compiled: Arc<Compiled>,
    /// The results of the learner's own accounts, or those of the practice accounts.
    pub store: Store,
    pub(super) listener: &'l dyn Listener,
    /// What the learner was warned of already, and is not again.
    warned: Mutex<BTreeSet<String>>,
}

/// Reads the course, and opens the store that fits.
///
/// # Errors
/// All that is wrong with the course, and a configuration folder that cannot be used.
pub fn read(options: &Options, listener: &dyn Listener) -> Result<(Course, Store)> {
    let root = book::find(options.course.as_deref())?;
    if options.trust_course {
        let trusted = "This course is trusted: its own preprocessors, scripts and theme run with your rights.";
        listener.hear(Event::Notice(trusted.to_owned()));
    }
    let course = book::read(&root, options.trust_course)?;
    Ok((course, Store::open(&root, options.practice.is_some())?))
}

impl<'l> Session<'l> {
    /// Reads the course and compiles its checks.
    ///
    /// # Errors
    /// All that is wrong with the course or its checks.
    pub fn open(options: &Options, listener: &'l dyn Listener) -> Result<Session<'l>> {
        Session::open_for(options, &[], listener)
    }

    /// Reads the course and compiles the checks of these steps alone; those of all steps without one.
    ///
    /// # Errors
    /// All that is wrong with the course or these checks, and a step that there is none of.
    pub fn open_for(options: &Options, steps: &[String], listener: &'l dyn Listener) -> Result<Session<'l>> {
        cel::warm_up();
        let (course, store) = read(options, listener)?;
        let course = Arc::new(course);
        let compiled = match steps {
            [] => compile::compile(&course),
            steps => compile::compile_steps(&course, &select::steps(&course, steps)?),
        };
        let compiled = Arc::new(compiled.map_err(|errors| compile::located(&course.root, errors))?);
        Ok(Session { options: options.clone(), course, compiled, store, listener, warned: Mutex::default() })
    }

    /// Whether this is about the practice accounts.
    pub fn practice(&self) -> bool {
        self.options.practice.is_some()
    }

    /// Judges for the store: what is kept is masked.
    pub fn judge(&self) -> Judge {
        Judge::new(&self.course, &self.compiled, self.store.key())
    }

    /// Results as they are shown this time: with `show_identifiers`, the steps are judged once more in plain text, which
    /// is kept nowhere.
    pub(super) fn shown(&self, steps: &[&Step], gathered: &Gathered, mut results: Results) -> Results {
        if self.options.show_identifiers {
            self.judge().showing_identifiers().judge(steps, gathered, &mut results);
        }
        results
    }

    /// The results as they are; empty where there are none to use, which the next change says.
    pub fn results(&self) -> Results {
        self.store.read().unwrap_or_else(|_| Results::empty(self.practice()))
    }

    /// Changes the results, and says what had to be done for that.
    ///
    /// # Errors
    /// When they cannot be written. They are then as they were.
    pub(super) fn update(&self, change: impl FnOnce(&mut Results)) -> Result<Results> {
        let Loaded { results, notice } = self.store.update(change)?;
        notice.into_iter().for_each(|text| self.listener.hear(Event::Notice(text)));
        self.listener.hear(Event::Written);
        Ok(results)
    }

    /// Says something, once in a session for each `about`.
    pub(super) fn warn_once(&self, about: &str, text: impl FnOnce() -> String) {
        if self.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(about.to_owned()) {
            self.listener.hear(Event::Notice(text()));
        }
    }
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("options", &self.options).finish_non_exhaustive()
    }
}
