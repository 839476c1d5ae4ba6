//! What the server knows: the book, the steps' widgets, what is under way, and who listens.

use anyhow::Result;
use mdbook_verify::course::Course;
use mdbook_verify::widget;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::broadcast;

use super::gate::Gate;
use super::pages::Pages;
use super::stamp::Stamp;
use crate::book;
use crate::store::Store;

/// What a page can ask for. It names a step and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Verify a step.
    Verify(String),
    /// Give the learner's word for a step, or take it back.
    Attest {
        /// The step.
        step: String,
        /// Whether it is taken back.
        withdraw: bool,
    },
    /// Do a step in the practice account.
    Practice(String),
}

impl Task {
    fn step(&self) -> &str {
        match self {
            Task::Verify(step) | Task::Attest { step, .. } | Task::Practice(step) => step,
        }
    }
}

/// Carries a task out; an error is told to the learner.
pub type Work = Box<dyn Fn(&Task) -> Result<()> + Send + Sync>;

/// What open pages are told.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// How the steps look now, by id.
    Steps {
        /// The widgets' HTML, in which everything is escaped.
        steps: BTreeMap<String, String>,
        /// Whether they are about the practice account.
        practice: bool,
    },
    /// The steps that something is under way for.
    Running {
        /// Their ids.
        steps: BTreeSet<String>,
    },
    /// A task came to nothing.
    Failed {
        /// The step's id.
        step: String,
        /// Why.
        message: String,
    },
    /// The book was built anew.
    Reload,
    /// The course has a mistake; what is shown is the book before it. Without a message it is mended.
    Broken {
        /// The mistake, with its place.
        message: Option<String>,
    },
}

/// How the book is built.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The course's folder.
    pub root: PathBuf,
    /// Whether it shows the practice account.
    pub practice: bool,
    /// Whether the course is trusted.
    pub trusted: bool,
}

/// What the server knows.
pub struct Desk {
    pub(super) gate: Gate,
    pub(super) recipe: Recipe,
    /// The state of the course's folder before the first build.
    pub(super) built_from: Stamp,
    work: Work,
    shown: RwLock<Shown>,
    running: Mutex<BTreeSet<String>>,
    events: broadcast::Sender<Event>,
}

/// The last good build.
#[derive(Debug, Clone)]
struct Shown {
    course: Arc<Course>,
    pages: Arc<Pages>,
    broken: Option<String>,
}

impl Desk {
    /// A desk with a freshly built book.
    ///
    /// # Errors
    /// All that is wrong with the course.
    pub fn open(gate: Gate, recipe: Recipe, work: Work) -> Result<Desk> {
        let built_from = Stamp::of(&recipe.root);
        let (course, pages) = build(&recipe)?;
        let shown = RwLock::new(Shown { course, pages, broken: None });
        // Whoever falls this far behind gets the whole state anew.
        let (events, _) = broadcast::channel(64);
        Ok(Desk { gate, recipe, built_from, work, shown, running: Mutex::default(), events })
    }

    /// The book.
    pub(super) fn pages(&self) -> Arc<Pages> {
        Arc::clone(&self.shown().pages)
    }

    fn shown(&self) -> Shown {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn running(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events from now on.
    pub(super) fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// All that a page that opens must know.
    pub(super) fn state(&self) -> Vec<Event> {
        vec![
            self.steps(),
            Event::Running { steps: self.running().clone() },
            Event::Broken { message: self.shown().broken },
        ]
    }

    /// How the steps look by the results as they stand.
    fn steps(&self) -> Event {
        let (course, practice) = (self.shown().course, self.recipe.practice);
        let results = Store::open(&self.recipe.root, practice).ok().and_then(|store| store.read().ok());
        let results = results.unwrap_or_else(|| mdbook_verify::results::Results::empty(practice));
        let widget = |step: &mdbook_verify::course::Step| {
            (step.id.clone(), widget::html(step, &results.view(&course, step), practice))
        };
        Event::Steps { steps: course.steps.iter().map(widget).collect(), practice }
    }

    fn tell(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.events.send(event);
    }

    /// Whether a task is about a step of the course.
    pub(super) fn knows(&self, task: &Task) -> bool {
        self.shown().course.step(task.step()).is_some()
    }

    /// Begins a task on a thread of its own: a page that closes loses nothing. While something is under way for the
    /// step, another task for it is the same one, and nothing begins.
    pub(super) fn begin(self: &Arc<Self>, task: Task) {
        if !self.running().insert(task.step().to_owned()) {
            return;
        }
        self.tell(Event::Running { steps: self.running().clone() });
        let desk = Arc::clone(self);
        std::thread::spawn(move || {
            let done = (desk.work)(&task);
            let step = task.step().to_owned();
            desk.running().remove(&step);
            if let Err(error) = done {
                desk.tell(Event::Failed { step, message: format!("{error:#}") });
            }
            desk.tell(desk.steps());
            desk.tell(Event::Running { steps: desk.running().clone() });
        });
    }

    /// Builds the book anew: because the course changed, or only because the verdicts in its pages did.
    pub(super) fn rebuild(&self, course_changed: bool) -> Option<String> {
        let built = build(&self.recipe);
        let was_broken = self.shown().broken.is_some();
        let message = built.as_ref().err().map(|error| format!("{error:#}"));
        {
            let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
            if let Ok((course, pages)) = built {
                (shown.course, shown.pages) = (course, pages);
            }
            shown.broken.clone_from(&message);
        }
        match &message {
            Some(message) => self.tell(Event::Broken { message: Some(message.clone()) }),
            None if was_broken || course_changed => {
                self.tell(Event::Broken { message: None });
                self.tell(Event::Reload);
            }
            None => self.tell(self.steps()),
        }
        message
    }
}

fn build(recipe: &Recipe) -> Result<(Arc<Course>, Arc<Pages>)> {
    let course = book::read(&recipe.root, recipe.trusted)?;
    let folder = book::build_live(&recipe.root, recipe.practice, recipe.trusted)?;
    Ok((Arc::new(course), Arc::new(Pages::read(&folder)?)))
}
