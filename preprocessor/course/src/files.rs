//! Opens and writes the program's own files, and opens a course's. `clippy.toml` allows nothing else to do so.
//!
//! A course can have something else in the place of a file: a link to another folder, a pipe without a writer, a device
//! without an end. So a file's type is checked before it is read, on the open file and not by its path.
//!
//! A file is written atomically: to a temporary file (a part) in the same folder, which is renamed when all of it is on
//! the disk. If a run is killed, its part remains, and the next run that writes there removes it. A part is locked
//! while it is written, so that no other process removes it.

#![allow(clippy::disallowed_methods, reason = "this is what everything else uses")]

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs::{self, File, FileType, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tempfile::{NamedTempFile, TempDir};

/// The largest of the program's own files, in bytes. A recording of busy accounts is the largest.
pub const LARGEST: u64 = 64 << 20;
/// The largest text of a course, in bytes.
pub const LARGEST_TEXT: u64 = 4 << 20;

/// The prefix and suffix of the names of parts.
const PART: (&str, &str) = (".verify-", ".part");
/// The prefix of the names of temporary folders.
const FOLDER: &str = "mdbook-verify-scratch-";
/// How old a folder without a lock must be to count as a leftover.
const LOCKED_BY: Duration = Duration::from_secs(3600);
/// How many times something is created again after another process removed it as a leftover.
const TRIES: usize = 8;

/// Whether symbolic links are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    Followed,
    Refused,
}

/// Who may read a written file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Only its owner.
    Owner,
    /// Everyone who may read the file that it replaces, or any other new file.
    Others,
}

/// Reads one of the program's own files, of at most so many bytes.
///
/// # Errors
/// When it cannot be read, is a link or not an ordinary file, or is too large.
pub fn read(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    whole(path, Links::Refused, largest)
}

/// Reads a file that the user names or that belongs to a course, of at most so many bytes.
///
/// # Errors
/// When it cannot be read, is not an ordinary file, or is too large.
pub fn read_theirs(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    whole(path, Links::Followed, largest)
}

/// Reads a text of a course.
///
/// # Errors
/// When it cannot be read, is not an ordinary file, is too large, or is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    let bytes = read_theirs(path, LARGEST_TEXT)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not text in UTF-8: save it as UTF-8 in your editor"))
}

/// A path without `.`, and with `..` only at its beginning. It is normalised as text: with a symbolic link in it, the
/// result may be another file.
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

/// Opens a lock file, or creates it.
///
/// # Errors
/// When it cannot be opened, or is a link or not an ordinary file.
pub fn open_lock(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().create(true).truncate(false).write(true), Links::Refused)
}

/// Writes a file atomically, by a part in its folder.
///
/// # Errors
/// When it cannot be written, or something else than an ordinary file is in its place. The old file is unchanged then.
pub fn write(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    write_by(folder_of(path), path, bytes, readers)
}

/// Writes a file atomically, by a part in another folder on the same disk. A program that watches the file's own folder
/// then sees only complete files.
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

