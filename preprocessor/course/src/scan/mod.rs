//! Finds directives and parameter holes in a chapter, by Markdown events with their places, never by lines.

mod braces;
mod found;
mod html;
mod item;
mod markdown;
#[cfg(test)]
mod tests;
mod walk;

use std::ops::Range;

use crate::param::Params;
use walk::walk;

pub(crate) use braces::hole;
pub use braces::{Code, Context, Hole, Nearly};
pub use found::{At, Marked, Misplaced, Scan, Unmarked, Why};
pub use markdown::options;

/// Scans a chapter. One without a directive or a hole costs a search for two short words.
pub fn scan(content: &str, params: &Params) -> Scan {
    if !content.contains("verify:") && !content.contains("{{") {
        return Scan::default();
    }
    walk(content, params).scan
}

/// The checklist items of a chapter that no directive ends.
pub fn unmarked(content: &str) -> Vec<Unmarked> {
    walk(content, &Params::new()).unmarked
}

/// The comments of a chapter that are no directives, at the end of list items or on their own.
pub(crate) fn remarks(content: &str) -> Vec<Range<usize>> {
    walk(content, &Params::new()).remarks
}
