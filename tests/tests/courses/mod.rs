//! Chapters of the book and other courses, judged by the program behind moto's server, in states that boto3 makes.
//!
//! Each folder has `states.py` with the actions, and `states.toml` with the states and their verdicts. It is about the
//! course in its folder `course`, or else about this repository's book.

use crate::common::{Emulator, Machine, binary, boto3_with, copy, installed, moto, repository};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use toml::Table;

/// The folders, each with its own test.
const COURSES: [&str; 10] = [
    "admin-user",
    "balancer",
    "cli-access",
    "custom-vpc",
    "database-restore",
    "failover-dns",
    "instance-guard",
    "nat-gateways",
    "replicated-website",
    "service-control-policy",
];

/// The fewest states of a course.
const FEWEST: usize = 12;

#[test]
fn every_folder_has_a_test() {
    let entries = fs::read_dir(folder("")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<String> = entries
        .filter(|path| path.join("states.toml").is_file())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, COURSES);
}

#[test]
fn the_courses_have_no_mistakes_and_their_checks_are_proved() {
    for name in COURSES.into_iter().filter(|name| folder(name).join("course").is_dir()) {
        let machine = Machine::empty();
        copy(&folder(name).join("course"), &machine.course);
        for command in ["lint", "selftest"] {
            let ran = machine.verify(&[command]);
            assert_eq!(ran.status, 0, "{name}: {ran:?}");
        }
    }
}

/// The share of a whole course's steps that can be read. It exits with 1 if that is less than its aim.
#[test]
fn nearly_all_steps_of_a_whole_course_can_be_read() {
    let machine = Machine::empty();
    let script = repository().join("tests/coverage/coverage.py");
    let ran = machine.command(&installed("python")).arg(script).arg(binary("verify")).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    insta::assert_snapshot!(String::from_utf8(ran.stdout).unwrap());
}

macro_rules! courses {
    ($($test:ident = $name:literal;)*) => {$(
        #[test]
        fn $test() {
            judge($name);
        }
    )*};
}

courses! {
    an_administrator_in_each_account = "admin-user";
    a_balanced_web_tier_that_scales = "balancer";
    access_for_the_command_line = "cli-access";
    a_network_of_twelve_subnets = "custom-vpc";
    a_database_that_is_restored = "database-restore";
    records_that_fail_over = "failover-dns";
    instances_that_functions_guard = "instance-guard";
    nat_gateways_in_three_zones = "nat-gateways";
    a_website_that_is_replicated = "replicated-website";
    a_service_control_policy = "service-control-policy";
}

fn folder(name: &str) -> PathBuf {
    repository().join("tests/tests/courses").join(name)
}

