//! A check or an account gets a new name, and what the learner has is kept.

use super::files;
use crate::common::Machine;
use serde_json::Value;
use std::fs;

/// The verdict of each step, from the saved results.
fn verdicts(machine: &Machine) -> Vec<(String, String)> {
    let status = machine.verify(&["status", "--practice", "--format", "json"]).json();
    let steps = status["steps"].as_object().unwrap().iter();
    steps.map(|(id, step)| (id.clone(), step["verdict"].as_str().unwrap().to_owned())).collect()
}

/// A machine with verdicts and a confirmation.
fn learner() -> Machine {
    let machine = Machine::done();
    machine.verify(&["--practice"]);
    assert_eq!(machine.verify(&["confirm", "--practice", "pdf-invoice"]).status, 0);
    assert!(!machine.verify(&["status", "--practice"]).stdout.contains("has changed"));
    machine
}

fn renamed(machine: &Machine, arguments: &[&str]) {
    let ran = machine.verify(&[&["rename"], arguments, &["--yes"]].concat());
    assert_eq!(ran.status, 0, "{ran:?}");
    let lint = machine.verify(&["lint"]);
    assert_eq!(lint.status, 0, "{lint:?}");
}

#[test]
fn a_check_gets_a_new_name_and_its_verdicts_stay() {
    let machine = learner();
    let before = verdicts(&machine);
    let texts = files(&machine.course);
    // root-mfa is a member of mfa, whose hash depends on its members' names.
    renamed(&machine, &["check", "root-mfa", "root-has-mfa"]);
    let expected: Vec<(String, String)> = {
        let new = |(id, verdict): &(String, String)| (id.replace("root-mfa", "root-has-mfa"), verdict.clone());
        let mut all: Vec<_> = before.iter().map(new).collect();
        all.sort();
        all
    };
    let status = machine.verify(&["status", "--practice"]).stdout;
    assert_eq!(verdicts(&machine), expected);
    assert!(!status.contains("has changed") && status.contains("root-has-mfa"), "{status}");
    assert!(!machine.course.join("checks/root-mfa.toml").exists());
    assert!(!machine.course.join("checks/cases/root-mfa.toml").exists());
    // Back again, every byte is as it was.
    renamed(&machine, &["check", "root-has-mfa", "root-mfa"]);
    for (file, text) in files(&machine.course).iter().filter(|(file, _)| !file.starts_with(".verify")) {
        assert_eq!(texts.get(file), Some(text), "{file}");
    }
    assert_eq!(verdicts(&machine), before);
    let again = machine.verify(&["--practice"]);
    assert!(again.stdout.contains("Confirmed by you"), "{again:?}");
}

#[test]
fn an_account_gets_a_new_name_and_verdicts_confirmations_and_bindings_stay() {
    let machine = learner();
    machine.bind(&[("general", "k", "s", ""), ("production", "k", "s", "")]);
    let before = verdicts(&machine);
    let texts = files(&machine.course);
    renamed(&machine, &["account", "general", "first"]);
    let status = machine.verify(&["status", "--practice"]).stdout;
    assert!(!status.contains("has changed") && status.contains("@first") && !status.contains("@general"), "{status}");
    let verdict = |all: &[(String, String)], verdict: &str| all.iter().filter(|(_, one)| one == verdict).count();
    for kind in ["verified", "confirmed", "unchecked"] {
        assert_eq!(verdict(&verdicts(&machine), kind), verdict(&before, kind), "{kind}");
    }
    let bindings: Value =
        serde_json::from_str(&fs::read_to_string(machine.home.path().join("config/bindings.json")).unwrap()).unwrap();
    let bound = bindings[machine.course.to_str().unwrap()].as_object().unwrap();
    assert_eq!(bound.keys().collect::<Vec<_>>(), ["first", "production"]);
    // A confirmation's statement names the account: it still counts.
    let again = machine.verify(&["--practice", "pdf-invoice"]);
    assert!(again.stdout.contains("Confirmed by you"), "{again:?}");
    let proved = machine.verify(&["selftest", "support-plan", "contact-matches", "unique-email"]);
    assert_eq!(proved.status, 0, "recordings and cases have the new name: {proved:?}");
    renamed(&machine, &["account", "first", "general"]);
    for (file, text) in files(&machine.course).iter().filter(|(file, _)| !file.starts_with(".verify")) {
        assert_eq!(texts.get(file), Some(text), "{file}");
    }
}

