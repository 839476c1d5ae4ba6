//! Mistakes in the expressions of checks, and their places.

use course::diagnostic::{Diagnostic, Diagnostics};
use course::places::{KeyPath, TomlFile};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// A mistake in a check's expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckError {
    /// The check's name.
    pub check: String,
    /// The file that contains the part, relative to the course's folder.
    pub path: PathBuf,
    /// Where in the check. A parameter is in `book.toml`.
    pub part: KeyPath,
    /// Whether it is about the key, and not about its value.
    pub of_key: bool,
    /// Where in that text, unless it is the whole text.
    pub range: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What to do, if the message does not say it.
    pub help: Option<String>,
    /// The name that is not defined, if that is the mistake.
    pub undefined: Option<String>,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.path.display(), self.part, self.message)
    }
}

/// The errors as diagnostics, with their places in the files.
pub fn located(course_root: &std::path::Path, errors: Vec<CheckError>) -> anyhow::Error {
    // A mistake in a shared file is found again for each check that uses it.
    let found: BTreeSet<Diagnostic> = errors.iter().map(|error| diagnostic(course_root, error)).collect();
    match Diagnostics::check(found.into_iter().collect()) {
        Err(diagnostics) => diagnostics.into(),
        Ok(()) => anyhow::anyhow!("the checks do not compile"),
    }
}

/// An error with its place in the file.
pub fn diagnostic(course_root: &std::path::Path, error: &CheckError) -> Diagnostic {
    let file = TomlFile::read(course_root, &error.path);
    let span = match &error.range {
        Some(range) => file.within(&error.part, range.clone()),
        None if error.of_key => file.key(&error.part),
        None => file.value(&error.part),
    };
    Diagnostic { span, message: format!("{}: {}", error.part, error.message), help: error.help.clone() }
}
