//! The events that open pages receive.

use mdbook_verify::widget::live::Live;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use super::accounts::Accounts;
use super::progress::Progress;

/// An event for open pages. Everything in HTML is escaped.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// The first event.
    Hello {
        /// The id of the book's build. A page of another build reloads.
        build: String,
        /// The course's title.
        course: String,
        /// Whether this is about the practice accounts.
        practice: bool,
    },
    /// The accounts of the course.
    Accounts(Accounts),
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
