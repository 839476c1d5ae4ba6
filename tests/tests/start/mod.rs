//! A start: a new course, a copy of the course in the program, the schemas of a course's files, and new names.

mod rename;
mod schemas;

use crate::common::{Keys, Machine, repository};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Every file below a folder, by its path.
fn files(folder: &Path) -> BTreeMap<String, String> {
    fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match entry.path().is_dir() {
                true => walk(&entry.path(), &format!("{name}/"), found),
                false => drop(found.insert(name, fs::read_to_string(entry.path()).unwrap())),
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

/// A machine in whose empty folder `verify new mine` was run, and that is now in the new course.
fn newcomer() -> Machine {
    let mut machine = Machine::empty();
    let ran = machine.verify(&["new", "mine"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    machine.course = machine.course.join("mine");
    machine
}

#[test]
fn a_new_course_is_right_and_proved_and_has_its_first_verdict_at_once() {
    let machine = newcomer();
    let lint = machine.verify(&["lint"]);
    assert_eq!((lint.status, lint.stderr.as_str()), (0, ""), "{lint:?}");
    let proved = machine.verify(&["selftest"]);
    assert!(proved.status == 0 && proved.stdout.contains("All 5 checks are proved."), "{proved:?}");
    insta::assert_snapshot!(proved.shown());
    let done = machine.verify(&["practice", "do", "long-passwords"]);
    assert!(done.status == 0 && done.stdout.starts_with("✓ Verified"), "{done:?}");
    assert!(done.stdout.contains("Passwords have at least 14 characters."), "{done:?}");
    let all = machine.verify(&["--practice=done"]);
    assert!(
        all.status == 0 && all.stdout.contains("All 5 required steps are done in the practice accounts."),
        "{all:?}"
    );
    let explained = machine.verify(&["explain", "root-mfa", "--practice"]);
    assert!(explained.stdout.contains("lab") && !explained.stdout.contains("production"), "{explained:?}");
}

#[test]
fn a_new_course_says_what_it_has_and_what_comes_next() {
    let machine = Machine::empty();
    insta::assert_snapshot!(machine.verify(&["new", "mine"]).shown());
    let before = files(&machine.course.join("mine"));
    insta::assert_snapshot!("not_empty", machine.verify(&["new", "mine"]).shown());
    insta::assert_snapshot!("copy_not_empty", machine.verify(&["copy", "mine"]).shown());
    assert_eq!(files(&machine.course.join("mine")), before, "nothing is overwritten");
    // The course's account is nowhere any more.
    for (file, text) in before.iter().filter(|(file, _)| file.starts_with("checks/")) {
        for name in ["account = \"production\"", "\"production/", "\"production\": {", "accounts.production"] {
            assert!(!text.contains(name), "{file} has {name}");
        }
    }
}

#[test]
fn a_new_course_is_built_by_verify_and_by_the_stock_mdbook() {
    let machine = newcomer();
    assert_eq!(machine.verify(&["build"]).status, 0);
    assert!(machine.read("book/first-lesson.html").contains("data-step=\"long-passwords\""));
    let ran = machine.mdbook(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let page = machine.read("book/first-lesson.html");
    assert!(page.contains("data-step=\"long-passwords\"") && page.contains("at least 14 characters"), "{page}");
    let mut installed = machine.command(&crate::common::binary("mdbook-verify"));
    let checked = installed.args(["install", "--check"]).output().unwrap();
    assert!(checked.status.success(), "nothing is missing: {checked:?}");
}

#[test]
fn the_copy_is_the_course_with_its_checks() {
    let mut machine = Machine::empty();
    assert_eq!(machine.verify(&["copy"]).status, 0);
    machine.course = machine.course.join("aws-course");
    let (copy, book) = (files(&machine.course), repository().join("book"));
    for (name, text) in &copy {
        assert!(*text == fs::read_to_string(book.join(name)).unwrap(), "{name} differs");
    }
    for folder in ["src", "checks", "checks/cases", "checks/shared"] {
        for entry in fs::read_dir(book.join(folder)).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file())
        {
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            assert!(copy.contains_key(&name), "{name} is missing");
        }
    }
    assert!(!copy.keys().any(|name| name.starts_with("starter/") || name.starts_with("book/") || name.contains("/.")));
    let status = machine.verify(&["status"]);
    assert!(status.stdout.contains("required steps"), "{status:?}");
}

#[test]
fn a_folder_beside_somebodys_book_is_not_in_that_course() {
    let mut machine = Machine::new();
    let above = machine.course.parent().unwrap().to_owned();
    fs::rename(&machine.course, above.join("book")).unwrap();
    machine.course = above.join("empty");
    fs::create_dir(&machine.course).unwrap();
    for arguments in [&["lint"][..], &["build"], &["status"], &["serve"]] {
        let ran = machine.verify(arguments);
        assert_eq!(ran.status, 2, "{ran:?}");
        assert!(ran.stderr.contains("there is no course here") && ran.stderr.contains("--course ~/book"), "{ran:?}");
    }
    assert_eq!(files(&machine.course).len(), 0, "nothing was written");
    // In a course, and next to its own book/, it is found.
    for folder in ["book/src", "book/checks/cases", ""] {
        machine.course = above.join(folder);
        let ran = machine.verify(&["status"]);
        assert!(ran.stdout.contains("required steps"), "{ran:?}");
    }
}

fn served_in_a_terminal(machine: &Machine, pressed: &str) -> String {
    machine.in_a_terminal("verify", &["serve"], &Keys { question: "]", pressed, until: "The live book: http" }).1
}

#[test]
fn serving_without_a_course_offers_the_one_in_the_program() {
    let machine = Machine::empty();
    let refused = served_in_a_terminal(&machine, "n\n");
    assert!(
        refused.contains("There is no course here. Copy the one in this program to ./aws-course? [Y/n]"),
        "{refused}"
    );
    assert!(refused.contains("verify copy aws-course") && files(&machine.course).is_empty(), "{refused}");
    let served = served_in_a_terminal(&machine, "\n");
    assert!(served.contains("The live book: http") && served.contains("practice accounts"), "{served}");
    assert!(machine.course.join("aws-course/book.toml").is_file());
    // The next time, it is there.
    let again = served_in_a_terminal(&machine, "y\n");
    assert!(again.contains("There is no course here, but there is one in aws-course. Open it? [Y/n]"), "{again}");
    assert!(again.contains("The live book: http"), "{again}");
    insta::assert_snapshot!(machine.verify(&["serve"]).shown());
}
