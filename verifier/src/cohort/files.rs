//! The files of a class: one results document for each learner, named after the learner.

use anyhow::{Context, Result};
use course::key::Key;
use course::results::{self, Results};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::fs;
use std::path::{Path, PathBuf};

/// All other characters in a file's name are percent-encoded, so that a name is never a path.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'@').remove(b'+').remove(b'-');

/// The largest document, in bytes. A result takes about a kilobyte per step.
const LARGEST: u64 = 16 << 20;

/// The file of a learner's results.
pub fn file_name(learner: &str) -> String {
    let encoded = utf8_percent_encode(learner, ENCODED).to_string();
    match encoded.strip_prefix('.') {
        // Neither a hidden file nor the parent folder.
        Some(rest) => format!("%2E{rest}.json"),
        None => format!("{encoded}.json"),
    }
}

/// The learner that a file is named after.
pub fn learner(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    percent_decode_str(&stem).decode_utf8_lossy().into_owned()
}

/// The file `path`, or the sorted `*.json` files in the folder `path`, without hidden ones.
///
/// # Errors
/// When it cannot be read.
pub fn found(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?;
    let entries: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<_>>()
        .with_context(|| format!("reading {}", path.display()))?;
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let json = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json") && !hidden(path);
    let mut found: Vec<PathBuf> = entries.into_iter().filter(json).collect();
    found.sort();
    Ok(found)
}

/// Reads a results document from any source, and whether it was sealed with this key.
///
/// # Errors
/// If it is not a results document, or this program cannot read its version.
pub fn read(path: &Path, key: &Key) -> Result<(Results, bool)> {
    let bytes = course::files::read_theirs(path, LARGEST).context("it cannot be read")?;
    Ok((Results::of_anybody(&bytes)?, results::is_sealed(&bytes, key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path_and_round_trips() {
        let cases = [
            ("ada", "ada.json"),
            ("Ada Lovelace", "Ada%20Lovelace.json"),
            ("ada@example.com", "ada@example.com.json"),
            ("a_b-c+d.e", "a_b-c+d.e.json"),
            (".", "%2E.json"),
            ("..", "%2E..json"),
            ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd.json"),
            (".hidden", "%2Ehidden.json"),
            ("a/b\\c", "a%2Fb%5Cc.json"),
            ("100%", "100%25.json"),
            ("née", "n%C3%A9e.json"),
            ("a\0b\n", "a%00b%0A.json"),
            ("=cmd()|<x>", "%3Dcmd%28%29%7C%3Cx%3E.json"),
        ];
        for (name, file) in cases {
            assert_eq!(file_name(name), file);
            assert_eq!(learner(Path::new(&file_name(name))), name);
        }
    }

    #[test]
    fn the_documents_of_a_folder_are_sorted() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.json", "a.json", ".lock-1-of-1", ".x.json", "notes.txt"] {
            fs::write(folder.path().join(name), "{}").unwrap();
        }
        let names: Vec<String> = found(folder.path()).unwrap().iter().map(|path| learner(path)).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn a_file_that_is_not_a_results_document_is_explained() {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::new([1; 32]);
        let why = |name: &str, text: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            format!("{:#}", read(&path, &key).unwrap_err())
        };
        let large = vec![b' '; (LARGEST + 1) as usize];
        let shown = [
            why("damaged.json", b"{"),
            why("other.json", b"{\"a\": 1}"),
            why("newer.json", b"{\"version\": 7}"),
            why("large.json", &large),
            format!("{:#}", read(&folder.path().join("missing.json"), &key).unwrap_err()),
            format!("{:#}", read(folder.path(), &key).unwrap_err()),
        ];
        insta::assert_snapshot!(shown.join("\n"));
    }
}
