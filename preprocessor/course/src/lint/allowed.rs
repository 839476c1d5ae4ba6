//! What a lesson or `book.toml` breaks on purpose: `<!-- verify: allow RULE -->`, and `allow` in `[preprocessor.verify]`.

use mdbook_preprocessor::book::Book;
use std::path::{Path, PathBuf};

use super::Lessons;
use crate::diagnostic::suggest;
use crate::load::ScannedChapter;
use crate::places::{KeyPath, TomlFile};

/// The rules that a lesson can allow.
const OF_LESSONS: &[&str] = &[
    "dead-include",
    "dead-link",
    "duplicate-step",
    "item-without-check",
    "misspelt-checkbox",
    "misspelt-directive",
    "misspelt-parameter",
    "open-item",
    "unindented-directive",
    "unused-table",
];

/// The rules that `book.toml` can allow: those about itself, and about files that cannot say it.
const OF_THE_BOOK: &[&str] = &["odd-parameter", "unlisted-lesson", "unread-file", "unused-input", "unused-parameter"];

impl Lessons<'_> {
    /// Removes the warnings that their file allows, and reports what is not a rule.
    pub(super) fn allowed(&mut self, book: &Book, chapters: &[ScannedChapter], of_the_book: &[String]) {
        let mut allowed: Vec<(PathBuf, String)> = Vec::new();
        for (chapter, source, scanned) in super::scanned(book, chapters) {
            for (range, rules) in &scanned.scan.allowed {
                let span = self.sources.span(source, &chapter.content, range.clone());
                for rule in rules {
                    if !OF_LESSONS.contains(&rule.as_str()) {
                        let message = format!("`{rule}` is not a rule that a lesson can allow");
                        self.warn("allow", span.clone(), message, known(rule, OF_LESSONS));
                    }
                    allowed.push((span.path.clone(), rule.clone()));
                }
            }
        }
        for (at, rule) in of_the_book.iter().enumerate().filter(|(_, rule)| !OF_THE_BOOK.contains(&rule.as_str())) {
            let file = TomlFile::read(&self.course.root, "book.toml");
            let span = file.value(&KeyPath::of(["preprocessor", "verify", "allow"]).then(at));
            let message = format!("`{rule}` is not a rule that book.toml can allow");
            self.warn("allow", span, message, known(rule, OF_THE_BOOK));
        }
        let by_file = |path: &Path, rule: &str| allowed.iter().any(|(file, own)| file == path && own == rule);
        let by_book = |rule: &str| OF_THE_BOOK.contains(&rule) && of_the_book.iter().any(|own| own == rule);
        self.warnings.retain(|(rule, found)| !by_file(&found.span.path, rule) && !by_book(rule));
    }
}

/// The help for an unknown rule.
fn known(rule: &str, rules: &[&str]) -> String {
    suggest(rule, rules.iter().copied()).unwrap_or_default()
}
