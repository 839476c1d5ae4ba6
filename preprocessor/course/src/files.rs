//! Files: how those that verify keeps are opened and written, and how a course's are opened. Nothing else opens or writes
//! any (`clippy.toml` sees to that).
//!
//! A course, or whoever wrote to its folder, can put something else in the place of a file: a link that leads elsewhere, a
//! pipe that nobody writes to, a device that never ends. So what is opened is looked at before anything is read, and what
//! was opened is what is looked at.
//!
//! A file is written whole: into a file beside it, which takes its place when all of it is on the disk. A run that is
//! killed leaves such a part behind; the next one that writes there removes it. A part is locked while it is written, so
//! that nobody removes another's.

#![allow(clippy::disallowed_methods, reason = "this is what everything else uses")]

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs::{self, File, FileType, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tempfile::{NamedTempFile, TempDir};

/// The largest file of the program's own, in bytes: a recording of accounts in which a lot happened.
pub const LARGEST: u64 = 64 << 20;
/// The largest text of a course, in bytes.
pub const LARGEST_TEXT: u64 = 4 << 20;

/// What the names of parts begin and end with.
const PART: (&str, &str) = (".verify-", ".part");
/// What the names of temporary folders begin with.
const FOLDER: &str = "mdbook-verify-scratch-";
/// How long a folder may be there without its lock before nobody will lock it any more.
const LOCKED_BY: Duration = Duration::from_secs(3600);
/// How often something is made anew that somebody took for a leftover.
const TRIES: usize = 8;

/// Whether what leads to a file is as good as the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    Followed,
    Refused,
}

/// Who may read a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone.
    Owner,
    /// Those who may read the file that it takes the place of, or any other new file.
    Others,
}

/// Reads a file of the program's own, of at most so many bytes.
///
/// # Errors
/// When it cannot be read, or is a link, no ordinary file, or too large.
pub fn read(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    whole(path, Links::Refused, largest)
}

/// Reads a file that somebody names or that a course brings, of at most so many bytes.
///
/// # Errors
/// When it cannot be read, or is no ordinary file, or too large.
pub fn read_theirs(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    whole(path, Links::Followed, largest)
}

/// Reads a text of a course.
///
/// # Errors
/// When it cannot be read, or is no ordinary file, too large, or not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    let bytes = read_theirs(path, LARGEST_TEXT)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "stream did not contain valid UTF-8"))
}

/// A path by its words, without `.` and with no `..` but at its beginning. Where a symbolic link is among them, it may be
/// another file's.
pub fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match (part, plain.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(plain.pop()),
            (Component::ParentDir, Some(Component::RootDir | Component::Prefix(_))) => {}
            (part, _) => plain.push(part),
        }
        plain
    })
}

/// Opens a file that processes lock, or makes it.
///
/// # Errors
/// When it cannot be opened, or is a link or no ordinary file.
pub fn open_lock(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().create(true).truncate(false).write(true), Links::Refused)
}

/// Writes a file whole, by a part beside it.
///
/// # Errors
/// When it cannot be written, or something stands in its place that is no ordinary file. What was there is there still.
pub fn write(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    write_by(beside(path), path, bytes, readers)
}

/// Writes a file whole, by a part in a folder on the same disk: whoever watches the file's own sees whole files only.
///
/// # Errors
/// As [`write()`].
pub fn write_by(folder: &Path, path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let before = match fs::symlink_metadata(path) {
        Ok(before) if before.is_file() => Some(before),
        Ok(other) => return Err(unfit(other.file_type(), Links::Refused)),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut part = part(folder, readers)?;
    if let Some(before) = before.filter(|_| readers == Readers::Others) {
        part.as_file().set_permissions(before.permissions())?;
    }
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path)?;
    Ok(())
}

