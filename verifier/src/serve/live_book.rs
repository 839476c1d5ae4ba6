//! The state of the server: the book, the steps' widgets, the running tasks, and the open pages.

use anyhow::Result;
use course::results::Results;
use course::{Course, Step};
use mdbook_verify::widget::live::{self, Live, Practice};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::broadcast;

use super::accounts::{self, Accounts};
use super::auth::Auth;
use super::backend::{Backend, Task};
use super::build::{self, BuildOptions, Fresh};
use super::event::Event;
use super::pages::Pages;
use super::progress::Progress;
use super::snapshot::{LOOK, Snapshot};
use crate::actions;
use crate::run::{self, given, session::learners};
use crate::store::Store;

/// The state of the server.
pub struct LiveBook {
    pub(super) auth: Auth,
    pub(super) options: BuildOptions,
    /// The state of the course's folder from which the first build was made.
    pub(super) built_from: Snapshot,
    backend: Backend,
    shown: RwLock<Shown>,
    /// The widgets that were last sent to pages.
    sent: Mutex<BTreeMap<String, Live>>,
    under_way: Mutex<UnderWay>,
    /// The last check of the accounts.
    check: Mutex<accounts::Check>,
    /// Notified when a page begins to watch.
    watching: Condvar,
    events: broadcast::Sender<Event>,
}

/// The last good build.
#[derive(Debug, Clone)]
struct Shown {
    course: Arc<Course>,
    pages: Arc<Pages>,
    /// What was left out of the course's pages.
    notices: Arc<[String]>,
    broken: Option<String>,
    /// The id of this build. Pages of another build reload.
    build: String,
}

/// The running tasks, by step.
#[derive(Debug, Default, Clone)]
struct UnderWay {
    running: BTreeSet<String>,
    watched: BTreeSet<String>,
    failed: BTreeMap<String, String>,
    done: BTreeMap<String, String>,
}

impl UnderWay {
    fn event(&self) -> Event {
        let UnderWay { running, watched, failed, done } = self.clone();
        Event::UnderWay { running, watched, failed, done }
    }

    /// Forgets what became of the last tasks of these steps.
    fn forget(&mut self, steps: &BTreeSet<String>) {
        self.failed.retain(|step, _| !steps.contains(step));
        self.done.retain(|step, _| !steps.contains(step));
    }
}

impl LiveBook {
    /// Builds the book, and creates the state for it.
    ///
    /// # Errors
    /// All mistakes in the course.
    pub fn open(auth: Auth, options: BuildOptions, backend: Backend) -> Result<LiveBook> {
        let Fresh { course, pages, notices, from: built_from } = build::build(&options)?;
        let shown = RwLock::new(Shown { course, pages, notices, broken: None, build: super::auth::token()? });
        // A page that is this far behind gets the whole state again.
        let (events, _) = broadcast::channel(256);
        let live_book = LiveBook {
            auth,
            options,
            built_from,
            backend,
            shown,
            sent: Mutex::default(),
            under_way: Mutex::default(),
            check: Mutex::default(),
            watching: Condvar::new(),
            events,
        };
        live_book.send_steps();
        Ok(live_book)
    }

