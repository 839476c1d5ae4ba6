//! What open pages are told.

use course::Course;
use course::results::Results;
use mdbook_verify::widget::live::Live;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What open pages are told. In whatever is HTML, everything is escaped.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// The first of all.
    Hello {
        /// Which build of the book this is. A page of another one loads itself anew.
        build: String,
        /// What stands on top of every page.
        notice: Option<String>,
    },
    /// How steps look now, by id.
    Steps {
        /// Those that changed; all of them for a page that opens.
        steps: BTreeMap<String, Live>,
        /// How far the course is.
        progress: Progress,
    },
    /// How far the expectations of a step that is being verified are known.
    Awaited {
        /// The step's id.
        step: String,
        /// The expectations, as HTML.
        html: String,
    },
    /// What is being done.
    UnderWay {
        /// The steps that something runs for.
        running: BTreeSet<String>,
        /// The steps that are watched.
        watched: BTreeSet<String>,
        /// Why the last try came to nothing, by step.
        failed: BTreeMap<String, String>,
    },
    /// The book was built anew.
    Reload,
    /// The course has a mistake; what is shown is the book before it. Without a message it is mended.
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

/// How far the course is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// All of it.
    course: Count,
    /// By page: the path below the book.
    pages: BTreeMap<String, Count>,
}

impl Progress {
    /// Counts each step once in all, and once in each chapter that names it.
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

/// The page that mdBook makes of a chapter.
fn page(chapter: &Path) -> String {
    let page = chapter.with_extension("html");
    page.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
