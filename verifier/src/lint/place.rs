//! Finds the places that other programs' error messages name.

use course::diagnostic::byte_at;
use std::ops::Range;

/// The place in `text` that an error names as “line 3, column 11”.
pub fn from_message(error: &str, text: &str) -> Option<Range<usize>> {
    let (_, after) = error.split_once("line ")?;
    let line = number(after)?;
    let column = after.split_once("column ").and_then(|(_, after)| number(after)).unwrap_or(1);
    let at = byte_at(text, line, column);
    Some(at..at + text[at..].lines().next().map_or(0, str::len))
}

fn number(text: &str) -> Option<usize> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
