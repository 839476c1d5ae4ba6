//! Stores the practice actions that were taken, in the course's `.verify/practice-actions.json`.

use anyhow::{Context, Result};
use course::Course;
use course::files::{self, Readers};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use evidence::time;

/// An action that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakenAction {
    /// The id of the step that it did.
    pub step: String,
    /// When, in Unix seconds.
    pub time: i64,
    /// The inputs that it used, as the learner had given them: what was made stays where it was made.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// The address of the emulator; `None` for the accounts in this process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl TakenAction {
    /// Whether the inputs that it used are still the same.
    pub fn is_current(&self, course: &Course) -> bool {
        self.inputs.iter().all(|(name, value)| course.given.get(name) == Some(value))
    }
}

fn path(course_root: &Path) -> PathBuf {
    course_root.join(".verify").join("practice-actions.json")
}

/// The actions taken so far.
///
/// # Errors
/// When the file cannot be read.
pub fn read(course_root: &Path) -> Result<Vec<TakenAction>> {
    let path = path(course_root);
    match files::read(&path, files::LARGEST) {
        Ok(bytes) => {
            let damaged = || format!("{} is damaged; start again with `verify practice reset`", path.display());
            let taken: Vec<TakenAction> = serde_json::from_slice(&bytes).with_context(damaged)?;
            let times = taken.iter().try_for_each(|taken| {
                time::credible(taken.time).with_context(|| format!("the time of `{}` is wrong", taken.step))
            });
            times.with_context(damaged)?;
            Ok(taken)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// Writes the actions taken.
///
/// # Errors
/// When the file cannot be written.
pub fn write(course_root: &Path, taken: &[TakenAction]) -> Result<()> {
    let path = path(course_root);
    let folder = files::verify_folder(course_root)?;
    let text = serde_json::to_string_pretty(taken)?;
    let written = files::write_by(&folder, &path, text.as_bytes(), Readers::Owner);
    written.with_context(|| format!("writing {}", path.display()))
}
