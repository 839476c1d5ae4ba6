//! The practice actions that were taken, in `.verify/practice-actions.json` of the course.

use anyhow::{Context, Result};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::TakenAction as Taken;

fn path(course_root: &Path) -> PathBuf {
    course_root.join(".verify").join("practice-actions.json")
}

/// The actions taken so far.
///
/// # Errors
/// When the file cannot be read.
pub fn read(course_root: &Path) -> Result<Vec<Taken>> {
    let path = path(course_root);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is damaged; start again with `verify practice reset`", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// Writes the actions taken.
///
/// # Errors
/// When the file cannot be written.
pub fn write(course_root: &Path, taken: &[Taken]) -> Result<()> {
    let path = path(course_root);
    let folder = crate::store::folder(course_root)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(serde_json::to_string_pretty(taken)?.as_bytes())?;
    temporary.persist(&path).with_context(|| format!("writing {}", path.display()))?;
    Ok(())
}
