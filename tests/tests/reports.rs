//! Results for build servers and spreadsheets, and the message for a step that no longer holds.

use crate::common::{Machine, boto3, timeless};
use serde_json::Value;

#[test]
fn junit_tells_false_unread_and_unprovable_apart() {
    let machine = Machine::new();
    machine.verify(&["practice", "do", "account-created"]);
    let ran = machine.verify(&["--practice", "--format", "junit"]);
    assert_eq!(ran.status, 1);
    insta::assert_snapshot!("junit_not_yet", timeless(&ran.stdout));
    machine.practise(true);
    machine.verify(&["confirm", "--practice", "pdf-invoice"]);
    let ran = machine.verify(&["--practice", "--format", "junit"]);
    insta::assert_snapshot!("junit_done", timeless(&ran.stdout));
    let ran = machine.verify(&["--practice=fresh", "cost-budget", "--format", "junit"]);
    assert!(ran.stdout.contains(r#"errors="1""#) && ran.stdout.contains(r#"type="no-credentials""#), "{}", ran.stdout);
}

#[test]
fn a_table_is_printed_for_spreadsheets() {
    let machine = Machine::new();
    machine.verify(&["practice", "do", "account-created"]);
    insta::assert_snapshot!("csv", timeless(&machine.verify(&["--practice", "--format", "csv"]).stdout));
    let kept = machine.verify(&["status", "--practice", "--format", "csv"]).stdout;
    assert_eq!(kept.lines().count(), machine.verify(&["--practice", "--format", "csv"]).stdout.lines().count());
}

#[test]
fn a_summary_to_hand_in_is_printed() {
    let machine = Machine::done();
    machine.verify(&["--practice"]);
    machine.verify(&["confirm", "--practice", "pdf-invoice"]);
    let summary = machine.verify(&["status", "--practice", "--format", "markdown"]);
    insta::assert_snapshot!("markdown", timeless(&summary.stdout));
    machine.edit("src/production-account.md", "Budget created", r"A | \<b> \[x\](https://evil.example) \`y\`");
    let hostile = machine.verify(&["status", "--practice", "--format", "markdown"]).stdout;
    let cell = hostile.lines().find(|line| line.contains("evil")).unwrap();
    assert_eq!(cell.matches('|').count(), 4, "{cell}");
    assert!(!cell.contains("<b>") && !cell.contains("://") && !cell.contains("](") && !cell.contains('`'), "{cell}");
}

/// Reads the three reports as their readers do, and prints what they contain about a budget's name.
const READ: &str = r#"
import csv, io, json, sys
import xml.etree.ElementTree as ElementTree
junit, table = open(sys.argv[1]).read(), open(sys.argv[2], newline="").read()
cases = [case.get("classname") for case in ElementTree.fromstring(junit.encode()).iter("testcase")]
rows = list(csv.DictReader(io.StringIO(table)))
print(json.dumps(dict(cases=cases, cells=[cell for row in rows for cell in row.values()])))
"#;

#[test]
fn what_aws_or_a_lesson_says_breaks_no_report() {
    let machine = Machine::new();
    machine.verify(&["--practice=done", "--record", "run.json"]);
    let hostile = "=HYPERLINK(\"http://evil.example\",\"<b>&]]>\u{1b}[31m\u{0}\")";
    let mut recording: Value = serde_json::from_str(&machine.read("run.json")).unwrap();
    recording["accounts"]["production"]["budgets"][0]["name"] = hostile.into();
    machine.write("run.json", &recording.to_string());
    machine.edit("src/production-account.md", "Budget created", "=1+1 <b>Budget</b> &amp; \"created\"");
    let junit = machine.verify(&["--replay", "run.json", "--format", "junit"]).stdout;
    let table = machine.verify(&["--replay", "run.json", "--format", "csv"]).stdout;
    for report in [&junit, &table] {
        assert!(!report.contains('\u{1b}') && !report.contains('\u{0}'), "{report}");
    }
    machine.write("junit.xml", &junit);
    machine.write("table.csv", &table);
    let path = |name: &str| machine.course.join(name).to_str().unwrap().to_owned();
    let read = boto3(&machine, READ, &[&path("junit.xml"), &path("table.csv")]);
    assert!(read["cases"].as_array().unwrap().iter().any(|case| case == "cost-budget"));
    let cells = read["cells"].as_array().unwrap();
    assert!(cells.iter().any(|cell| cell.as_str().unwrap().contains("HYPERLINK")), "the name is told: {cells:?}");
    for cell in cells {
        let cell = cell.as_str().unwrap();
        assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "a formula: {cell}");
    }
}

#[test]
fn identifiers_are_masked_unless_asked_for_and_never_kept() {
    let machine = Machine::done();
    for format in ["text", "json", "junit", "csv", "markdown"] {
        let tells = |arguments: &[&str]| {
            let ran = machine.verify(&[arguments, &["--practice", "--format", format]].concat());
            let ids = ["444455556666", "learner+production@example.com"];
            ids.iter().any(|id| ran.stdout.contains(id) || ran.stderr.contains(id))
        };
        assert!(!tells(&[]), "{format}");
        // What these print of a step that is done has no identifiers.
        if !["text", "markdown"].contains(&format) {
            assert!(tells(&["--show-identifiers"]), "{format}");
        }
        assert!(!machine.read(".verify/results/practice.json").contains("444455556666"), "{format}");
        assert!(!tells(&["status", "--show-identifiers"]), "{format}");
    }
    assert!(machine.verify(&["--practice=done", "unique-email", "--show-identifiers"]).stdout.contains("444455556666"));
}

#[test]
fn a_step_that_no_longer_holds_says_since_when() {
    let machine = Machine::done();
    machine.verify(&["--practice", "cost-budget"]);
    machine.practise(false);
    // Unreadable does not mean absent.
    let unread = machine.verify(&["--practice", "cost-budget"]).stdout;
    assert!(unread.contains(", when it could last be determined."), "{unread}");
    machine.verify(&["practice", "do", "account-created"]);
    let gone = machine.verify(&["--practice", "cost-budget"]).stdout;
    assert!(gone.contains("Done 20") && gone.contains(", and no longer done when checked at "), "{gone}");
    let first = machine.verify(&["status", "--practice", "--format", "json"]).json()["steps"]["cost-budget"].clone();
    machine.verify(&["--practice", "cost-budget"]);
    let again = machine.verify(&["status", "--practice", "--format", "json"]).json()["steps"]["cost-budget"].clone();
    assert_eq!((&first["held_until"], &first["lapsed"]), (&again["held_until"], &again["lapsed"]));
    assert!(first["lapsed"].is_string(), "{first}");
    let status = machine.verify(&["status", "--practice"]).stdout;
    assert!(status.contains("No longer done: cost-budget."), "{status}");
    machine.verify(&["build", "--practice"]);
    let page = machine.read("book/production-account.html");
    assert!(page.contains("class=\"verify-drift\" data-text=\"Done 20"), "the widget shows it");
    machine.verify(&["practice", "do", "cost-budget"]);
    let back =
        machine.verify(&["--practice", "cost-budget", "--format", "json"]).json()["steps"]["cost-budget"].clone();
    assert_eq!((&back["held_until"], &back["lapsed"]), (&Value::Null, &Value::Null));
}
