//! What stands in texts of checks, as far as it can be told without compiling them.

use std::ops::Range;

/// What may be names in a text that cannot be compiled.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map(str::to_owned)
}

/// Names between two braces, as lessons write them.
pub(super) fn doubled(text: &str) -> Vec<(Range<usize>, &str)> {
    let hole = |(at, _): (usize, &str)| {
        let after = &text[at + 2..];
        let end = after.find("}}")?;
        let name = after[..end].trim();
        Some((at..at + 2 + end + 2, name))
    };
    text.match_indices("{{").filter_map(hole).collect()
}
