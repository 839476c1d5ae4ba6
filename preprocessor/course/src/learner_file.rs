//! Files of the learner's configuration folder with an entry for each course, keyed by the course's folder. A course
//! cannot bring its own.

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::files::{self, Readers};
use crate::key;

/// A file with an entry for each course.
#[derive(Debug, Clone, Copy)]
pub struct LearnerFile {
    /// Its name in the folder.
    pub name: &'static str,
    /// What to do if it is damaged.
    pub repair: &'static str,
}

/// The bindings of a course's accounts.
pub const BINDINGS: LearnerFile =
    LearnerFile { name: "bindings.json", repair: "repair it, or remove it and bind the accounts again" };
/// The values of a course's inputs.
pub const INPUTS: LearnerFile =
    LearnerFile { name: "inputs.json", repair: "repair it, or remove it and give the inputs again" };
/// What the learner made for a course, and what has been removed again.
pub const MADE: LearnerFile = LearnerFile {
    name: "made.json",
    repair: "repair it. If you remove it, verify forgets what you made for the course",
};

impl LearnerFile {
    /// The entry of a course.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read<T: DeserializeOwned + Default>(self, course_root: &Path) -> Result<T> {
        let mut file: BTreeMap<String, T> = self.read_all(&self.path()?)?;
        Ok(file.remove(&course_key(course_root)).unwrap_or_default())
    }

    /// Changes the entry of a course. An empty entry is removed.
    ///
    /// # Errors
    /// When the file cannot be read or written, or when `change` fails. The entry is unchanged then.
    pub fn update<T, R>(self, course_root: &Path, change: impl FnOnce(&mut T) -> Result<R>) -> Result<R>
    where
        T: Serialize + DeserializeOwned + Default + PartialEq,
    {
        let path = self.path()?;
        let folder = path.parent().context("the configuration folder has no parent")?;
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        let lock =
            files::open_lock(&folder.join("lock")).with_context(|| format!("opening {}/lock", folder.display()))?;
        lock.lock().with_context(|| format!("locking {}", folder.display()))?;
        let mut file: BTreeMap<String, T> = self.read_all(&path)?;
        let changed = change(file.entry(course_key(course_root)).or_default())?;
        file.retain(|_, entry| *entry != T::default());
        let text = serde_json::to_string_pretty(&file)?;
        files::write(&path, text.as_bytes(), Readers::Owner).with_context(|| format!("writing {}", path.display()))?;
        Ok(changed)
    }

    fn path(self) -> Result<PathBuf> {
        Ok(key::config_dir().context("finding your configuration folder")?.join(self.name))
    }

    fn read_all<T: DeserializeOwned>(self, path: &Path) -> Result<BTreeMap<String, T>> {
        match files::read(path, files::LARGEST) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .with_context(|| format!("{} is damaged; {}", path.display(), self.repair)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }
}

fn course_key(course_root: &Path) -> String {
    let absolute = course_root.canonicalize().unwrap_or_else(|_| course_root.to_owned());
    absolute.to_string_lossy().into_owned()
}
