//! The events that open pages receive.

use course::Course;
use course::results::Results;
use mdbook_verify::widget::live::Live;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// An event for open pages. Everything in HTML is escaped.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// The first event.
    Hello {
        /// The id of the book's build. A page of another build reloads.
        build: String,
        /// The notice at the top of every page.
        notice: Option<String>,
    },
    /// The current widgets of steps, by id.
    Steps {
        /// The steps that changed; all steps for a page that opens.
        steps: BTreeMap<String, Live>,
        /// The progress of the course.
        progress: Progress,
    },
    /// The progress of the expectations of a step that is being verified.
    Awaited {
        /// The step's id.
        step: String,
        /// The expectations, as HTML.
        html: String,
    },
    /// The tasks that are running.
    UnderWay {
        /// The steps of running tasks.
        running: BTreeSet<String>,
        /// The steps that are watched.
        watched: BTreeSet<String>,
        /// Why the last attempt failed, by step.
        failed: BTreeMap<String, String>,
        /// What the last task did, by step, if its verdict does not show it.
        done: BTreeMap<String, String>,
    },
    /// The book was built again.
    Reload,
    /// The course has a mistake, and the last good build is shown. Without a message, the mistake is fixed.
    Broken {
        /// The mistake, with its place.
        message: Option<String>,
    },
}

/// How many of the required steps are done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    done: usize,
    of: usize,
}

impl Count {
    fn add(&mut self, done: bool) {
        self.of += 1;
        self.done += usize::from(done);
    }
}

/// The progress of the course.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// In the whole course.
    course: Count,
    /// By page: the path in the book.
    pages: BTreeMap<String, Count>,
}

impl Progress {
    /// Counts each step once in the whole course, and once in each chapter that names it.
    pub fn of(course: &Course, results: &Results) -> Progress {
        let mut progress = Progress::default();
        for step in course.required() {
            let done = !results.view(step).verdict.blocks();
            progress.course.add(done);
            let pages: BTreeSet<String> = step.occurrences.iter().map(|place| page(&place.chapter)).collect();
            pages.into_iter().for_each(|page| progress.pages.entry(page).or_default().add(done));
        }
        progress
    }
}

/// The page of a chapter.
fn page(chapter: &Path) -> String {
    let page = chapter.with_extension("html");
    page.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
