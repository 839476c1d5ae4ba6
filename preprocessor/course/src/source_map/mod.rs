//! Maps a place in a chapter, as preprocessors see it, to the place in the file that the author wrote.
//!
//! mdBook's `links` preprocessor has expanded `{{#include …}}` before ours runs. Here, the chapter's file is expanded
//! in the same way, with the place of each byte. If the result is equal to the chapter, places are exact. If another
//! preprocessor has changed the chapter, only lines that can be identified with certainty have places.

mod align;
mod text;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use crate::diagnostic::Span;
use crate::files;
use crate::include::{self, Files, Link, Opened, Origin, Traced};
use align::Became;
use text::{BYTE_ORDER_MARK, Lines, SourceText};

/// How many includes of a chapter are expanded, because each takes time.
const MOST: usize = 2000;
/// How many bytes they may have in total.
const MOST_BYTES: usize = 16 << 20;

/// Where chapters come from.
pub(crate) struct SourceMap<'b> {
    root: &'b Path,
    src: PathBuf,
    sources: RefCell<Sources<'b>>,
    /// The last chapter, so that a chapter with many errors is mapped only once.
    last: RefCell<Option<Chapter>>,
}

/// A chapter as it was received.
struct Chapter {
    source: PathBuf,
    /// The address and length of its content, because two chapters with the same file can differ.
    content: (usize, usize),
    lines: Lines,
    written: Written,
}

/// Where a chapter was written.
enum Written {
    /// It is equal to its expanded file.
    Whole(Traced),
    /// Some lines are in its expanded file: for each line, what it was there, and where each line starts.
    Lines(Traced, Vec<usize>, Vec<Became>),
    /// Its file cannot be read.
    Nowhere,
    /// It has no file.
    Here,
}

impl<'b> SourceMap<'b> {
    pub(crate) fn new(root: &'b Path, src: &Path) -> SourceMap<'b> {
        let sources = Sources { root, texts: Vec::new(), by_path: HashMap::new(), left: 0, bytes_left: 0 };
        SourceMap { root, src: root.join(src), sources: RefCell::new(sources), last: RefCell::new(None) }
    }

    /// The place in the author's file for a range of a chapter's content.
    pub(crate) fn span(&self, source: &Path, content: &str, range: Range<usize>) -> Span {
        let mut last = self.last.borrow_mut();
        let asked = (content.as_ptr().addr(), content.len());
        let known = last.take().filter(|last| last.source == source && last.content == asked);
        let chapter = last.insert(known.unwrap_or_else(|| {
            let written = self.written(source, content);
            Chapter { source: source.to_owned(), content: asked, lines: Lines::of(content), written }
        }));
        let path = shown(self.root, &self.src.join(source));
        let at_line = chapter.lines.at(range.start);
        let received = || chapter.lines.span(&path, content, range.clone());
        let unplaced = || Span { line: 0, column: 0, ..received() };
        let sources = self.sources.borrow();
        match &chapter.written {
            Written::Here => received(),
            Written::Nowhere => unplaced(),
            Written::Whole(traced) => sources.span(traced, range.clone()).unwrap_or_else(unplaced),
            Written::Lines(traced, starts, became) => match became[at_line] {
                Became::Same(line) => {
                    let lines = chapter.lines.range(at_line, content);
                    let moved = |at: usize| starts[line] + at.min(lines.end) - lines.start;
                    sources.span(traced, moved(range.start)..moved(range.end)).unwrap_or_else(unplaced)
                }
                Became::Of(line) => match sources.span(traced, starts[line]..starts[line]) {
                    Some(Span { path, line, .. }) => Span { path, line, column: 0, ..received() },
                    None => unplaced(),
                },
                Became::Unknown => unplaced(),
            },
        }
    }

    fn written(&self, source: &Path, content: &str) -> Written {
        if source.as_os_str().is_empty() {
            return Written::Here;
        }
        let mut sources = self.sources.borrow_mut();
        let file = self.src.join(source);
        let Some(own) = sources.open_at(&file) else { return Written::Nowhere };
        let text = Rc::clone(&sources.texts[own].text);
        // mdBook removes the byte order mark from chapters, but not from files that they include.
        let mark = text.len() - text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text).len();
        let begin = if content.starts_with(BYTE_ORDER_MARK) { 0 } else { mark };
        let raw = Traced::of(own, begin, &text[begin..]);
        if raw.text() == content {
            return Written::Whole(raw);
        }
        (sources.left, sources.bytes_left) = (MOST, MOST_BYTES);
        let expanded = include::expand(&mut *sources, &raw, file.parent().unwrap_or(self.root));
        match expanded {
            Ok(expanded) if expanded.text() == content => Written::Whole(expanded),
            Ok(expanded) if includes(content) <= includes(expanded.text()) => aligned(expanded, content),
            // The chapter still has includes: `links` has not run, or another preprocessor added them.
            Ok(_) | Err(TooMuch) => aligned(raw, content),
        }
    }
}

