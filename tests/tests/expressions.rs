//! Hostile expressions in a course don't crash the program, delay it, or use up its memory.

#[path = "../../verifier/src/cel/hostile/generator.rs"]
mod generator;

use crate::common::live::Serving;
use crate::common::{Machine, Ran};
use generator::{Generator, LETS};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The number of checks, and of expectations in each.
const CHECKS: usize = 100;
const EXPECTATIONS: usize = 10;
/// The memory that it may use, in bytes.
const MOST: u64 = 200 << 20;

/// A course of 1,000 hostile expectations, each with a `when`, a sentence, and something that is remembered.
fn course() -> Machine {
    let machine = Machine::empty();
    let mut generator = Generator::new(20_261_126);
    let big = "x".repeat(4096);
    machine.write(
        "book.toml",
        &format!(
            "[book]\ntitle = \"T\"\n[output.html]\n[preprocessor.verify]\ncommand = \"mdbook-verify\"\n\
             [preprocessor.verify.accounts]\nproduction = \"P\"\n[preprocessor.verify.params]\nbig = \"{big}\"\n"
        ),
    );
    machine.write("src/SUMMARY.md", "# Summary\n\n[T](README.md)\n");
    let mut lesson = "# T\n\n".to_owned();
    for check in 0..CHECKS {
        writeln!(lesson, "- [ ] Step {check} <!-- verify: hostile-{check} -->").unwrap();
        machine.write(&format!("checks/hostile-{check}.toml"), &self::check(&mut generator));
    }
    machine.write("src/README.md", &lesson);
    machine
}

fn check(generator: &mut Generator) -> String {
    let numbers = (0..200).map(|at| at.to_string()).collect::<Vec<_>>().join(", ");
    let mut check = "title = \"T\"\naccount = \"production\"\n\n[let]\n".to_owned();
    let rows = "long.map(n, {'name': 'row ' + string(n), 'sizes': [n, n], 'text': big.size() > n ? 'x' : big})";
    let values = [
        ("half", format!("[{numbers}]")),
        ("long", "half + half".to_owned()),
        ("words", format!("[{}]", ["big"; 20].join(", "))),
        ("rows", rows.into()),
    ];
    for (name, text) in values.iter().map(|(name, text)| (*name, text.as_str())).chain(LETS) {
        writeln!(check, "{name:?} = {text:?}").unwrap();
    }
    for at in 0..EXPECTATIONS {
        let (that, sentence) = (generator.expression(), generator.text());
        writeln!(check, "\n[[expect]]\ntitle = \"E {at}\"\nthat = {that:?}\nfix = \"Mend it.\"").unwrap();
        writeln!(check, "met = {:?}", format!("So: {{ {sentence} }}")).unwrap();
        match at % 3 {
            0 => writeln!(check, "when = {:?}", format!("true || {}", generator.condition())).unwrap(),
            1 => {
                let (same, still) = (generator.text(), generator.list());
                writeln!(check, "absence = \"unknown\"\nat = \"now\"\nsame = {same:?}\nstill = {still:?}").unwrap();
            }
            _ => {}
        }
    }
    check
}

/// The most memory that a process has used so far, in bytes; `None` when it has ended.
fn most_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(most.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10)
}

/// The threads of a process that evaluate expressions: which of them are running, and for how long, in ticks.
fn evaluating(process: u32) -> BTreeMap<String, (bool, u64)> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten();
    let stat = |task: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
        // Its number, its name in brackets, its state, and 10 fields before its user and system time.
        let (before, after) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = after.split(' ').collect();
        let ticks = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        before.ends_with("(cel").then(|| (before.to_owned(), (fields[0] == "R", ticks)))
    };
    tasks.filter_map(stat).collect()
}

/// Runs the program, and returns the most memory that it used.
fn run(machine: &Machine, arguments: &[&str]) -> (Ran, u64) {
    let mut command: Command = machine.command(&crate::common::binary("verify"));
    let child = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.unwrap();
    let process = child.id();
    let watching = std::thread::spawn(move || {
        let mut most = 0;
        while let Some(so_far) = most_memory(process) {
            most = so_far;
            std::thread::sleep(Duration::from_millis(1));
        }
        most
    });
    let ran = Ran::of(child.wait_with_output().unwrap(), machine);
    (ran, watching.join().unwrap())
}