    /// The book.
    pub(super) fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.shown().pages)
    }

    /// What was left out of the book.
    pub fn notices(&self) -> Arc<[String]> {
        self.shown().notices
    }

    fn shown(&self) -> Shown {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events from now on.
    pub(super) fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// The events for a page that opens.
    pub(super) fn state(&self) -> Vec<Event> {
        let shown = self.shown();
        vec![
            Event::Hello {
                build: shown.build.clone(),
                course: shown.course.title.clone(),
                practice: self.options.practice,
            },
            self.accounts(&self.check()),
            self.steps(|_, _| true),
            self.under_way().event(),
            Event::Broken { message: shown.broken },
        ]
    }

    /// The accounts of the course.
    fn accounts(&self, check: &accounts::Check) -> Event {
        let bound = self.backend.bound(&self.options.root);
        Event::Accounts(Accounts::of(&self.shown().course, &self.results(), &bound, check))
    }

    fn check(&self) -> MutexGuard<'_, accounts::Check> {
        self.check.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks the accounts on a thread of its own, unless they are being checked.
    pub(super) fn check_accounts(self: &Arc<Self>) {
        let mut check = self.check();
        if std::mem::replace(&mut check.running, true) {
            return;
        }
        self.send(self.accounts(&check));
        drop(check);
        let live_book = Arc::clone(self);
        std::thread::spawn(move || {
            let outcome = live_book.backend.check_accounts().map_err(|error| format!("{error:#}"));
            let mut check = live_book.check();
            *check = accounts::Check { running: false, outcome: Some(outcome) };
            live_book.send(live_book.accounts(&check));
        });
    }

    /// The widgets of the steps for which `wanted` is true, from the saved results.
    fn steps(&self, wanted: impl Fn(&str, &Live) -> bool) -> Event {
        let course = self.course();
        let results = self.results();
        let taken = self.backend.practised(&course);
        let practice = |step: &Step| match &taken {
            Some(_) if !actions::has_action(&course, step) => Practice::None,
            Some(taken) if actions::is_done(&course, taken, step) => Practice::Done,
            Some(_) => Practice::ToDo,
            None => Practice::None,
        };
        let live = |step: &Step| Live::of(&course, step, &results, practice(step));
        let all = course.steps.iter().map(|step| (step.id.clone(), live(step)));
        let steps = all.filter(|(id, live)| wanted(id, live)).collect();
        Event::Steps { steps, progress: Progress::of(&course, &results) }
    }

    fn results(&self) -> Results {
        let results = Store::open(&self.options.root, self.options.practice).ok().and_then(|store| store.read().ok());
        results.unwrap_or_else(|| Results::empty(self.options.practice))
    }

    /// Sends the widgets that have changed to every page. Locked, so that pages get them in order.
    pub(super) fn send_steps(&self) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let event = self.steps(|id, live| sent.get(id) != Some(live));
        if let Event::Steps { steps, .. } = &event {
            sent.extend(steps.clone());
            let waited_for = |id: &String| sent.get(id).is_some_and(|live| live.verdict.blocks());
            self.under_way().watched.retain(waited_for);
            self.send(event);
            self.send_under_way();
        }
    }

    fn send_under_way(&self) {
        // Sent while it is locked. Otherwise, an older state might be sent last.
        let under_way = self.under_way();
        self.send(under_way.event());
    }

    fn send(&self, event: Event) {
        // An error means that no page is open.
        let _ = self.events.send(event);
    }

    /// Passes on an event of a run.
    fn pass_on(&self, event: run::Event<'_>) {
        match event {
            run::Event::Written => self.send_steps(),
            run::Event::Awaited { step, expectations } => {
                let expectations = expectations.iter().map(|awaited| (awaited.title.as_str(), awaited.result.as_ref()));
                self.send(Event::Awaited { html: live::expectations(expectations), step: step.to_owned() });
            }
            run::Event::Notice(_) | run::Event::Reading { .. } => {}
        }
    }

    /// The course, with what its learner has given by now.
    fn course(&self) -> Arc<Course> {
        let course = self.shown().course;
        if course.inputs.is_empty() {
            return course;
        }
        learners(&self.options.root, Course::clone(&course)).map_or(course, Arc::new)
    }

    /// Saves the value of an input.
    ///
    /// # Errors
    /// Why the input cannot have this value, and a file that cannot be written.
    pub(super) fn set(&self, input: (String, String)) -> Result<()> {
        given::set(&self.shown().course, &[input], &[])
    }

    /// Whether all of these are steps of the course.
    pub(super) fn knows(&self, steps: &BTreeSet<String>) -> bool {
        let course = self.shown().course;
        !steps.is_empty() && steps.iter().all(|step| course.step(step).is_some())
    }

    /// Starts a task on its own thread, so that closing a page does not stop it. A task for a step that already has one
    /// is not started.
    pub(super) fn begin(self: &Arc<Self>, task: Task) {
        let steps: BTreeSet<String> = {
            let mut under_way = self.under_way();
            let steps: BTreeSet<String> = task.steps().difference(&under_way.running).cloned().collect();
            under_way.running.extend(steps.clone());
            under_way.forget(&steps);
            steps
        };
        if steps.is_empty() {
            return;
        }
        self.send_under_way();
        let task = if let Task::Verify(_) = task { Task::Verify(steps.clone()) } else { task };
        let live_book = Arc::clone(self);
        std::thread::spawn(move || {
            let done = live_book.backend.carry_out(&task, &|event| live_book.pass_on(event));
            live_book.send_steps();
            let mut under_way = live_book.under_way();
            under_way.running.retain(|step| !steps.contains(step));
            match done {
                Ok(None) => {}
                Ok(Some(text)) => under_way.done.extend(steps.into_iter().map(|step| (step, text.clone()))),
                Err(error) => under_way.failed.extend(steps.into_iter().map(|step| (step, format!("{error:#}")))),
            }
            drop(under_way);
            live_book.send_under_way();
        });
    }

    /// Starts or stops watching steps.
    pub(super) fn watch(&self, steps: &BTreeSet<String>, stop: bool) {
        let mut under_way = self.under_way();
        match stop {
            true => under_way.watched.retain(|step| !steps.contains(step)),
            false => under_way.watched.extend(steps.iter().cloned()),
        }
        under_way.forget(steps);
        drop(under_way);
        self.watching.notify_all();
        self.send_under_way();
    }

    /// Watches the steps that pages ask for, forever.
    pub(super) fn watch_on(&self) {
        loop {
            let build = {
                let idle = |under_way: &mut UnderWay| under_way.watched.is_empty();
                let waited = self.watching.wait_while(self.under_way(), idle);
                drop(waited.unwrap_or_else(PoisonError::into_inner));
                self.shown().build
            };
            let watched = || {
                let (watched, shown) = (self.under_way().watched.clone(), self.shown());
                (!watched.is_empty() && shown.build == build && shown.broken.is_none()).then_some(watched)
            };
            if watched().is_none() {
                // The course has a mistake at the moment.
                std::thread::sleep(LOOK);
                continue;
            }
            if let Err(error) = self.backend.watch(&watched, &|event| self.pass_on(event)) {
                let mut under_way = self.under_way();
                let stopped = std::mem::take(&mut under_way.watched);
                under_way.failed.extend(stopped.into_iter().map(|step| (step, format!("{error:#}"))));
                drop(under_way);
                self.send_under_way();
            }
        }
    }

    /// Builds the book again, and returns the state of the course's folder that it shows.
    ///
    /// # Errors
    /// All mistakes in the course. The last good build is still shown.
    pub(super) fn rebuild(&self) -> Result<Snapshot> {
        let built = build::build(&self.options);
        let message = built.as_ref().err().map(|error| format!("{error:#}"));
        let was_broken = self.shown().broken.is_some();
        {
            let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
            shown.broken.clone_from(&message);
            if let Ok(Fresh { course, pages, notices, .. }) = &built {
                (shown.course, shown.pages) = (Arc::clone(course), Arc::clone(pages));
                shown.notices = Arc::clone(notices);
                shown.build = super::auth::token()?;
            }
        }
        if message.is_some() || was_broken {
            self.send(Event::Broken { message });
        }
        if built.is_ok() {
            self.forget_steps_that_are_gone();
            self.send(Event::Reload);
        }
        self.send_steps();
        built.map(|fresh| fresh.from)
    }

    fn forget_steps_that_are_gone(&self) {
        let course = self.shown().course;
        let mut under_way = self.under_way();
        under_way.watched.retain(|step| course.step(step).is_some());
        under_way.failed.retain(|step, _| course.step(step).is_some());
        under_way.done.retain(|step, _| course.step(step).is_some());
    }
}
