//! `verify lint`: reports all mistakes of a course at once, each with its place.

use crate::common::Machine;

/// A mistake of each kind that does not stop a build.
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
confirm = "In the {acount} account, it is on."

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
    let ran = Machine::whole().verify(&["lint"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "No mistakes were found in this course.\n"), "{ran:?}");
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

/// The findings in a course, each as `file:line: rule: message`.
fn found(machine: &Machine) -> Vec<String> {
    let ran = machine.verify(&["lint", "--format", "json"]);
    assert_eq!(ran.stderr, "", "a finding is no error of the command's");
    let shown = |found: &serde_json::Value| {
        let text = |key: &str| found[key].as_str().unwrap().to_owned();
        format!("{}:{}:{}: {}: {}", text("file"), found["line"], found["column"], text("rule"), text("message"))
    };
    ran.json().as_array().unwrap().iter().map(shown).collect()
}

#[test]
fn what_each_learner_would_be_told_as_the_courses_mistake_is_told_to_its_author() {
    let machine = Machine::new();
    machine.write(
        "checks/bad.toml",
        r#"title = "prodution"
account = "prodution"

[[expect]]
that = "budgets.exist(b, b.name == \"x\" && b.limt > 1)"
fix = "Set {budget_amout}."

[[expect]]
that = "account.name.matches('x') &&"
met = "Set {{ budget_amount }}."
fix = "Set {budget_amout}."

[[expect]]
that = """
budgets[0].amount * budget_amount > 1.0
    || [1].exists_one(x, x == 1) || 'secrity' in alternate_contacts"""
fix = ["Do.", "Set {budget_amout}."]
"#,
    );
    machine.edit("src/README.md", "## What the verdicts mean", "- x <!-- verify: bad -->\n\n## What the verdicts mean");
    insta::assert_snapshot!(machine.verify(&["lint"]).shown());
}

#[test]
fn a_directive_that_is_misspelt_is_told_and_a_remark_is_not() {
    let machine = Machine::new();
    machine.edit(
        "src/README.md",
        "## What the verdicts mean",
        "- one <!-- verify root-mfa -->\n- [ ] two <!-- verfy: mfa-sign-in -->\n- three\n  <!-- Verify: support-plan -->\n- four <!-- verify this with Bob before release -->\n\nProse. <!-- verify root-mfa -->\n\n## What the verdicts mean",
    );
    let found = found(&machine);
    assert_eq!(found.len(), 3, "{found:#?}");
    let text = std::fs::read_to_string(machine.course.join("src/README.md")).unwrap();
    let first = text.lines().position(|line| line.starts_with("- one")).unwrap() + 1;
    for (found, line) in found.iter().zip([first, first + 1, first + 3]) {
        assert!(
            found.starts_with(&format!("src/README.md:{line}:")) && found.contains("misspelt-directive"),
            "{found}"
        );
    }
}

#[test]
fn an_error_hides_no_other_mistake_and_makes_none() {
    let machine = mistaken();
    machine.edit("src/production-account.md", "verify: pdf-invoice", "verify: pdf-invoce");
    machine.edit("checks/free-tier-alerts.toml", "title =", "titel =");
    let found = found(&machine);
    let has = |what: &str| found.iter().any(|found| found.contains(what));
    assert!(has("there is no check `pdf-invoce`") && has("there is no key `titel` here"), "{found:#?}");
    assert!(has("is in this chapter twice") && has("no lesson uses the check `bad`"), "{found:#?}");
    assert!(!has("uses the check `pdf-invoice`") && !has("uses the check `free-tier-alerts`"), "{found:#?}");
}

#[test]
fn one_wrong_value_of_book_toml_is_one_finding_with_its_line() {
    for (from, to, told) in [
        ("budget_amount = 10", "budget_amount = [10]", "the parameter `budget_amount` must be"),
        ("strict_budget = false", "strict_budget = false\nBad-Name = 1", "`Bad-Name` cannot name a parameter"),
        ("command = ", "reslts = 1\ncommand = ", "no option `reslts`"),
        ("title = ", "title == ", "book.toml"),
    ] {
        let machine = Machine::new();
        machine.edit("book.toml", from, to);
        let found = found(&machine);
        let errors: Vec<&String> = found.iter().filter(|found| !found.contains("unused-parameter")).collect();
        assert!(errors.len() == 1 && errors[0].contains(told), "{to}: {found:#?}");
        assert!(!errors[0].starts_with("book.toml:0"), "{found:#?}");
    }
}

