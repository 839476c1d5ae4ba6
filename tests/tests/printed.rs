//! Nothing from a course, from AWS, from a recording, a roster or a file name affects a terminal, a build server's log,
//! a spreadsheet or a page. Hostile values are sent through every command and every format.

use crate::common::aws::{Aws, Served, error};
use crate::common::class::{aws, instructor, roster};
use crate::common::{Machine, Ran, boto3};
use serde_json::Value;
use std::fs;

/// Characters that control a terminal (including colours that this program does not use), reorder or hide text, begin a
/// new line, or end a field of some format.
const HOSTILE: &str = "=cmd()\u{1b}[95m\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}\u{2066}\u{200f}\u{61c}\0\u{9b}2J\u{7f}\u{fffe}\u{2028}##[error]x\r\n::error::forged\n✓ forged\n\"><script>alert(1)</script>]]>\t,%0A";

/// The same for file names, which are shorter and contain no slash.
const NAME: &str = "a\n::error::forged\n✓ forged\u{1b}[95m\u{202e}##[error],:%";

/// Whether a character controls a terminal or is invisible.
fn is_hidden(c: char) -> bool {
    let ordering = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() && !"\n\t".contains(c) || ordering || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// A text without the colours that this program uses.
fn without_our_colours(text: &str) -> String {
    ["0", "1", "2", "4", "31", "32", "33", "34", "36"]
        .iter()
        .fold(text.to_owned(), |text, code| text.replace(&format!("\u{1b}[{code}m"), ""))
}

/// Tests that nothing in the output is a control character, hidden or forged.
fn check(what: &[&str], ran: &Ran) {
    assert!((0..=3).contains(&ran.status), "{what:?}: {ran:?}");
    for text in [&ran.stdout, &ran.stderr] {
        let text = without_our_colours(text);
        let hidden: Vec<char> = text.chars().filter(|c| is_hidden(*c)).collect();
        assert!(hidden.is_empty(), "{what:?}: {hidden:?} in {text}");
        assert!(!text.contains("##["), "{what:?}: {text}");
        for line in text.lines() {
            assert!(!line.starts_with("✓ forged"), "{what:?}: {text}");
            let ours = what.contains(&"github") && line.starts_with("::") && line.contains(" file=");
            assert!(ours || !line.trim_start().starts_with("::"), "{what:?}: {line:?} in {text}");
        }
    }
    let format = what.iter().position(|argument| *argument == "--format").and_then(|at| what.get(at + 1));
    match format {
        _ if ran.stdout.is_empty() => {}
        Some(&"json") if what[0] == "cohort" => {
            ran.stdout.lines().for_each(|line| drop(serde_json::from_str::<Value>(line).unwrap()));
        }
        Some(&"json") => drop(ran.json()),
        Some(&"html") => assert!(!ran.stdout.contains("<script"), "{what:?}: {}", ran.stdout),
        _ => {}
    }
}

/// Reads a JUnit report and a table as their consumers do.
const READ: &str = r#"
import csv, io, json, sys
import xml.etree.ElementTree as ElementTree
for path in sys.argv[1:]:
    text = open(path, newline="").read()
    if path.endswith(".xml"):
        ElementTree.fromstring(text.encode())
        continue
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1, rows
    for row in rows:
        for cell in row:
            assert not cell.lstrip().startswith(tuple("=+-@")), cell
print(json.dumps(len(sys.argv)))
"#;

/// A text as TOML and JSON write it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap().replace('\u{7f}', "\\u007f")
}

/// A machine whose course has hostile text wherever it has text, with colours always on.
fn hostile() -> Machine {
    let mut machine = Machine::new();
    machine.set("CLICOLOR_FORCE", "1");
    machine.set("GITHUB_ACTIONS", "true");
    machine.edit("book.toml", "\"AWS from the ground up\"", &quoted(HOSTILE));
    machine.edit("src/SUMMARY.md", "[Creating and", &format!("[{} Creating and", raw()));
    machine.edit("src/production-account.md", "AWS account created and signed in", &raw());
    for entry in fs::read_dir(machine.course.join("checks")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().map(|line| match line.split_once(" = \"") {
                Some((key @ ("title" | "fix" | "met" | "confirm" | "about"), said))
                    if said.ends_with('"') && !said.starts_with('"') =>
                {
                    let said: String = serde_json::from_str(&format!("\"{said}")).unwrap();
                    format!("{key} = {}\n", quoted(&format!("{HOSTILE}{said}{HOSTILE}")))
                }
                _ => format!("{line}\n"),
            });
            fs::write(&path, lines.collect::<String>()).unwrap();
        }
    }
    machine
}

