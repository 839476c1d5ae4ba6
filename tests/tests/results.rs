//! Results survive kills, several writers, and files that are not results.

use crate::common::{Keys, Machine, binary, timeless};
use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

const STEPS: [&str; 8] = [
    "contact-matches",
    "account-name",
    "support-plan",
    "root-mfa",
    "mfa-sign-in",
    "cost-budget",
    "alternate-contacts",
    "unique-email",
];

#[test]
fn two_hundred_kills_lose_and_corrupt_nothing() {
    let machine = Machine::done();
    assert_eq!(machine.verify(&["--practice", "cost-budget"]).status, 0);
    let path = machine.course.join(".verify/results/practice.json");
    let random = RandomState::new();
    for kill in 0u64..200 {
        let mut hasher = random.build_hasher();
        hasher.write_u64(kill);
        // A run takes about 150 ms here, so most kills hit it somewhere in the middle. The moment of the kill is what
        // is tested, so there is no event to wait for.
        let instant = Duration::from_millis(hasher.finish() % 180);
        let mut running = machine.command(&binary("verify"));
        running.args(["--practice"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut running = running.spawn().unwrap();
        std::thread::sleep(instant);
        let _ = running.kill();
        running.wait().unwrap();
        let results: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(results["steps"]["cost-budget"]["verdict"], "verified", "kill {kill} after {instant:?}");
    }
    let status = machine.verify(&["status", "--practice", "--format", "json"]);
    assert_ne!(status.status, 2, "the seal holds: {status:?}");
    machine.verify(&["--practice", "cost-budget"]);
    let names = fs::read_dir(machine.course.join(".verify")).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().ends_with(".part")).collect();
    assert!(left.is_empty(), "the kills left {left:?}");
}

#[test]
fn eight_writers_at_once_lose_nothing() {
    let machine = Machine::done();
    let writers: Vec<_> = STEPS
        .iter()
        .map(|step| {
            let mut command = machine.command(&binary("verify"));
            command.args(["--practice", step]).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    let results = machine.verify(&["status", "--practice", "--format", "json"]).json();
    for step in STEPS {
        assert_eq!(results["steps"][step]["verdict"], "verified", "{step} was lost");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_set_aside_and_named() {
    let good = {
        let machine = Machine::done();
        machine.verify(&["--practice", "cost-budget"]);
        machine.read(".verify/results/practice.json")
    };
    let newer = good.replacen("\"version\": 1", "\"version\": 7", 1);
    let mut shown = String::new();
    for (name, text) in [("damaged", "{\"version\": 1, \"ste"), ("foreign", good.as_str()), ("newer", newer.as_str())] {
        let machine = Machine::done();
        machine.write(".verify/results/practice.json", text);
        let status = machine.verify(&["status", "--practice"]);
        assert_eq!(status.status, 2, "{name}");
        let ran = machine.verify(&["--practice", "account-name"]);
        assert_eq!(ran.status, 0, "{name}: {ran:?}");
        assert_eq!(machine.read(".verify/practice-set-aside-1.json"), text, "{name} is kept as it was");
        shown.push_str(&format!("{name}\n{}{}\n", status.stderr, ran.stderr));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_step_that_no_longer_holds_keeps_the_time_when_it_did() {
    let machine = Machine::done();
    machine.verify(&["--practice", "cost-budget"]);
    machine.practise(false);
    machine.verify(&["practice", "do", "account-created"]);
    let results = machine.verify(&["--practice", "cost-budget", "--format", "json"]).json();
    let step = &results["steps"]["cost-budget"];
    assert_eq!(step["verdict"], "not-yet");
    assert!(step["first_verified"].is_string() && step["held_until"].is_string(), "{step}");
}

#[test]
fn a_verdict_about_another_question_is_not_shown() {
    let machine = Machine::done();
    machine.verify(&["--practice", "account-name"]);
    machine.edit("book.toml", "account_suffix = \"-production\"", "account_suffix = \"-prod\"");
    let ran = machine.verify(&["status", "--practice"]);
    assert!(ran.stdout.contains("The check has changed since it was last verified"), "{}", ran.stdout);
}

#[test]
fn a_confirmation_counts_until_it_is_undone() {
    let machine = Machine::done();
    let verdict = |arguments: &[&str]| {
        let results = machine.verify(&[arguments, &["--format", "json"]].concat()).json();
        results["steps"]["pdf-invoice"]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(&["--practice", "pdf-invoice"]), "unknown");
    assert_eq!(verdict(&["confirm", "--practice", "pdf-invoice"]), "confirmed");
    assert_eq!(verdict(&["--practice", "pdf-invoice"]), "confirmed");
    assert_eq!(verdict(&["confirm", "--practice", "pdf-invoice", "--undo"]), "unknown");
    // Another statement has not been confirmed.
    verdict(&["confirm", "--practice", "pdf-invoice"]);
    machine.edit("checks/pdf-invoice.toml", "is on.\"", "is on, truly.\"");
    assert_eq!(verdict(&["--practice", "pdf-invoice"]), "unknown");
}

#[test]
fn exit_statuses_tell_done_false_and_unknown() {
    let machine = Machine::done();
    assert_eq!(machine.verify(&["--practice", "cost-budget"]).status, 0);
    assert_eq!(machine.verify(&["--practice"]).status, 3, "words are missing");
    for step in ["pdf-invoice", "free-tier-alerts", "iam-billing-access"] {
        for account in ["", "@general"] {
            assert_eq!(machine.verify(&["confirm", "--practice", &format!("{step}{account}")]).status, 0);
        }
    }
    machine.verify(&["confirm", "--practice", "shared-bucket-tried"]);
    assert_eq!(machine.verify(&["--practice"]).status, 0);
    assert_eq!(machine.verify(&["status", "--practice"]).status, 0);
    machine.practise(false);
    machine.verify(&["practice", "do", "account-created"]);
    assert_eq!(machine.verify(&["--practice"]).status, 1);
    assert_eq!(machine.verify(&["--practice", "--frobnicate"]).status, 2);
}

#[test]
fn the_output_in_a_pipe_is_plain_and_json_is_the_document() {
    let machine = Machine::done();
    let text = machine.verify(&["--practice"]);
    assert!(!text.stdout.contains('\u{1b}') && text.stderr.is_empty(), "{text:?}");
    insta::assert_snapshot!("summary", timeless(&text.stdout));
    let json = machine.verify(&["--practice", "--format", "json"]);
    let written: serde_json::Value = serde_json::from_str(&machine.read(".verify/results/practice.json")).unwrap();
    assert_eq!(json.json(), written);
    for secret in ["111122223333", "444455556666", "learner+production@example.com"] {
        assert!(!json.stdout.contains(secret), "the results tell {secret}");
    }
}

#[test]
fn an_interrupted_run_leaves_the_results_as_they_were() {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "SECRETKEYEXAMPLE", "")]);
    let answer = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::444455556666:user/r</Arn><UserId>U</UserId><Account>444455556666</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    machine.set("AWS_ENDPOINT_URL", &crate::common::server(200, "text/xml", answer));
    machine.verify(&["pdf-invoice"]);
    let before = machine.read(".verify/results/results.json");
    let many = |at| format!("- [ ] Budget <!-- verify: cost-budget budget_amount={at} -->\n");
    let lesson = machine.read("src/shared-bucket.md") + "\n" + &(100..350).map(many).collect::<String>();
    machine.write("src/shared-bucket.md", &lesson);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    machine.set("AWS_ENDPOINT_URL", &format!("http://{}", silent.local_addr().unwrap()));
    // Of so many steps, the first call is sent while their checks are compiled.
    for steps in [&["pdf-invoice"][..], &[]] {
        let mut running = machine.command(&binary("verify"));
        let running = running.args(steps).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        // Its call has arrived, and gets no response.
        let _call = silent.accept().unwrap();
        assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
        let output = running.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"), "{output:?}");
        assert_eq!(machine.read(".verify/results/results.json"), before);
    }
}

#[test]
fn ctrl_c_answers_a_question_with_nothing_confirmed() {
    let machine = Machine::done();
    let keys = Keys { question: "[y/N]", pressed: "\u{3}", until: "" };
    let (status, shown) = machine.in_a_terminal("verify", &["confirm", "--practice", "pdf-invoice"], &keys);
    assert!(status == 130 && shown.contains("interrupted"), "{status}: {shown}");
    let results = machine.verify(&["--practice", "pdf-invoice", "--format", "json"]).json();
    assert_eq!(results["steps"]["pdf-invoice"]["verdict"], "unknown");
}

#[test]
fn a_mistake_in_a_check_stops_that_step_and_is_never_shown_as_done() {
    let machine = Machine::done();
    machine.verify(&["--practice"]);
    let verdict = |step: &str| {
        let status = machine.verify(&["status", "--practice", "--format", "csv"]);
        let mut rows = status.stdout.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let row = rows.find(|row| row.contains(&step)).unwrap();
        let known = |field: &&str| ["verified", "not-yet", "unknown", "unchecked"].contains(field);
        row.into_iter().find(known).unwrap().to_owned()
    };
    assert_eq!([verdict("unique-email"), verdict("cost-budget")], ["verified", "verified"]);
    machine.edit("checks/unique-email.toml", "identity.account !=", "identty.account !=");
    // A result of another check does not count.
    assert_eq!([verdict("unique-email"), verdict("cost-budget")], ["unchecked", "verified"]);
    // Other steps are not affected, whether they are done or not.
    assert_eq!(machine.verify(&["--practice", "cost-budget"]).status, 0);
    machine.practise(false);
    machine.verify(&["practice", "do", "account-created"]);
    assert_eq!(machine.verify(&["--practice", "cost-budget"]).status, 1);
    assert_eq!(verdict("cost-budget"), "not-yet");
    for steps in [&["unique-email"][..], &[]] {
        let ran = machine.verify(&[&["--practice"], steps].concat());
        assert_eq!(ran.status, 2, "{ran:?}");
        assert!(ran.stderr.contains("checks/unique-email.toml") && ran.stderr.contains("`identity`"), "{}", ran.stderr);
    }
    assert_eq!(verdict("unique-email"), "unchecked");
}
