//! Building the book again: the same sources give the same bytes, a number is written in one place, and the reference
//! is always up to date.

use crate::common::Machine;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Every file below a folder, by its path.
fn files(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => files(&entry.path(), &format!("{name}/"), found),
            false => drop(found.insert(name, fs::read(entry.path()).unwrap())),
        }
    }
}

fn built(machine: &Machine) -> BTreeMap<String, Vec<u8>> {
    assert_eq!(machine.verify(&["build"]).status, 0);
    let mut found = BTreeMap::new();
    files(&machine.course.join("book"), "", &mut found);
    files(&machine.course.join("src"), "src/", &mut found);
    found
}

#[test]
fn the_same_sources_make_the_same_bytes_anywhere() {
    let (one, other) = (Machine::new(), Machine::new());
    // Another place, another order of files, and another build before it.
    other.write("src/extra.md", "x");
    built(&other);
    fs::remove_file(other.course.join("src/extra.md")).unwrap();
    let (one, other) = (built(&one), built(&other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(other[name] == *bytes, "{name} differs");
    }
}

#[test]
fn the_reference_of_this_course_is_up_to_date() {
    let ran = Machine::whole().verify(&["build", "--check"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran:?}");
}

#[test]
fn a_reference_that_is_out_of_date_is_named_and_written_by_a_build() {
    let machine = Machine::new();
    machine.edit("checks/cost-budget.toml", "A cost budget that warns you by e-mail", "A budget <b>with</b> *marks*");
    let before = machine.read("src/reference.md");
    let ran = machine.verify(&["build", "--check"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.contains("src/reference.md is out of date: run `verify build`"), "{}", ran.stderr);
    assert_eq!(machine.read("src/reference.md"), before, "checking writes nothing");
    assert_eq!(machine.verify(&["build"]).status, 0);
    assert_eq!(machine.verify(&["build", "--check"]).status, 0);
    let page = machine.read("book/reference.html");
    assert!(page.contains("A budget &lt;b&gt;with&lt;/b&gt; *marks*"), "an author's words are words");
}

#[test]
fn a_reference_is_made_where_the_summary_names_one_and_an_authors_own_is_left_alone() {
    let machine = Machine::new();
    fs::remove_file(machine.course.join("src/reference.md")).unwrap();
    assert_eq!(machine.verify(&["build", "--check"]).status, 2);
    assert!(!machine.course.join("src/reference.md").exists(), "checking writes nothing");
    assert_eq!(machine.verify(&["build"]).status, 0);
    assert!(machine.read("src/reference.md").contains("### cost-budget"));
    machine.write("src/reference.md", "# My own\n");
    assert_eq!(machine.verify(&["build"]).status, 0);
    assert_eq!(machine.read("src/reference.md"), "# My own\n");
    assert_eq!(machine.verify(&["build", "--check"]).status, 0);
}

#[test]
fn the_reference_has_every_check_section_verdict_and_reason() {
    let machine = Machine::new();
    let reference = machine.read("src/reference.md");
    let schema = machine.verify(&["schema", "evidence"]).json();
    for section in schema["properties"].as_object().unwrap().keys() {
        assert!(reference.contains(&format!("### {}\n", section.replace('_', "\\_"))), "{section}");
    }
    for (name, record) in schema["$defs"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !["Unreadable", "Reason"].contains(&name.as_str()))
    {
        for field in record["properties"].as_object().into_iter().flatten().map(|(field, _)| field) {
            assert!(reference.contains(&format!("| `{field}` |")), "{name}.{field}");
        }
    }
    for entry in fs::read_dir(machine.course.join("checks")).unwrap().map(Result::unwrap) {
        if let Some(check) = entry.file_name().to_str().unwrap().strip_suffix(".toml") {
            assert!(reference.contains(&format!("### {check}\n")), "{check}");
        }
    }
    for word in ["verified", "confirmed", "not-yet", "unchecked", "denied", "not-visible-yet", "course-error"] {
        assert!(reference.contains(&format!("`{word}`")), "{word}");
    }
}

#[test]
fn a_number_that_is_changed_in_one_place_is_changed_everywhere() {
    let machine = Machine::done();
    machine.verify(&["--practice", "cost-budget", "--record", "ten.json"]);
    machine.edit("book.toml", "budget_amount = 10", "budget_amount = 25");
    machine.edit("book.toml", "strict_budget = false", "strict_budget = true");
    // A result with another number is not shown.
    let status = machine.verify(&["status", "--practice"]).stdout;
    assert!(status.contains("The check has changed since it was last verified"), "{status}");
    let judged = machine.verify(&["--replay", "ten.json", "cost-budget"]);
    assert_eq!(judged.status, 1, "ten dollars are not twenty-five: {judged:?}");
    assert!(judged.stdout.contains("where the lesson suggests 25"), "{}", judged.stdout);
    assert!(judged.stdout.contains("an amount of 25 USD with an alert"), "{}", judged.stdout);
    // The practice actions follow the lesson's new number.
    let judged = machine.verify(&["--practice", "cost-budget"]);
    assert!(judged.status == 0 && judged.stdout.contains("allows 25 USD"), "{judged:?}");
    machine.verify(&["build", "--practice"]);
    let page = machine.read("book/production-account.html");
    assert!(page.contains("<code>$25</code>") && page.contains("allows 25 USD"), "text and verdict");
}

/// The tasks of the instructors' chapter, in order: files to write, and commands with the exit status of the last.
enum Act {
    Write { file: String, at_the_end: bool, text: String },
    Run { commands: Vec<String>, exit: Option<i32> },
}

fn acts(chapter: &str) -> Vec<Act> {
    let (mut acts, mut note, mut lines) = (Vec::new(), None, chapter.lines());
    while let Some(line) = lines.next() {
        if let Some(comment) = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")) {
            note = Some(comment.to_owned());
        }
        let Some(language) = line.strip_prefix("```").filter(|language| !language.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let text = block.iter().map(|line| format!("{line}\n")).collect::<String>();
        match (note.take(), language) {
            (Some(note), _) if note.starts_with("file: ") => {
                let file = note.trim_start_matches("file: ");
                let at_the_end = file.ends_with(", at the end");
                acts.push(Act::Write { file: file.trim_end_matches(", at the end").to_owned(), at_the_end, text });
            }
            (note, "sh") => {
                let exit = note.and_then(|note| note.strip_prefix("exit: ")?.parse().ok());
                acts.push(Act::Run { commands: block.iter().map(|line| (*line).to_owned()).collect(), exit });
            }
            _ => {}
        }
    }
    acts
}

/// Follows the instructors' chapter to the letter: a new chapter, a new check, a mistake, its correction, the proof,
/// the book. No Rust is needed.
#[test]
fn every_command_of_the_instructors_chapter_does_what_it_says() {
    let machine = Machine::new();
    let mut ran = 0;
    for act in acts(&machine.read("src/writing-a-course.md")) {
        match act {
            Act::Write { file, at_the_end: true, text } => {
                let before = machine.read(&file);
                machine.write(&file, &(before + &text));
            }
            Act::Write { file, text, .. } => machine.write(&file, &text),
            Act::Run { commands, exit } => {
                let exit = exit.expect("every command says how it ends");
                for command in &commands {
                    let arguments: Vec<&str> = command.strip_prefix("verify ").unwrap().split_whitespace().collect();
                    let done = machine.verify(&arguments);
                    assert_eq!(done.status, exit, "{command}: {done:?}");
                    ran += 1;
                }
            }
        }
    }
    assert!(ran >= 10, "{ran}");
    assert!(machine.verify(&["selftest", "no-root-key"]).stdout.contains("2 of 2"));
    machine.practise(true);
    machine.verify(&["--practice", "no-root-key"]);
    machine.verify(&["build", "--practice"]);
    assert!(machine.read("book/access-keys.html").contains("data-text=\"Verified\""));
    assert!(machine.read("book/reference.html").contains("no-root-key"));
}
