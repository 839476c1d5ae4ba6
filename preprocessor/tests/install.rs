//! `mdbook-verify install`: what it adds, what it asks, and what it leaves unchanged.
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use crate::support::{MANIFEST, older};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A book's folder.
struct Book(tempfile::TempDir);

impl Book {
    fn new(manifest: &str) -> Book {
        let book = Book(tempfile::tempdir().unwrap());
        book.write("book.toml", manifest);
        book
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Every file, with its bytes.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }

    fn install(&self, options: &[&str]) -> (i32, String) {
        let mut arguments = vec!["install", self.0.path().to_str().unwrap()];
        arguments.extend(options);
        let (code, text) = run(Path::new("."), &arguments);
        (code, text.replace(self.0.path().to_str().unwrap(), "BOOK"))
    }

    /// Installs, and tests that `--check` reports the same before and nothing afterwards.
    fn installed(&self, options: &[&str]) -> String {
        let before = self.files();
        let (code, checked) = self.install(&[options, &["--check"]].concat());
        assert_eq!((code, self.files()), (1, before), "{checked}");
        let (code, changed) = self.install(options);
        assert_eq!(code, 0, "{changed}");
        for line in changed.lines().filter(|line| line.starts_with("  ")) {
            assert!(checked.contains(line), "{line} is not in {checked}");
        }
        let after = self.files();
        for again in [&["--check"][..], &[], &["--yes"]] {
            let (code, text) = self.install(again);
            assert_eq!((code, self.files()), (0, after.clone()), "{text}");
            assert!(text.contains("The book is set up."), "{text}");
        }
        changed
    }
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mdbook-verify"));
    let output = command.current_dir(folder).args(arguments).stdin(Stdio::null()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn comments_and_order_stay_and_nothing_changes_twice() {
    let book =
        Book::new(&format!("# mine\n{MANIFEST}\n[output.html]\n# styles\nadditional-css = [\"own.css\"] # here\n"));
    let changed = book.installed(&[]);
    assert!(changed.contains("mdbook trusts every book"), "{changed}");
    insta::assert_snapshot!(book.read("book.toml"));
    assert!(book.read("verify.css").starts_with(concat!("/* mdbook-verify ", env!("CARGO_PKG_VERSION"), " ")));
}

#[test]
fn an_empty_book_gets_all() {
    let book = Book::new("");
    insta::assert_snapshot!(book.installed(&[]) + "---\n" + &book.read("book.toml"));
}

#[test]
fn line_ends_a_mark_and_the_last_line_stay() {
    for text in [
        "\u{feff}[book]\r\ntitle = 'x' # y\r\n\r\n[output.html]\r\ntheme='t'\r\n",
        "[book]\r\ntitle = 'x'",
        "[book]\ntitle = 'x'",
    ] {
        let book = Book::new(text);
        book.installed(&[]);
        let after = book.read("book.toml");
        let crlf = text.contains("\r\n");
        assert!(
            after.split_inclusive('\n').filter(|line| line.ends_with('\n')).all(|line| line.ends_with("\r\n") == crlf),
            "{after:?}"
        );
        assert_eq!(after.ends_with('\n'), text.ends_with('\n'));
        let mut lines = after.lines();
        assert!(text.lines().all(|line| lines.any(|other| other == line)), "{after:?}");
        assert_eq!(after.matches('\u{feff}').count(), text.matches('\u{feff}').count());
    }
}

#[test]
fn an_authors_style_sheet_is_never_overwritten() {
    let book = Book::new("[output.html]\nadditional-css = [\"verify.css\"]\n");
    book.write("verify.css", "a { color: red }\n");
    book.installed(&[]);
    assert_eq!(book.read("verify.css"), "a { color: red }\n");
    assert!(book.read("mdbook-verify.css").contains("verify-step"));
    assert!(book.read("book.toml").contains("additional-css = [\"verify.css\", \"mdbook-verify.css\"]"));

    let book = Book::new("");
    book.write("verify.css", "a {}\n");
    book.write("mdbook-verify.css", "b {}\n");
    let before = book.files();
    for options in [
        &[][..],
        &["--yes"],
        &["--css", "verify.css", "--yes"],
        &["--css=../x.css"],
        &["--css", ".x.css"],
        &["--css", "x"],
    ] {
        let (code, told) = book.install(options);
        assert!(code == 2 && told.contains("--css"), "{told}");
        assert_eq!(book.files(), before);
    }
    book.installed(&["--css", "./steps.css"]);
    assert!(book.read("book.toml").contains("additional-css = [\"steps.css\"]"));
    let (code, told) = book.install(&["--css", "other.css"]);
    assert!(code == 2 && told.contains("the book's style sheet is steps.css already"), "{told}");
}

#[test]
fn a_style_sheet_of_ours_is_updated_and_one_that_was_changed_only_with_leave() {
    let book = Book::new("");
    book.installed(&[]);
    let sheet = book.read("verify.css");
    book.write("verify.css", &older(&sheet));
    let changed = book.installed(&[]);
    assert!(changed.contains("verify.css: from mdbook-verify 0.0.1 to "), "{changed}");
    assert_eq!(book.read("verify.css"), sheet);

    let edited = older(&sheet) + "b {}\n";
    book.write("verify.css", &edited);
    let (code, told) = book.install(&[]);
    assert!(code == 1 && told.contains("the changes will be lost") && told.contains("--yes"), "{told}");
    assert_eq!(book.read("verify.css"), edited);
    book.installed(&["--yes"]);
    assert_eq!(book.read("verify.css"), sheet);

    book.write("verify.css", &(sheet.clone() + "b {}\n"));
    assert_eq!(book.install(&["--yes"]).0, 0, "there is nothing newer");
    assert_eq!(book.read("verify.css"), sheet.clone() + "b {}\n");
    book.write("verify.css", &sheet.replace('\n', "\r\n"));
    assert_eq!(book.install(&["--check"]).0, 0, "a checkout changed the line ends");
}

#[test]
fn html_is_switched_on_only_with_leave() {
    let book = Book::new("[build]\nbuild-dir = \"site/\"\n\n[output.epub]\n");
    let before = book.files();
    let (code, told) = book.install(&[]);
    assert_eq!((code, book.files()), (1, before));
    insta::assert_snapshot!(told);
    let (_, checked) = book.install(&["--check"]);
    assert!(
        checked.contains("It asks before it makes these changes:\nThe book has outputs, but HTML is not one of them."),
        "{checked}"
    );
    book.installed(&["--yes"]);
    let two = Book::new("[output.epub]\n[output.markdown]\n");
    let (code, told) = two.install(&[]);
    assert!(code == 1 && told.contains("as well.\n") && !told.contains("moves"), "{told}");
}

#[test]
fn a_path_that_mdbook_cannot_hash_is_mended() {
    let book = Book::new("[output.html]\nadditional-css = [\"./verify.css\"]\n");
    let changed = book.installed(&[]);
    assert!(changed.contains("verify.css without ./"), "{changed}");
    assert!(book.read("book.toml").contains("additional-css = [\"verify.css\"]"));
}

#[test]
fn what_cannot_be_installed_is_reported() {
    let empty = tempfile::tempdir().unwrap();
    let (code, told) = run(empty.path(), &["install"]);
    assert!(
        code == 2 && told.contains("there is no book.toml in this folder: go to the folder of your book"),
        "{told}"
    );
    let (code, told) = run(empty.path(), &["install", "gone"]);
    assert!(code == 2 && told.contains("there is no folder gone"), "{told}");
    fs::create_dir(empty.path().join("book")).unwrap();
    fs::write(empty.path().join("book/book.toml"), "").unwrap();
    let (code, told) = run(empty.path(), &["install"]);
    assert!(code == 2 && told.contains("run `mdbook-verify install book`"), "{told}");
    for (manifest, wanted) in [
        ("[output.html\n", "book.toml is not valid TOML"),
        ("[output.html]\nadditional-css = 'a.css'\n", "must be a list, as in additional-css = [\"a.css\"]"),
        ("preprocessor = 1\n", "`preprocessor` in book.toml is not a table"),
        ("[build]\nextra-watch-dirs = 'x'\n", "`extra-watch-dirs` in [build] of book.toml must be a list"),
    ] {
        let book = Book::new(manifest);
        let before = book.files();
        let (code, told) = book.install(&["--yes"]);
        assert!(code == 2 && told.contains(wanted), "{manifest}: {told}");
        assert_eq!(book.files(), before, "{manifest}");
    }
}

#[cfg(unix)]
#[test]
fn links_and_read_only_files_are_respected() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let book = Book::new("# mine\n");
    fs::rename(book.path("book.toml"), book.path("shared.toml")).unwrap();
    symlink("shared.toml", book.path("book.toml")).unwrap();
    let (code, told) = book.install(&[]);
    assert!(code == 1 && told.contains("book.toml is a link"), "{told}");
    assert_eq!(book.read("shared.toml"), "# mine\n");
    book.installed(&["--yes"]);
    assert!(book.path("book.toml").is_symlink() && book.read("shared.toml").starts_with("# mine\n\n[pre"));

    let book = Book::new("");
    fs::set_permissions(book.path("book.toml"), fs::Permissions::from_mode(0o444)).unwrap();
    let before = book.files();
    let (code, told) = book.install(&["--yes"]);
    assert!(code == 2 && told.contains("book.toml is read-only; make it writable"), "{told}");
    assert_eq!(book.files(), before);

    let book = Book::new("");
    symlink("elsewhere.css", book.path("verify.css")).unwrap();
    let (code, told) = book.install(&[]);
    assert!(code == 2 && told.contains("verify.css") && told.contains("symbolic link"), "{told}");
    assert_eq!(book.read("book.toml"), "");
}

#[test]
fn the_course_in_this_repository_has_the_style_sheet_of_this_version() {
    let book = Book::new("[book]\ntitle = \"A course\"\n");
    let (code, text) = book.install(&["--yes"]);
    assert_eq!(code, 0, "{text}");
    let ours = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/verify.css")).unwrap();
    assert!(ours == book.read("verify.css"), "delete book/verify.css, and run `mdbook-verify install book`");
}
