//! A class of a thousand accounts: each is judged once; runs are killed and resumed, and share a class; little memory
//! is used.

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "a test tells its reader what it measured")]

use crate::common::class::{Kind, account, aws, instructor, kind, name, role, roster};
use crate::common::{Machine, binary, denied, serve};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, UNIX_EPOCH};

const CLASS: usize = 1000;

/// Random numbers from a seed that differs in every run. A failing test prints it.
struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    fn new() -> Random {
        let seed = UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
        Random { seed, state: seed }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % limit
    }
}

/// `verify cohort`, with limits that a class of this size does not reach.
fn cohort(machine: &Machine, more: &[&str]) -> Command {
    let mut command = machine.command(&binary("verify"));
    command.args(["cohort", "class.csv", "--from", "teacher", "--rate", "1000"]).args(more);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts a run, and waits for this many lines.
fn until(mut child: Child, lines: usize) -> Child {
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in 0..lines {
        assert!(said.next().is_some(), "it ended after {line} of {lines} lines");
    }
    child
}

/// The files of a class by learner, each a whole document.
fn files(folder: &Path) -> BTreeMap<String, Value> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().replace("%20", " ");
        (name, serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
    };
    files.iter().map(read).collect()
}

/// A document without its times and seals, and without the name of the credentials that assume a role.
fn timeless(mut document: Value) -> Value {
    let object = document.as_object_mut().unwrap();
    object.retain(|name, _| !["written", "seal", "roles"].contains(&name.as_str()));
    for step in object["steps"].as_object_mut().unwrap().values_mut().map(|step| step.as_object_mut().unwrap()) {
        step.retain(|name, _| !["checked", "first_checked", "first_verified"].contains(&name.as_str()));
        for call in step.get_mut("evidence").and_then(Value::as_array_mut).into_iter().flatten() {
            call.as_object_mut().unwrap().remove("time");
        }
    }
    let text = document.to_string().replace("profile `teacher`", "the teacher account");
    serde_json::from_str(&text).unwrap()
}