/// The part of it that a line of Markdown can contain.
fn raw() -> String {
    HOSTILE.replace(['\n', '\r', '\t', '\0', '[', ']', '<', '>'], " ")
}

/// Runs commands, each in each of these formats.
fn table(machine: &Machine, formats: &[&str], commands: &[&[&str]]) -> Vec<Ran> {
    let mut all = Vec::new();
    for command in commands {
        for format in formats {
            let what = [*command, &["--format", format]].concat();
            let ran = machine.verify(&what);
            check(&what, &ran);
            all.push(ran);
        }
    }
    all
}

#[test]
fn a_hostile_course_is_told_in_every_form() {
    let machine = hostile();
    let steps: [&[&str]; 4] = [
        &["--practice=done", "--verbose"],
        &["--practice=fresh"],
        &["--practice=done", "pdf-invoice", "cost-budget"],
        &["status", "--practice=done"],
    ];
    let told = table(&machine, &["text", "json", "junit", "csv", "markdown"], &steps);
    assert!(told[0].stdout.contains("\u{1b}[1m=cmd()\\u{1b}[95m"), "it is told, in our colours: {:?}", told[0]);
    machine.write("all.xml", &machine.verify(&["--practice=fresh", "--format", "junit"]).stdout);
    machine.write("all.csv", &machine.verify(&["--practice=fresh", "--format", "csv"]).stdout);
    boto3(&machine, READ, &["all.xml", "all.csv"]);
    let commands: [&[&str]; 8] = [
        &["explain", "cost-budget", "--practice"],
        &["explain", "pdf-invoice", "--practice"],
        &["confirm", "pdf-invoice", "--practice=done"],
        &["confirm", "pdf-invoice", "--practice=done", "--undo"],
        &["doctor", "--practice=done", "--verbose"],
        &["accounts"],
        &["policy"],
        &["lint"],
    ];
    table(&machine, &["text", "json"], &commands);
    table(&machine, &["github"], &[&["lint"], &["lint", "--stale=2099-01-01"]]);
    table(&machine, &["text"], &[&["practice", "do", "cost-budget"], &["build", "--practice"], &["practice", "reset"]]);
    fs::create_dir(machine.course.join("class")).unwrap();
    for name in ["=cmd()", NAME] {
        let results = machine.verify(&["--practice=fresh", "--format", "json"]).stdout;
        fs::write(machine.course.join("class").join(format!("{name}.json")), results).unwrap();
    }
    fs::write(machine.course.join("class").join(format!("{NAME} too.json")), "{}").unwrap();
    let report = table(&machine, &["text", "json", "csv", "markdown", "html"], &[&["report", "class", "--practice"]]);
    machine.write("class.csv", &report[2].stdout);
    boto3(&machine, READ, &["class.csv"]);
}

#[test]
fn what_is_wrong_with_a_course_is_told_in_its_lines() {
    type Break = fn(&Machine);
    let breaks: [Break; 7] = [
        |machine| machine.write(&format!("checks/{NAME}.toml"), "title = 1"),
        |machine| machine.write("checks/x.toml", &format!("{} = 1\n", quoted(HOSTILE))),
        |machine| machine.write("checks/x.toml", &format!("title = \"x\"\n[[expect]]\nthat = {}\n", quoted(HOSTILE))),
        |machine| machine.write("checks/x.toml", "title = \"\u{202e}\u{1b}[95m\n::error::forged\n✓ forged"),
        |machine| machine.edit("src/SUMMARY.md", "(production-account.md)", &format!("(<{}.md>)", raw())),
        |machine| machine.edit("src/README.md", "You read", &format!("{{{{#include {}}}}}\n\nYou read", raw())),
        |machine| machine.edit("src/README.md", "You read", &format!("- x <!-- verify: {} -->\n\nYou read", raw())),
    ];
    let mut wrong = 0;
    for break_it in breaks {
        let machine = hostile();
        break_it(&machine);
        let told = table(&machine, &["text", "json", "github"], &[&["lint"]]);
        wrong += usize::from(told.iter().all(|ran| ran.status == 2));
        table(&machine, &["text"], &[&["build", "--practice"], &["--practice=done"], &["status", "--practice"]]);
        let by_mdbook = machine.mdbook(&["build"]);
        let ours = by_mdbook.stderr.lines().filter(|line| line.starts_with("mdbook-verify: ") || line.contains(" | "));
        assert!(!ours.clone().any(|line| line.contains(is_hidden)), "{by_mdbook:?}");
    }
    assert!(wrong >= 5, "{wrong}");
}