/// What a recording remembers is identified by a list, which names the account.
#[test]
fn a_case_of_what_was_made_is_proved_under_the_new_name_of_its_account() {
    let machine = Machine::whole();
    let texts = files(&machine.course);
    renamed(&machine, &["account", "production", "own"]);
    renamed(&machine, &["check", "site-buckets", "own-buckets"]);
    let proved = machine.verify(&["selftest", "own-buckets", "site-cleanup"]);
    assert_eq!(proved.status, 0, "{proved:?}");
    renamed(&machine, &["check", "own-buckets", "site-buckets"]);
    renamed(&machine, &["account", "own", "production"]);
    for (file, text) in files(&machine.course).iter().filter(|(file, _)| !file.starts_with(".verify")) {
        assert_eq!(texts.get(file), Some(text), "{file}");
    }
}

#[test]
fn what_cannot_be_renamed_is_refused_and_nothing_changes() {
    let machine = learner();
    let before = files(&machine.course);
    for (arguments, said) in [
        (&["check", "cost-buget", "x"][..], "the course has no check `cost-buget`: did you mean `cost-budget`?"),
        (&["check", "cost-budget", "root-mfa"], "the course has check `root-mfa` already"),
        (&["check", "cost-budget", "a b"], "`a b` cannot name the check"),
        (&["check", "cost-budget", "../x"], "cannot name the check"),
        (&["account", "genral", "x"], "the course has no account `genral`: did you mean `general`?"),
        (&["account", "general", "production"], "the course has account `production` already"),
        (&["account", "general", "in"], "`in` cannot name the account"),
        (&["account", "general", "My-Own"], "`My-Own` cannot name the account"),
    ] {
        let ran = machine.verify(&[&["rename"], arguments, &["--yes"]].concat());
        assert_eq!(ran.status, 2, "{ran:?}");
        assert!(ran.stderr.contains(said), "{said}: {ran:?}");
    }
    let ran = machine.verify(&["rename", "check", "billing-alerts", "alerts"]);
    assert_eq!(ran.status, 2);
    insta::assert_snapshot!(ran.shown());
    assert_eq!(files(&machine.course), before);
}

#[test]
fn a_renaming_that_leaves_a_name_behind_is_taken_back() {
    let machine = Machine::new();
    // A directive in a file that is no Markdown file by its name.
    machine.write("src/part.txt", "- [ ] One <!-- verify: billing-alerts -->\n");
    machine.edit("src/README.md", "## How to verify", "{{#include part.txt}}\n\n## How to verify");
    let before = files(&machine.course);
    let ran = machine.verify(&["rename", "check", "billing-alerts", "alerts", "--yes"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.contains("there is no check `billing-alerts`"), "{ran:?}");
    assert!(ran.stderr.contains("nothing was renamed"), "{ran:?}");
    assert_eq!(files(&machine.course), before);
}

#[test]
fn texts_that_are_no_names_stay() {
    let machine = Machine::new();
    machine.write(
        "checks/prose.toml",
        r#"title = "About accounts.general and \"general\""
about = '''accounts.general'''
account = 'general' # general

[let]
"own(x)" = "x == 'accounts.general' || accounts . general.root.mfa"

[[expect]]
title = "accounts.general"
that = "own(\"general\") && accounts.general.root.mfa && organization.accounts.exists(a, a.name == 'general')"
met = ["{accounts.general.identity.account} is accounts.general.", "{{accounts.general}}"]
fix = """
Open the general account."""
"#,
    );
    machine.edit("src/README.md", "## How to verify", "- [ ] x <!-- verify: prose -->\n\n## How to verify");
    let ran = machine.verify(&["rename", "account", "general", "first", "--yes"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    insta::assert_snapshot!(machine.read("checks/prose.toml"));
}
