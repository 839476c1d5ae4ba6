//! Finds directives and parameter holes in a chapter, from the events of a Markdown parser.

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

/// Scans a chapter. A chapter without `verify:` and `{{` is not parsed.
///
/// ```
/// use course::param::{Param, Params};
/// use course::scan::scan;
///
/// let params = Params::from([("amount".into(), Param::Int(10))]);
/// let found = scan("- [ ] A budget of {{ amount }} USD <!-- verify: cost-budget -->\n", &params);
/// assert_eq!(found.steps[0].text, "A budget of 10 USD");
/// assert_eq!(found.holes.len(), 1);
/// ```
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

/// What looks like a checkbox in a chapter, but is text.
pub(crate) fn checkboxes(content: &str) -> Vec<Range<usize>> {
    walk(content, &Params::new()).checkboxes
}

/// The comments of a chapter that are not directives, at the end of list items or on their own.
pub(crate) fn remarks(content: &str) -> Vec<Range<usize>> {
    walk(content, &Params::new()).remarks
}
