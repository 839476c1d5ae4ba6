//! Replaces ranges of a text.

use std::collections::BTreeMap;
use std::ops::Range;

/// Changes to a text: ranges, and their replacements. They never overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits(BTreeMap<usize, (usize, String)>);

impl Edits {
    /// Replaces a range, unless a part of it is changed already. Returns whether it did.
    pub fn put(&mut self, range: Range<usize>, text: impl Into<String>) -> bool {
        let before = self.0.range(..=range.start).next_back();
        let apart = before.is_none_or(|(start, (end, _))| *end <= range.start && *start < range.start)
            && self.0.range(range.start..).next().is_none_or(|(start, _)| range.end <= *start)
            && range.start <= range.end;
        if apart {
            self.0.insert(range.start, (range.end, text.into()));
        }
        apart
    }

    /// The changes in order.
    pub fn iter(&self) -> impl Iterator<Item = (Range<usize>, &str)> {
        self.0.iter().map(|(start, (end, text))| (*start..*end, text.as_str()))
    }

    /// The text with its changes. Every other byte stays as it was.
    pub fn apply(&self, content: &str) -> String {
        let more: usize = self.iter().map(|(_, text)| text.len()).sum();
        let mut edited = String::with_capacity(content.len() + more);
        let mut at = 0;
        for (range, text) in self.iter() {
            edited.push_str(&content[at..range.start]);
            edited.push_str(text);
            at = range.end;
        }
        edited.push_str(&content[at..]);
        edited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_changes_that_overlap_the_first_is_made() {
        let mut edits = Edits::default();
        assert!(edits.put(2..5, "x") && edits.put(0..2, "") && edits.put(5..5, "y"));
        for range in [2..5, 1..3, 4..6, 0..9, 3..3, 2..2, 5..6] {
            assert!(!edits.put(range.clone(), "z"), "{range:?}");
        }
        assert_eq!(edits.apply("abcdefg"), "xyfg");
    }
}
