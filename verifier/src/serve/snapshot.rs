//! Snapshots: whether the course or the results have changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

/// How often the course and the results are checked. mdBook's own server checks once a second.
pub(super) const LOOK: Duration = Duration::from_millis(300);

/// The state of a course's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) course: u64,
    pub(super) results: u64,
}

impl Snapshot {
    /// The current state. Take it before the folder is built, or a change during the build is not noticed.
    pub(super) fn of(root: &Path) -> Snapshot {
        Snapshot { course: hash(root), results: hash(&root.join(".verify/results")) }
    }
}

fn hash(folder: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    stamp(folder, &mut hasher);
    hasher.finish()
}

/// Hashes the metadata of all files in the folder. Hidden folders don't belong to the course, and a built book contains
/// mdBook's `.nojekyll`.
fn stamp(folder: &Path, hasher: &mut DefaultHasher) {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (name, path) = (entry.file_name(), entry.path());
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() {
            let hidden = name.to_string_lossy().starts_with('.');
            if !hidden && !path.join(".nojekyll").exists() {
                stamp(&path, hasher);
            }
            continue;
        }
        (path, about.len(), about.modified().ok()).hash(hasher);
    }
}
