//! An outcome of a lesson, and where its directive goes.

use std::fmt;
use std::ops::Range;

use super::lesson::{Section, Text, after_box};
use super::reading::Kind;
use super::things::{Thing, things};

/// Something that a lesson has done.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome {
    /// Where it is stated.
    pub(super) at: usize,
    /// The statement.
    pub(super) text: String,
    /// All that belongs to it: the statement, its explanation and its settings.
    pub(super) region: Range<usize>,
    /// Where its directive goes.
    pub(super) place: Place,
    pub(super) why: Why,
    /// The titles of the headings above it, the outermost first.
    pub(super) above: Vec<String>,
    /// The things that it names, the ones of its statement first.
    pub(super) things: Vec<Thing>,
}

/// Where a directive goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Behind the text of a list item, which ends here.
    Item(usize),
    /// On a line of its own after the block that ends here.
    After(usize),
}

/// Why a line is taken for an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// It is an item of a task list.
    Task,
    /// It has a box to tick.
    Box,
    /// It says so by this word.
    Said(Kind, String),
    /// The heading of a section says so.
    Heading,
    /// A section with the settings of one thing.
    Settings,
    /// The rows of a table.
    Rows,
    /// A command.
    Command(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Task | Why::Box => f.write_str("a box to tick"),
            Why::Said(Kind::Remove, word) => write!(f, "something is removed: “{word}”"),
            Why::Said(Kind::Try, word) => write!(f, "something is tested: “{word}”"),
            Why::Said(Kind::State, word) if word.is_empty() => f.write_str("it names something of AWS"),
            Why::Said(Kind::State, word) => write!(f, "it says how something is: “{word}”"),
            Why::Said(_, word) if word.is_empty() => f.write_str("it names something of AWS"),
            Why::Said(_, word) => write!(f, "something is made or changed: “{word}”"),
            Why::Heading => f.write_str("a section for one thing to do"),
            Why::Settings => f.write_str("the settings of one thing"),
            Why::Rows => f.write_str("a table of values"),
            Why::Command(command) => write!(f, "a command: {command}"),
        }
    }
}

/// The things of a statement, and then those around it.
pub(super) fn things_of(texts: &[&str]) -> Vec<Thing> {
    let mut found: Vec<Thing> = Vec::new();
    for thing in texts.iter().flat_map(|text| things(text)) {
        if !found.contains(&thing) {
            found.push(thing);
        }
    }
    found
}

/// A text as it is shown: on one line, without the marks around it.
pub(super) fn shown(text: &str) -> String {
    let text = after_box(text).unwrap_or(text);
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.trim_end_matches([':', '.', ' ']).to_owned()
}

/// The headings above the contents of a section.
pub(super) fn above(section: &Section) -> Vec<String> {
    let own = section.heading.as_ref().map(|heading: &Text| heading.plain.clone());
    section.above.iter().cloned().chain(own).collect()
}
