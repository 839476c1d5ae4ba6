//! What is found in a chapter.

use std::ops::Range;

use super::braces::{Hole, Nearly};

/// What a chapter holds that is ours.
#[derive(Debug, Default, PartialEq)]
pub struct Scan {
    /// What directives make steps of.
    pub steps: Vec<Marked>,
    /// Those that name no check yet (`verify: ?`).
    pub open: Vec<Marked>,
    /// Those that are no steps (`verify: none`).
    pub none: Vec<Marked>,
    /// Directives that stand elsewhere.
    pub misplaced: Vec<Misplaced>,
    /// Holes for parameters.
    pub holes: Vec<Hole>,
    /// What looks like a hole and is none.
    pub nearly: Vec<Nearly>,
}

impl Scan {
    /// All directives that stand where they may.
    pub fn marked(&self) -> impl Iterator<Item = &Marked> {
        self.steps.iter().chain(&self.open).chain(&self.none)
    }
}

/// A list item with a directive, or a directive that is a block of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// The comment.
    pub comment: Range<usize>,
    /// How the comment stands.
    pub at: At,
    /// The task marker, `[ ] ` with the space after it.
    pub marker: Option<Range<usize>>,
    /// The item's own text without markup, with the values of parameters; empty for a block of its own.
    pub text: String,
}

/// How a directive stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Behind the text of a list item.
    Text,
    /// Below what a list item holds.
    Below,
    /// In no list item.
    Card {
        /// Whether a list ends right above it, so that its last item may have been meant.
        below_list: bool,
    },
}

/// A directive that stands where none can, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// The comment.
    pub range: Range<usize>,
    /// Why it cannot stand there.
    pub why: Why,
}

/// Why a directive cannot stand in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// More text of the item follows.
    Middle,
    /// The item has a directive already.
    Second,
    /// The item holds nothing else.
    Alone,
    /// It stands behind a paragraph.
    Paragraph,
    /// It stands within something; with its name.
    Within(&'static str),
    /// Nothing ends the comment.
    Unclosed,
}

impl Why {
    /// What is wrong, and what to do.
    pub(crate) fn words(self) -> (String, &'static str) {
        let (what, help) = match self {
            Why::Middle => {
                ("a directive ends its list item, and more of the item's text follows", "put it behind the text")
            }
            Why::Second => ("this list item has a directive already", "a list item is one step: make two items of it"),
            Why::Alone => (
                "this list item holds nothing but its directive",
                "write what is done in front of it, as in: - [ ] What is done <!-- verify: NAME -->",
            ),
            Why::Paragraph => (
                "a directive ends a list item, or is a block of its own; this one stands in a paragraph",
                "put it on a line of its own below the paragraph",
            ),
            Why::Within(what) => {
                let help = "end a list item with it, or put it on a line of its own outside";
                return (format!("a directive cannot stand within {what}"), help);
            }
            Why::Unclosed => {
                ("nothing ends this comment, so it is no directive", "end it with --> before an empty line")
            }
        };
        (what.to_owned(), help)
    }
}

/// A checklist item that no directive ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmarked {
    /// The task marker, `[ ]`.
    pub marker: Range<usize>,
    /// The item's own text without markup. Never empty.
    pub text: String,
    /// Where the item's own text ends, which is where a directive would stand.
    pub end: usize,
}
