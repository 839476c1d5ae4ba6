//! The files of lessons and chapters.

use anyhow::{Context, Result};
use std::path::Path;

/// Adds the numbers of lines to places in a text, in their order.
pub(super) struct LineCount<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) line: usize,
}

impl LineCount<'_> {
    /// The line of a place that is not before the last one.
    pub(super) fn of(&mut self, at: usize) -> usize {
        if at >= self.at {
            self.line += self.text[self.at..at].matches('\n').count();
            self.at = at;
            return self.line;
        }
        let again =
            &mut LineCount { text: self.text, at: 0, line: self.line - self.text[..self.at].matches('\n').count() };
        again.of(at)
    }
}

/// The text of a file; `None` if it does not exist.
pub(super) fn present(path: &Path) -> Result<Option<String>> {
    match course::files::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// A file's text.
///
/// # Errors
/// If it is not UTF-8, with the line.
pub(crate) fn utf8(file: &Path, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow::anyhow!(
            "{} is not UTF-8 text: line {line} has an invalid byte. Save the lesson as UTF-8, and import it again",
            file.display()
        )
    })
}
