//! Errors in a course, with their places, as its author sees them.

mod span;
mod summary;

use std::fmt;

use crate::terminal;
pub use span::Span;
pub use summary::{Entry, many, summary};

/// How long a message or a help may be, in characters. Both contain names from the course.
const LONGEST: usize = 1000;

/// An error, or a warning of `lint`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where it is.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Everything that is wrong with a course; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Returns all of these as an error, if there are any.
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

/// All of them, up to a number of each kind, because a mistake may be everywhere in a course.
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

    /// The message without the names and numbers in it, which differ each time.
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

/// A text in one line, shortened if it is long.
fn bounded(text: &str) -> String {
    let mut end = text.char_indices().map(|(at, _)| at).skip(LONGEST);
    match (end.next(), end.next()) {
        (Some(end), Some(_)) => format!("{}…", terminal::line(&text[..end])),
        _ => terminal::line(text),
    }
}

/// The byte at a line and a column of a text, both from 1 and in characters, as parsers report them. In a shorter line,
/// the last character.
pub fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let shown = text[before..].lines().next().unwrap_or_default();
    let at = shown.char_indices().nth(column.saturating_sub(1)).or_else(|| shown.char_indices().next_back());
    before + at.map_or(0, |(at, _)| at)
}

/// How similar two names must be (Jaro-Winkler) for one to be suggested for the other.
const ALIKE: f64 = 0.75;

/// How many names are compared to find a suggestion, because each error in a course takes that long.
const LOOKED_AT: usize = 500;

/// The longest name to compare, in bytes: the time for a comparison grows with both lengths.
const LONGEST_NAME: usize = 100;

/// How similar known names are to a name.
pub(crate) fn likeness<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> impl Iterator<Item = (f64, &'n str)> {
    let compared = known.take(LOOKED_AT).filter(move |known| name.len().max(known.len()) <= LONGEST_NAME);
    compared.map(move |known| (strsim::jaro_winkler(name, known), known))
}

/// The most similar known name, if it is similar enough.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let known: Vec<&str> = known.take(LOOKED_AT).collect();
    let alike = likeness(name, known.iter().copied()).max_by(|a, b| a.0.total_cmp(&b.0));
    let alike = alike.filter(|(alike, _)| *alike > ALIKE).map(|(_, known)| known);
    alike.or_else(|| misspelt(name, known.into_iter()))
}

/// How many letters of a name may be wrong for [`misspelt`].
const MISSPELT: usize = 2;

/// The known name, in lower case, that differs in at most two letters and in fewer than half of them.
pub fn misspelt<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_lowercase();
    // The others are too far away already.
    let near = known.take(LOOKED_AT).filter(|known| known.len().abs_diff(name.len()) <= 4 * MISSPELT);
    let near = near.filter(|known| known.len() <= LONGEST_NAME);
    let far = near.map(|known| (strsim::osa_distance(&name, known), known));
    far.min().filter(|(far, known)| *far <= MISSPELT && 2 * far < known.len()).map(|(_, known)| known)
}

/// `: did you mean …?` for the most similar name, if it is similar enough.
pub fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    nearest(name, known).map(|known| format!(": did you mean `{known}`?")).unwrap_or_default()
}

/// How many names are listed, if they are all.
const LISTED: usize = 10;
/// How many of more names are listed.
const NEAREST: usize = 3;

/// `did you mean …?` for the most similar known name, or the known names, or the nearest three of many.
pub fn suggest<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> Option<String> {
    if let Some(known) = nearest(name, known.clone()) {
        return Some(format!("did you mean `{known}`?"));
    }
    let all: Vec<&str> = known.clone().take(LISTED + 1).collect();
    match all.len() {
        0 => None,
        1..=LISTED => Some(format!("known: {}", all.join(", "))),
        _ => {
            let mut alike: Vec<(f64, &str)> = likeness(name, known).collect();
            alike.sort_by(|one, other| other.0.total_cmp(&one.0));
            let names: Vec<&str> = alike.into_iter().take(NEAREST).map(|(_, name)| name).collect();
            Some(format!("nearest: {}", names.join(", ")))
        }
    }
}
