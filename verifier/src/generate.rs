//! Chapters that are written by the program: the reference.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::report::reference;
use crate::{book, compile};

/// The reference chapter's file, below the sources.
const REFERENCE: &str = "reference.md";

/// A generated chapter that is not as it should be.
#[derive(Debug)]
pub struct Stale {
    /// The file.
    pub path: PathBuf,
    text: String,
}

/// The generated chapters of a book that are out of date. A book has one where its `SUMMARY.md` names it and the file is
/// missing, or was generated before: an author's own is left alone.
///
/// # Errors
/// All that is wrong with the course.
pub fn stale(root: &Path, trusted: bool) -> Result<Vec<Stale>> {
    let src = book::sources(root, trusted)?;
    let path = src.join(REFERENCE);
    let summary = fs::read_to_string(src.join("SUMMARY.md")).unwrap_or_default();
    if !summary.contains(&format!("({REFERENCE})")) && !summary.contains(&format!("(./{REFERENCE})")) {
        return Ok(Vec::new());
    }
    if path.is_symlink() {
        bail!("{} is a symbolic link, and verify writes the reference to a file of the course", path.display());
    }
    let before = match fs::read_to_string(&path) {
        Ok(text) if text.contains(reference::MARK) => text,
        Ok(_) => return Ok(Vec::new()),
        // The book can only be read with all of its chapters: the next look tells what belongs there.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(vec![Stale { path, text: format!("# Reference\n\n{}\n", reference::MARK) }]);
        }
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    let course = Arc::new(book::read(root, trusted)?);
    let compiled = compile::compile(&course).map_err(|errors| compile::located(&course.root, errors))?;
    let text = reference::chapter(&course, &compiled);
    Ok(if text == before { Vec::new() } else { vec![Stale { path, text }] })
}

/// Writes the generated chapters that are out of date.
///
/// # Errors
/// All that is wrong with the course, or when a file cannot be written.
pub fn refresh(root: &Path, trusted: bool) -> Result<()> {
    // A chapter that was missing is made first, and written then.
    for _ in 0..2 {
        let stale = stale(root, trusted)?;
        if stale.is_empty() {
            break;
        }
        for Stale { path, text } in stale {
            fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        }
    }
    Ok(())
}