/// Writes a file whole unless there is something of its name. Returns whether it did.
///
/// # Errors
/// When it cannot be written.
pub fn create(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<bool> {
    let mut part = part(beside(path), readers)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    match part.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

/// A folder for what is gone when the program is.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    // Given back before the folder is removed: some systems remove no file that is open.
    _lock: File,
    _folder: TempDir,
}

impl Folder {
    /// An empty folder, which nobody else may look into. What runs that were killed have left is removed.
    ///
    /// # Errors
    /// When none can be made.
    pub fn new() -> io::Result<Folder> {
        let all = std::env::temp_dir();
        sweep_once(&all, remove_folder);
        anew(|| {
            let mut builder = tempfile::Builder::new();
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
            let folder = builder.prefix(FOLDER).tempdir_in(&all)?;
            let path = folder.path().join("files");
            fs::create_dir(&path)?;
            let lock_path = folder.path().join("lock");
            let lock = open_lock(&lock_path)?;
            Ok(is_kept(&lock, &lock_path)?.then_some(Folder { path, _lock: lock, _folder: folder }))
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Opens what is a file, and nothing else.
fn open(path: &Path, options: &mut OpenOptions, links: Links) -> io::Result<File> {
    let opened = options.flags(links).open(path);
    let file = opened.map_err(|error| match fs::symlink_metadata(path) {
        // What a system says of a link that it was not to follow, or of a pipe, nobody understands.
        Ok(about) if !about.is_file() && (links == Links::Refused || !about.is_symlink()) => {
            unfit(about.file_type(), links)
        }
        _ => error,
    })?;
    let kind = file.metadata()?.file_type();
    if kind.is_file() { Ok(file) } else { Err(unfit(kind, links)) }
}

/// Flags with which opening waits for nobody, and follows no link that is not to be followed.
trait Flags {
    fn flags(&mut self, links: Links) -> &mut Self;
}

impl Flags for OpenOptions {
    #[cfg(unix)]
    fn flags(&mut self, links: Links) -> &mut Self {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let follow = if links == Links::Refused { OFlags::NOFOLLOW } else { OFlags::empty() };
        self.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY | follow).bits().cast_signed())
    }

    #[cfg(windows)]
    fn flags(&mut self, links: Links) -> &mut Self {
        use std::os::windows::fs::OpenOptionsExt;
        // FILE_FLAG_OPEN_REPARSE_POINT: a link itself, which is no file.
        self.custom_flags(if links == Links::Refused { 0x0020_0000 } else { 0 })
    }
}

/// Says what is no ordinary file, and what to do where it should be one of ours.
fn unfit(kind: FileType, links: Links) -> io::Error {
    #[cfg(unix)]
    use std::os::unix::fs::FileTypeExt;
    let what = match kind {
        kind if kind.is_symlink() => "a symbolic link",
        kind if kind.is_dir() => "a folder",
        #[cfg(unix)]
        kind if kind.is_fifo() => "a pipe",
        #[cfg(unix)]
        kind if kind.is_socket() => "a socket",
        #[cfg(unix)]
        kind if kind.is_block_device() || kind.is_char_device() => "a device",
        _ => "something else",
    };
    let remove = if links == Links::Refused { ": remove it" } else { "" };
    io::Error::new(ErrorKind::InvalidInput, format!("it is {what}, and must be an ordinary file{remove}"))
}

fn whole(path: &Path, links: Links, largest: u64) -> io::Result<Vec<u8>> {
    let file = open(path, OpenOptions::new().read(true), links)?;
    let length = file.metadata()?.len();
    let too_large = || io::Error::new(ErrorKind::FileTooLarge, format!("it has more than {largest} bytes"));
    if length > largest {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // It may grow, and some files of the system's say that they are empty.
    file.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest { Err(too_large()) } else { Ok(bytes) }
}

fn beside(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A part to write, locked.
fn part(folder: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    sweep_once(folder, remove_part);
    anew(|| {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        if readers == Readers::Others {
            // Less what the system takes away.
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        }
        let part = builder.prefix(PART.0).suffix(PART.1).tempfile_in(folder)?;
        Ok(is_kept(part.as_file(), part.path())?.then_some(part))
    })
}

/// Makes something, and again where somebody has removed it by then.
fn anew<T>(make: impl Fn() -> io::Result<Option<T>>) -> io::Result<T> {
    let made = (0..TRIES).find_map(|_| make().transpose());
    made.unwrap_or_else(|| Err(io::Error::other("somebody removes what is written")))
}

/// Locks a new file, unless somebody who took it for a leftover has removed it by then.
fn is_kept(file: &File, path: &Path) -> io::Result<bool> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(false),
        // There are disks without locks, and nobody takes anything for a leftover there.
        Ok(()) | Err(TryLockError::Error(_)) => path.try_exists(),
    }
}

/// Removes leftovers from a folder, once for each run.
fn sweep_once(folder: &Path, remove: impl Fn(&Path, &str)) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned()) {
        sweep(folder, remove);
    }
}

/// Removes leftovers from a folder, and nothing that another process still writes.
fn sweep(folder: &Path, remove: impl Fn(&Path, &str)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if let Some(name) = entry.file_name().to_str() {
            remove(&entry.path(), name);
        }
    }
}

fn remove_part(path: &Path, name: &str) {
    if name.starts_with(PART.0) && name.ends_with(PART.1) && locked(path).is_ok_and(|lock| lock.is_some()) {
        // What cannot be removed does no harm.
        let _ = fs::remove_file(path);
    }
}

fn remove_folder(path: &Path, name: &str) {
    if !name.starts_with(FOLDER) || !fs::symlink_metadata(path).is_ok_and(|about| about.is_dir()) {
        return;
    }
    let _ = match locked(&path.join("lock")) {
        Ok(Some(lock)) => {
            drop(lock);
            fs::remove_dir_all(path)
        }
        Err(error) if error.kind() == ErrorKind::NotFound && is_older(path, LOCKED_BY) => fs::remove_dir_all(path),
        _ => Ok(()),
    };
}

/// A leftover's lock; none where somebody else has it.
fn locked(path: &Path) -> io::Result<Option<File>> {
    let file = open(path, OpenOptions::new().write(true), Links::Refused)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn is_older(path: &Path, age: Duration) -> bool {
    let modified = fs::metadata(path).and_then(|about| about.modified());
    modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|elapsed| elapsed > age))
}

/// A course's `.verify/`, with what every one has: a `.gitignore` and `results/`.
///
/// # Errors
/// When it cannot be made.
pub fn verify_folder(course_root: &Path) -> Result<PathBuf> {
    let folder = course_root.join(".verify");
    real_folder(&folder)?;
    real_folder(&folder.join("results"))?;
    let ignore = folder.join(".gitignore");
    // Anew only: what a course put there may be a link that leads elsewhere.
    if fs::symlink_metadata(&ignore).is_err() {
        create(&ignore, b"*\n", Readers::Others).with_context(|| format!("writing {}", ignore.display()))?;
    }
    Ok(folder)
}

/// Makes a folder, unless there is one; what only leads to one is none: a course must not have verify write elsewhere.
///
/// # Errors
/// When there is something else, or it cannot be made.
pub fn real_folder(folder: &Path) -> Result<()> {
    match fs::symlink_metadata(folder) {
        Ok(about) if about.is_dir() => Ok(()),
        Ok(_) => bail!("{} is no folder, and verify keeps its own files there: remove it", folder.display()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))
        }
        Err(error) => Err(error).with_context(|| format!("opening {}", folder.display())),
    }
}

#[cfg(test)]
mod tests;
