//! What the tests of several crates use. The whole-system tests are in `tests/`, and `tests/run` installs what they need
//! and runs everything.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::fs;
use std::path::Path;

/// Copies a folder, without build output.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (name, path) = (entry.file_name(), entry.path());
        if name == ".verify" || name == "book" {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// Copies the first lessons of this repository's course to a folder, with their checks: most tests need no more, and should
/// not change with every chapter that is added. The reference is that of the whole course.
pub fn copy_first_lessons(course: &Path) {
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../book"), course);
    let part: Value = serde_json::from_str(include_str!("first-lessons.json")).unwrap();
    let names = |key: &str, end: &str| -> Vec<String> {
        part[key].as_array().unwrap().iter().map(|name| format!("{}{end}", name.as_str().unwrap())).collect()
    };
    let keep = |folder: &str, kept: Vec<String>| {
        for entry in fs::read_dir(course.join(folder)).unwrap().map(Result::unwrap) {
            if entry.path().is_file() && !kept.iter().any(|name| **name == *entry.file_name()) {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    };
    keep("src", names("chapters", ""));
    keep("checks", names("checks", ".toml"));
    keep("checks/shared", names("shared", ".toml"));
    keep("checks/cases", [names("checks", ".toml"), names("recordings", "")].concat());
    fs::write(course.join("src/SUMMARY.md"), part["summary"].as_str().unwrap()).unwrap();
    // The introduction lists all lessons.
    let introduction = fs::read_to_string(course.join("src/README.md")).unwrap();
    let is_there = |line: &&str| match line.split_once("](").and_then(|(_, rest)| rest.split_once(".md)")) {
        Some((chapter, _)) => course.join("src").join(format!("{chapter}.md")).exists(),
        None => true,
    };
    let lines: Vec<&str> = introduction.lines().filter(is_there).collect();
    fs::write(course.join("src/README.md"), lines.join("\n") + "\n").unwrap();
    // What other lessons need is between these.
    let (from, to) = ("strict_budget = false\n", "[preprocessor.verify.accounts]");
    let settings = fs::read_to_string(course.join("book.toml")).unwrap();
    let (before, after) = settings.split_once(from).unwrap();
    let (_, after) = after.split_once(to).unwrap();
    fs::write(course.join("book.toml"), format!("{before}{from}\n{to}{after}")).unwrap();
}