#[test]
fn a_thousand_of_them_are_judged_and_take_no_more_than_a_course_may() {
    let machine = course();
    let (ran, most) = run(&machine, &["--practice=done", "--format", "json"]);
    assert!([1, 3].contains(&ran.status), "{}", ran.stderr);
    assert!(most > 0 && most < MOST, "{} MB", most >> 20);
    let told = ran.stdout.matches("too many steps").count();
    assert!(told > 10, "what costs too much is told: {told} of {} bytes", ran.stdout.len());
    assert!(ran.stdout.contains("course-error"));
    // What was seen is remembered and judged again.
    let (again, most) = run(&machine, &["--practice=done"]);
    assert!([1, 3].contains(&again.status) && most < MOST, "{} MB: {}", most >> 20, again.stderr);
}

#[test]
fn a_thousand_of_them_are_linted_in_no_more_memory() {
    let machine = course();
    let (ran, most) = run(&machine, &["lint"]);
    // There are many findings, because generated expressions mostly have wrong types.
    assert!(ran.status == 2 && ran.stdout.contains(" errors, "), "{}", ran.stderr);
    assert!(most > 0 && most < MOST, "{} MB", most >> 20);
}

#[test]
fn a_page_that_asks_for_a_thousand_of_them_is_answered_and_leaves_nothing_running() {
    let machine = course();
    let serving = Serving::start(&machine, &["--practice"]);
    let mut events = serving.events();
    let process = serving.child.id();
    let steps: Vec<String> = (0..CHECKS).map(|check| format!("hostile-{check}")).collect();
    assert_eq!(serving.ask("/-/verify", &json!({ "steps": steps })).status, 202);
    let mut judged = BTreeSet::new();
    events.until(|event| {
        let told = event["steps"].as_object().into_iter().flatten();
        let told = told.filter(|(_, step)| step["verdict"].as_str().is_some_and(|verdict| verdict != "unchecked"));
        judged.extend(told.map(|(id, _)| id.clone()));
        judged.len() == CHECKS && event["kind"] == "under-way" && event["running"] == json!([])
    });
    let most = most_memory(process).unwrap();
    assert!(most < MOST, "{} MB", most >> 20);
    // Their work has ended: they are idle, and stay idle.
    let before = evaluating(process);
    assert!(!before.is_empty() && before.values().all(|(running, _)| !running), "{before:?}");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(evaluating(process), before);
    assert_eq!(serving.get("/index.html", "").status, 200);
}

#[test]
fn lets_that_multiply_are_refused_before_they_take_the_memory() {
    let machine = course();
    for at in 0..CHECKS {
        let mut check = "title = \"T\"\naccount = \"production\"\n\n[let]\n".to_owned();
        writeln!(check, "{:?} = {:?}", "f(x)", "x + x + x + x + x + x + x + x + x + x").unwrap();
        for _ in 0..80 {
            let that = format!("f(f(f({at}))) > 0");
            writeln!(check, "\n[[expect]]\ntitle = \"E\"\nthat = {that:?}\nfix = \"Mend it.\"").unwrap();
        }
        machine.write(&format!("checks/hostile-{at}.toml"), &check);
    }
    let (ran, most) = run(&machine, &["--practice=done"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.contains("the expressions of the course take more than 80 MB"), "{}", ran.stderr);
    assert!(ran.stderr.contains("checks/hostile-") && ran.stderr.contains("shorter lets"), "{}", ran.stderr);
    assert!(most < MOST, "{} MB", most >> 20);
}

#[test]
fn a_parameter_is_as_long_as_its_limit() {
    let machine = Machine::new();
    machine.edit("book.toml", "budget_amount = ", &format!("big = \"{}\"\nbudget_amount = ", "x".repeat(4097)));
    let ran = machine.verify(&["--practice=done", "cost-budget"]);
    assert_eq!(ran.status, 2);
    let told = "`preprocessor.verify.params.big` has 4097 bytes; 4096 are allowed";
    assert!(ran.stderr.contains(told) && ran.stderr.contains("book.toml:"), "{}", ran.stderr);
}
