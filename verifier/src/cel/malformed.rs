//! Why an expression cannot be compiled.

use std::ops::Range;

/// Why an expression cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The message of the parser, or ours.
    pub message: String,
    /// The range in its text, in bytes.
    pub range: Range<usize>,
    /// What to do, if the message does not say it.
    pub help: Option<String>,
}

impl Malformed {
    /// The same error in a text in which the expression begins at this offset.
    pub fn moved(self, by: usize) -> Malformed {
        Malformed { range: self.range.start + by..self.range.end + by, ..self }
    }
}
