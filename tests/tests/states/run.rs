//! Runs a table of states.

use super::table::{Expected, Stage, State};
use crate::common::Machine;
use crate::common::aws::{Aws, Served};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// The verdicts if everything is done that AWS can show.
const DONE: &[(&str, &str)] = &[
    ("account-created", "verified"),
    ("account-created@general", "verified"),
    ("account-name", "verified"),
    ("alternate-contacts", "verified"),
    ("alternate-contacts@general", "verified"),
    ("billing-alerts", "verified"),
    ("billing-alerts@general", "verified"),
    ("contact-matches", "verified"),
    ("cost-budget", "verified"),
    ("cost-budget@general", "verified"),
    ("free-tier-alerts", "unknown"),
    ("free-tier-alerts@general", "unknown"),
    ("iam-billing-access", "unknown"),
    ("iam-billing-access@general", "unknown"),
    ("mfa-sign-in", "verified"),
    ("mfa-sign-in@general", "verified"),
    ("pdf-invoice", "unknown"),
    ("pdf-invoice@general", "unknown"),
    ("root-mfa", "verified"),
    ("root-mfa@general", "verified"),
    ("shared-bucket", "verified"),
    ("shared-bucket-encryption", "verified"),
    ("shared-bucket-policy", "verified"),
    ("shared-bucket-private", "verified"),
    ("shared-bucket-tried", "unknown"),
    ("shared-bucket-versioning", "verified"),
    ("support-plan", "verified"),
    ("unique-email", "verified"),
];

/// Steps that combine others: the worst verdict of theirs.
const WHOLES: &[(&str, &[&str])] = &[
    ("mfa", &["root-mfa", "mfa-sign-in"]),
    ("billing-preferences", &["pdf-invoice", "free-tier-alerts", "billing-alerts"]),
];

const WORST_FIRST: [&str; 6] = ["not-yet", "unknown", "unchecked", "confirmed", "verified", "not-applicable"];

/// How many states run at the same time. Most of a run waits for CloudTrail's limit.
const AT_ONCE: usize = 8;

/// Runs states, and panics with all differences.
pub fn check(states: Vec<State>) {
    let names: BTreeSet<&str> = states.iter().map(|state| state.name).collect();
    assert_eq!(names.len(), states.len(), "a state's name is given twice");
    let (waiting, problems) = (Mutex::new(states.into_iter()), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let next = waiting.lock().unwrap().next();
            let Some(state) = next else { return };
            let found = run(state);
            problems.lock().unwrap().extend(found);
        }
    };
    std::thread::scope(|scope| (0..AT_ONCE).for_each(|_| drop(scope.spawn(work))));
    let mut problems = problems.into_inner().unwrap();
    problems.sort();
    assert!(problems.is_empty(), "{} came out otherwise:\n{}\n", problems.len(), problems.join("\n"));
}

/// Runs a state, and returns the differences.
fn run(state: State) -> Vec<String> {
    let mut machine = Machine::new();
    for (file, from, to) in &state.course {
        machine.edit(file, from, to);
    }
    machine.bind(&[("general", "AKIAGENERAL", "s", ""), ("production", "AKIAPRODUCTION", "s", "")]);
    let served = Served::new(Aws::done());
    machine.set("AWS_ENDPOINT_URL", &served.endpoint());
    machine.set("AWS_REGION", state.region);
    let mut problems = Vec::new();
    for (at, stage) in state.stages.into_iter().enumerate() {
        let found = stage.run(&machine, &served, at > 0);
        problems.extend(found.into_iter().map(|problem| format!("  {}, run {}: {problem}", state.name, at + 1)));
    }
    problems
}

impl Stage {
    fn run(self, machine: &Machine, served: &Served, remembers: bool) -> Vec<String> {
        self.edits.into_iter().for_each(|edit| edit(&mut served.aws()));
        let remembers = remembers || !self.confirms.is_empty();
        let mut problems = Vec::new();
        for (step, counts) in self.confirms {
            served.aws().rested();
            let said = machine.verify(&["confirm", step]).stderr;
            if said.contains("Confirmed: ") != counts {
                let whether = if counts { "counts" } else { "counts nothing" };
                problems.push(format!("to a confirmation of {step}, which {whether}, it says {said:?}"));
            }
        }
        // Two runs of the program don't share a limiter.
        served.aws().rested();
        let live = machine.verify(&["--record", "run.json", "--format", "json"]);
        if live.status == 2 {
            return vec![format!("it failed: {}", live.stderr)];
        }
        let live = live.json();
        let replayed = machine.verify(&["--replay", "run.json", "--format", "json"]);
        for (step, expected) in expected(&self.verdicts, self.others_may_differ) {
            problems.extend(expected.problem(step, &live["steps"][step]));
        }
        for (step, title, outcome) in self.expectations {
            let found = expectation(&live["steps"][step], title);
            if found != outcome {
                problems.push(format!("{step}: “{title}” is {found}, and should be {outcome}"));
            }
        }
        for (step, fragment, told) in self.tells {
            let text = sentences(&live["steps"][step]);
            if text.to_lowercase().contains(&fragment.to_lowercase()) != told {
                let should = if told { "should" } else { "should not" };
                problems.push(format!("{step} {should} tell {fragment:?}, and tells {text:?}"));
            }
        }
        problems.extend(served.aws().unanswered.drain(..).map(|call| format!("the stub does not have {call}")));
        problems.extend(self.looks.iter().filter_map(|look| look(&served.aws()).err()));
        match serde_json::from_str::<Value>(&replayed.stdout) {
            Ok(replayed) => problems.extend(differences(&live, &replayed, remembers)),
            Err(_) => problems.push(format!("its recording is not replayed: {}", replayed.stderr)),
        }
        problems
    }
}

