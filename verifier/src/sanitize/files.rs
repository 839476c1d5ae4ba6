//! A book's files: mdBook's own, and those of the course that may stand beside them.

use anyhow::{Context, Result};
use course::files;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::svg;

/// What a file of the course's may end in. A browser takes none of it for a page or a script of the book's; pictures of
/// the one kind that holds scripts are looked at.
const ALLOWED: &[&str] = &[
    // Pictures, sound and films.
    "png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico", "svg", "mp3", "ogg", "wav", "m4a", "mp4", "webm",
    // Documents and data.
    "pdf", "txt", "csv", "tsv", "json", "yaml", "yml", "toml", "ini", "conf", "log", "template", "zip", "gz", "tgz",
    "tar", // Programs to read and to download.
    "sh", "bash", "ps1", "bat", "py", "rb", "go", "rs", "java", "c", "h", "cpp", "sql", "tf", "tfvars", "hcl", "ipynb",
];

/// The largest file of a book, in bytes: all of it is in memory while it is built.
const LARGEST: u64 = 256 << 20;

/// All files below a folder, by their paths in it.
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

/// The paths of the files below a folder, from `root` on. A course's links and devices are refused before.
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

/// Adds the course's files to a book, as mdBook does: all that are no chapters. Returns those that may not stand there,
/// with the reason.
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
            refused.push((name, "a file of this kind does not go into a book"));
            continue;
        }
        if built.contains_key(&name) {
            refused.push((name, "mdBook has a file of this name in the book"));
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
#[expect(clippy::disallowed_methods, reason = "a book that was not built to its end is built again: nothing is lost")]
fn written(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::write(path, bytes)
}

/// Puts a book into the place of whatever stands in a folder.
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
    fn only_what_no_browser_runs_stands_beside_the_chapters_and_nothing_in_the_place_of_mdbooks() {
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