/// A class's table, without times.
fn table(machine: &Machine, folder: &str) -> Value {
    let ran = machine.verify(&["report", folder, "--format", "json"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let mut table = ran.json();
    for learner in table["learners"].as_array_mut().unwrap() {
        learner.as_object_mut().unwrap().retain(|name, _| !name.ends_with("verified") && name != "last_checked");
    }
    for step in table["steps"].as_array_mut().unwrap() {
        step.as_object_mut().unwrap().remove("median_seconds");
    }
    table
}

#[test]
fn a_class_that_is_killed_again_and_again_is_judged_once() {
    let (aws, url) = aws();
    let machine = instructor(&url);
    machine.write("class.csv", &roster(0..CLASS));
    let folder = machine.course.join("cohort");
    let mut random = Random::new();
    println!("seed {}", random.seed);
    let mut judged_before: BTreeMap<String, usize> = BTreeMap::new();
    for part in 0..4 {
        // Kills each run at a random moment: after a few more files in each fifth of the class, and a while after a
        // line.
        let wanted = CLASS * part / 5 + 20 + random.below(CLASS as u64 / 5 - 40) as usize;
        let there = if folder.exists() { files(&folder).len() } else { 0 };
        let mut killed = until(cohort(&machine, &[]).spawn().unwrap(), wanted.saturating_sub(there).max(1));
        std::thread::sleep(Duration::from_micros(random.below(20_000)));
        killed.kill().unwrap();
        killed.wait().unwrap();
        let (judged, seed) = (files(&folder), random.seed);
        assert!(judged.len() >= there, "kill {part} of seed {seed} left {} of {there} files", judged.len());
        assert!(judged.len() < CLASS, "kill {part} of seed {seed} came too late");
        let assumed = aws.assumed();
        for row in (0..CLASS).filter(|row| judged.contains_key(&name(*row))) {
            let (account, now) = (account(row), assumed[&account(row)]);
            let before = *judged_before.entry(account).or_insert(now);
            assert_eq!(before, now, "{} was judged again, by seed {seed}", name(row));
        }
    }
    // Accounts that fail at first are reported as failed, have no file, and are the only ones that the next run reads.
    let on = machine.verify(&["cohort", "class.csv", "--from", "teacher", "--rate", "1000"]);
    assert_eq!(on.status, 3, "{}", on.stderr);
    let judged = files(&folder);
    let failed: Vec<usize> = (0..CLASS).filter(|row| !judged.contains_key(&name(*row))).collect();
    assert!(!failed.is_empty() && failed.iter().all(|row| kind(*row) == Kind::Failing), "{failed:?}");
    let told: Vec<&str> = on.stdout.lines().filter(|line| line.contains("failed  ")).collect();
    assert_eq!(told.len(), failed.len(), "{told:?}");
    assert!(told[0].contains("InternalServerException (HTTP status 500)"), "{told:?}");
    let before = aws.requests.load(Ordering::Relaxed);
    let last = machine.verify(&["cohort", "class.csv", "--from", "teacher", "--rate", "1000"]);
    assert_eq!(last.status, 1, "half of them have no MFA: {}", last.stderr);
    assert!(aws.requests.load(Ordering::Relaxed) - before <= failed.len() * 8, "only those who failed were asked");
    let assumed = aws.assumed();
    for (account, before) in judged_before {
        assert_eq!(assumed[&account], before, "{account} was judged again");
    }
    let judged = files(&folder);
    assert_eq!(judged.keys().cloned().collect::<BTreeSet<_>>(), (0..CLASS).map(name).collect::<BTreeSet<_>>());
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), CLASS + 1, "the results and the lock: no half-written file is left");
    let again = machine.verify(&["cohort", "class.csv", "--from", "teacher"]);
    assert_eq!(again.stdout.lines().count(), 3, "{}", again.stdout);
    assert_eq!(aws.assumed(), assumed, "nobody was asked");
    insta::assert_snapshot!("summary", again.stdout);

    // Some learners alone get the same results: of each kind, from all parts of the class.
    let alone: Vec<usize> = (0..75).map(|at| at * 13 % CLASS).collect();
    for some in [Kind::Done, Kind::Half, Kind::Denied, Kind::NoRole, Kind::Throttled, Kind::Failing] {
        assert!(alone.iter().filter(|row| kind(**row) == some).count() >= 3, "{some:?}");
    }
    for row in alone {
        let _ = fs::remove_dir_all(machine.course.join(".verify/results"));
        let alone = machine.verify(&["--account", &format!("mine={}", role(row)), "--format", "json"]);
        assert_eq!(timeless(alone.json()), timeless(judged[&name(row)].clone()), "{:?}", kind(row));
    }

    // Four runs share the class, and its table is the same.
    let run = |shard: &str| cohort(&machine, &["--out", "shared", "--shard", shard]).spawn().unwrap();
    let runs: Vec<Child> = ["1/4", "2/4", "3/4", "4/4"].map(run).into();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), CLASS / 4 + 3);
    }
    let shared = table(&machine, "shared");
    assert_eq!(shared, table(&machine, "cohort"));
    assert_eq!(shared["learners"].as_array().unwrap().len(), CLASS);
    assert!(shared["learners"].as_array().unwrap().iter().all(|learner| learner["judged_here"] == true));
    insta::assert_snapshot!("steps", serde_json::to_string_pretty(&[&shared["stuck"], &shared["steps"]]).unwrap());
}

/// The most memory that a run had used when it printed its summary, in kilobytes, if the system shows it.
fn peak(machine: &Machine, learners: usize) -> Option<u64> {
    machine.write("class.csv", &roster(0..learners));
    let mut run = cohort(machine, &["--out", &format!("of-{learners}")]).spawn().unwrap();
    let status = format!("/proc/{}/status", run.id());
    let (mut peak, mut said) = (None, String::new());
    for line in BufReader::new(run.stdout.take().unwrap()).lines().map(Result::unwrap) {
        let now = fs::read_to_string(&status).unwrap_or_default();
        let line_of = |text: &str| text.lines().find_map(|line| Some(line.strip_prefix("VmHWM:")?.to_owned()));
        peak = line_of(&now).and_then(|now| now.trim().trim_end_matches(" kB").parse().ok()).or(peak);
        said.push_str(&line);
    }
    let mut errors = String::new();
    run.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(3), "some failed at first: {said} {errors}");
    peak
}

#[test]
fn memory_does_not_grow_with_the_class_and_nobody_is_asked_twice() {
    let (_, url) = aws();
    let small = peak(&instructor(&url), 100);
    let (aws, url) = aws();
    let large = peak(&instructor(&url), CLASS);
    if let (Some(small), Some(large)) = (small, large) {
        assert!(large * 2 < small * 3, "{large} kB for {CLASS} learners, {small} kB for 100");
        println!("{large} kB for {CLASS} learners, {small} kB for 100");
    }
    assert!(aws.assumed().values().all(|times| *times == 1), "everybody was asked once");
    assert_eq!(aws.assumed().len(), CLASS);
    // One pool of connections for all learners.
    let (connections, requests) = (aws.connections.load(Ordering::Relaxed), aws.requests.load(Ordering::Relaxed));
    assert!(connections * 4 < requests, "{connections} connections for {requests} requests");
}

