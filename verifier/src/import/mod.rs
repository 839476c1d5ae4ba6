//! `verify import`: turns lessons as they are written into chapters of the book.
//!
//! | where | what |
//! |---|---|
//! | `lesson`, `reading`, `language`, `things` | what a lesson says: its structure, its verbs, what it names of AWS |
//! | `outcomes` | what is there, is set or is gone once the lesson is done |
//! | [`propose`], `sure`, `known`, `words` | the check that an outcome is about |
//! | `about` | the account that it is about |
//! | [`step`] | what is proposed for an outcome, and what its author decides |
//! | `chapter` | the chapters that a lesson becomes |
//! | [`split`], `front_matter` | splitting a lesson, and what stands before it |
//! | [`folder`], `names` | the lessons of a folder |
//! | [`summary`] | `SUMMARY.md` |
//! | `course::annotate` | adding directives to a lesson without losing a byte |
//!
//! Nothing here writes a file: an [`Import`] contains the changes.

mod about;
mod chapter;
pub mod folder;
mod front_matter;
mod known;
mod language;
mod lesson;
mod names;
mod outcomes;
pub mod propose;
mod reading;
pub mod split;
pub mod step;
pub mod summary;
mod sure;
mod text;
mod things;
mod words;

use anyhow::{Context, Result};
use course::Course;
use std::path::{Path, PathBuf};

use chapter::Planner;
pub use names::slug;
use propose::Vocabulary;
use split::Split;
pub use step::{Decision, ProposedStep};
pub use summary::Chapter;

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

/// A file that is copied beside the chapters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Where it is.
    pub from: PathBuf,
    /// The new file, relative to the sources.
    pub file: String,
}

/// A line that looks like an outcome, but is not proposed as a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The lesson, as it is shown.
    pub lesson: String,
    /// The line in it, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
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

/// Works out what the import of one lesson changes. `decided` is what its author decides for the steps that are
/// proposed, in their order; those after its end are accepted.
///
/// # Errors
/// If the lesson cannot be split, the book could not be read with it, or its chapter exists with a different text.
pub fn plan(course: &Course, sources: &Path, order: &Order<'_>, decided: &[Decision]) -> Result<Import> {
    let vocabulary = Vocabulary::of(course);
    let mut planner = Planner::new(course, sources, &vocabulary, decided);
    planner.lesson(order, 0)?;
    planner.finish()
}

/// Adds the numbers of lines to places in a text, in their order.
struct LineCount<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl LineCount<'_> {
    /// The line of a place that is not before the last one.
    fn of(&mut self, at: usize) -> usize {
        if at >= self.at {
            self.line += self.text[self.at..at].matches('\n').count();
            self.at = at;
            return self.line;
        }
        let again =
            &mut LineCount { text: self.text, at: 0, line: self.line - self.text[..self.at].matches('\n').count() };
        again.of(at)
    }
}

/// The text of a file; `None` if it does not exist.
fn present(path: &Path) -> Result<Option<String>> {
    match course::files::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// A file's text.
///
/// # Errors
/// If it is not UTF-8, with the line.
pub(crate) fn utf8(file: &Path, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow::anyhow!(
            "{} is not UTF-8 text: line {line} has an invalid byte. Save the lesson as UTF-8, and import it again",
            file.display()
        )
    })
}
