//! The results of scanning a chapter.

use std::ops::Range;

use super::braces::{Hole, Nearly};
use crate::table::WrittenTable;

/// The directives and holes of a chapter.
#[derive(Debug, Default, PartialEq)]
pub struct Scan {
    /// The steps.
    pub steps: Vec<Marked>,
    /// The items whose check is not chosen yet (`verify: ?`).
    pub open: Vec<Marked>,
    /// The items that are not steps (`verify: none`).
    pub none: Vec<Marked>,
    /// The tables that are data.
    pub tables: Vec<WrittenTable>,
    /// The comments with the rules that the chapter breaks on purpose (`verify: allow`), and the rules.
    pub allowed: Vec<(Range<usize>, Vec<String>)>,
    /// Directives in a wrong place.
    pub misplaced: Vec<Misplaced>,
    /// Holes for parameters.
    pub holes: Vec<Hole>,
    /// Braces that look like a hole, but are not one.
    pub nearly: Vec<Nearly>,
}

impl Scan {
    /// All directives in a right place.
    pub fn marked(&self) -> impl Iterator<Item = &Marked> {
        self.steps.iter().chain(&self.open).chain(&self.none)
    }
}

/// A list item with a directive, or a directive in its own block.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// The comment.
    pub comment: Range<usize>,
    /// Where the comment is.
    pub at: At,
    /// The task marker, `[ ] ` with the space after it.
    pub marker: Option<Range<usize>>,
    /// The item's own text without markup, with the values of parameters; empty for a directive in its own block.
    pub text: String,
}

/// Where a directive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// After the text of a list item.
    Text,
    /// Below the content of a list item.
    Below,
    /// In its own block.
    Card {
        /// Whether a list ends right above it, so that it may have been meant for the last item.
        below_list: bool,
    },
}

/// A directive in a wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// The comment.
    pub range: Range<usize>,
    /// Why it cannot be there.
    pub why: Why,
}

/// Why a directive cannot be in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// More text of the item follows.
    Middle,
    /// The item has a directive already.
    Second,
    /// The item contains nothing else.
    Alone,
    /// It is in a paragraph.
    Paragraph,
    /// It is in something else, such as a heading.
    Within(&'static str),
    /// The comment is not closed.
    Unclosed,
    /// It names a table, but is not before one.
    Table,
    /// It names rules, but is not on its own line.
    Allow,
}

impl Why {
    /// What is wrong, and what to do.
    pub(crate) fn message_and_help(self) -> (String, &'static str) {
        let (what, help) = match self {
            Why::Middle => {
                ("a directive must be the last part of its list item, but more text follows", "move it after the text")
            }
            Why::Second => {
                ("this list item has a directive already", "a list item can be one step only: split it into two items")
            }
            Why::Alone => (
                "this list item contains only a directive",
                "write the step before the directive, as in: - [ ] What is done <!-- verify: NAME -->",
            ),
            Why::Paragraph => (
                "a directive must end a list item or be in its own block, but this one is in a paragraph",
                "put it on its own line below the paragraph",
            ),
            Why::Within(what) => {
                let help = "end a list item with it, or put it on its own line outside";
                return (format!("a directive cannot be inside {what}"), help);
            }
            Why::Table => (
                "a directive for a table must be on its own line before the table",
                "move it to the line before the table's header",
            ),
            Why::Allow => (
                "a directive with rules that the lesson breaks must be on its own line",
                "put it on its own line outside of lists, with an empty line above and below",
            ),
            Why::Unclosed => {
                ("this comment is not closed, so it is not a directive", "close it with --> before an empty line")
            }
        };
        (what.to_owned(), help)
    }
}

/// A checklist item without a directive.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmarked {
    /// The task marker, `[ ]`.
    pub marker: Range<usize>,
    /// The item's own text without markup. Never empty.
    pub text: String,
    /// Where the item's own text ends, which is the place for a directive.
    pub end: usize,
}
