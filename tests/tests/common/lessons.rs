//! The first lessons of this repository's course, with which most tests work.

use super::{Machine, copy, repository};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// The reference of the first lessons, as `verify build` writes it.
pub static REFERENCE: LazyLock<String> = LazyLock::new(|| {
    let machine = Machine::empty();
    copy(&repository().join("book"), &machine.course);
    first(&machine.course);
    let ran = machine.verify(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    machine.read("src/reference.md")
});

/// Leaves the first lessons of a copy of this repository's course, with their checks: most tests need no more, and should
/// not change with every chapter that is added.
pub fn first(course: &Path) {
    let part: Value = serde_json::from_str(include_str!("../../examples/first-lessons.json")).unwrap();
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
