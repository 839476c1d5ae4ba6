//! Bindings: which credentials stand behind the course's names for accounts.
//!
//! They live in the learner's configuration folder, keyed by the course's folder, never in the course: a cloned
//! course must not bring its own. They hold names and the account id that was seen, never secrets.

use anyhow::{Context, Result};
use mdbook_verify::key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The bindings of one course, by the course's name for the account.
pub type Bindings = BTreeMap<String, Binding>;

/// What stands behind an account's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The AWS profile.
    pub profile: String,
    /// The account id that was seen behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
}

type File = BTreeMap<String, Bindings>;

fn path() -> Result<PathBuf> {
    Ok(key::config_dir().context("finding your configuration folder")?.join("bindings.json"))
}

fn read_file(path: &Path) -> Result<File> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is damaged; mend it, or remove it and bind again", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::new()),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

fn course_key(course_root: &Path) -> String {
    let absolute = course_root.canonicalize().unwrap_or_else(|_| course_root.to_owned());
    absolute.to_string_lossy().into_owned()
}

/// The bindings of a course.
///
/// # Errors
/// When the file cannot be read.
pub fn read(course_root: &Path) -> Result<Bindings> {
    Ok(read_file(&path()?)?.remove(&course_key(course_root)).unwrap_or_default())
}

/// Changes the bindings of a course.
///
/// # Errors
/// When the file cannot be read or written.
pub fn update(course_root: &Path, change: impl FnOnce(&mut Bindings)) -> Result<()> {
    let path = path()?;
    let folder = path.parent().context("the configuration folder has no parent")?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let lock = fs::File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    lock.lock().with_context(|| format!("locking {}", folder.display()))?;
    let mut file = read_file(&path)?;
    change(file.entry(course_key(course_root)).or_default());
    file.retain(|_, bindings| !bindings.is_empty());
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    temporary.write_all(serde_json::to_string_pretty(&file)?.as_bytes())?;
    temporary.persist(&path).with_context(|| format!("writing {}", path.display()))?;
    Ok(())
}
