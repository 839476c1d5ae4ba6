//! Places that other programs' errors tell in words.

use std::ops::Range;

/// The place in a text of which an error says “line 3, column 11”.
pub fn in_words(error: &str, text: &str) -> Option<Range<usize>> {
    let (_, after) = error.split_once("line ")?;
    let line = number(after)?;
    let column = after.split_once("column ").and_then(|(_, after)| number(after)).unwrap_or(1);
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let shown = text.get(before..)?.lines().next().unwrap_or_default();
    let at = shown.char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
    Some(before + at..before + shown.len())
}

fn number(text: &str) -> Option<usize> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
