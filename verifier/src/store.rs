//! The store: the only module that writes results.
//!
//! A write creates a temporary file and renames it while holding a lock. After a crash, either the old or the new file
//! is there, and two processes that write at the same time don't lose each other's steps. A file that cannot be used is
//! set aside with a message. It is never replaced silently.

use anyhow::{Context, Result};
use course::files::{self, Readers};
use course::key::{self, Key};
use course::results::{Results, Unusable};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::SystemTime;

use evidence::time;

/// The results of a course, for the learner's own accounts or for the practice accounts.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    practice: bool,
    key: Key,
    /// The thread that reads ahead.
    ahead: Arc<Mutex<Option<ReadingAhead>>>,
}

/// A thread that reads a file of results, if it can be used.
type ReadingAhead = JoinHandle<Option<(Stamp, Results)>>;

/// Identifies a file of results: every write makes a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp(SystemTime, u64, Option<u64>);

impl Stamp {
    fn of(path: &Path) -> Option<Stamp> {
        let found = fs::symlink_metadata(path).ok()?;
        #[cfg(unix)]
        let number = Some(std::os::unix::fs::MetadataExt::ino(&found));
        #[cfg(not(unix))]
        let number = None;
        Some(Stamp(found.modified().ok()?, found.len(), number))
    }
}

/// The results, and a notice about the file that they were read from.
#[derive(Debug)]
pub struct Loaded {
    /// The results; empty if there were none that can be used.
    pub results: Results,
    /// A message for the learner: what was wrong with the file, and where it is now.
    pub notice: Option<String>,
}

impl Store {
    /// Opens the store of a course. The learner's key is created on first use.
    ///
    /// # Errors
    /// When the configuration folder cannot be used.
    pub fn open(course_root: &Path, practice: bool) -> Result<Store> {
        let dir = key::config_dir().context("finding your configuration folder")?;
        Ok(Store { root: course_root.to_owned(), practice, key: learner_key(&dir)?, ahead: Arc::default() })
    }

    /// The learner's key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The file of the results.
    pub fn path(&self) -> PathBuf {
        Results::path(&self.root, self.practice)
    }

    /// Reads the results on another thread, for the next [`Store::read`], which returns them if the file is still the
    /// same. Those of a large course take as long to read as its lessons.
    pub(crate) fn read_ahead(&self) {
        let own = self.clone();
        let reading = std::thread::Builder::new().name("results".into()).spawn(move || {
            let stamp = Stamp::of(&own.path())?;
            own.read_now().ok().map(|results| (stamp, results))
        });
        // Without the thread, they are read when they are needed.
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = reading.ok();
    }

    /// Reads the results. Changes nothing.
    ///
    /// # Errors
    /// Why the existing file cannot be used.
    pub fn read(&self) -> Result<Results, Unusable> {
        let ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner).take();
        match ahead.and_then(|reading| reading.join().ok().flatten()) {
            Some((stamp, results)) if Stamp::of(&self.path()).as_ref() == Some(&stamp) => Ok(results),
            _ => self.read_now(),
        }
    }

    fn read_now(&self) -> Result<Results, Unusable> {
        let read = Results::read(&self.root, self.practice, Some(&self.key))?;
        Ok(read.unwrap_or_else(|| Results::empty(self.practice)))
    }

    /// Reads the results, changes them with `change`, and writes them.
    ///
    /// # Errors
    /// When the folder cannot be written, or when `change` fails. The results are then unchanged.
    pub fn update(&self, change: impl FnOnce(&mut Results) -> Result<()>) -> Result<Loaded> {
        let _lock = lock(&self.root)?;
        let folder = files::verify_folder(&self.root)?;
        let (mut results, notice) = match self.read() {
            Ok(results) => (results, None),
            Err(unusable) => (Results::empty(self.practice), Some(self.set_aside(&folder, &unusable)?)),
        };
        change(&mut results)?;
        // The temporary file is next to `results/`, not in it: a watcher of that folder sees only complete files.
        let results = write(results, &self.key, &self.path(), &folder)?;
        Ok(Loaded { results, notice })
    }

    fn set_aside(&self, folder: &Path, unusable: &Unusable) -> Result<String> {
        let path = self.path();
        let stem = if self.practice { "practice" } else { "results" };
        let aside = (1..)
            .map(|number| folder.join(format!("{stem}-set-aside-{number}.json")))
            .find(|aside| !aside.exists())
            .unwrap_or_else(|| folder.join("set-aside.json"));
        fs::rename(&path, &aside).with_context(|| format!("setting {} aside", path.display()))?;
        Ok(format!("{} cannot be used: {unusable}. It is kept as {}.", path.display(), aside.display()))
    }
}

/// Seals results and writes them into a file, by a temporary file in the folder `temporary` on the same disk. Results are
/// written nowhere else.
///
/// # Errors
/// When the file cannot be written. It is then as it was.
pub(crate) fn write(mut results: Results, key: &Key, path: &Path, temporary: &Path) -> Result<Results> {
    results.written = time::now();
    results.by = concat!("verify ", env!("CARGO_PKG_VERSION")).to_owned();
    let (results, text) = results.sealed(key).context("writing the results as JSON")?;
    let written = files::write_by(temporary, path, &text, Readers::Owner);
    written.with_context(|| format!("writing {}", path.display()))?;
    Ok(results)
}

/// Locks what verify keeps for a course. The lock ends when the returned file is closed.
///
/// # Errors
/// When it cannot be locked.
pub fn lock(course_root: &Path) -> Result<File> {
    let path = files::verify_folder(course_root)?.join("lock");
    let lock = files::open_lock(&path).with_context(|| format!("opening {}", path.display()))?;
    lock.lock().with_context(|| format!("locking {}", path.display()))?;
    Ok(lock)
}

/// Reads the learner's key, or creates it.
fn learner_key(dir: &Path) -> Result<Key> {
    if let Some(key) = Key::read(dir)? {
        return Ok(key);
    }
    fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes for a key: {error}"))?;
    let path = Key::path(dir);
    match files::create(&path, &bytes, Readers::Owner).with_context(|| format!("writing {}", path.display()))? {
        true => Ok(Key::new(bytes)),
        // Another process created one in the meantime. Use that one.
        false => Key::read(dir)?.with_context(|| format!("writing {}", path.display())),
    }
}