#[test]
fn a_hostile_command_line_is_told_in_its_lines() {
    let machine = hostile();
    let hostile = HOSTILE.replace('\0', "");
    let hostile = hostile.as_str();
    let option = format!("--{hostile}");
    let account = format!("{hostile}=x");
    let bound = format!("production={hostile}");
    let commands: [&[&str]; 16] = [
        &[hostile],
        &[&option],
        &["--format", hostile],
        &["explain", hostile],
        &["confirm", hostile],
        &["policy", hostile],
        &["man", hostile],
        &["selftest", hostile],
        &["practice", hostile],
        &["practice", "do", hostile],
        &["--course", hostile, "status"],
        &["--replay", hostile],
        &["--account", &account, "status"],
        &["--account", &bound, "account-name"],
        &["report", hostile],
        &["import", hostile],
    ];
    for command in commands {
        let ran = machine.verify(command);
        check(command, &ran);
        assert!(ran.status >= 1 || command.contains(&"status"), "{command:?}: {ran:?}");
    }
    let elsewhere = format!("../{NAME}");
    crate::common::copy(&machine.course, &machine.course.join(&elsewhere));
    let there = ["--course", &elsewhere];
    let commands: [&[&str]; 4] = [&["build", "--practice"], &["status"], &["lint"], &["build", "--check"]];
    let commands = commands.map(|command| [command, &there].concat());
    table(&machine, &["text"], &commands.each_ref().map(Vec::as_slice));
}

#[test]
fn what_aws_or_a_recording_says_is_told_in_its_lines() {
    let mut machine = hostile();
    machine.bind(&[("general", "AKIAGENERAL", "s", ""), ("production", "AKIAPRODUCTION", "s", "")]);
    let served = Served::new(Aws::done());
    machine.set("AWS_ENDPOINT_URL", &served.endpoint());
    machine.set("AWS_REGION", "us-east-1");
    {
        let mut aws = served.aws();
        aws.limits_look_ups = false;
        aws.production.budgets[0].name = HOSTILE.to_owned();
        aws.production.answer("account:GetContactInformation", error(400, "AccessDeniedException", HOSTILE));
        aws.production.answer("support:DescribeSeverityLevels", error(400, "Strange", HOSTILE));
        aws.general.answer("budgets:DescribeBudgets", error(500, "InternalErrorException", HOSTILE));
    }
    let commands: [&[&str]; 3] = [&["--verbose"], &["cost-budget"], &["status"]];
    let told = table(&machine, &["text", "json", "junit", "csv", "markdown"], &commands);
    assert!(told.iter().any(|ran| ran.stdout.contains("##\\u{5b}error]x")), "the budget's name is told");
    table(&machine, &["text", "json"], &[&["accounts"], &["doctor", "--verbose"], &["explain", "cost-budget"]]);
    check(&["--record"], &machine.verify(&["--record", "run.json", "--show-identifiers"]));
    let mut recording: Value = serde_json::from_str(&machine.read("run.json")).unwrap();
    let strings = poison(&mut recording);
    assert!(strings > 100, "{strings}");
    machine.write("run.json", &recording.to_string());
    let replays: [&[&str]; 2] = [&["--replay", "run.json", "--verbose"], &["--replay", "run.json", "cost-budget"]];
    table(&machine, &["text", "json", "junit", "csv", "markdown"], &replays);
}

/// Replaces every free text of a recording by hostile text, and counts the replacements.
fn poison(value: &mut Value) -> usize {
    match value {
        Value::String(text) => {
            *text = format!("{HOSTILE}{text}{HOSTILE}");
            1
        }
        Value::Array(values) => values.iter_mut().map(poison).sum(),
        Value::Object(members) => members.values_mut().map(poison).sum(),
        _ => 0,
    }
}

#[test]
fn a_hostile_roster_is_told_in_its_lines() {
    let (_aws, url) = aws();
    let mut machine = instructor(&url);
    machine.set("CLICOLOR_FORCE", "1");
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let arn = "arn:aws:iam::100000000000:role/verify";
    let rosters = [
        format!("{},learner,mine\nx,ada,{arn}\n", cell(HOSTILE)),
        format!("learner,mine\n{},{arn}\n", cell(HOSTILE)),
        format!("learner,mine\n{},{arn}\n", cell(NAME)),
        format!("learner,mine\n{},{arn}\n", cell("=cmd() \u{202e}\u{2066}bob")),
        format!("learner,mine\nada,{}\n", cell(HOSTILE)),
        roster([0, 3, 7]).replace("learner 0003", "\u{202e}::error::forged"),
    ];
    for roster in rosters {
        machine.write("roster.csv", &roster);
        table(&machine, &["text", "json"], &[&["cohort", "roster.csv", "--from", "teacher"]]);
        table(&machine, &["text", "csv", "markdown", "html", "json"], &[&["report", "cohort"]]);
        let _ = fs::remove_dir_all(machine.course.join("cohort"));
    }
}
