//! Generates the chapters of a book that `verify build` writes: the reference, and everything that a check can have.

use anyhow::{Context, Result, bail};
use course::Course;
use course::files::{self, Readers};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::report::{check_reference, reference};
use crate::{book, compile};

/// A chapter that can be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Generated {
    /// What the course's checks prove and read, and what the program's evidence is.
    Reference,
    /// Everything that there is to write a check.
    CheckReference,
}

impl Generated {
    const ALL: [Generated; 2] = [Generated::Reference, Generated::CheckReference];

    /// Its file, relative to the sources.
    fn file(self) -> &'static str {
        match self {
            Generated::Reference => "reference.md",
            Generated::CheckReference => "check-reference.md",
        }
    }
}

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
    let mut missing = Vec::new();
    let mut there = Vec::new();
    for chapter in Generated::ALL {
        match State::of(chapter, root, trusted)? {
            State::None => {}
            State::Missing(stale) => missing.push(stale),
            State::There { path, before } => there.push((chapter, path, before)),
        }
    }
    match (missing.is_empty(), there.is_empty()) {
        (true, false) => outdated(&Arc::new(book::read(root, trusted)?), there),
        // A book can only be read with all of its chapters.
        _ => Ok(missing),
    }
}

/// The same for a course that has been read, which therefore has all of its chapters.
///
/// # Errors
/// All mistakes in the checks.
pub(crate) fn stale_in(course: &Arc<Course>, trusted: bool) -> Result<Vec<Stale>> {
    let mut there = Vec::new();
    for chapter in Generated::ALL {
        if let State::There { path, before } = State::of(chapter, &course.root, trusted)? {
            there.push((chapter, path, before));
        }
    }
    outdated(course, there)
}

fn outdated(course: &Arc<Course>, there: Vec<(Generated, PathBuf, String)>) -> Result<Vec<Stale>> {
    let mut stale = Vec::new();
    for (chapter, path, before) in there {
        let text = match chapter {
            Generated::Reference => {
                let compiled = compile::compile(course).map_err(|errors| compile::located(&course.root, errors))?;
                reference::chapter(course, &compiled)
            }
            Generated::CheckReference => check_reference::chapter()?,
        };
        if text != before {
            stale.push(Stale { path, text });
        }
    }
    Ok(stale)
}

/// The state of a chapter that can be generated.
enum State {
    /// The book does not have it, or has the author's own.
    None,
    /// `SUMMARY.md` lists it, but the file is missing. A book can only be read with all of its chapters, so a
    /// placeholder is written first.
    Missing(Stale),
    /// It was generated before.
    There { path: PathBuf, before: String },
}

impl State {
    fn of(chapter: Generated, root: &Path, trusted: bool) -> Result<State> {
        let src = book::sources(root, trusted)?;
        let file = chapter.file();
        let path = src.join(file);
        let summary = files::read_text(&src.join("SUMMARY.md")).unwrap_or_default();
        if !summary.contains(&format!("({file})")) && !summary.contains(&format!("(./{file})")) {
            return Ok(State::None);
        }
        if path.is_symlink() {
            bail!(
                "{} is a symbolic link; replace it with a file, because verify writes this chapter there",
                path.display()
            );
        }
        match files::read_text(&path) {
            Ok(before) if before.contains(reference::MARK) => Ok(State::There { path, before }),
            Ok(_) => Ok(State::None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(State::Missing(Stale { path, text: format!("# Reference\n\n{}\n", reference::MARK) }))
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
    for chapter in Generated::ALL {
        if let State::Missing(missing) = State::of(chapter, root, trusted)? {
            write(root, vec![missing])?;
        }
    }
    Ok(())
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
