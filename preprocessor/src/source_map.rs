//! From a place in a chapter, as preprocessors see it, to the place in the file that the author wrote.
//!
//! mdBook's `links` preprocessor has expanded `{{#include …}}` before ours runs. The chapter's source and what it
//! includes are flattened here in the same order, and the offending line is looked for among theirs.

use std::cell::RefCell;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::diagnostic::Spot;
use crate::files;

/// How deep mdBook expands includes within includes.
const DEPTH: usize = 10;

/// Where chapters come from.
pub(crate) struct SourceMap<'b> {
    root: &'b Path,
    src: PathBuf,
    /// The chapter that was asked for last: one with many mistakes is looked through once.
    last: RefCell<Option<Source>>,
}

/// A chapter and the files that it was made of.
struct Source {
    chapter: PathBuf,
    length: usize,
    /// Where each line of the chapter begins.
    starts: Vec<usize>,
    /// The lines of its files; none where the chapter is its file.
    lines: Option<Vec<Line>>,
}

/// A line of a source file.
struct Line {
    path: PathBuf,
    number: usize,
    text: String,
}

impl<'b> SourceMap<'b> {
    pub(crate) fn new(root: &'b Path, src: &Path) -> SourceMap<'b> {
        SourceMap { root, src: root.join(src), last: RefCell::new(None) }
    }

    /// The author's own place for a range of a chapter's content.
    pub(crate) fn spot(&self, source: &Path, content: &str, range: Range<usize>) -> Spot {
        let mut last = self.last.borrow_mut();
        let asked = last.take().filter(|last| last.chapter == source && last.length == content.len());
        let chapter = last.insert(asked.unwrap_or_else(|| self.open(source, content)));
        let line = chapter.starts.partition_point(|start| *start <= range.start).max(1);
        let start = chapter.starts[line - 1];
        let end = chapter.starts.get(line).copied().unwrap_or(content.len());
        let file = self.src.join(source);
        let shown = file.strip_prefix(self.root).unwrap_or(&file);
        let within = range.start - start..(range.end - start).min(end - start);
        let spot = Spot { line, ..Spot::range(shown, &content[start..end], within) };
        let Some(lines) = &chapter.lines else { return spot };
        // The same line may stand in several places: the k-th in the chapter is the k-th among the files' lines.
        let before = content[..start].lines().filter(|line| *line == spot.text).count();
        let mut same = lines.iter().filter(|line| line.text == spot.text);
        match same.nth(before) {
            Some(line) => Spot { path: line.path.clone(), line: line.number, ..spot },
            None => spot,
        }
    }

    fn open(&self, source: &Path, content: &str) -> Source {
        let file = self.src.join(source);
        let alike = files::read_text(&file).is_ok_and(|text| text == content);
        let lines = (!alike).then(|| {
            let mut lines = Vec::new();
            self.flatten(&file, 0, &mut lines);
            lines
        });
        let starts = [0].into_iter().chain(content.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { chapter: source.to_owned(), length: content.len(), starts, lines }
    }

    fn flatten(&self, file: &Path, depth: usize, lines: &mut Vec<Line>) {
        let inside =
            file.canonicalize().is_ok_and(|real| self.root.canonicalize().is_ok_and(|root| real.starts_with(root)));
        let Some(text) = inside.then(|| files::read_text(file).ok()).flatten() else { return };
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
