//! Arguments of directives.

use std::ops::Range;

/// An argument of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arg {
    /// Its text.
    pub text: String,
    /// Its range in the chapter, in bytes.
    pub range: Range<usize>,
}