/// Writes a file atomically, unless its name is taken. Returns whether it did.
///
/// # Errors
/// When it cannot be written.
pub fn create(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<bool> {
    let mut part = part(folder_of(path), readers)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    match part.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

/// A temporary folder, which is removed when it is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    // Closed before the folder is removed, because some systems cannot remove open files.
    _lock: File,
    _folder: TempDir,
}

impl Folder {
    /// Creates an empty folder that only its owner may read. Leftovers of killed runs are removed.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn new() -> io::Result<Folder> {
        let all = std::env::temp_dir();
        sweep_once(&all, remove_folder);
        create_kept(|| {
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

/// Opens an ordinary file, and nothing else.
fn open(path: &Path, options: &mut OpenOptions, links: Links) -> io::Result<File> {
    open_with_length(path, options, links).map(|(file, _)| file)
}

/// Opens an ordinary file, and nothing else. Returns its length, too.
fn open_with_length(path: &Path, options: &mut OpenOptions, links: Links) -> io::Result<(File, u64)> {
    let opened = options.flags(links).open(path);
    let file = opened.map_err(|error| match fs::symlink_metadata(path) {
        // The system's own messages about links and pipes are hard to understand.
        Ok(about) if !about.is_file() && (links == Links::Refused || !about.is_symlink()) => {
            unfit(about.file_type(), links)
        }
        _ => error,
    })?;
    let about = file.metadata()?;
    if about.is_file() { Ok((file, about.len())) } else { Err(unfit(about.file_type(), links)) }
}

/// Flags with which opening never blocks, and follows links only if that is allowed.
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
        // FILE_FLAG_OPEN_REPARSE_POINT: opens the link itself, which is not a file.
        self.custom_flags(if links == Links::Refused { 0x0020_0000 } else { 0 })
    }
}

/// The error for something that is not an ordinary file, with what to do if it should be one of the program's own.
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
    let (file, length) = open_with_length(path, OpenOptions::new().read(true), links)?;
    let too_large = || io::Error::new(ErrorKind::FileTooLarge, format!("it has more than {largest} bytes"));
    if length > largest {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // It may grow, and some system files report a size of zero.
    file.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest { Err(too_large()) } else { Ok(bytes) }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A part to write, locked. On Windows, its readers are the folder's.
#[cfg_attr(not(unix), expect(unused_variables, reason = "Windows has no modes"))]
fn part(folder: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    sweep_once(folder, remove_part);
    create_kept(|| {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        if readers == Readers::Others {
            // Minus the process's umask.
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        }
        let part = builder.prefix(PART.0).suffix(PART.1).tempfile_in(folder)?;
        Ok(is_kept(part.as_file(), part.path())?.then_some(part))
    })
}

/// Creates something, and again if another process has removed it.
fn create_kept<T>(make: impl Fn() -> io::Result<Option<T>>) -> io::Result<T> {
    let made = (0..TRIES).find_map(|_| make().transpose());
    made.unwrap_or_else(|| Err(io::Error::other("another process keeps removing the file")))
}

/// Locks a new file, unless another process has removed it as a leftover.
fn is_kept(file: &File, path: &Path) -> io::Result<bool> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(false),
        // Some file systems have no locks. Leftovers are not removed there.
        Ok(()) | Err(TryLockError::Error(_)) => path.try_exists(),
    }
}

/// Removes leftovers from a folder, once per run.
fn sweep_once(folder: &Path, remove: impl Fn(&Path, &str)) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if SWEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned()) {
        sweep(folder, remove);
    }
}

/// Removes leftovers from a folder, but nothing that another process is still writing.
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

/// A leftover's lock; `None` if another process has it.
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

/// A course's `.verify/` folder, with its `.gitignore` and `results/`.
///
/// # Errors
/// When it cannot be created.
pub fn verify_folder(course_root: &Path) -> Result<PathBuf> {
    let folder = course_root.join(".verify");
    real_folder(&folder)?;
    real_folder(&folder.join("results"))?;
    let ignore = folder.join(".gitignore");
    // Only created, never overwritten: a course may have put a link there.
    if fs::symlink_metadata(&ignore).is_err() {
        create(&ignore, b"*\n", Readers::Others).with_context(|| format!("writing {}", ignore.display()))?;
    }
    Ok(folder)
}

/// Creates a folder, unless it exists. A link to a folder is refused: a course must not make verify write elsewhere.
///
/// # Errors
/// When something else is in its place, or it cannot be created.
pub fn real_folder(folder: &Path) -> Result<()> {
    match fs::symlink_metadata(folder) {
        Ok(about) if about.is_dir() => Ok(()),
        Ok(_) => bail!("{} is not a folder, and verify keeps its own files there: remove it", folder.display()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))
        }
        Err(error) => Err(error).with_context(|| format!("opening {}", folder.display())),
    }
}

#[cfg(test)]
mod tests;
