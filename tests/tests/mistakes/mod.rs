//! Mistakes that people make, each in a copy of a course without any: what the program says about it. The snapshots are
//! written to be read: each message says what is wrong, where, and what to do, and a mistake is reported once.

use crate::common::Machine;
use std::fs;
use std::path::Path;
use system_tests::copy;

/// A mistake in a file of the course, which `verify lint` finds, or on the command line (`run`): `from` becomes `to`, or
/// the file has another `text` or name (`rename`), or there is none (`delete`).
struct Mistake(toml::Table);

impl Mistake {
    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|value| value.as_str().unwrap())
    }

    fn command(&self) -> Vec<&str> {
        let command = self.0.get("run").and_then(toml::Value::as_array);
        command.into_iter().flatten().map(|word| word.as_str().unwrap()).collect()
    }

    fn make(&self, machine: &Machine) {
        let Some(name) = self.text("file") else { return };
        let file = machine.course.join(name);
        match (self.text("text"), self.text("rename"), self.text("from")) {
            (Some(text), _, _) => machine.write(name, text),
            (_, Some(other), _) => fs::rename(file, machine.course.join(other)).unwrap(),
            (_, _, Some(from)) => machine.edit(name, from, self.text("to").unwrap()),
            (None, None, None) => fs::remove_file(file).unwrap(),
        }
    }
}

/// The course without a mistake.
fn course() -> Machine {
    let machine = Machine::empty();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes/course"), &machine.course);
    machine
}

/// What is said about each of these mistakes.
fn said(mistakes: &str) -> String {
    let mistakes: toml::Table = toml::from_str(mistakes).unwrap();
    let mut said = String::new();
    for mistake in mistakes["mistake"].as_array().unwrap() {
        let mistake = Mistake(mistake.as_table().unwrap().clone());
        let (what, command) = (mistake.text("what").unwrap(), mistake.command());
        let machine = course();
        mistake.make(&machine);
        let ran = machine.verify(if command.is_empty() { &["lint"] } else { &command });
        assert_eq!(ran.status, 2, "{what}: {ran:?}");
        if command.is_empty() {
            let counted = ran.stdout.lines().last().unwrap_or_default();
            let once = counted == "1 error." || counted == "1 warning.";
            assert!(once && ran.stderr.is_empty(), "{what} is reported more than once:\n{}", ran.stdout);
        }
        said.push_str(&format!("# {what}\n\n{}{}\n", ran.stdout, ran.stderr));
    }
    said
}

#[test]
fn the_course_has_no_mistake() {
    let ran = course().verify(&["lint"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "No mistakes were found in this course.\n"), "{ran:?}");
}

#[test]
fn mistakes_in_expressions_are_explained() {
    insta::assert_snapshot!("expressions", said(include_str!("expressions.toml")));
}

#[test]
fn mistakes_in_checks_are_explained() {
    insta::assert_snapshot!("checks", said(include_str!("checks.toml")));
}

#[test]
fn mistakes_in_lessons_are_explained() {
    insta::assert_snapshot!("lessons", said(include_str!("lessons.toml")));
}

#[test]
fn mistakes_in_the_course_are_explained() {
    insta::assert_snapshot!("course", said(include_str!("course.toml")));
}

#[test]
fn mistakes_on_the_command_line_are_explained() {
    insta::assert_snapshot!("commands", said(include_str!("commands.toml")));
}

/// What an author means is silent, if the course says so where it is.
#[test]
fn what_is_intended_can_be_allowed() {
    let machine = course();
    machine.edit(
        "src/costs.md",
        "Continue with",
        "<!-- verify: allow duplicate-step misspelt-checkbox dead-link -->\n\n- [ ] Budget, again <!-- verify: cost-budget -->\n- [] text\n- [later](soon.md)\n\nContinue with",
    );
    machine.edit(
        "book.toml",
        "[preprocessor.verify]\n",
        "[preprocessor.verify]\nallow = [\"odd-parameter\", \"unlisted-lesson\"]\n",
    );
    machine.edit("book.toml", "budget_amount = 10", "budget_amount = -10");
    machine.write("src/draft.md", "- [ ] Not yet in the book <!-- verify: root-mfa -->\n");
    let ran = machine.verify(&["lint"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "No mistakes were found in this course.\n"), "{ran:?}");
    machine.edit("src/costs.md", "duplicate-step ", "duplicate-stp ");
    let said = machine.verify(&["lint"]).stdout;
    assert!(said.contains("`duplicate-stp` is not a rule") && said.contains("warning[duplicate-step]"), "{said}");
}

/// A command in somebody's folder next to a course is about no course.
#[test]
fn a_course_beside_a_folder_above_is_somebody_elses() {
    let machine = Machine::empty();
    let beside = machine.home.path().canonicalize().unwrap().join("book");
    fs::rename(course().course, &beside).unwrap();
    let ran = machine.verify(&["lint"]);
    let named = ran.stderr.contains("there is no course here") && ran.stderr.contains("--course ~/book");
    assert!(ran.status == 2 && named, "{ran:?}");
}