#[test]
fn a_chapter_that_is_missing_is_a_finding_beside_the_others() {
    let machine = mistaken();
    machine.edit("src/SUMMARY.md", "# Summary", "# Summary\n\n[Gone](gone.md)");
    let found = found(&machine);
    let has = |what: &str| found.iter().any(|found| found.contains(what));
    assert!(
        found.iter().any(|found| found.starts_with("src/SUMMARY.md:3:1: book: the chapter `gone.md`")),
        "{found:#?}"
    );
    assert!(has("Budget has no field `amout`") && has("this checklist item has no check"), "{found:#?}");
    let github = machine.verify(&["lint", "--format", "github"]);
    assert!(github.stdout.contains("::error file=src/SUMMARY.md,line=3"), "{github:?}");
}

#[test]
fn a_summary_that_mdbook_does_not_understand_is_a_finding() {
    let machine = Machine::new();
    let summary = machine.read("src/SUMMARY.md");
    machine.write("src/SUMMARY.md", &format!("{summary}\n[End](README.md)\n\n- [Again](README.md)\n"));
    let found = found(&machine);
    assert!(found[0].starts_with("src/SUMMARY.md:") && found[0].contains(": book: "), "{found:#?}");
    assert!(!found[0].starts_with("src/SUMMARY.md:0") && !found[0].contains("/tmp"), "{found:#?}");
}

#[test]
fn headings_are_called_as_mdbook_calls_them() {
    let machine = Machine::new();
    let headings = "\n\n## Costs & `limits` -- *really*?\n\n## Über 中文 “quoted”\n\n## Twice\n\n## Twice\n\n## {{ budget_amount }} $\n\n## Own {#own}\n\nSetext\n---\n\nTerm\n: What it is\n";
    machine.write("src/README.md", &(machine.read("src/README.md") + headings));
    assert_eq!(machine.verify(&["build"]).status, 0);
    let page = machine.read("book/index.html");
    let ids = page.split("id=\"").skip(1).filter_map(|rest| {
        let (id, after) = rest.split_once('"')?;
        after.trim_start_matches('>').starts_with("<a class=\"header\"").then(|| id.to_owned())
    });
    let ids: Vec<String> = ids.collect();
    assert!(ids.len() > 8 && ids.iter().any(|id| id == "twice-1"), "{ids:?}");
    let links: String = ids.iter().map(|id| format!("[x](#{id})\n")).collect();
    machine.write("src/README.md", &(machine.read("src/README.md") + "\n" + &links));
    assert_eq!(found(&machine), Vec::<String>::new());
}

#[test]
fn broken_cases_are_findings() {
    let machine = Machine::new();
    machine.write(
        "checks/cases/root-mfa.toml",
        "[[case]]\ntitle = \"x\"\nrecording = \"x.json\"\nverdict = \"verifed\"\n",
    );
    let case =
        |title: &str| format!("[[case]]\ntitle = \"{title}\"\nrecording = \"gone.json\"\nverdict = \"verified\"\n");
    machine.write("checks/cases/mfa.toml", &(case("y") + &case("z")));
    machine.write("checks/cases/nobody.toml", "");
    let found = found(&machine);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(found[0].starts_with("checks/cases/mfa.toml:2:10: case: ") && found[0].contains("gone.json"), "{found:#?}");
    assert!(found[1].starts_with("checks/cases/mfa.toml:6:10: case: ") && found[1].contains("gone.json"), "{found:#?}");
    assert!(found[2].starts_with("checks/cases/nobody.toml:0"), "{found:#?}");
    assert!(found[3].starts_with("checks/cases/root-mfa.toml:4:") && found[3].contains("verifed"), "{found:#?}");
}

