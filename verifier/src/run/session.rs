//! A session: the course, its compiled checks, and the store for its results.

use anyhow::{Result, anyhow, bail};
use course::learner_file::INPUTS;
use course::results::Results;
use course::{Course, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::credentials::{self, Ahead};
use super::event::{Event, Listener};
use super::judge::Judge;
use super::options::{Options, PracticeStart};
use super::select;
use crate::actions::{TakenAction, log};
use crate::book;
use crate::cel;
use crate::compile;
use crate::made::{MadeMemory, Sighting};
use crate::plan::Compiled;
use crate::store::{Loaded, Store};
use evidence::connection::Connection;
use evidence::gather::Gathered;
use evidence::identifying::Identifying;
use evidence::time;

/// An opened course.
pub struct Session<'l> {
    /// The options of the run.
    pub options: Options,
    /// The course.
    pub course: Arc<Course>,
    /// Its checks, compiled.
    pub compiled: Arc<Compiled>,
    /// The results, for the learner's own accounts or for the practice accounts.
    pub store: Store,
    pub(super) listener: &'l dyn Listener,
    /// The judge that all others are made from.
    judge: OnceLock<Judge>,
    /// What is remembered of what the learner made.
    memory: Mutex<MadeMemory>,
    /// The results of a run that saves none.
    unsaved: Option<Mutex<Results>>,
    /// What was done in the practice accounts when they were read.
    practised: Mutex<Option<Vec<TakenAction>>>,
    /// Warnings that were shown already. Each is shown once.
    warned: Mutex<BTreeSet<String>>,
    /// The steps that the learner asked for by themselves.
    asked: Arc<BTreeSet<String>>,
    /// What was done for the first reading while the checks were compiled.
    ahead: Mutex<Ahead>,
}

/// So many steps take a good part of a round trip to compile.
const MANY: usize = 200;

/// Reads the course, and opens the store for its results.
///
/// # Errors
/// All mistakes in the course, and a configuration folder that cannot be used.
pub fn read(options: &Options, listener: &dyn Listener) -> Result<(Course, Store)> {
    let (root, store) = find(options, listener)?;
    store.read_ahead();
    Ok((course(options, &root, &store)?, store))
}

/// Finds the course, and opens the store for its results.
fn find(options: &Options, listener: &dyn Listener) -> Result<(PathBuf, Store)> {
    let root = book::find(options.course.as_deref())?;
    if options.trust_course {
        let trusted = "This course is trusted: its own preprocessors, scripts and theme run with your rights.";
        listener.hear(Event::Notice(trusted.to_owned()));
    }
    let store = Store::open(&root, options.practice.is_some())?;
    Ok((root, store))
}

/// The course as a session uses it, and the store for its results.
fn opened(options: &Options, listener: &dyn Listener) -> Result<(Arc<Course>, Store)> {
    cel::warm_up();
    if options.practice.is_some() && !options.accounts.is_empty() {
        bail!("--account is about your own accounts: leave out --account or --practice");
    }
    let (root, store) = find(options, listener)?;
    if kept(options) {
        store.read_ahead();
    }
    let course = course(options, &root, &store)?;
    // What saves nothing may use examples in the place of what the learner has not given.
    Ok((Arc::new(if kept(options) { course } else { course.with_examples() }), store))
}

/// The checks of these steps, compiled; without steps, all checks.
fn compiled(options: &Options, course: &Arc<Course>, steps: &[String]) -> Result<Compiled> {
    let compiled = match steps {
        [] => compile::compile(course),
        steps => {
            let steps = select::steps(course, steps)?;
            match options.practice {
                Some(_) => compile::compile_for_practice(course, &steps),
                None => compile::compile_steps(course, &steps),
            }
        }
    };
    compiled.map_err(|errors| compile::located(&course.root, errors))
}

fn course(options: &Options, root: &Path, store: &Store) -> Result<Course> {
    let course = book::read(root, options.trust_course)?;
    Ok(course.with_given(&INPUTS.read(root)?, Some(store.key())))
}

/// A course with what its learner gave.
///
/// # Errors
/// A configuration folder that cannot be used.
pub(crate) fn learners(root: &Path, course: Course) -> Result<Course> {
    let store = Store::open(root, false)?;
    Ok(course.with_given(&INPUTS.read(root)?, Some(store.key())))
}

