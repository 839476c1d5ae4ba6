//! Changes to a text by ranges.

use std::ops::Range;

/// A range, and what takes its place.
pub(crate) type Edit = (Range<usize>, String);

/// Replaces ranges, which are in order and apart, and leaves every other byte as it was.
pub(crate) fn apply(content: &str, edits: Vec<Edit>) -> String {
    let mut edited = String::with_capacity(content.len() + edits.iter().map(|(_, text)| text.len()).sum::<usize>());
    let mut at = 0;
    for (range, text) in edits {
        edited.push_str(&content[at..range.start]);
        edited.push_str(&text);
        at = range.end;
    }
    edited.push_str(&content[at..]);
    edited
}
