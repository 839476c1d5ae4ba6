//! `verify import`: turns lessons as they are written into chapters of the book.
//!
//! | where | what |
//! |---|---|
//! | `lesson`, `structure`, `reading`, `remarks`, `verbs`, `forms`, `language`, `things` | what a lesson says: its structure, its verbs, what it names of AWS |
//! | `outcomes` | what is there, is set or is gone once the lesson is done |
//! | [`propose`], `sure`, `known`, `phrase`, `words` | the check that an outcome is about |
//! | `about` | the account that it is about |
//! | [`step`] | what is proposed for an outcome, and what its author decides |
//! | `chapter` | the chapters that a lesson becomes |
//! | [`split`], `front_matter` | splitting a lesson, and what comes before it |
//! | [`folder`], `names` | the lessons of a folder |
//! | [`summary`] | `SUMMARY.md` |
//! | `course::annotate` | adding directives to a lesson without losing a byte |
//!
//! Nothing here writes a file: an [`Import`] contains the changes.

mod about;
mod chapter;
pub mod folder;
mod forms;
mod front_matter;
mod known;
mod language;
mod lesson;
mod names;
mod outcome;
mod outcomes;
mod phrase;
mod planned;
mod polarity;
pub mod propose;
mod reading;
mod remarks;
mod source;
pub mod split;
mod stated;
mod stems;
pub mod step;
mod structure;
pub mod summary;
mod sure;
mod text;
mod things;
mod verbs;
mod vocabulary;
mod words;

use anyhow::Result;
use course::Course;
use std::path::Path;

use chapter::Planner;
pub use names::slug;
pub use planned::{Change, Copied, Import, Order};
pub(crate) use source::utf8;
pub use stated::{Stated, Surroundings};
pub use step::{Decision, PassedOver, ProposedStep};
pub use summary::Chapter;
pub use vocabulary::Vocabulary;

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
