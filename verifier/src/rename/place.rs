//! A name or a text in a TOML or JSON file, with its place.

use std::ops::Range;

/// A key or a text.
#[derive(Debug)]
pub(super) struct Place {
    /// The keys and indices that lead to it. Those of a key lead to what has the key.
    pub(super) path: Vec<String>,
    /// Whether it is a key.
    pub(super) is_key: bool,
    /// What it says.
    pub(super) text: String,
    /// Its bytes, with quotation marks.
    pub(super) range: Range<usize>,
}
