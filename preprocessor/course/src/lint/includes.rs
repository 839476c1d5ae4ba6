//! Finds includes that mdBook leaves in the page, because it cannot read the file or does not know the directive.

use mdbook_preprocessor::book::Chapter;
use std::path::Path;

use super::Lessons;
use crate::include::{self, Link};

impl Lessons<'_> {
    pub(super) fn includes(&mut self, chapter: &Chapter, source: &Path, src: &Path) {
        let folder = src.join(source).parent().map(Path::to_owned).unwrap_or_default();
        let mut found = Vec::new();
        for (range, link) in include::links(&chapter.content) {
            if let Link::File(include) = link
                && !folder.join(include.path).is_file()
            {
                let message = format!("there is no file `{}`, so the page shows this directive", include.path);
                found.push((range, message, "correct the path: it begins at the lesson's folder".to_owned()));
            }
        }
        for (range, word, meant) in include::misspelt(&chapter.content) {
            let message = format!("`#{word}` is no directive of mdBook, so the page shows it");
            found.push((range, message, format!("did you mean `#{meant}`?")));
        }
        for (range, message, help) in found {
            let span = self.sources.span(source, &chapter.content, range);
            // After a backslash it is text, and mdBook has removed the backslash.
            let before = span.text.chars().nth(span.before.wrapping_sub(1));
            if before != Some('\\') {
                self.warn("dead-include", span, message, help);
            }
        }
    }
}
