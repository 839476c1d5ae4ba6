//! What is wrong with a course, with its place, drawn for its author.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::terminal;

/// A place in a file of the course.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file, relative to the book's root where it lies inside.
    pub path: PathBuf,
    /// The line, from 1; 0 where only the file is known.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line's text.
    pub text: String,
    /// How many characters are meant.
    pub width: usize,
}

impl Spot {
    /// A whole file.
    pub fn file(path: impl Into<PathBuf>) -> Spot {
        Spot { path: path.into(), line: 0, column: 1, text: String::new(), width: 0 }
    }

    /// A byte range of a text.
    pub fn range(path: impl Into<PathBuf>, content: &str, range: std::ops::Range<usize>) -> Spot {
        let start = content.get(..range.start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
        let text = content[start..].lines().next().unwrap_or_default().to_owned();
        let line = content[..start].matches('\n').count() + 1;
        let column = content.get(start..range.start).map_or(1, |before| before.chars().count() + 1);
        let end = range.end.min(start + text.len()).max(range.start);
        let width = content.get(range.start..end).map_or(1, |meant| meant.chars().count().max(1));
        Spot { path: path.into(), line, column, text, width }
    }

    /// The first line of a file that holds this text.
    pub fn of_text(path: impl Into<PathBuf>, content: &str, needle: &str) -> Spot {
        let needle = needle.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
        match content.find(needle).filter(|_| !needle.is_empty()) {
            Some(at) => Spot::range(path, content, at..at + needle.len()),
            None => Spot::file(path),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where.
    pub spot: Spot,
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

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.0 {
            writeln!(f, "{diagnostic}")?;
        }
        match self.0.len() {
            1 => write!(f, "1 error in the course"),
            count => write!(f, "{count} errors in the course"),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spot { path, line, column, text, width } = &self.spot;
        writeln!(f, "error: {}", terminal::line(&self.message))?;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        if *line == 0 {
            writeln!(f, " --> {}", shown(path))?;
        } else {
            writeln!(f, "{margin}--> {}:{line}:{column}", shown(path))?;
            writeln!(f, "{margin} |")?;
            let (before, meant): (String, String) =
                (text.chars().take(column - 1).collect(), text.chars().skip(column - 1).take(*width).collect());
            writeln!(f, "{number} | {}", tabbed(text).trim_end())?;
            // A tab stays a tab under a tab, so that the caret stands where the eye looks.
            let before: String = tabbed(&before).chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            let escapes = tabbed(&meant).chars().count() - meant.chars().count();
            writeln!(f, "{margin} | {before}{}", "^".repeat(*width + escapes))?;
        }
        if let Some(help) = &self.help {
            writeln!(f, "{margin} = help: {}", terminal::line(help))?;
        }
        Ok(())
    }
}

fn shown(path: &Path) -> String {
    terminal::line(&path.to_string_lossy())
}

/// A line of a source as a terminal shows it, with its tabs.
fn tabbed(text: &str) -> String {
    text.split('\t').map(terminal::line).collect::<Vec<_>>().join("\t")
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
