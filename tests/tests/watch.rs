//! `verify watch`: shows changes, waits for late evidence, and ends when everything is done.

use crate::common::{Machine, binary};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

struct Watching {
    child: Child,
    said: BufReader<ChildStderr>,
}

impl Watching {
    fn of(machine: &Machine, arguments: &[&str]) -> Watching {
        let mut command = machine.command(&binary("verify"));
        command.arg("watch").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        Watching { child, said }
    }

    /// Waits for a text in the output, and returns the output up to it.
    fn until(&mut self, awaited: &str) -> String {
        let mut said = String::new();
        while !said.contains(awaited) {
            let mut line = String::new();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "it never said {awaited:?}: {said}");
            said.push_str(&line);
        }
        said
    }

    /// Waits until it ends, and returns its exit status and what it printed.
    fn end(mut self) -> (Option<i32>, String) {
        // Unread output would block it.
        std::thread::spawn(move || self.said.read_to_string(&mut String::new()));
        let output = self.child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }
}

#[test]
fn a_step_that_is_done_meanwhile_turns_green_and_ends_the_watch() {
    let machine = Machine::new();
    machine.verify(&["practice", "do", "account-created"]);
    let mut watching = Watching::of(&machine, &["--practice", "cost-budget"]);
    watching.until("✗ Not yet");
    watching.until("Watching");
    machine.verify(&["practice", "do", "cost-budget"]);
    watching.until("✓ Verified");
    let (status, printed) = watching.end();
    assert_eq!(status, Some(0));
    assert!(printed.contains("✓ Verified"), "{printed}");
    let results = machine.verify(&["status", "--practice", "--format", "json"]).json();
    assert_eq!(results["steps"]["cost-budget"]["verdict"], "verified");
}

#[test]
fn it_explains_delays_and_notices_a_confirmation_from_another_terminal() {
    let machine = Machine::new();
    machine.verify(&["practice", "do", "root-mfa"]);
    let mut watching = Watching::of(&machine, &["--practice", "mfa-sign-in", "pdf-invoice"]);
    let said = watching.until("CloudTrail shows what happened 5 to 15 minutes later.");
    assert!(!said.contains("Not yet"), "not seen yet is not \"no\": {said}");
    machine.verify(&["confirm", "--practice", "pdf-invoice"]);
    watching.until("Confirmed by you");
    machine.verify(&["practice", "do", "mfa-sign-in"]);
    let (status, _) = watching.end();
    assert_eq!(status, Some(0));
}

#[test]
fn an_account_that_appears_meanwhile_is_found() {
    let machine = Machine::new();
    let mut watching = Watching::of(&machine, &["--practice", "account-created", "--format", "json"]);
    watching.until("Watching");
    machine.verify(&["practice", "do", "account-created"]);
    let (status, printed) = watching.end();
    assert_eq!(status, Some(0));
    let results: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(results["steps"]["account-created"]["verdict"], "verified");
}

#[test]
fn when_stopped_it_prints_the_results() {
    let machine = Machine::new();
    machine.verify(&["practice", "do", "account-created"]);
    let mut watching = Watching::of(&machine, &["--practice"]);
    watching.until("Watching");
    let process = watching.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    let (status, printed) = watching.end();
    assert_eq!(status, Some(1));
    assert!(printed.contains("required steps are done."), "{printed}");
}
