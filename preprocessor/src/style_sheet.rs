//! The widgets' style sheet as a file of the book, for the stock `mdbook`.
//!
//! A preprocessor cannot add a style sheet to a page, so `mdbook-verify install` writes one next to `book.toml`. Its
//! first line has the version that wrote it and a hash of the rest. From these, a later version can distinguish its own
//! file from the author's, and from one that the author has changed.

use mdbook_preprocessor::config::Config;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

use course::check::hex;
use course::files;

use crate::CSS;

/// The beginning of the first line of the file.
const MARK: &str = "/* mdbook-verify ";
/// The end of the first line.
const WARNING: &str = "; `mdbook-verify install` updates this file, so keep rules of your own in another one. */";

/// This version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The kind of a book's style sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// The file of this version.
    Current,
    /// A file of another version or another build.
    Other(String),
    /// A file of mdbook-verify that was changed.
    Changed(String),
    /// Another file.
    Foreign,
}

impl Sheet {
    /// The kind of a file of the book; `None` if it does not exist.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(path: &Path) -> std::io::Result<Option<Sheet>> {
        match files::read_theirs(path, files::LARGEST_TEXT) {
            Ok(bytes) => Ok(Some(String::from_utf8(bytes).map_or(Sheet::Foreign, |text| Sheet::of(&text)))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn of(text: &str) -> Sheet {
        // A checkout may have changed the line endings.
        let text = text.replace("\r\n", "\n");
        let Some((first, rest)) = text.split_once('\n') else { return Sheet::Foreign };
        let written = first.strip_prefix(MARK).and_then(|first| first.strip_suffix(WARNING));
        match written.and_then(|written| written.split_once(' ')) {
            Some((version, hash)) if hash != short_hash(rest) => Sheet::Changed(version.to_owned()),
            Some(_) if rest == CSS => Sheet::Current,
            Some((version, _)) => Sheet::Other(version.to_owned()),
            None => Sheet::Foreign,
        }
    }

    pub(crate) fn is_ours(&self) -> bool {
        *self != Sheet::Foreign
    }
}

/// Whether a file is a style sheet of mdbook-verify, of any version.
pub fn is_ours(path: &Path) -> bool {
    matches!(Sheet::read(path), Ok(Some(sheet)) if sheet.is_ours())
}

/// The file of this version.
pub(crate) fn text() -> String {
    format!("{MARK}{VERSION} {}{WARNING}\n{CSS}", short_hash(CSS))
}

fn short_hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..4])
}

/// Why the pages of a book do not have this version's styles, and what to do.
pub fn trouble(root: &Path, config: &Config) -> Option<String> {
    let listed = config.get::<Vec<PathBuf>>("output.html.additional-css").ok().flatten().unwrap_or_default();
    let (mut other, mut missing) = (None, None);
    for path in listed {
        match Sheet::read(&root.join(&path)) {
            Ok(Some(Sheet::Current)) => return None,
            // The author changed it.
            Ok(Some(Sheet::Changed(version))) if version == VERSION => return None,
            Ok(Some(Sheet::Other(version) | Sheet::Changed(version))) => other = Some((path, version)),
            Ok(Some(Sheet::Foreign)) => {}
            Ok(None) | Err(_) => missing = missing.or(Some(path)),
        }
    }
    let what = match (other, missing) {
        (Some((path, version)), _) if version == VERSION => {
            format!("{} is from another build of mdbook-verify {VERSION}", path.display())
        }
        (Some((path, version)), _) => {
            format!("{} is from mdbook-verify {version}, but this is mdbook-verify {VERSION}", path.display())
        }
        (None, Some(path)) => format!("the style sheet {} in book.toml cannot be read", path.display()),
        (None, None) => "the book has no style sheet for its steps".to_owned(),
    };
    Some(format!("{what}: run `mdbook-verify install` in the book's folder"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_identified_by_its_first_line_and_its_rest() {
        assert_eq!(Sheet::of(&text()), Sheet::Current);
        assert_eq!(Sheet::of(&text().replace('\n', "\r\n")), Sheet::Current);
        assert_eq!(Sheet::of(&format!("{}x", text())), Sheet::Changed(VERSION.into()));
        let old = format!("{MARK}0.0.9 {}{WARNING}\na {{}}\n", short_hash("a {}\n"));
        assert_eq!(Sheet::of(&old), Sheet::Other("0.0.9".into()));
        assert_eq!(Sheet::of(&old.replace("a {}", "b {}")), Sheet::Changed("0.0.9".into()));
        for foreign in ["", "a {}\n", "/* mdbook-verify */\n", CSS, "/* mdbook-verify 0.1.0\n*/\n"] {
            assert_eq!(Sheet::of(foreign), Sheet::Foreign, "{foreign}");
        }
    }

    #[test]
    fn only_what_a_book_lacks_is_reported() {
        let dir = tempfile::tempdir().unwrap();
        let trouble_of = |css: &str| {
            let config = format!("[output.html]\nadditional-css = {css}\n").parse().unwrap();
            trouble(dir.path(), &config)
        };
        let old = format!("{MARK}0.0.9 {}{WARNING}\na {{}}\n", short_hash("a {}\n"));
        let build = old.replace("0.0.9", VERSION);
        let changed = format!("{}x {{}}\n", text());
        for (name, text) in [
            ("now.css", text().as_str()),
            ("old.css", &old),
            ("build.css", &build),
            ("mine.css", "a {}\n"),
            ("changed.css", &changed),
        ] {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        for fine in
            [r#"["now.css"]"#, r#"["mine.css", "./now.css"]"#, r#"["old.css", "now.css"]"#, r#"["changed.css"]"#]
        {
            assert_eq!(trouble_of(fine), None, "{fine}");
        }
        for (css, what) in [
            ("[]", "the book has no style sheet"),
            (r#"["mine.css"]"#, "the book has no style sheet"),
            (r#"["gone.css"]"#, "the style sheet gone.css in book.toml cannot be read"),
            (r#"["mine.css", "old.css"]"#, "old.css is from mdbook-verify 0.0.9, but this is"),
            (r#"["build.css"]"#, "build.css is from another build"),
        ] {
            let trouble = trouble_of(css).unwrap_or_else(|| panic!("{css} is fine"));
            assert!(trouble.contains(what) && trouble.contains("`mdbook-verify install`"), "{trouble}");
        }
    }
}
