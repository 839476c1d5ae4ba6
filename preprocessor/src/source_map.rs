//! From a place in a chapter, as preprocessors see it, to the place in the file that the author wrote.
//!
//! mdBook's `links` preprocessor has expanded `{{#include …}}` before ours runs. The chapter's source and what it
//! includes are flattened here in the same order, and the offending line is looked for among theirs.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::diagnostic::Spot;

/// How deep mdBook expands includes within includes.
const DEPTH: usize = 10;

/// Where chapters come from.
pub(crate) struct SourceMap<'b> {
    root: &'b Path,
    src: PathBuf,
}

/// A line of a source file.
struct Line {
    path: PathBuf,
    number: usize,
    text: String,
}

impl<'b> SourceMap<'b> {
    pub(crate) fn new(root: &'b Path, src: &Path) -> SourceMap<'b> {
        SourceMap { root, src: root.join(src) }
    }

    /// The author's own place for a range of a chapter's content.
    pub(crate) fn spot(&self, source: &Path, content: &str, range: Range<usize>) -> Spot {
        let file = self.src.join(source);
        let shown = file.strip_prefix(self.root).unwrap_or(&file).to_owned();
        let spot = Spot::range(shown, content, range);
        if fs::read_to_string(&file).is_ok_and(|text| text == content) {
            return spot;
        }
        let mut lines = Vec::new();
        self.flatten(&file, 0, &mut lines);
        // The same line may stand in several places: the k-th in the chapter is the k-th among the files' lines.
        let before = content.lines().take(spot.line - 1).filter(|line| *line == spot.text).count();
        let mut same = lines.into_iter().filter(|line| line.text == spot.text);
        match same.nth(before) {
            Some(line) => Spot { path: line.path, line: line.number, ..spot },
            None => spot,
        }
    }

    fn flatten(&self, file: &Path, depth: usize, lines: &mut Vec<Line>) {
        let inside =
            file.canonicalize().is_ok_and(|real| self.root.canonicalize().is_ok_and(|root| real.starts_with(root)));
        let Some(text) = inside.then(|| fs::read_to_string(file).ok()).flatten() else { return };
        let path = file.strip_prefix(self.root).unwrap_or(file);
        for (at, line) in text.lines().enumerate() {
            lines.push(Line { path: path.to_owned(), number: at + 1, text: line.to_owned() });
            if depth < DEPTH
                && let Some(included) = included(line)
            {
                self.flatten(&file.parent().unwrap_or(self.root).join(included), depth + 1, lines);
            }
        }
    }
}

/// The file that a line's include names.
fn included(line: &str) -> Option<&str> {
    let (_, after) = line.split_once("{{#")?;
    let (kind, rest) = after.trim_start().split_once(char::is_whitespace)?;
    let name = rest.split("}}").next()?.split_whitespace().next()?;
    let includes = ["include", "rustdoc_include", "playground", "playpen"].contains(&kind);
    includes.then(|| name.split(':').next().unwrap_or(name))
}
