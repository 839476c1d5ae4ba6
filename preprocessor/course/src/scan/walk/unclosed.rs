//! Directives whose comments are not closed.

use std::ops::Range;

use super::Walk;
use crate::scan::braces::Context;
use crate::scan::found::Why;
use crate::scan::html;

impl Walk<'_> {
    /// Finds unclosed directives in text, which Markdown takes for words.
    pub(super) fn unclosed(&mut self, contexts: &[(Range<usize>, Context)]) {
        for (at, begin) in self.content.match_indices("<!--") {
            let rest = &self.content[at + begin.len()..];
            if !rest.trim_start().starts_with("verify:") || self.content[..at].ends_with('\\') {
                continue;
            }
            let nearest = contexts.partition_point(|(range, _)| range.end <= at);
            let words = html::first_words(&self.content[at..]);
            if !words.contains("-->") && contexts.get(nearest).is_none_or(|(range, _)| !range.contains(&at)) {
                self.misplace(at..at + words.len(), Why::Unclosed);
            }
        }
    }
}
