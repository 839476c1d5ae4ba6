//! `verify lint`: every mistake of a course at once, each where it stands.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod common;

use common::Machine;

/// A mistake of every kind that does not stop a build.
fn mistaken() -> Machine {
    let machine = Machine::new();
    machine.write(
        "checks/bad.toml",
        r#"title = "A bad check"
account = "production"

[let]
unused = "budgets.size()"
cost = "budgets.filter(b, b.type == 'COST')"

[[expect]]
title = "A misspelt field, and a fix that may say nothing"
that = "cost.exists(b, b.amout > 5)"
fix = "You have {cost[0].name}."

[[expect]]
title = "Another type, and sentences that cannot be shown"
that = "cost.exists(b, b.amount == '10')"
met = "It is {cost[0]} and {cost[0].alerts}."
fix = "Do."

[[expect]]
title = "Neither true nor false"
that = "cost.size()"
fix = "Do."

[[expect]]
title = "A statement with a hole"
attest = "In the {acount} account, it is on."

[[expect]]
title = "Comparisons and functions that cannot be right"
that = "root.mfa == null || fold(cost) == 'x' || lowercase(account.name) == 'x' || accounts.general.root.mfaa"
fix = "Do."
"#,
    );
    machine.edit(
        "src/README.md",
        "## What the verdicts mean",
        "- [ ] nobody verifies this\n- [ ] not named yet <!-- verify: ? mfa root-mfa -->\n- [x] Budget <!-- verify: cost-budget -->\n- [x] Budget again <!-- verify: cost-budget -->\n\n[gone](gone.md), [html](production-account.html), [ok](production-account.md#x), [web](https://example.com/a.md)\n\n## What the verdicts mean",
    );
    machine.edit("book.toml", "strict_budget = false", "strict_budget = false\nunused_one = 3");
    machine
}

#[test]
fn this_course_has_no_mistake() {
    let ran = Machine::new().verify(&["lint"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "Nothing is wrong with this course.\n"), "{ran:?}");
    assert_eq!(Machine::new().verify(&["lint", "--format", "json"]).stdout, "[]\n");
    assert_eq!(Machine::new().verify(&["lint", "--format", "github"]).stdout, "");
}

#[test]
fn every_mistake_is_found_at_once_where_it_stands() {
    let ran = mistaken().verify(&["lint"]);
    assert_eq!(ran.status, 2);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn what_stops_a_build_is_told_in_the_words_of_the_build_beside_the_rest() {
    let machine = Machine::new();
    machine.edit("src/production-account.md", "verify: cost-budget", "verify: cost-buget");
    machine.edit("checks/root-mfa.toml", "[[expect]]", "[[expect]]\nthat = \"root.mfa &&\"\nfix = \"x\"\n\n[[expect]]");
    machine.edit("checks/account-name.toml", "account.name", "account.nam");
    let lint = machine.verify(&["lint"]);
    let build = machine.verify(&["build"]);
    let (_, told) = build.stderr.split_once("error: ").unwrap();
    let (told, _) = told.split_once("\n\n").unwrap();
    assert!(
        told.starts_with("there is no check `cost-buget`") && told.contains("did you mean `cost-budget`?"),
        "{told}"
    );
    assert!(lint.stdout.contains(told), "{lint:?}");
    assert!(
        lint.stdout.contains("error[expression]") && lint.stdout.contains("error[unknown-field]"),
        "{}",
        lint.stdout
    );
    assert!(lint.stdout.contains("did you mean `name`?"), "{}", lint.stdout);
    assert_eq!((lint.status, build.status), (2, 2));
}

#[test]
fn programs_and_github_get_files_lines_and_columns() {
    let machine = mistaken();
    let json = machine.verify(&["lint", "--format", "json"]).json();
    let misspelt = json.as_array().unwrap().iter().find(|found| found["rule"] == "unknown-field").unwrap();
    assert_eq!((&misspelt["file"], &misspelt["level"]), (&"checks/bad.toml".into(), &"error".into()));
    assert_eq!((&misspelt["line"], &misspelt["column"]), (&10.into(), &26.into()), "{misspelt}");
    assert_eq!(misspelt["message"], "[[expect]] 1, that: Budget has no field `amout`: did you mean `amount`?");
    let github = machine.verify(&["lint", "--format", "github"]).stdout;
    let line = github.lines().find(|line| line.contains("unknown-field")).unwrap();
    assert!(line.starts_with("::error file=checks/bad.toml,line=10,col=26,endColumn=31,title=verify lint%3A unknown-field::[[expect]] 1, that: Budget has no field"), "{line}");
    assert_eq!(github.lines().count(), json.as_array().unwrap().len(), "a finding is a line");
}