#[test]
fn a_check_says_which_warnings_are_meant() {
    let machine = Machine::new();
    let text = |allow: &str| {
        format!(
            "title = \"x\"\naccount = \"production\"\n{allow}\n[[expect]]\nthat = \"budgets.exists(b, b.amount > 1.0)\"\nfix = \"Do.\"\n\n[[expect]]\nthat = \"budgets.filter(b, b.type == 'COST').size() > 0\"\nfix = \"Do.\"\n"
        )
    };
    machine.write("checks/Bad Name.toml", &text(""));
    let told = found(&machine);
    assert!(told.iter().any(|found| found.contains(":9:9: apart:") && found.contains("`budgets`")), "{told:#?}");
    assert!(told.iter().any(|found| found.contains("no directive can name the check `Bad Name`")), "{told:#?}");
    machine.write("checks/Bad Name.toml", &text("allow = [\"apart\", \"apat\"]"));
    let told = found(&machine);
    assert!(!told.iter().any(|found| found.contains(" apart:")), "{told:#?}");
    assert!(told.iter().any(|found| found.contains(":3:20: allow: `apat`")), "{told:#?}");
    machine.write("checks/table.toml", &text(""));
    let told = machine.verify(&["lint"]);
    assert!(told.stdout.contains("rename the file: directives use the word table themselves"), "{told:?}");
}

#[test]
fn thousands_of_mistakes_are_all_told() {
    let machine = Machine::new();
    let items = "- x <!-- verify: gone -->\n".repeat(20_000);
    machine.edit("src/README.md", "## What the verdicts mean", &format!("{items}\n## What the verdicts mean"));
    assert_eq!(found(&machine).len(), 20_000);
}

/// A course whose checks have another source, reviewed on this day.
fn sourced(reviewed: &str) -> Machine {
    let machine = Machine::new();
    let source =
        format!("\n[[source]]\nfact = \"It is 100 %.\"\nurl = \"https://example.com/a\"\nreviewed = {reviewed}\n");
    machine.write("checks/pdf-invoice.toml", &(machine.read("checks/pdf-invoice.toml") + &source));
    machine
}

/// The exit status and the findings of `lint` with an argument.
fn linted(machine: &Machine, argument: &str) -> (i32, Vec<serde_json::Value>) {
    let ran = machine.verify(&["lint", "--format", "json", argument]);
    (ran.status, ran.json().as_array().unwrap().clone())
}

#[test]
fn a_source_is_stale_after_a_year_of_the_calendar_and_plain_lint_never_looks() {
    for (reviewed, good, stale) in [
        ("2024-06-15", "2025-06-15", "2025-06-16"),
        ("2024-02-29", "2025-02-28", "2025-03-01"),
        ("2023-02-28", "2024-02-28", "2024-02-29"),
    ] {
        let machine = sourced(reviewed);
        let plain = machine.verify(&["lint"]);
        assert_eq!(
            (plain.status, plain.stdout.as_str()),
            (0, "No mistakes were found in this course.\n"),
            "{reviewed}"
        );
        let of_it = |day: &str| {
            let (status, found) = linted(&machine, &format!("--stale={day}"));
            let mine = found.into_iter().filter(|found| found["rule"] == "stale-source").collect::<Vec<_>>();
            (status, mine)
        };
        // The course's own sources were reviewed after these days, which is a finding, too.
        assert!(of_it(good).1.is_empty(), "{reviewed} {good}");
        let (_, found) = of_it(stale);
        assert_eq!(found.len(), 1, "{reviewed} {stale}");
        assert_eq!(found[0]["file"], "checks/pdf-invoice.toml");
        assert_eq!(found[0]["text"], format!("reviewed = {reviewed}"));
    }
}

