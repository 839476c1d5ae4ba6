//! What is imported, and what that changes.

use std::path::{Path, PathBuf};

use super::split::Split;
use super::step::{PassedOver, ProposedStep};

/// A change to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file, relative to the sources.
    pub file: String,
    /// Whether the file is new.
    pub new: bool,
    /// The text to compare with: the current text or, for a new chapter, the lesson.
    pub before: String,
    /// The new text.
    pub after: String,
}

/// A file that is copied to the chapters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Where it is.
    pub from: PathBuf,
    /// The new file, relative to the sources.
    pub file: String,
}

/// The result of an import.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Import {
    /// The files that change; empty if all lessons are in the book already.
    pub changes: Vec<Change>,
    /// The files that are copied.
    pub copied: Vec<Copied>,
    /// The steps that are proposed for the chapters that change.
    pub steps: Vec<ProposedStep>,
    /// Lines of these chapters that look like outcomes.
    pub passed_over: Vec<PassedOver>,
    /// How many numbers were replaced by parameters.
    pub parameters: usize,
    /// What its author should know: renamed chapters, links that lead nowhere.
    pub notes: Vec<String>,
    /// How many lessons were read.
    pub lessons: usize,
}

/// What to import, and how.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// The lesson's text.
    pub lesson: &'o str,
    /// The name of the lesson in messages.
    pub shown: &'o Path,
    /// The file of its chapter, relative to the sources, without `.md`.
    pub name: &'o str,
    /// Where to split it.
    pub split: Option<Split>,
    /// Whether to overwrite chapters whose text differs. A directive is kept if the text of its item is unchanged.
    pub replace: bool,
}