#[test]
fn a_roster_that_is_wrong_asks_nobody() {
    let (aws, url) = aws();
    let machine = instructor(&url);
    machine.write("class.csv", &(roster(0..3) + "learner 0001,arn:aws:iam::1:role/r\n"));
    let ran = machine.verify(&["cohort", "class.csv", "--from", "teacher"]);
    assert_eq!(ran.status, 2);
    insta::assert_snapshot!("roster", ran.stderr);
    assert_eq!(aws.requests.load(Ordering::Relaxed), 0);
    assert!(!machine.course.join("cohort").exists());
}

#[test]
fn credentials_that_do_not_work_stop_the_class_at_once() {
    let expired = |_: &crate::common::Request| {
        let (_, headers, body) = denied();
        (403, headers, body.replace("AccessDenied", "ExpiredToken"))
    };
    let mut machine = instructor(&serve(expired));
    machine.write("class.csv", &roster(0..200));
    let mut shown = String::new();
    for from in ["teacher", "nobody", "environment", "arn:aws:iam::111122223333:role/r"] {
        let ran = machine.verify(&["cohort", "class.csv", "--from", from]);
        assert_eq!(ran.status, 2, "{ran:?}");
        assert_eq!(ran.stdout, "");
        shown.push_str(&format!("--from {from}\n{}\n", ran.stderr));
    }
    assert!(files(&machine.course.join("cohort")).is_empty(), "nobody has a result");
    insta::assert_snapshot!("base", shown);
    // If AWS cannot be reached, no learner gets a result either.
    machine.set("AWS_ENDPOINT_URL", &crate::common::closed_port());
    machine.write("class.csv", &roster(0..2));
    let away = machine.verify(&["cohort", "class.csv", "--from", "teacher", "--format", "json"]);
    assert_eq!(away.status, 3, "{away:?}");
    for line in away.stdout.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&line["outcome"], &line["reasons"][0]["code"]),
            (&"failed".into(), &"unreachable".into()),
            "{line}"
        );
    }
    assert!(files(&machine.course.join("cohort")).is_empty());
}

#[test]
fn one_shard_is_judged_by_one_run_and_an_interrupted_one_leaves_whole_files() {
    let (_, url) = aws();
    let machine = instructor(&url);
    machine.write("class.csv", &roster(0..CLASS));
    let running = until(cohort(&machine, &["--at-once", "2"]).spawn().unwrap(), 3);
    let other = machine.verify(&["cohort", "class.csv", "--from", "teacher"]);
    assert_eq!(other.status, 2);
    assert!(other.stderr.contains("another `verify cohort` is judging shard 1/1"), "{}", other.stderr);
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
    let ended = running.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(3), "{}", String::from_utf8_lossy(&ended.stderr));
    let judged = files(&machine.course.join("cohort"));
    assert!((3..CLASS).contains(&judged.len()));
}

#[test]
fn only_learners_whom_a_change_concerns_are_judged_again() {
    let (aws, url) = aws();
    let machine = instructor(&url);
    let folder = machine.course.join("cohort");
    let judge = || machine.verify(&["cohort", "class.csv", "--from", "teacher"]);
    let times = |rows: [usize; 3]| rows.map(|row| aws.assumed().get(&account(row)).copied().unwrap_or_default());
    machine.write("class.csv", &roster([0, 1, 7]));
    assert_eq!(judge().status, 1);
    assert_eq!((judge().stdout.lines().count(), times([0, 1, 7])), (3, [1, 1, 1]), "nothing has changed");
    // A check.
    machine.edit("checks/account-name.toml", "'-production'", "'-staging'");
    let checks = judge();
    assert_eq!(times([0, 1, 7]), [2, 2, 2], "{checks:?}");
    assert!(checks.stderr.contains("roles or results than the current ones: 3."), "{}", checks.stderr);
    assert!(checks.stdout.contains("\n0 done, 2 not yet, 1 unknown, 0 failed.\n"), "{}", checks.stdout);
    // Another account for a learner, and another role for a learner whose role could not be assumed.
    let corrected = roster([0, 1, 7]).replace(&role(0), &role(2)).replace(&role(7), &role(8));
    machine.write("class.csv", &corrected);
    let roles = judge();
    assert!(roles.stderr.contains("roles or results than the current ones: 2."), "{}", roles.stderr);
    assert_eq!((times([0, 1, 7]), times([2, 8, 9])), ([2, 2, 2], [1, 1, 0]));
    assert!(files(&folder)[&name(0)]["accounts"]["mine"]["id"].as_str().unwrap().ends_with("0002"));
    // A damaged file.
    fs::write(folder.join("learner%200001.json"), "{").unwrap();
    let damaged = judge();
    assert!(damaged.stderr.contains("0001.json.old, and the learner is verified again"), "{}", damaged.stderr);
    assert!(damaged.stdout.contains(", 0 failed; 2 of them had a file"), "{}", damaged.stdout);
    assert_eq!(fs::read_to_string(folder.join("learner%200001.json.old")).unwrap(), "{");
    assert_eq!(files(&folder).len(), 3);
    assert_eq!(times([0, 1, 7]), [2, 3, 2]);
    assert!(judge().stdout.contains("3 of them had a file"), "all of them count again");
}