impl<'l> Session<'l> {
    /// Reads the course and compiles its checks.
    ///
    /// # Errors
    /// All mistakes in the course or its checks.
    pub fn open(options: &Options, listener: &'l dyn Listener) -> Result<Session<'l>> {
        Session::open_for(options, &[], listener)
    }

    /// Reads the course and compiles only the checks of these steps; without steps, all checks.
    ///
    /// # Errors
    /// All mistakes in the course or these checks, and a step that the course does not have.
    pub fn open_for(options: &Options, steps: &[String], listener: &'l dyn Listener) -> Result<Session<'l>> {
        let (course, store) = opened(options, listener)?;
        let compiled = compiled(options, &course, steps)?;
        Session::of(options, course, compiled, store, listener)
    }

    /// The same for steps whose evidence is read next. While the checks of many steps are compiled, their accounts are
    /// identified. For few steps, nothing is sent before it is known that their checks have no mistakes.
    ///
    /// # Errors
    /// As [`Session::open_for`], and bindings that cannot be read.
    pub async fn open_to_read(options: &Options, steps: &[String], listener: &'l dyn Listener) -> Result<Session<'l>> {
        let (course, store) = opened(options, listener)?;
        // A step that the course does not have is a mistake that compiling reports.
        if select::steps(&course, steps).map_or(0, |steps| steps.len()) < MANY {
            let compiled = compiled(options, &course, steps)?;
            return Session::of(options, course, compiled, store, listener);
        }
        let compiling = {
            let (options, course, steps) = (options.clone(), Arc::clone(&course), steps.to_vec());
            tokio::task::spawn_blocking(move || compiled(&options, &course, &steps))
        };
        let steps = select::steps(&course, steps)?;
        let ahead = credentials::ahead(options, &course, &steps, listener).await;
        let compiled = compiling.await.unwrap_or_else(|failed| resume_unwind(failed.into_panic()))?;
        let session = Session::of(options, course, compiled, store, listener)?;
        Ok(Session { ahead: Mutex::new(ahead?), ..session })
    }

    fn of(
        options: &Options,
        course: Arc<Course>,
        compiled: Compiled,
        store: Store,
        listener: &'l dyn Listener,
    ) -> Result<Session<'l>> {
        let memory = if kept(options) { MadeMemory::read(&course.root)? } else { MadeMemory::default() };
        let unsaved = (!kept(options)).then(|| Mutex::new(Results::empty(true)));
        let (options, compiled, memory) = (options.clone(), Arc::new(compiled), Mutex::new(memory));
        let (judge, practised, warned, asked, ahead) = Default::default();
        Ok(Session {
            options,
            course,
            compiled,
            store,
            listener,
            judge,
            memory,
            unsaved,
            practised,
            warned,
            asked,
            ahead,
        })
    }

    /// The same session for steps that the learner asks for by themselves: their verdicts count as attempts.
    ///
    /// # Errors
    /// A step that the course does not have.
    pub fn asked_for(self, names: &[String]) -> Result<Session<'l>> {
        let asked = match names {
            [] => BTreeSet::new(),
            names => select::steps(&self.course, names)?.into_iter().map(|step| step.id.clone()).collect(),
        };
        Ok(Session { asked: Arc::new(asked), ..self })
    }

    /// Whether this session uses the practice accounts.
    pub fn practice(&self) -> bool {
        self.options.practice.is_some()
    }

    /// A judge for the store: identifiers are masked.
    pub fn judge(&self) -> Judge {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let new = || Judge::new(&self.course, &self.compiled, self.store.key());
        self.judge.get_or_init(new).clone().remembering(memory, self.practice()).asked_for(&self.asked)
    }

    /// The connections that were made ahead, the first time that they are asked for.
    pub(super) fn connected_ahead(&self) -> BTreeMap<String, Connection> {
        std::mem::take(&mut self.ahead.lock().unwrap_or_else(PoisonError::into_inner).connections)
    }

    /// The accounts that are being identified ahead, the first time that they are asked for.
    pub(super) fn identified_ahead(&self) -> Identifying {
        std::mem::take(&mut self.ahead.lock().unwrap_or_else(PoisonError::into_inner).identifying)
    }

    /// Judges steps, and saves the verdicts and what was found out about what the learner makes.
    ///
    /// # Errors
    /// When they cannot be written. The results are then unchanged.
    pub(super) fn judged(&self, steps: &[&Step], gathered: &Gathered) -> Result<Results> {
        self.noting(|judge, results| ((), judge.judge(steps, gathered, results))).map(|(_, results)| results)
    }

    /// Changes the results, and saves what was found out about what the learner makes.
    ///
    /// # Errors
    /// When they cannot be written. The results are then unchanged.
    pub(super) fn noting<T>(
        &self,
        work: impl FnOnce(&Judge, &mut Results) -> (T, Vec<Sighting>),
    ) -> Result<(T, Results)> {
        let mut done = None;
        let results = self.update(|results| {
            self.check_practised()?;
            // Another process may have seen something since this session began.
            if kept(&self.options) {
                *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = MadeMemory::read(&self.course.root)?;
            }
            let (value, sightings) = work(&self.judge(), results);
            // What is remembered is written first: a verdict may rest on it.
            done = Some(self.note(&sightings).map(|()| value));
            if done.as_ref().is_some_and(Result::is_err) {
                bail!("what you made could not be noted");
            }
            Ok(())
        });
        match done {
            Some(Err(error)) => Err(error),
            Some(Ok(value)) => Ok((value, results?)),
            None => Err(results.err().unwrap_or_else(|| anyhow!("the results were not changed"))),
        }
    }

    /// Notes what was done in the practice accounts that are read now.
    pub(super) fn note_practised(&self, taken: &[TakenAction]) {
        *self.practised.lock().unwrap_or_else(PoisonError::into_inner) = Some(taken.to_vec());
    }

    /// Makes sure that nothing of it was taken back since: a verdict about it would outlive it.
    fn check_practised(&self) -> Result<()> {
        let practised = self.practised.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(practised) = practised {
            let now = log::read(&self.course.root)?;
            if !practised.iter().all(|action| now.contains(action)) {
                bail!(
                    "a step was taken back in the practice accounts in the meantime, so nothing was saved: verify again"
                );
            }
        }
        Ok(())
    }

    /// Notes what was found out about what the learner makes.
    fn note(&self, sightings: &[Sighting]) -> Result<()> {
        if sightings.is_empty() {
            return Ok(());
        }
        let now = time::now();
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).add(self.practice(), sightings, &now);
        if kept(&self.options) { MadeMemory::note(&self.course.root, self.practice(), sightings, &now) } else { Ok(()) }
    }

