//! Expands mdBook's link directives, such as `{{#include file}}`, as mdBook 0.5's `links` does.
//!
//! Nothing else parses them. `verify build` uses it to expand a course's includes, from the course's own files only.
//! The preprocessor, which runs after mdBook has expanded them, uses it to find out where each byte was written.

mod part;
mod traced;

use regex::{Captures, Regex};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::LazyLock;

use crate::diagnostic;
use part::Part;
pub use traced::{Origin, Traced};

/// How many levels of nested includes mdBook expands.
pub const DEPTH: usize = 10;

/// Matches a directive. This is mdBook's own expression, so that nothing else is found.
#[expect(clippy::expect_used, reason = "it never changes, and every test of this module compiles it")]
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\\\{\{\#.*\}\}|\{\{\s*\#([a-zA-Z0-9_]+)\s+([^}]+)\}\}").expect("mdBook compiles it, too")
});

/// A directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link<'t> {
    /// A directive after a backslash, which becomes the text without the backslash.
    Escaped,
    /// `title`, which sets the page's title and is removed.
    Title,
    /// A directive that is replaced by a file.
    File(Include<'t>),
}

/// A directive that is replaced by a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include<'t> {
    /// Its kind.
    pub kind: Kind,
    /// The file, as the directive names it.
    pub path: &'t str,
    /// The lines of the file, as in the directive: `3:7`, an anchor, or empty for all of them.
    pub part: &'t str,
    /// The words after the file.
    pub attributes: Vec<&'t str>,
}

/// The kinds of directives that are replaced by a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `include`: the lines.
    Include,
    /// `rustdoc_include`: the lines, and the others after a `#`, with which rustdoc hides them.
    RustdocInclude,
    /// `playground` and `playpen`: a code block with the whole file.
    Playground,
}

/// The directives of a text, in order.
pub fn links(text: &str) -> impl Iterator<Item = (Range<usize>, Link<'_>)> {
    LINK.captures_iter(text).filter_map(|found| Some((found.get(0)?.range(), link(&found)?)))
}

/// The directives of a text that mdBook does not know, but that are spelt like one: the word, and what it means.
pub(crate) fn misspelt(text: &str) -> impl Iterator<Item = (Range<usize>, &str, &'static str)> {
    let unknown = LINK.captures_iter(text).filter(|found| link(found).is_none());
    unknown.filter_map(|found| {
        let word = found.get(1)?.as_str();
        Some((found.get(0)?.range(), word, diagnostic::misspelt(word, WORDS.into_iter())?))
    })
}

/// The words of mdBook's directives.
const WORDS: [&str; 4] = ["include", "rustdoc_include", "playground", "title"];

/// The directive of a match; `None` if mdBook leaves it as it is.
fn link<'t>(found: &Captures<'t>) -> Option<Link<'t>> {
    let (Some(kind), Some(rest)) = (found.get(1), found.get(2)) else { return Some(Link::Escaped) };
    let kind = match kind.as_str() {
        "title" => return Some(Link::Title),
        "include" => Kind::Include,
        "rustdoc_include" => Kind::RustdocInclude,
        "playground" | "playpen" => Kind::Playground,
        _ => return None,
    };
    let mut words = rest.as_str().split_whitespace();
    let word = words.next()?;
    let (path, part) = match kind {
        Kind::Playground => (word, ""),
        Kind::Include | Kind::RustdocInclude => word.split_once(':').unwrap_or((word, "")),
    };
    Some(Link::File(Include { kind, path, part, attributes: words.collect() }))
}

/// The files that directives name.
pub trait Files {
    /// Why expansion fails.
    type Error;

    /// Opens the file that a directive in a text of this folder names. `None` leaves the directive as it is, as mdBook
    /// does if it cannot read the file.
    ///
    /// # Errors
    /// When expansion must stop.
    fn open(&mut self, folder: &Path, path: &str) -> Result<Option<Opened>, Self::Error>;

    /// Called for each text that replaces a directive, with its length and the number of nested directives.
    ///
    /// # Errors
    /// When the limit is exceeded.
    fn count(&mut self, bytes: usize, depth: usize) -> Result<(), Self::Error>;
}

/// A file that a directive names.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its number in [`Origin`]; `None` if origins are not needed.
    pub file: Option<usize>,
    /// Its text, from the first byte.
    pub text: Rc<str>,
    /// The folder to which the paths in its directives are relative.
    pub folder: PathBuf,
}

/// Replaces the directives of a text.
///
/// # Errors
/// Errors of the methods of `files`.
pub fn expand<F: Files>(files: &mut F, text: &Traced, folder: &Path) -> Result<Traced, F::Error> {
    expand_within(files, text, folder, 0)
}

fn expand_within<F: Files>(files: &mut F, text: &Traced, folder: &Path, depth: usize) -> Result<Traced, F::Error> {
    let (mut expanded, mut done) = (Traced::default(), 0);
    for (range, link) in links(text.text()) {
        let instead = match link {
            Link::Escaped => text.slice(range.start + 1..range.end),
            Link::Title => Traced::default(),
            Link::File(include) => match files.open(folder, include.path)? {
                Some(opened) => {
                    let taken = taken(&include, &opened);
                    files.count(taken.text().len(), depth)?;
                    // mdBook also searches for directives below this level, and discards the result.
                    let within = match depth < DEPTH {
                        true => expand_within(files, &taken, &opened.folder, depth + 1)?,
                        false => taken,
                    };
                    match include.kind {
                        Kind::Playground => block(&include, &opened.text, &within, text.place(range.clone())),
                        Kind::Include | Kind::RustdocInclude => within,
                    }
                }
                None => continue,
            },
        };
        expanded.append(text, done..range.start);
        if depth < DEPTH {
            expanded.append(&instead, 0..instead.text().len());
        }
        done = range.end;
    }
    expanded.append(text, done..text.text().len());
    Ok(expanded)
}

/// The text that a directive takes from a file.
fn taken(include: &Include<'_>, Opened { file, text, .. }: &Opened) -> Traced {
    match include.kind {
        Kind::Include => Part::of(include.part).take(*file, text, false),
        Kind::RustdocInclude => Part::of(include.part).take(*file, text, true),
        Kind::Playground => {
            let mut whole = Traced::default();
            whole.push(text, file.map(|file| Origin::Copied { file, at: 0 }));
            whole
        }
    }
}

/// The code block for a playground's file. mdBook also expands directives in its first line; here, attributes are plain
/// text.
fn block(include: &Include<'_>, text: &str, within: &Traced, directive: Option<Origin>) -> Traced {
    let comma = if include.attributes.is_empty() { "" } else { "," };
    let mut block = Traced::default();
    block.push(&format!("```rust{comma}{}\n", include.attributes.join(",")), directive);
    block.append(within, 0..within.text().len());
    block.push(if text.ends_with('\n') { "```\n" } else { "\n```\n" }, directive);
    block
}

#[cfg(test)]
mod tests;
