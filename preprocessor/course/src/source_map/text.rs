//! Finds lines and columns in a text without counting from its beginning each time.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::diagnostic::Span;

/// The byte order mark that some editors write, which is invisible.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// How many bytes are counted for each column.
const STRIDE: usize = 1024;

/// A file that a chapter is made of.
pub(super) struct SourceText {
    path: PathBuf,
    pub(super) text: Rc<str>,
    lines: Lines,
}

impl SourceText {
    pub(super) fn new(path: PathBuf, text: String) -> SourceText {
        SourceText { path, lines: Lines::of(&text), text: text.into() }
    }

    /// A place in it.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        self.lines.span(&self.path, &self.text, range)
    }
}

/// Where the lines of a text begin, and how many characters there are before some of its bytes.
pub(super) struct Lines {
    starts: Vec<usize>,
    /// Before each [`STRIDE`] of bytes.
    characters: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Lines {
        let first = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        let starts = [first].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let characters = text.as_bytes().chunks(STRIDE).scan(0, |before, bytes| {
            let these = *before;
            *before += characters(bytes);
            Some(these)
        });
        Lines { starts, characters: characters.collect() }
    }

    /// Which line a byte is in, from 0.
    pub(super) fn at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// A line's bytes, without those that end it.
    pub(super) fn range(&self, line: usize, text: &str) -> Range<usize> {
        let start = self.starts[line];
        let end = self.starts.get(line + 1).map_or(text.len(), |next| next - 1);
        start..end - usize::from(end > start && self.starts.len() > line + 1 && text[start..end].ends_with('\r'))
    }

    /// A place in the text.
    pub(super) fn span(&self, path: &Path, text: &str, range: Range<usize>) -> Span {
        let line = self.at(range.start);
        let bytes = self.range(line, text);
        let within = |at: usize| at.clamp(bytes.start, bytes.end);
        let (from, to) = (within(range.start), within(range.end.max(range.start)));
        let before = |at: usize| {
            let stride = at / STRIDE;
            let known = self.characters.get(stride).copied().unwrap_or_default();
            known + characters(&text.as_bytes()[stride * STRIDE..at])
        };
        let column = before(from) - before(bytes.start) + 1;
        Span::in_line(path, (line + 1, column), &text[bytes.clone()], from - bytes.start..to - bytes.start)
    }
}

/// How many characters begin in some bytes of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}