    /// The results as they are shown. With `show_identifiers`, the steps are judged again in plain text, which is never
    /// saved.
    pub(super) fn shown(&self, steps: &[&Step], gathered: &Gathered, mut results: Results) -> Results {
        if self.options.show_identifiers {
            self.judge().showing_identifiers().judge(steps, gathered, &mut results);
        }
        results
    }

    /// The saved results; empty if there are none that can be used. The next change then reports why.
    pub fn results(&self) -> Results {
        if let Some(unsaved) = &self.unsaved {
            return unsaved.lock().unwrap_or_else(PoisonError::into_inner).clone();
        }
        self.store.read().unwrap_or_else(|_| Results::empty(self.practice()))
    }

    /// Changes the results, and passes on the store's notice.
    ///
    /// # Errors
    /// When they cannot be written. They are then unchanged.
    pub(super) fn update(&self, change: impl FnOnce(&mut Results) -> Result<()>) -> Result<Results> {
        if let Some(unsaved) = &self.unsaved {
            let mut results = unsaved.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut results)?;
            return Ok(results.clone());
        }
        let Loaded { results, notice } = self.store.update(change)?;
        notice.into_iter().for_each(|text| self.listener.hear(Event::Notice(text)));
        self.listener.hear(Event::Written);
        Ok(results)
    }

    /// Sends a notice, once in a session for each `about`.
    pub(super) fn warn_once(&self, about: &str, text: impl FnOnce() -> String) {
        if self.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(about.to_owned()) {
            self.listener.hear(Event::Notice(text()));
        }
    }
}

/// Whether what the learner makes is remembered. The practice accounts that begin fresh or done are gone with the run.
fn kept(options: &Options) -> bool {
    !matches!(options.practice, Some(PracticeStart::Fresh | PracticeStart::Done))
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("options", &self.options).finish_non_exhaustive()
    }
}
