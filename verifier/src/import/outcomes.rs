//! Finds the outcomes of a lesson: what is there, is set or is gone once a part of it is done. Clicks on the way are
//! none, and neither is what only explains.
//!
//! A section gives either one outcome (its heading says what is done, and what follows says how) or one for each of its
//! items or paragraphs that says so. A lesson in which nothing is done gives none.

mod blocks;
mod prose;
mod section;

use std::fmt;
use std::ops::Range;

use super::language::Language;
use super::lesson::{self, Section, Text};
use super::reading::{Kind, read};
use super::things::{Thing, things};

/// How many lines of a lesson must say that something is done, before any of them counts.
const FEWEST: usize = 2;

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

/// What was found in a lesson.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Outcomes {
    pub(super) found: Vec<Outcome>,
    /// Places and texts of lines that look like outcomes, but are not proposed.
    pub(super) passed_over: Vec<(usize, String)>,
}

/// Finds the outcomes of a lesson.
pub(super) fn find(lesson: &str) -> Outcomes {
    let Some(language) = Language::of_text(lesson) else { return Outcomes::default() };
    let sections = lesson::sections(lesson);
    let mut outcomes = Outcomes::default();
    let mut said = 0;
    for (at, section) in sections.iter().enumerate() {
        let found = section::find(section, language, lesson);
        let explains = explains(section, at, language) && !is_numbered_act(section, &found);
        match explains {
            false => {
                said += found.iter().map(says).sum::<usize>();
                outcomes.found.extend(found);
            }
            // “Before you leave” is one to tick off all the same.
            true => {
                let (ticked, others): (Vec<_>, Vec<_>) =
                    found.into_iter().partition(|outcome| is_done(outcome, language));
                outcomes.found.extend(ticked);
                outcomes.passed_over.extend(others.into_iter().map(|outcome| (outcome.at, outcome.text)));
            }
        }
    }
    if said < FEWEST {
        let found = std::mem::take(&mut outcomes.found);
        outcomes.passed_over.extend(found.into_iter().map(|outcome| (outcome.at, outcome.text)));
        outcomes.passed_over.sort();
    }
    outcomes
}

/// Whether a line with a box says that something is made or gone. An item of a task list is always meant to be done.
fn is_done(outcome: &Outcome, language: &Language) -> bool {
    let said = matches!(read(&outcome.text, language).kind, Kind::Make | Kind::Remove | Kind::State);
    outcome.why == Why::Task || outcome.why == Why::Box && said && (!outcome.things.is_empty() || language.is_other())
}

/// How much an outcome shows that a lesson has something done. A box to tick is enough.
fn says(outcome: &Outcome) -> usize {
    match outcome.why {
        Why::Task | Why::Box => FEWEST,
        Why::Settings | Why::Said(Kind::Setting | Kind::Other, _) => 0,
        _ => 1,
    }
}

/// Whether a section, or one around it, only explains. The lesson's title decides nothing.
fn explains(section: &Section, at: usize, language: &Language) -> bool {
    let is_title = at <= 1 && section.above.is_empty();
    let title = section.title();
    let around = section.above.iter().skip(1).any(|above| language.explains(above) && !language.is_step(above));
    !is_title && (around || language.explains(title) && !language.is_step(title))
}

/// Whether a numbered section has something made in it, whatever its heading asks.
fn is_numbered_act(section: &Section, found: &[Outcome]) -> bool {
    let is_numbered = section.title().starts_with(|c: char| c.is_ascii_digit());
    is_numbered
        && found.iter().any(|outcome| matches!(outcome.why, Why::Said(Kind::Make | Kind::Remove, _) | Why::Command(_)))
}

/// The things of a statement, and then those around it.
fn things_of(texts: &[&str]) -> Vec<Thing> {
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
    let text = lesson::after_box(text).unwrap_or(text);
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.trim_end_matches([':', '.', ' ']).to_owned()
}

/// The headings above what stands in a section.
fn above(section: &Section) -> Vec<String> {
    let own = section.heading.as_ref().map(|heading: &Text| heading.plain.clone());
    section.above.iter().cloned().chain(own).collect()
}

#[cfg(test)]
mod tests;
