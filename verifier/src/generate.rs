//! Generates the reference chapter.

use anyhow::{Context, Result, bail};
use course::Course;
use course::files::{self, Readers};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::report::reference;
use crate::{book, compile};

/// The reference chapter's file, relative to the sources.
const REFERENCE: &str = "reference.md";

/// A generated chapter that is out of date.
#[derive(Debug)]
pub struct Stale {
    /// The file.
    pub path: PathBuf,
    text: String,
}

/// The generated chapters of a book that are out of date. A book has a generated chapter if `SUMMARY.md` lists it, and
/// the file is missing or was generated before. An author's own file is never overwritten.
///
/// # Errors
/// All mistakes in the course.
pub fn stale(root: &Path, trusted: bool) -> Result<Vec<Stale>> {
    match Reference::of(root, trusted)? {
        Reference::None => Ok(Vec::new()),
        Reference::Missing(missing) => Ok(vec![missing]),
        Reference::There { path, before } => outdated(&Arc::new(book::read(root, trusted)?), path, &before),
    }
}

/// The same for a course that has been read, which therefore has all of its chapters.
///
/// # Errors
/// All mistakes in the checks.
pub(crate) fn stale_in(course: &Arc<Course>, trusted: bool) -> Result<Vec<Stale>> {
    match Reference::of(&course.root, trusted)? {
        Reference::There { path, before } => outdated(course, path, &before),
        Reference::None | Reference::Missing(_) => Ok(Vec::new()),
    }
}

fn outdated(course: &Arc<Course>, path: PathBuf, before: &str) -> Result<Vec<Stale>> {
    let compiled = compile::compile(course).map_err(|errors| compile::located(&course.root, errors))?;
    let text = reference::chapter(course, &compiled);
    Ok(if text == before { Vec::new() } else { vec![Stale { path, text }] })
}

/// The reference chapter of a book.
enum Reference {
    /// It has none, or the author's own.
    None,
    /// `SUMMARY.md` lists it, but the file is missing. A book can only be read with all of its chapters, so a
    /// placeholder is written first.
    Missing(Stale),
    /// It was generated before.
    There { path: PathBuf, before: String },
}

impl Reference {
    fn of(root: &Path, trusted: bool) -> Result<Reference> {
        let src = book::sources(root, trusted)?;
        let path = src.join(REFERENCE);
        let summary = files::read_text(&src.join("SUMMARY.md")).unwrap_or_default();
        if !summary.contains(&format!("({REFERENCE})")) && !summary.contains(&format!("(./{REFERENCE})")) {
            return Ok(Reference::None);
        }
        if path.is_symlink() {
            bail!(
                "{} is a symbolic link; replace it with a file, because verify writes the reference there",
                path.display()
            );
        }
        match files::read_text(&path) {
            Ok(before) if before.contains(reference::MARK) => Ok(Reference::There { path, before }),
            Ok(_) => Ok(Reference::None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Reference::Missing(Stale { path, text: format!("# Reference\n\n{}\n", reference::MARK) }))
            }
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }
}

/// Writes the generated chapters that are out of date.
///
/// # Errors
/// All mistakes in the course, or if a file cannot be written.
pub fn refresh(root: &Path, trusted: bool) -> Result<()> {
    make_missing(root, trusted)?;
    write(root, stale(root, trusted)?)
}

/// Creates the generated chapters that are missing, so that the book can be read.
///
/// # Errors
/// When the book cannot be read, or a file not written.
pub(crate) fn make_missing(root: &Path, trusted: bool) -> Result<()> {
    match Reference::of(root, trusted)? {
        Reference::Missing(missing) => write(root, vec![missing]),
        Reference::None | Reference::There { .. } => Ok(()),
    }
}

/// Writes these chapters of a course.
///
/// # Errors
/// When a file cannot be written.
pub fn write(root: &Path, stale: Vec<Stale>) -> Result<()> {
    for Stale { path, text } in stale {
        files::write_by(&files::verify_folder(root)?, &path, text.as_bytes(), Readers::Others)
            .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}
