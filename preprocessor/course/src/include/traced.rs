//! A text with the origin of each of its bytes.

use std::ops::Range;

/// Where a part of a text comes from. Files are identified by numbers, which [`super::Files`] assigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It is in a file, from a byte on.
    Copied {
        /// The file.
        file: usize,
        /// The byte.
        at: usize,
    },
    /// mdBook wrote it in place of something in a file, or before it.
    Made {
        /// The file.
        file: usize,
        /// Where that something begins.
        at: usize,
        /// Its length in bytes.
        bytes: usize,
    },
}

/// A text with its origins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traced {
    text: String,
    /// Where in the text each piece begins, and its origin, if origins are needed.
    pieces: Vec<(usize, Option<Origin>)>,
}

impl Traced {
    /// A text in a file, from a byte on.
    pub fn of(file: usize, at: usize, text: &str) -> Traced {
        let mut traced = Traced::default();
        traced.push(text, Some(Origin::Copied { file, at }));
        traced
    }

    /// A text whose origin is not needed.
    pub fn untold(text: &str) -> Traced {
        let mut traced = Traced::default();
        traced.push(text, None);
        traced
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, without its origins.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The origin of a byte of the text. The end belongs to the last byte. `None` in an empty text.
    pub fn origin(&self, at: usize) -> Option<Origin> {
        let piece = self.pieces.partition_point(|(start, _)| *start <= at).checked_sub(1)?;
        let (start, origin) = self.pieces[piece];
        Some(origin?.further(at - start))
    }

    /// The end of the piece at a place.
    pub(crate) fn piece_end(&self, at: usize) -> usize {
        let next = self.pieces.partition_point(|(start, _)| *start <= at);
        self.pieces.get(next).map_or(self.text.len(), |(start, _)| *start)
    }

    /// The origin of the replacement for a range.
    pub(super) fn place(&self, range: Range<usize>) -> Option<Origin> {
        self.origin(range.start).map(|origin| match origin {
            Origin::Copied { file, at } => {
                Origin::Made { file, at, bytes: range.end.min(self.piece_end(range.start)) - range.start }
            }
            made @ Origin::Made { .. } => made,
        })
    }

    /// Adds text.
    pub(super) fn push(&mut self, text: &str, origin: Option<Origin>) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len();
        let goes_on =
            self.pieces.last().is_some_and(|(start, last)| last.map(|last| last.further(at - start)) == origin);
        if !goes_on {
            self.pieces.push((at, origin));
        }
        self.text.push_str(text);
    }

    /// Adds a range of another text.
    pub(super) fn append(&mut self, other: &Traced, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let end = other.piece_end(at).min(range.end);
            self.push(&other.text[at..end], other.origin(at));
            at = end;
        }
    }

    /// A range of the text.
    pub(super) fn slice(&self, range: Range<usize>) -> Traced {
        let mut slice = Traced::default();
        slice.append(self, range);
        slice
    }
}

impl Origin {
    /// The origin some bytes later.
    fn further(self, bytes: usize) -> Origin {
        match self {
            Origin::Copied { file, at } => Origin::Copied { file, at: at + bytes },
            made @ Origin::Made { .. } => made,
        }
    }
}