fn includes(text: &str) -> usize {
    include::links(text).filter(|(_, link)| matches!(link, Link::File(_))).count()
}

fn aligned(traced: Traced, content: &str) -> Written {
    let lines: Vec<&str> = traced.text().split('\n').collect();
    let starts = lines.iter().scan(0, |next, line| {
        let start = *next;
        *next += line.len() + 1;
        Some(start)
    });
    let starts = starts.collect();
    let became = align::lines(&lines, &content.split('\n').collect::<Vec<_>>());
    Written::Lines(traced, starts, became)
}

/// The files that chapters are made of.
struct Sources<'b> {
    root: &'b Path,
    texts: Vec<SourceText>,
    /// The index of each file's text; `None` if it cannot be read.
    by_path: HashMap<PathBuf, Option<usize>>,
    left: usize,
    bytes_left: usize,
}

impl Sources<'_> {
    fn open_at(&mut self, file: &Path) -> Option<usize> {
        if let Some(known) = self.by_path.get(file) {
            return *known;
        }
        let text = files::read_text(file).ok();
        let opened = text.map(|text| {
            self.texts.push(SourceText::new(shown(self.root, file), text));
            self.texts.len() - 1
        });
        self.by_path.insert(file.to_owned(), opened);
        opened
    }

    /// The place of a range of a text; `None` in an empty text.
    fn span(&self, traced: &Traced, range: Range<usize>) -> Option<Span> {
        Some(match traced.origin(range.start)? {
            Origin::Copied { file, at } => {
                let end = range.end.min(traced.piece_end(range.start)).max(range.start);
                self.texts[file].span(at..at + (end - range.start))
            }
            Origin::Made { file, at, bytes } => self.texts[file].span(at..at + bytes),
        })
    }
}

/// A chapter has too many includes, or they are too large.
struct TooMuch;

impl Files for Sources<'_> {
    type Error = TooMuch;

    fn open(&mut self, folder: &Path, path: &str) -> Result<Option<Opened>, TooMuch> {
        let file = folder.join(path);
        let opened = self.open_at(&file).map(|opened| Opened {
            file: Some(opened),
            text: Rc::clone(&self.texts[opened].text),
            folder: file.parent().unwrap_or(folder).to_owned(),
        });
        Ok(opened)
    }

    fn count(&mut self, bytes: usize, _depth: usize) -> Result<(), TooMuch> {
        self.left = self.left.checked_sub(1).ok_or(TooMuch)?;
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(TooMuch)?;
        Ok(())
    }
}

/// The path of a file in messages: relative to the book's root if possible.
fn shown(root: &Path, file: &Path) -> PathBuf {
    let near = file.strip_prefix(root).unwrap_or(file);
    if !near.components().any(|part| part == Component::ParentDir) {
        return near.to_owned();
    }
    // After a symbolic link, `..` leads to another folder than the path says.
    let plain = files::plain(near);
    match (file.canonicalize(), root.join(&plain).canonicalize()) {
        (Ok(real), Ok(named)) if real == named => plain,
        (Ok(real), _) => real,
        (Err(_), _) => near.to_owned(),
    }
}
