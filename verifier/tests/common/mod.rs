//! Shared by the tests of verdicts: this repository's course, judged on evidence of the test.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod faults;
pub mod http;

use aws_config::SdkConfig;
use course::Course;
use course::key::Key;
use course::results::{Results, StepResult};
use evidence::connection::{Connected, Connection};
use evidence::gather::{self, Gathered, Plan};
use evidence::identifying::Identifying;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use verify::actions::{ActionError, Failures, PracticeAccounts, TakenAction};
use verify::compile;
use verify::plan::Compiled;
use verify::run::Judge;
use verify::{book, recording};

/// The time in the practice accounts: 2026-11-24T00:00:00Z.
pub const NOW: i64 = 1_795_478_400;

pub static COURSE: LazyLock<(Arc<Course>, Arc<Compiled>)> = LazyLock::new(|| {
    // Tests read its files until the process ends.
    let root = tempfile::tempdir().unwrap().keep().canonicalize().unwrap();
    system_tests::copy_first_lessons(&root);
    let course = Arc::new(book::read(&root, false).unwrap());
    let compiled = compile::compile(&course).unwrap();
    (course, Arc::new(compiled))
});

/// The accounts of the course.
pub const GENERAL: &str = "general";
pub const PRODUCTION: &str = "production";

/// What is done in the practice accounts before the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Fresh,
    Done,
}

/// The actions after which the general account is set up, and the production account is there with nothing done in it.
pub const SIGNED_UP: [&str; 7] = [
    "account-created",
    "root-mfa@general",
    "mfa-sign-in@general",
    "free-tier-alerts@general",
    "billing-alerts@general",
    "cost-budget@general",
    "alternate-contacts@general",
];

/// The practice accounts of the course.
pub type World = PracticeAccounts;

pub fn key() -> Key {
    Key::new([7; 32])
}

pub async fn gather(world: &World) -> Gathered {
    gather_through(world, &|sdk| sdk).await
}

/// Gathers evidence with changed SDK configurations.
pub async fn gather_through(world: &World, change: &dyn Fn(SdkConfig) -> SdkConfig) -> Gathered {
    let (course, compiled) = &*COURSE;
    gather_plan(world, &compiled.plan(course, &course.steps), &BTreeMap::new(), change).await
}

/// Gathers a plan's evidence from accounts, some of which were seen before.
pub async fn gather_plan(
    world: &World,
    plan: &Plan,
    expected: &BTreeMap<String, String>,
    change: &dyn Fn(SdkConfig) -> SdkConfig,
) -> Gathered {
    let connections = connections(world, change);
    gather::gather(plan, &connections, Identifying::default(), expected, &|_| {}, Default::default()).await
}

/// The connections of a world's accounts, with changed SDK configurations.
pub fn connections(world: &World, change: &dyn Fn(SdkConfig) -> SdkConfig) -> BTreeMap<String, Connection> {
    let connect = |(account, connection): (String, Connection)| match connection {
        Connection::Sdk(connected) => {
            let connected = Connected { sdk: change(connected.sdk), sign_in: String::new(), practice: true };
            Some((account, Connection::Sdk(Box::new(connected))))
        }
        Connection::None(_) => None,
    };
    world.connections().into_iter().filter_map(connect).collect()
}

/// Judges every step from the gathered evidence.
pub fn judge(gathered: Gathered, confirmed: bool) -> Results {
    judge_with(gathered, &|_| confirmed)
}

/// Judges every step, with confirmations for some of them.
pub fn judge_with(mut gathered: Gathered, confirmed: &dyn Fn(&str) -> bool) -> Results {
    let (course, compiled) = &*COURSE;
    recording::fill_gaps(&mut gathered, &compiled.plan(course, &course.steps));
    let key = key();
    let mut results = Results::empty(true);
    let judging = Judge::new(course, compiled, &key);
    let steps: Vec<_> = course.steps.iter().collect();
    for step in steps.iter().filter(|step| step.members.is_empty() && confirmed(&step.id)) {
        judging.confirm(step, &gathered, &mut results).unwrap();
    }
    judging.judge(&steps, &gathered, &mut results);
    results
}

pub async fn world(start: Start, steps: &[&str]) -> World {
    let (course, compiled) = &*COURSE;
    if start == Start::Done {
        let mut world = PracticeAccounts::fresh(course, compiled, NOW).await.unwrap();
        world.walk(NOW, Failures::End, async |_, _| Ok::<(), ActionError>(())).await.unwrap();
        return world;
    }
    let taken = (NOW - 3600..).step_by(60).zip(steps);
    let taken: Vec<TakenAction> = taken
        .map(|(time, step)| TakenAction { step: (*step).to_owned(), time, inputs: BTreeMap::new(), at: None })
        .collect();
    PracticeAccounts::after(course, compiled, &taken, NOW).await.unwrap()
}

/// A verdict with its reasons in one line.
pub fn in_words(result: &StepResult) -> String {
    let mut words = result.verdict.name().to_owned();
    let codes: std::collections::BTreeSet<String> = result
        .reasons
        .iter()
        .map(|reason| {
            let code = reason.code.name();
            reason.action.as_ref().map_or(code.to_owned(), |action| format!("{code} {action}"))
        })
        .collect();
    if !codes.is_empty() {
        words.push_str(&format!(" ({})", codes.into_iter().collect::<Vec<_>>().join(", ")));
    }
    words
}
