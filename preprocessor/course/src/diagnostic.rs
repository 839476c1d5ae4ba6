//! What is wrong with a course, with its place, drawn for its author.

mod span;
mod summary;

use std::fmt;

use crate::terminal;
pub use span::Span;
pub use summary::{Entry, many, summary};

/// How long a message or a help may be, in characters: names in it are the course's.
const LONGEST: usize = 1000;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where.
    pub span: Span,
    /// What.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Everything that is wrong with a course; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// All of these, or nothing where there are none.
    ///
    /// # Errors
    /// The diagnostics, in the order of their places.
    pub fn check(mut found: Vec<Diagnostic>) -> Result<(), Diagnostics> {
        if found.is_empty() {
            return Ok(());
        }
        found.sort();
        found.dedup();
        Err(Diagnostics(found))
    }

    /// What is wrong, in the order of the places.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }
}

impl std::error::Error for Diagnostics {}

/// All of them, up to a number of each kind: whoever made a mistake once may have made it everywhere.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in summary(&self.0, Diagnostic::kind) {
            match entry {
                Entry::One(diagnostic) => writeln!(f, "{diagnostic}")?,
                Entry::More(more) => writeln!(f, "{more}\n")?,
            }
        }
        write!(f, "{} in the course", many(self.0.len(), "error"))
    }
}

impl Diagnostic {
    /// What is wrong, in one line of bounded length.
    pub fn message(&self) -> String {
        bounded(&self.message)
    }

    /// What to do, in one line of bounded length.
    pub fn help(&self) -> Option<String> {
        self.help.as_deref().map(bounded)
    }

    /// The message without the names and numbers in it, which are others each time.
    pub fn kind(&self) -> String {
        summary::kind(&self.message())
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.message())?;
        write!(f, "{}", self.span)?;
        if let Some(help) = self.help() {
            writeln!(f, "{} = help: {help}", self.span.margin())?;
        }
        Ok(())
    }
}

/// A text in one line, without its end where it is long.
fn bounded(text: &str) -> String {
    let mut end = text.char_indices().map(|(at, _)| at).skip(LONGEST);
    match (end.next(), end.next()) {
        (Some(end), Some(_)) => format!("{}…", terminal::line(&text[..end])),
        _ => terminal::line(text),
    }
}

/// The byte at a line and a column of a text, both from 1 and in characters, as parsers tell them; the last character of
/// a line that is shorter.
pub fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let shown = text[before..].lines().next().unwrap_or_default();
    let at = shown.char_indices().nth(column.saturating_sub(1)).or_else(|| shown.char_indices().next_back());
    before + at.map_or(0, |(at, _)| at)
}

/// How alike two names must be (by Jaro and Winkler's measure) for one to be meant by the other.
const ALIKE: f64 = 0.75;

/// How many names are looked at for the one that was meant: each mistake in a course takes that long.
const LOOKED_AT: usize = 200;

/// How long a name may be that another is meant by: comparing takes a time that grows with both.
const LONGEST_NAME: usize = 100;

/// How alike known names are to a name, as far as they are looked at.
pub(crate) fn likeness<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> impl Iterator<Item = (f64, &'n str)> {
    let compared = known.take(LOOKED_AT).filter(move |known| name.len().max(known.len()) <= LONGEST_NAME);
    compared.map(move |known| (strsim::jaro_winkler(name, known), known))
}

/// The known name that was probably meant, if one is near.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let alike = likeness(name, known).max_by(|a, b| a.0.total_cmp(&b.0));
    alike.filter(|(alike, _)| *alike > ALIKE).map(|(_, known)| known)
}

/// How many letters of a name may be wrong for it to be certainly meant.
const MISSPELT: usize = 2;

/// The known name, in lower case, of which at most two letters are wrong, and fewer than half.
pub fn misspelt<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_lowercase();
    // The others are too far away already.
    let near = known.take(LOOKED_AT).filter(|known| known.len().abs_diff(name.len()) <= 4 * MISSPELT);
    let near = near.filter(|known| known.len() <= LONGEST_NAME);
    let far = near.map(|known| (strsim::osa_distance(&name, known), known));
    far.min().filter(|(far, known)| *far <= MISSPELT && 2 * far < known.len()).map(|(_, known)| known)
}

/// `: did you mean …?` for the nearest name, if one is near.
pub fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    nearest(name, known).map(|known| format!(": did you mean `{known}`?")).unwrap_or_default()
}

/// How many names are listed.
const LISTED: usize = 50;

/// `did you mean …?` for the nearest known name, or the list of them.
pub fn suggest<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> Option<String> {
    match nearest(name, known.clone()) {
        Some(known) => Some(format!("did you mean `{known}`?")),
        None => {
            let more = if known.clone().nth(LISTED).is_some() { ", …" } else { "" };
            let listed: Vec<&str> = known.take(LISTED).collect();
            (!listed.is_empty()).then(|| format!("known: {}{more}", listed.join(", ")))
        }
    }
}
