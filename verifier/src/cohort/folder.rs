//! The folder of a class's results. Files are written atomically, so an existing file means that its learner was
//! judged.

use anyhow::{Context, Result, bail};
use course::files;
use course::key::Key;
use course::results::Results;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use super::files::file_name;
use super::roster::Shard;
use crate::store;

/// The folder, locked for one shard.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Opens or creates the folder for a shard.
    ///
    /// # Errors
    /// If it cannot be used, or another process is judging this shard.
    pub fn open(path: &Path, shard: Shard) -> Result<Folder> {
        fs::create_dir_all(path).with_context(|| format!("making {}", path.display()))?;
        let shard_name = shard.to_string().replace('/', "-of-");
        let lock_path = path.join(format!(".lock-{shard_name}"));
        let lock = files::open_lock(&lock_path).with_context(|| format!("opening {}", lock_path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another `verify cohort` is judging shard {shard} into {}: wait for it, or stop it",
                path.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("locking {}", lock_path.display()));
            }
        }
        Ok(Folder { path: path.to_owned(), _lock: lock })
    }

    /// The path of a learner's results.
    pub fn file(&self, learner: &str) -> PathBuf {
        self.path.join(file_name(learner))
    }

    /// Renames a file that no longer counts, so that `verify report` ignores it. Returns the new path.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(crate) fn set_aside(&self, learner: &str) -> Result<PathBuf> {
        let path = self.file(learner);
        let aside = path.with_extension("json.old");
        fs::rename(&path, &aside).with_context(|| format!("setting {} aside", path.display()))?;
        Ok(aside)
    }

    /// Seals and writes a learner's results atomically.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, learner: &str, results: Results, key: &Key) -> Result<Results> {
        store::write(results, key, &self.file(learner), &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_judged_once_at_a_time_and_shards_run_in_parallel() {
        let folder = tempfile::tempdir().unwrap();
        let shard = |text: &str| text.parse::<Shard>().unwrap();
        let first = Folder::open(folder.path(), shard("1/2")).unwrap();
        let _other = Folder::open(folder.path(), shard("2/2")).unwrap();
        let again = Folder::open(folder.path(), shard("1/2")).unwrap_err().to_string();
        assert!(again.contains("is judging shard 1/2"), "{again}");
        drop(first);
        Folder::open(folder.path(), shard("1/2")).unwrap();
    }
}
