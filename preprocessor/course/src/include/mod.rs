//! mdBook's link directives: `{{#include file}}` and its relatives, expanded as mdBook 0.5's `links` does it.
//!
//! This is the one place that parses them. `verify build` expands a course's includes with it, of the course's own files
//! only; and where mdBook has expanded them before our preprocessor runs, it finds out where each byte was written.

mod part;
mod traced;

use regex::{Captures, Regex};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::LazyLock;

use part::Part;
pub use traced::{Origin, Traced};

/// How deep mdBook expands includes within includes.
pub const DEPTH: usize = 10;

/// What finds a directive. It is mdBook's own expression, word for word, so that nothing else is found.
#[expect(clippy::expect_used, reason = "it never changes, and every test of this module compiles it")]
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\\\{\{\#.*\}\}|\{\{\s*\#([a-zA-Z0-9_]+)\s+([^}]+)\}\}").expect("mdBook compiles it, too")
});

/// A directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link<'t> {
    /// One behind a backslash, which becomes the text without it.
    Escaped,
    /// `title`, which sets the page's title and becomes nothing.
    Title,
    /// One that a file takes the place of.
    File(Include<'t>),
}

/// A directive that a file takes the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include<'t> {
    /// Which of them.
    pub kind: Kind,
    /// The file, as the directive names it.
    pub path: &'t str,
    /// Which of its lines, as the directive says it: `3:7`, an anchor, or nothing for all of them.
    pub part: &'t str,
    /// What stands behind the file.
    pub attributes: Vec<&'t str>,
}

/// The kinds of directives that a file takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `include`: the lines.
    Include,
    /// `rustdoc_include`: the lines, and the others behind a `#`, which is how rustdoc hides them.
    RustdocInclude,
    /// `playground` and `playpen`: a code block with the whole file.
    Playground,
}

/// The directives of a text, in order.
pub fn links(text: &str) -> impl Iterator<Item = (Range<usize>, Link<'_>)> {
    LINK.captures_iter(text).filter_map(|found| Some((found.get(0)?.range(), link(&found)?)))
}

/// What a match means; nothing where mdBook leaves it as it is.
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
    /// Why expanding ends.
    type Error;

    /// The file that a directive in a text of this folder names; nothing where the directive is to be left as it is, as
    /// mdBook does where it cannot read the file.
    ///
    /// # Errors
    /// When nothing is to be expanded at all.
    fn open(&mut self, folder: &Path, path: &str) -> Result<Option<Opened>, Self::Error>;

    /// Told of each text that takes a directive's place: its length, and how many directives it stands within.
    ///
    /// # Errors
    /// When that is too much.
    fn count(&mut self, bytes: usize, depth: usize) -> Result<(), Self::Error>;
}

/// A file that a directive names.
#[derive(Debug, Clone)]
pub struct Opened {
    /// By which [`Origin`] names it; nothing where nobody asks for origins.
    pub file: Option<usize>,
    /// What is in it, from its first byte.
    pub text: Rc<str>,
    /// The folder from which the directives in it name files.
    pub folder: PathBuf,
}

/// A text with what takes the place of its directives.
///
/// # Errors
/// What the files' methods refuse.
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
                    // mdBook, too, looks for directives deeper than that, and throws away what they become.
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

/// What a directive takes of a file.
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

/// The block that a playground's file stands in. mdBook looks for directives in its first line, too; here, an attribute is
/// one whatever stands in it.
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
