//! Finds names in a check's texts without compiling them.

use std::ops::Range;

/// Everything in a text that may be a name, for texts that cannot be compiled.
pub(super) fn identifiers(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map(str::to_owned)
}

/// Names in double braces, which are the form for lessons.
pub(super) fn doubled(text: &str) -> Vec<(Range<usize>, &str)> {
    let hole = |(at, _): (usize, &str)| {
        let after = &text[at + 2..];
        let end = after.find("}}")?;
        let name = after[..end].trim();
        Some((at..at + 2 + end + 2, name))
    };
    text.match_indices("{{").filter_map(hole).collect()
}