#[test]
fn stale_sources_are_listed_in_every_format_with_what_to_do() {
    let machine = sourced("2024-06-15");
    let day = "--stale=2026-11-26";
    let text = machine.verify(&["lint", day]);
    assert_eq!(text.status, 3, "it has to be looked at, and nothing is known to be wrong: {text:?}");
    insta::assert_snapshot!("stale", text.shown());
    let (status, found) = linted(&machine, day);
    assert_eq!((status, found.len()), (3, 1), "{found:?}");
    assert_eq!((&found[0]["line"], &found[0]["column"]), (&19.into(), &12.into()), "{found:?}");
    let github = machine.verify(&["lint", day, "--format", "github"]);
    let annotation = "::warning file=checks/pdf-invoice.toml,line=19,col=12,endColumn=22,title=verify lint%3A stale-source::[[source]]: “It is 100 %25.” was last reviewed on 2024-06-15";
    assert_eq!((github.status, github.stdout.lines().count()), (3, 1));
    assert!(github.stdout.starts_with(annotation), "{}", github.stdout);
    // By this computer's clock, it is at least as old.
    assert!(linted(&machine, "--stale").1.iter().any(|found| found["file"] == "checks/pdf-invoice.toml"));
    // Other mistakes are reported, too, and decide the exit status.
    machine.edit("checks/account-name.toml", "account.name", "account.nam");
    let (status, found) = linted(&machine, day);
    assert_eq!(status, 2);
    assert!(found.iter().any(|found| found["rule"] == "unknown-field"), "{found:?}");
    assert!(found.iter().any(|found| found["rule"] == "stale-source"), "{found:?}");
}

#[test]
fn a_review_that_is_still_to_come_is_a_mistake_that_only_the_calendar_shows() {
    let machine = sourced("9999-12-31");
    assert_eq!(machine.verify(&["lint"]).status, 0);
    let (status, found) = linted(&machine, "--stale");
    assert_eq!(status, 2);
    let mistake = found.iter().find(|found| found["rule"] == "source-date").unwrap();
    assert_eq!(mistake["message"], "[[source]]: reviewed = 9999-12-31 is in the future");
    assert_eq!(mistake["text"], "reviewed = 9999-12-31");
}

#[test]
fn an_invalid_day_is_refused() {
    for day in ["2025-02-29", "yesterday", "2026-11-26T00:00:00Z", ""] {
        let ran = Machine::new().verify(&["lint", &format!("--stale={day}")]);
        assert_eq!(ran.status, 2, "{day}");
        assert!(ran.stderr.contains("--stale"), "{ran:?}");
    }
}

#[test]
fn what_is_wrong_with_a_source_is_drawn_where_it_stands() {
    let machine = sourced("\"2026-11-26\"");
    let wrong = "checks/pdf-invoice.toml:19:13: course: [[source]] 1: `reviewed` must be a date without quotes, as in 2026-11-26";
    assert!(found(&machine).iter().any(|found| found == wrong), "{:#?}", found(&machine));
    let machine = sourced("2025-02-29");
    let wrong = found(&machine);
    assert!(wrong.iter().any(|found| found.starts_with("checks/pdf-invoice.toml:19:")), "{wrong:#?}");
}

#[test]
fn a_sources_words_are_only_words_in_the_reference_and_for_a_terminal() {
    let machine = sourced("2026-11-26");
    machine.edit(
        "checks/pdf-invoice.toml",
        "It is 100 %.",
        "<script>alert(1)</script> | {{ budget_amount }} {{#include README.md}} `x` [y](z) \\u001b[31m &copy;",
    );
    machine.edit("checks/pdf-invoice.toml", "https://example.com/a", "https://example.com/a?b&copy=1");
    let built = machine.verify(&["build"]);
    assert_eq!(built.status, 0, "{built:?}");
    let page = machine.read("book/reference.html");
    let row = "<td>&lt;script&gt;alert(1)&lt;/script&gt; | {{ budget_amount }} {{#include README.md}} `x` [y](z) [31m &amp;copy;</td>";
    assert!(page.contains(row), "{:?}", page.lines().find(|line| line.contains("alert(1)")));
    assert!(page.contains("<a href=\"https://example.com/a?b&amp;copy=1\">example.com</a>"), "{page}");
    assert_eq!(machine.verify(&["build", "--check"]).status, 0);
    let explained = machine.verify(&["explain", "--practice=fresh", "pdf-invoice"]).stdout;
    assert!(explained.contains("    https://example.com/a?b&copy=1  reviewed 2026-11-26\n"), "{explained}");
    assert!(!explained.contains("\u{1b}[31m"), "{explained}");
}