/// Makes all states of a course, and compares the verdicts.
fn judge(name: &str) {
    let read = |file: &str| fs::read_to_string(folder(name).join(file)).unwrap();
    let spec: Table = toml::from_str(&read("states.toml")).unwrap();
    let states = spec["state"].as_array().unwrap();
    assert!(states.len() >= FEWEST, "{name} has {} states", states.len());
    let script = [include_str!("states.py"), &read("states.py"), "\nrun(globals())\n"].concat();
    let mut machine = Machine::empty();
    for (name, value) in spec.get("moto").into_iter().flat_map(|settings| settings.as_table().unwrap()) {
        machine.set(name, text(value));
    }
    let moto = moto(&machine);
    let mut place = None;
    let mut wrong = String::new();
    for state in states {
        let state = state.as_table().unwrap();
        let goes_on = state.get("then").is_some();
        if !goes_on {
            moto.reset();
            place = None;
        }
        let place = place.get_or_insert_with(|| Place::new(name, &moto, &spec));
        place.make(&script, &moto, state);
        for problem in place.problems(state) {
            let _ = writeln!(wrong, "{}: {problem}", text(&state["title"]));
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{wrong}");
}

fn text(value: &toml::Value) -> &str {
    value.as_str().unwrap()
}

/// The texts of a list.
fn texts(value: Option<&toml::Value>) -> Vec<&str> {
    value.into_iter().flat_map(|list| list.as_array().unwrap()).map(text).collect()
}

/// A learner's machine, and what is known of the accounts.
struct Place {
    machine: Machine,
    accounts: Value,
}

impl Place {
    fn new(name: &str, moto: &Emulator, spec: &Table) -> Place {
        let mut machine = Machine::empty();
        let own = folder(name).join("course");
        // moto has this account for keys that it does not know, and another one for a role in it.
        let keys = json!({ "id": "123456789012", "aws_access_key_id": "AKIATEST", "aws_secret_access_key": "secret" });
        let (course, accounts) = match own.is_dir() {
            true => (own, json!({ "lab": keys })),
            false => (repository().join("book"), json!({ "general": keys, "production": { "id": "210987654321" } })),
        };
        copy(&course, &machine.course);
        machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
        machine.set("AWS_REGION", "us-east-1");
        let place = Place { machine, accounts };
        place.set(spec);
        place
    }

    /// Gives the inputs of a table.
    fn set(&self, table: &Table) {
        for (input, value) in table.get("inputs").into_iter().flat_map(|inputs| inputs.as_table().unwrap()) {
            let ran = self.machine.verify(&["set", &format!("{input}={}", text(value))]);
            assert_eq!(ran.status, 0, "{ran:?}");
        }
    }

    /// Makes a state.
    fn make(&mut self, script: &str, moto: &Emulator, state: &Table) {
        self.set(state);
        let actions = texts(state.get("do"));
        let arguments = [&[moto.endpoint.as_str()], actions.as_slice()].concat();
        self.accounts = boto3_with(&self.machine, script, &arguments, &self.accounts);
        let of = |account: &Value, key: &str| account[key].as_str().unwrap_or_default().to_owned();
        let keys: Vec<[String; 4]> = self
            .accounts
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, account)| {
                let [key, secret, token] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];
                [name.clone(), of(account, key), of(account, secret), of(account, token)]
            })
            .collect();
        // What was bound before keeps the account that was seen.
        let bindings = self.machine.home.path().join("config/bindings.json");
        let before = fs::read(&bindings).ok();
        self.machine.bind(
            &keys.iter().map(|[n, k, s, t]| (n.as_str(), k.as_str(), s.as_str(), t.as_str())).collect::<Vec<_>>(),
        );
        before.into_iter().for_each(|before| fs::write(&bindings, before).unwrap());
    }

    /// What is not as the state says.
    fn problems(&self, state: &Table) -> Vec<String> {
        let verdicts = state["verdicts"].as_table().unwrap();
        let steps: Vec<&str> = verdicts.keys().map(String::as_str).collect();
        let results = self.machine.verify(&[steps.as_slice(), &["--format", "json"]].concat()).json();
        let mut problems = Vec::new();
        for (step, expected) in verdicts {
            let result = &results["steps"][step];
            if result["verdict"] != text(expected) {
                problems.push(format!("{step} is {}, and not {expected}: {result:#}", result["verdict"]));
            }
            let expectations = result["expectations"].as_array().into_iter().flatten();
            let sentences = |one: &Value| one["sentences"].as_array().cloned().unwrap_or_default();
            let advice = expectations.clone().filter(|one| one["outcome"] == "not-met").flat_map(sentences).count();
            if result["verdict"] == "not-yet" && advice == 0 {
                problems.push(format!("{step} is not done, and does not say what to do"));
            }
            let said: Vec<Value> = expectations.flat_map(sentences).collect();
            let says = state.get("says").and_then(|says| says.get(step));
            for words in texts(says) {
                if !said.iter().any(|sentence| sentence.as_str().unwrap().contains(words)) {
                    problems.push(format!("{step} does not say “{words}”: {said:?}"));
                }
            }
        }
        if let Some(left) = state.get("left") {
            let found = self.machine.verify(&["leftovers", "--format", "json"]).json();
            let found: BTreeSet<&str> = found
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["state"] != "not-asked")
                .flat_map(|one| one["steps"].as_array().unwrap())
                .map(|step| step.as_str().unwrap())
                .collect();
            let mut left = texts(Some(left));
            left.sort_unstable();
            if found.iter().ne(&left) {
                problems.push(format!("left are {found:?}, and not {left:?}"));
            }
        }
        problems
    }
}