/// The expectation for every step.
fn expected(named: &BTreeMap<&'static str, Expected>, others_may_differ: bool) -> Vec<(&'static str, Expected)> {
    let known = |step: &str| DONE.iter().any(|(known, _)| *known == step);
    assert!(named.keys().all(|step| known(step)), "one of these is no step: {:?}", named.keys());
    let of = |step: &'static str, done: &'static str| match (named.get(step), done) {
        (Some(expected), _) => Some(*expected),
        (None, _) if others_may_differ => None,
        (None, "unknown") => Some(Expected::Unknown("needs-confirmation")),
        (None, done) => Some(Expected::Is(done)),
    };
    let mut all: Vec<(&str, Expected)> =
        DONE.iter().filter_map(|(step, done)| Some((*step, of(step, done)?))).collect();
    let worst = |members: &[&str]| {
        let rank = |member: &&str| {
            let (_, expected) = all.iter().find(|(step, _)| step == member)?;
            WORST_FIRST.iter().position(|verdict| expected.is(verdict))
        };
        let ranks: Option<Vec<usize>> = members.iter().map(rank).collect();
        Some(match WORST_FIRST[ranks?.into_iter().min()?] {
            "unknown" => Expected::Unknown(""),
            verdict => Expected::Is(verdict),
        })
    };
    let wholes: Vec<(&str, Expected)> =
        WHOLES.iter().filter_map(|(whole, members)| Some((*whole, worst(members)?))).collect();
    all.extend(wholes);
    all
}

impl Expected {
    /// Whether it allows this verdict.
    fn is(&self, verdict: &str) -> bool {
        match self {
            Expected::Is(expected) => *expected == verdict,
            Expected::Unknown(_) => verdict == "unknown",
            Expected::NotDone => false,
        }
    }

    fn problem(&self, step: &str, found: &Value) -> Option<String> {
        let verdict = found["verdict"].as_str().unwrap_or("not judged");
        let codes = codes(found);
        let (right, should) = match self {
            Expected::Is(expected) => (verdict == *expected, (*expected).to_owned()),
            Expected::NotDone => (["not-yet", "unknown"].contains(&verdict), "not-yet or unknown".to_owned()),
            Expected::Unknown("") => (verdict == "unknown", "unknown".to_owned()),
            Expected::Unknown(code) => {
                (verdict == "unknown" && codes == BTreeSet::from([*code]), format!("unknown ({code})"))
            }
        };
        let codes = codes.into_iter().collect::<Vec<_>>().join(", ");
        (!right).then(|| format!("{step} is {verdict} ({codes}), and should be {should}: {}", sentences(found)))
    }
}

fn codes(step: &Value) -> BTreeSet<&str> {
    step["reasons"].as_array().into_iter().flatten().filter_map(|reason| reason["code"].as_str()).collect()
}

fn expectation<'s>(step: &'s Value, title: &str) -> &'s str {
    let mut all = step["expectations"].as_array().into_iter().flatten();
    let found = all.find(|one| one["title"].as_str().is_some_and(|text| text.starts_with(title)));
    found.and_then(|one| one["outcome"].as_str()).unwrap_or("missing")
}

/// All text of a step's result.
fn sentences(step: &Value) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let told = list(&step["expectations"]).into_iter().flat_map(|one| list(&one["sentences"]));
    let why = list(&step["reasons"]).into_iter().map(|reason| reason["message"].clone());
    let all = told.chain(why).filter_map(|text| text.as_str().map(str::to_owned));
    all.collect::<Vec<_>>().join(" | ")
}

/// The differences between a replay and its run. A step that depends on what is remembered or confirmed may be unknown
/// in a replay, which has neither.
fn differences(live: &Value, replayed: &Value, remembers: bool) -> Vec<String> {
    let outcomes = |step: &Value| {
        let all = step["expectations"].as_array().cloned().unwrap_or_default();
        all.into_iter().map(|one| one["outcome"].to_string()).collect::<Vec<_>>()
    };
    let mut problems = Vec::new();
    for (id, step) in live["steps"].as_object().into_iter().flatten() {
        let again = &replayed["steps"][id];
        let done = ["verified", "confirmed"].contains(&step["verdict"].as_str().unwrap_or_default());
        if remembers && done && again["verdict"] == "unknown" {
            continue;
        }
        let alike = codes(step) == codes(again) && outcomes(step) == outcomes(again);
        if step["verdict"] != again["verdict"] || !(alike || remembers) {
            let (was, is) = (&step["verdict"], &again["verdict"]);
            problems.push(format!("replayed, {id} is {is} {:?}, and was {was} {:?}", codes(again), codes(step)));
        }
    }
    problems
}
