//! The state of a list item and of a block while they are parsed.

use std::ops::Range;

use super::found::At;

/// A list item while it is parsed.
#[derive(Default)]
pub(super) struct Item {
    /// Where it begins.
    pub(super) start: usize,
    pub(super) marker: Option<Range<usize>>,
    pub(super) text: String,
    /// Where the text ends.
    pub(super) end: usize,
    pub(super) directive: Option<(Range<usize>, At)>,
    /// Whether the line of text with the directive is still being parsed.
    pub(super) unsettled: bool,
    /// The comment at the end of the item, if that is not a directive.
    pub(super) remark: Option<Range<usize>>,
    /// Whether the item's own text has ended, because its paragraph ended or another block began.
    pub(super) ended: bool,
    /// Whether it contains anything.
    pub(super) filled: bool,
}

/// The block that contains text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Item,
    Quote,
    Other(&'static str),
}
