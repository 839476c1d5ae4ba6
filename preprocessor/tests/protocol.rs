//! The binary, as the stock `mdbook` and an author at a terminal start it.
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::fs;
use std::process::Command;
use support::{MANIFEST, TestBook, first_page, snapshot_folder};

fn verify(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mdbook-verify")).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn every_renderer_is_supported() {
    for renderer in ["html", "markdown", "test", "epub"] {
        assert_eq!(verify(&["supports", renderer]), (0, String::new()));
    }
}

#[test]
fn a_book_goes_in_and_comes_out() {
    let book = TestBook::new().chapter("a.md", "- One <!-- verify: root-mfa -->\n");
    assert!(first_page(&book.binary("html", "0.5.4")).contains("<verify-step"));
}

#[test]
fn an_older_mdbook_is_told_to_be_updated() {
    let book = TestBook::new();
    let input = r#"[{"root":"/","config":{},"renderer":"html","mdbook_version":"0.4.52"},{"sections":[]}]"#;
    let output = book.binary_with(input.as_bytes());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(message.contains("0.4.52") && message.contains("update"), "{message}");
    assert_eq!(message.trim().lines().count(), 1);
}

#[test]
fn a_newer_mdbook_builds_with_a_warning_or_says_what_to_update() {
    let book = TestBook::new().chapter("a.md", "text\n");
    let output = book.binary("html", "0.6.0");
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("0.6.0"));
    let input = r#"[{"root":"/","config":{"new":1},"renderer":"html","mdbook_version":"0.6.0"},{"items":[]}]"#;
    let output = book.binary_with(input.as_bytes());
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("update mdbook-verify"));
}

#[test]
fn what_is_no_book_is_said_to_be_none() {
    let output = TestBook::new().binary_with(b"hello");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("not what mdBook sends"));
}

#[test]
fn install_keeps_comments_and_changes_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().to_str().unwrap();
    let manifest = dir.path().join("book.toml");
    fs::write(
        &manifest,
        format!("# mine\n{MANIFEST}\n[output.html]\n# styles\nadditional-css = [\"own.css\"] # here\n"),
    )
    .unwrap();

    let (code, missing) = verify(&["install", "--check", folder]);
    assert_eq!(code, 1, "{missing}");
    assert!(!dir.path().join("verify.css").exists(), "--check writes nothing");

    let (code, added) = verify(&["install", folder]);
    assert_eq!(code, 0, "{added}");
    assert!(added.contains("mdbook trusts every book"), "{added}");
    let text = fs::read_to_string(&manifest).unwrap();
    insta::assert_snapshot!(snapshot_folder(&text, dir.path()));

    let written = fs::metadata(&manifest).unwrap().modified().unwrap();
    assert_eq!(verify(&["install", folder]).0, 0);
    assert_eq!(fs::metadata(&manifest).unwrap().modified().unwrap(), written);
    assert_eq!(verify(&["install", "--check", folder]).0, 0);

    fs::write(dir.path().join("verify.css"), "old").unwrap();
    assert_eq!(verify(&["install", "--check", folder]).0, 1);
}

#[test]
fn wrong_arguments_show_how_it_is_used() {
    for arguments in [&["bild"][..], &["install", "--chek"], &["supports"]] {
        let (code, text) = verify(arguments);
        assert_eq!(code, 2);
        assert!(text.contains("mdbook-verify install"), "{text}");
    }
}
