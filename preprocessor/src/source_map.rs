//! From a place in a chapter, as preprocessors see it, to the place in the file that the author wrote.
//!
//! mdBook's `links` preprocessor has expanded `{{#include …}}` before ours runs. The chapter's source and what it
//! includes are flattened here in the same order, and the offending line is looked for among theirs.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

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
    /// Where each of them was written, as far as that can be told; nothing where the chapter is its file.
    written: Vec<Option<Line>>,
}

/// The lines of a chapter's files by their texts, in order.
type Lines = HashMap<String, VecDeque<Line>>;

/// A line of a source file.
#[derive(Clone)]
struct Line {
    path: Rc<PathBuf>,
    number: usize,
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
        match chapter.written.get(line - 1) {
            Some(Some(written)) => Spot { path: PathBuf::clone(&written.path), line: written.number, ..spot },
            _ => spot,
        }
    }

    fn open(&self, source: &Path, content: &str) -> Source {
        let file = self.src.join(source);
        let alike = files::read_text(&file).is_ok_and(|text| text == content);
        let starts = [0].into_iter().chain(content.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut written = Vec::new();
        if !alike {
            // The same line may stand in several places: the k-th in the chapter is the k-th among the files' lines.
            let mut lines = Lines::new();
            self.flatten(&file, 0, &mut lines);
            written.extend(content.lines().map(|line| lines.get_mut(line)?.pop_front()));
        }
        Source { chapter: source.to_owned(), length: content.len(), starts, written }
    }

    fn flatten(&self, file: &Path, depth: usize, lines: &mut Lines) {
        let inside =
            file.canonicalize().is_ok_and(|real| self.root.canonicalize().is_ok_and(|root| real.starts_with(root)));
        let Some(text) = inside.then(|| files::read_text(file).ok()).flatten() else { return };
        let path = Rc::new(file.strip_prefix(self.root).unwrap_or(file).to_owned());
        for (at, line) in text.lines().enumerate() {
            lines.entry(line.to_owned()).or_default().push_back(Line { path: Rc::clone(&path), number: at + 1 });
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