#[test]
fn results_say_what_every_line_says() {
    let (_, url) = aws();
    let machine = instructor(&url);
    machine.edit("checks/root-mfa.toml", "root.mfa", "root.mfa && accounts.teacher.root.mfa");
    machine.write("class.csv", &roster([0, 1, 3, 7]));
    let ran = machine.verify(&["cohort", "class.csv", "--from", "teacher", "--at-once", "1", "--format", "json"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let text = format!("{}--- stderr\n{}", ran.stdout, ran.stderr);
    assert!(!(3..8).any(|row| text.contains(&account(row))), "account ids are masked");
    insta::assert_snapshot!("lines", text);
    let no_role = &files(&machine.course.join("cohort"))[&name(7)];
    assert!(no_role["steps"]["account-name"]["reasons"][0]["message"].as_str().unwrap().contains("••••••••0007"));
}

/// The instructor's machine has neither the learners' confirmations nor what they saw.
#[test]
fn confirmations_come_from_learners_own_results_and_overrule_no_evidence() {
    let (_aws, url) = aws();
    let machine = instructor(&url);
    machine.write(
        "checks/letters.toml",
        "title = \"Letters\"\naccount = \"mine\"\n\n[[expect]]\nconfirm = \"Letters reach me.\"\nfix = \"Do.\"\n",
    );
    machine.edit("src/begin.md", "# Begin\n", "# Begin\n\n- [ ] Letters arrive <!-- verify: letters -->\n");
    // The first learner has done the other steps, and the second has no MFA.
    machine.write("class.csv", &roster([0, 1]));
    let run = |more: &[&str]| {
        let output = cohort(&machine, more).output().unwrap();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        files(&machine.course.join("cohort"))
    };
    let judged = run(&[]);
    let verdict = |files: &BTreeMap<String, Value>, row: usize, step: &str| {
        files[&name(row)]["steps"][step]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(&judged, 0, "letters"), "unknown");
    // What the learners send says that everything is done.
    for row in [0, 1] {
        let mut theirs = judged[&name(row)].clone();
        for step in theirs["steps"].as_object_mut().unwrap().values_mut() {
            (step["verdict"], step["reasons"]) = ("confirmed".into(), Value::Array(Vec::new()));
            step["expectations"][0]["outcome"] = "confirmed".into();
        }
        machine.write(&format!("theirs/{}.json", name(row)), &theirs.to_string());
    }
    fs::remove_dir_all(machine.course.join("cohort")).unwrap();
    let judged = run(&["--results", "theirs"]);
    for (row, step, wanted) in [
        (0, "letters", "confirmed"),
        (1, "letters", "confirmed"),
        (0, "root-mfa", "verified"),
        (1, "root-mfa", "not-yet"),
    ] {
        assert_eq!(verdict(&judged, row, step), wanted, "{row} {step}");
    }
    assert_eq!(judged[&name(0)]["by_learners_file"], serde_json::json!(["letters"]));
    let said = machine.verify(&["report", "cohort"]).stdout;
    assert!(said.contains("here, 1 by the learner's file"), "{said}");
    // Learners with a file are judged again when they send other results.
    let mut theirs: Value = serde_json::from_str(&machine.read(&format!("theirs/{}.json", name(0)))).unwrap();
    theirs["written"] = "2026-11-27T00:00:00Z".into();
    theirs["steps"]["letters"]["expectations"][0]["outcome"] = "unconfirmed".into();
    machine.write(&format!("theirs/{}.json", name(0)), &theirs.to_string());
    let output = cohort(&machine, &["--results", "theirs"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("Learners whose file is from other checks"), "{output:?}");
    assert_eq!(verdict(&files(&machine.course.join("cohort")), 0, "letters"), "unknown");
}
