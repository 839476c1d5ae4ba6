//! What is known of a list item and of a block while they are being read.

use std::ops::Range;

use super::found::At;

/// A list item while it is being read.
#[derive(Default)]
pub(super) struct Item {
    pub(super) marker: Option<Range<usize>>,
    pub(super) text: String,
    /// Where the text ends.
    pub(super) end: usize,
    pub(super) directive: Option<(Range<usize>, At)>,
    /// Whether the line of text is still being read that the directive stands in.
    pub(super) unsettled: bool,
    /// The comment that the item ends with, if that is no directive.
    pub(super) remark: Option<Range<usize>>,
    /// Whether the item's own text has ended: its paragraph did, or another block began.
    pub(super) ended: bool,
    /// Whether anything at all stands in it.
    pub(super) filled: bool,
}

/// What text stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Item,
    Quote,
    Other(&'static str),
}
