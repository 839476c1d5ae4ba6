//! How well `verify import` finds the steps of lessons as they are written, measured on the lessons of `lessons/`. For
//! each, a file says what a careful instructor would mark as a step.

use crate::common::{Machine, repository};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What an instructor marks in a lesson.
#[derive(Deserialize)]
struct Marked {
    #[serde(default)]
    outcome: Vec<Outcome>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    /// The line that states it best.
    line: u64,
    /// The first and the last line where a proposal has found it.
    lines: [u64; 2],
    what: String,
    /// The check that means exactly this.
    check: Option<String>,
    /// Others that are as right.
    #[serde(default)]
    also: Vec<String>,
    /// Whose account, if that is not the check's own.
    account: Option<String>,
}

#[derive(Default)]
struct Count {
    outcomes: usize,
    found: usize,
    proposed: usize,
    at_outcomes: usize,
    with_check: usize,
    sure: usize,
    wrong: usize,
}

impl Count {
    fn add(&mut self, other: &Count) {
        self.outcomes += other.outcomes;
        self.found += other.found;
        self.proposed += other.proposed;
        self.at_outcomes += other.at_outcomes;
        self.with_check += other.with_check;
        self.sure += other.sure;
        self.wrong += other.wrong;
    }

    fn row(&self, name: &str) -> String {
        format!(
            "{name:<34} {:>3} of {:>3} found, {:>3} of {:>3} proposals at one, {:>3} of {:>3} checks, {} wrong and sure",
            self.found, self.outcomes, self.at_outcomes, self.proposed, self.sure, self.with_check, self.wrong
        )
    }
}

/// The account of each check.
fn accounts() -> BTreeMap<String, Option<String>> {
    let files = fs::read_dir(repository().join("book/checks")).unwrap().map(|entry| entry.unwrap().path());
    let account = |path: &Path| {
        let check: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
        check.get("account").and_then(|account| account.as_str()).map(str::to_owned)
    };
    let tomls = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    tomls.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), account(&path))).collect()
}

/// Compares the proposals for a lesson with what is marked.
fn compare(marked: &[Outcome], steps: &[&Value], accounts: &BTreeMap<String, Option<String>>) -> Count {
    let line = |step: &Value| step["line"].as_u64().unwrap();
    let at = |outcome: &Outcome, step: &Value| (outcome.lines[0]..=outcome.lines[1]).contains(&line(step));
    let own = |check: &str| accounts[check].as_deref();
    let is_right = |step: &Value| {
        let check = step["check"].as_str().unwrap();
        let account = step["account"].as_str().or(own(check));
        marked.iter().filter(|outcome| at(outcome, step)).any(|outcome| {
            let named = outcome.check.iter().chain(&outcome.also).any(|name| name == check);
            named && outcome.account.as_deref().or(outcome.check.as_deref().and_then(own)) == account
        })
    };
    let sure: Vec<&&Value> = steps.iter().filter(|step| step["sure"] == true).collect();
    let right = sure.iter().filter(|step| is_right(step)).count();
    Count {
        outcomes: marked.len(),
        found: marked.iter().filter(|outcome| steps.iter().any(|step| at(outcome, step))).count(),
        proposed: steps.len(),
        at_outcomes: steps.iter().filter(|step| marked.iter().any(|outcome| at(outcome, step))).count(),
        with_check: marked.iter().filter(|outcome| outcome.check.is_some()).count(),
        sure: right,
        wrong: sure.len() - right,
    }
}

#[test]
fn the_steps_of_lessons_are_found_and_none_is_sure_and_wrong() {
    let folder = repository().join("tests/tests/lessons");
    let machine = Machine::whole();
    let ran = machine.verify(&["import", folder.to_str().unwrap(), "--format", "json"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let steps = found["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["written"] == true), "each directive can be written");
    let accounts = accounts();
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    assert!(files.len() >= 120);
    let (mut table, mut all) = (String::new(), Count::default());
    for file in files {
        let marked: Marked = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for outcome in &marked.outcome {
            let inside = (outcome.lines[0]..=outcome.lines[1]).contains(&outcome.line);
            assert!(inside && !outcome.what.is_empty(), "{}: {}", file.display(), outcome.what);
        }
        let lesson = file.with_extension("md");
        let of_lesson: Vec<&Value> =
            steps.iter().filter(|step| Path::new(step["lesson"].as_str().unwrap()) == lesson).collect();
        let count = compare(&marked.outcome, &of_lesson, &accounts);
        if marked.outcome.is_empty() {
            assert_eq!(count.proposed, 0, "{}: it only describes", file.display());
        }
        writeln!(table, "{}", count.row(file.file_stem().unwrap().to_str().unwrap())).unwrap();
        all.add(&count);
    }
    writeln!(table, "{}", all.row("all")).unwrap();
    insta::assert_snapshot!(table);
    assert_eq!(all.wrong, 0, "{table}");
    assert!(all.found * 100 >= all.outcomes * 90, "{table}");
    assert!(all.at_outcomes * 100 >= all.proposed * 90, "{table}");
}
