//! The files of a built book: mdBook's own, and the allowed files of the course.

use anyhow::{Context, Result};
use course::files;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::svg;

/// The allowed extensions of the course's files. A browser does not open such a file as a page or a script of the book.
/// SVG pictures, which can contain scripts, are checked.
const ALLOWED: &[&str] = &[
    // Pictures, sound and films.
    "png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico", "svg", "mp3", "ogg", "wav", "m4a", "mp4", "webm",
    // Documents and data.
    "pdf", "txt", "csv", "tsv", "json", "yaml", "yml", "toml", "ini", "conf", "log", "template", "zip", "gz", "tgz",
    "tar", // Programs to read and to download.
    "sh", "bash", "ps1", "bat", "py", "rb", "go", "rs", "java", "c", "h", "cpp", "sql", "tf", "tfvars", "hcl", "ipynb",
];

/// The largest file of a book, in bytes. The whole book is in memory while it is built.
const LARGEST: u64 = 256 << 20;

/// All files in a folder and its subfolders, by their relative paths.
///
/// # Errors
/// When one cannot be read.
pub(super) fn read(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for name in names(folder, folder)? {
        let bytes =
            files::read_theirs(&folder.join(&name), LARGEST).with_context(|| format!("reading {}", name.display()))?;
        found.insert(name, bytes);
    }
    Ok(found)
}

/// The paths of the files in a folder, relative to `root`. A course's symbolic links and devices were rejected before.
fn names(root: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            names.extend(self::names(root, &path)?);
        } else if kind.is_file() {
            names.extend(path.strip_prefix(root).map(Path::to_owned));
        }
    }
    Ok(names)
}

/// Adds the course's files that are not chapters to a book, as mdBook does. Returns the files that are not allowed,
/// with the reasons.
///
/// # Errors
/// When one cannot be read.
pub(super) fn copied(
    sources: &Path,
    build: &Path,
    built: &mut BTreeMap<PathBuf, Vec<u8>>,
) -> Result<Vec<(PathBuf, &'static str)>> {
    let mut refused = Vec::new();
    for name in names(sources, sources)? {
        let path = sources.join(&name);
        let kind = name.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_ascii_lowercase();
        if kind == "md" || path.starts_with(build) {
            continue;
        }
        if !ALLOWED.contains(&kind.as_str()) {
            refused.push((name, "a file of this type is not allowed in a book"));
            continue;
        }
        if built.contains_key(&name) {
            refused.push((name, "mdBook has a file with the same name"));
            continue;
        }
        let bytes = files::read_theirs(&path, LARGEST).with_context(|| format!("reading {}", path.display()))?;
        match svg::refused(&bytes).filter(|_| kind == "svg") {
            Some(reason) => refused.push((name, reason)),
            None => drop(built.insert(name, bytes)),
        }
    }
    Ok(refused)
}

/// Writes a file of a built book.
#[expect(clippy::disallowed_methods, reason = "nothing is lost if a build is interrupted: the book is built again")]
fn written(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::write(path, bytes)
}

/// Replaces the content of a folder with a book.
///
/// # Errors
/// When something cannot be removed or written.
pub(super) fn replace(folder: &Path, built: &BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
        let path = entry.path();
        let removed = if entry.file_type()?.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.with_context(|| format!("removing {}", path.display()))?;
    }
    for (name, bytes) in built {
        let path = folder.join(name);
        let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
        parent.and_then(|()| written(&path, bytes)).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_browsers_do_not_run_are_copied_and_none_replaces_mdbooks() {
        let sources = tempfile::tempdir().unwrap();
        let build = sources.path().join("out");
        fs::create_dir_all(sources.path().join("files")).unwrap();
        fs::create_dir_all(&build).unwrap();
        let plain = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        let script = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>";
        for (name, text) in [
            ("a.md", ""),
            ("files/a.png", "p"),
            ("files/A.JPG", "p"),
            ("files/plain.svg", plain),
            ("files/script.svg", script),
            ("files/SCRIPT.SVG", script),
            ("files/page.html", ""),
            ("files/page.HTM", ""),
            ("files/page.xhtml", ""),
            ("files/a.css", ""),
            ("files/a.svgz", ""),
            ("book.js", ""),
            ("favicon.png", "mine"),
            (".htaccess", ""),
            ("noending", ""),
            ("out/a.png", ""),
        ] {
            fs::write(sources.path().join(name), text).unwrap();
        }
        let mut built = BTreeMap::from([(PathBuf::from("favicon.png"), b"mdBook's".to_vec())]);
        let mut refused = copied(sources.path(), &build, &mut built).unwrap();
        refused.sort();
        let refused: Vec<&str> = refused.iter().filter_map(|(name, _)| name.to_str()).collect();
        assert_eq!(
            refused,
            [
                ".htaccess",
                "book.js",
                "favicon.png",
                "files/SCRIPT.SVG",
                "files/a.css",
                "files/a.svgz",
                "files/page.HTM",
                "files/page.html",
                "files/page.xhtml",
                "files/script.svg",
                "noending",
            ]
        );
        let kept: Vec<&str> = built.keys().filter_map(|name| name.to_str()).collect();
        assert_eq!(kept, ["favicon.png", "files/A.JPG", "files/a.png", "files/plain.svg"]);
        assert_eq!(built[Path::new("favicon.png")], b"mdBook's");
    }
}
