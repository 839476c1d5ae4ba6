//! A lesson's structure: its sections with their paragraphs, lists, tables and code, each with its place.

use std::collections::BTreeSet;
use std::ops::Range;

/// The marks that authors put before the items of a list to tick.
const BOXES: &[char] = &['☐', '☑', '☒', '✅', '✔', '✓', '⬜', '□', '◻', '🔲', '❏', '❑'];

/// A section: a heading, and what is below it up to the next one.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Section {
    /// The heading. `None` before the first one.
    pub(super) heading: Option<Text>,
    /// The titles of the headings around it, the outermost first.
    pub(super) above: Vec<String>,
    pub(super) blocks: Vec<Block>,
    pub(super) level: u8,
}

impl Section {
    /// The heading's title.
    pub(super) fn title(&self) -> &str {
        self.heading.as_ref().map_or("", |heading| &heading.plain)
    }
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Paragraph(Text),
    List {
        items: Vec<Item>,
        /// Its place, with the white space around it.
        range: Range<usize>,
    },
    Table {
        header: Vec<String>,
        /// Each with its place.
        rows: Vec<(usize, Vec<String>)>,
        /// The columns with code: names or values to take over.
        concrete: BTreeSet<usize>,
        range: Range<usize>,
    },
    /// Terms, each with its definition behind a colon.
    Definitions {
        definitions: Vec<Text>,
        range: Range<usize>,
    },
    Code {
        /// Its language.
        language: String,
        text: String,
        range: Range<usize>,
    },
}

impl Block {
    pub(super) fn range(&self) -> Range<usize> {
        match self {
            Block::Paragraph(text) => text.range.clone(),
            Block::List { range, .. }
            | Block::Table { range, .. }
            | Block::Code { range, .. }
            | Block::Definitions { range, .. } => range.clone(),
        }
    }
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) text: Text,
    /// Whether it has a box to tick.
    pub(super) is_task: bool,
    /// Whether a directive ends it already.
    pub(super) is_marked: bool,
    /// What is nested below its text.
    pub(super) below: Vec<Block>,
    pub(super) range: Range<usize>,
}

/// A paragraph, the own text of an item, or a heading.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Text {
    /// Its place.
    pub(super) range: Range<usize>,
    /// Without markup.
    pub(super) plain: String,
    /// What it begins with in bold.
    pub(super) lead: Option<String>,
    /// Its code and emphasis: names, values and buttons.
    pub(super) marked: Vec<String>,
    /// What is struck out.
    pub(super) struck: String,
    /// Where its lines begin in `plain`, and in the lesson.
    pub(super) lines: Vec<(usize, usize)>,
}

impl Text {
    /// Its lines, each with its place in the lesson.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let ends = self.lines.iter().skip(1).map(|(start, _)| *start).chain([self.plain.len()]);
        self.lines.iter().zip(ends).map(|((start, at), end)| (*at, self.plain[*start..end].trim()))
    }

    /// Whether most of it is struck out.
    pub(super) fn is_struck(&self) -> bool {
        !self.struck.is_empty() && self.struck.chars().count() * 3 >= self.plain.chars().count()
    }

    /// Whether all of it is bold, so that it is a heading for what follows.
    pub(super) fn is_all_bold(&self) -> bool {
        let rest = |lead: &str| self.plain.len().saturating_sub(lead.len());
        self.lead.as_deref().is_some_and(|lead| lead.len() < 60 && rest(lead) <= 1 && !lead.ends_with('.'))
    }
}

/// The text after a box to tick.
pub(super) fn after_box(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix(BOXES)?;
    Some(rest.trim_start_matches('\u{fe0f}').trim())
}
