//! Shared by the tests of verdicts: this repository's course, judged on evidence of the test.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod faults;
pub mod http;

use aws_config::SdkConfig;
use course::Course;
use course::key::Key;
use course::param::Params;
use course::results::{Results, StepResult};
use evidence::connection::{Connected, Connection};
use evidence::gather::{self, Gathered, Plan};
use practice::{GENERAL, PRODUCTION, PracticeCloud, Start, TakenAction};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use verify::compile;
use verify::plan::Compiled;
use verify::run::Judge;
use verify::{book, recording};

/// The time in the practice accounts: 2026-11-24T00:00:00Z.
pub const NOW: i64 = 1_795_478_400;

pub static COURSE: LazyLock<(Arc<Course>, Arc<Compiled>)> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book").canonicalize().unwrap();
    let course = Arc::new(book::read(&root, false).unwrap());
    let compiled = compile::compile(&course).unwrap();
    (course, Arc::new(compiled))
});

pub fn key() -> Key {
    Key::new([7; 32])
}

pub async fn gather(world: &PracticeCloud) -> Gathered {
    gather_through(world, &|sdk| sdk).await
}

/// Gathers evidence with changed SDK configurations.
pub async fn gather_through(world: &PracticeCloud, change: &dyn Fn(SdkConfig) -> SdkConfig) -> Gathered {
    let (course, compiled) = &*COURSE;
    gather_plan(world, &compiled.plan(course, &course.steps), &BTreeMap::new(), change).await
}

/// Gathers a plan's evidence from accounts, some of which were seen before.
pub async fn gather_plan(
    world: &PracticeCloud,
    plan: &Plan,
    expected: &BTreeMap<String, String>,
    change: &dyn Fn(SdkConfig) -> SdkConfig,
) -> Gathered {
    let connect = |account: &&str| {
        let connection = match world.sdk_config(account).filter(|_| world.exists(account)) {
            Some(sdk) => {
                Connection::Sdk(Box::new(Connected { sdk: change(sdk), sign_in: String::new(), practice: true }))
            }
            None => return None,
        };
        Some(((*account).to_owned(), connection))
    };
    let connections: BTreeMap<String, Connection> = [GENERAL, PRODUCTION].iter().filter_map(connect).collect();
    gather::gather(plan, &connections, expected, &|_| {}, Default::default()).await
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

pub async fn world(start: Start, steps: &[&str]) -> PracticeCloud {
    let taken: Vec<TakenAction> = (NOW - 3600..)
        .step_by(60)
        .zip(steps)
        .map(|(time, step)| TakenAction { step: (*step).to_owned(), time })
        .collect();
    PracticeCloud::open(start, &taken, &Params::new(), NOW).await.unwrap()
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
