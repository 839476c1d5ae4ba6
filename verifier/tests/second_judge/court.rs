//! Compares both judges: the course's check in the program, and the second judge.

use crate::common::{COURSE, GENERAL, PRODUCTION, key};
use course::Step;
use course::param::Params;
use course::results::{Results, Verdict};
use evidence::gather::Gathered;
use evidence::{Section, UNREADABLE};
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed, TestCaseError, TestRunner};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};
use verify::recording;
use verify::run::Judge;

use super::answer::{Ruling, Said};
use super::model::{Moment, Why, unread};

pub const GENERAL_ID: &str = "111122223333";
pub const PRODUCTION_ID: &str = "444455556666";

/// The evidence from the accounts, and the time of the run.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Sections by account.
    pub sections: Vec<(&'static str, Section, Value)>,
    /// The time, if AWS gave it.
    pub now: Option<Moment>,
}

impl Evidence {
    pub fn new(sections: impl IntoIterator<Item = (&'static str, Section, Value)>) -> Evidence {
        Evidence { sections: sections.into_iter().collect(), now: Some(Moment(0)) }
    }

    fn gathered(&self) -> Gathered {
        let identity = |id: &str| json!({ "account": id, "arn": format!("arn:aws:iam::{id}:user/lee"), "root": false });
        let mut evidence = evidence::Evidence::new();
        for (account, id) in [(GENERAL, GENERAL_ID), (PRODUCTION, PRODUCTION_ID)] {
            evidence.entry(account.to_owned()).or_default().insert(Section::Identity, identity(id));
        }
        for (account, section, value) in &self.sections {
            let value = section.conform(value.clone()).unwrap_or_else(|why| panic!("{}: {why}", section.name()));
            evidence.get_mut(*account).unwrap().insert(*section, value);
        }
        let ids = [(GENERAL, GENERAL_ID), (PRODUCTION, PRODUCTION_ID)];
        let ids = ids.into_iter().map(|(account, id)| (account.to_owned(), id.to_owned()));
        Gathered {
            evidence: Arc::new(evidence),
            account_ids: ids.collect(),
            calls: Vec::new(),
            now: self.now.map(Moment::text),
            ..Gathered::default()
        }
    }
}

/// A step of the course, with what is remembered of it.
pub struct Court {
    step: Step,
    pub results: Results,
}

impl Court {
    pub fn of(step: &str) -> Court {
        Court { step: COURSE.0.step(step).unwrap().clone(), results: Results::empty(true) }
    }

    pub fn with(mut self, params: Params) -> Court {
        self.step.params = params;
        self
    }

    /// The verdict of the course's check.
    pub fn judge(&mut self, evidence: &Evidence) -> Said {
        let gathered = self.gathered(evidence);
        self.with_judge(|judge, step, results| drop(judge.judge(&[step], &gathered, results)));
        let result = self.results.steps.get(&self.step.id).unwrap();
        let mut codes: Vec<_> = result.reasons.iter().map(|reason| reason.code).collect();
        codes.dedup();
        Said { verdict: result.verdict, codes }
    }

    /// Confirms everything that can be confirmed.
    pub fn confirm(&mut self, evidence: &Evidence) {
        let gathered = self.gathered(evidence);
        self.with_judge(|judge, step, results| drop(judge.confirm(step, &gathered, results).unwrap()));
    }

    fn with_judge(&mut self, hear: impl FnOnce(Judge, &Step, &mut Results)) {
        let ((course, compiled), key) = (&*COURSE, key());
        let judge = Judge::new(course, compiled, &key);
        hear(judge, &self.step, &mut self.results);
    }

    fn gathered(&self, evidence: &Evidence) -> Gathered {
        let (course, compiled) = &*COURSE;
        let mut gathered = evidence.gathered();
        recording::fill_gaps(&mut gathered, &compiled.plan(course, [&self.step]));
        gathered
    }
}

/// Generates states, and tests a property for each.
pub fn each<S: Strategy>(name: &str, states: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let setting = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u32>().unwrap());
    // Each state has its own seed, so that a new one does not change the others.
    let seed = name.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let seed = setting("SECOND_JUDGE_SEED").map_or(seed, |other| seed ^ u64::from(other) << 32);
    let regressions: &'static str = format!("tests/second_judge/regressions/{name}.txt").leak();
    let config = ProptestConfig {
        cases: setting("SECOND_JUDGE_STATES").unwrap_or(10_000),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(regressions))),
        source_file: Some(file!()),
        ..ProptestConfig::default()
    };
    // A course that cannot be read is not a failing state.
    LazyLock::force(&COURSE);
    if let Err(failed) = TestRunner::new(config).run(states, property) {
        panic!("{name}: {failed}");
    }
}

/// Tests that both judges agree.
pub fn agree(judge: Ruling, said: &Said) -> Result<(), TestCaseError> {
    prop_assert!(judge == said.ruling(), "the second judge says {judge:?}, and the check {said:?}");
    Ok(())
}

/// A change to evidence that must not make a verdict better or false: one thing in it is unreadable, and its lists have
/// another order.
#[derive(Debug, Clone)]
pub struct Change {
    place: prop::sample::Index,
    why: Why,
    turn: usize,
}

/// Makes this change in some of the states, because each costs two more verdicts.
pub fn change() -> impl Strategy<Value = Option<Change>> {
    let change = (any::<prop::sample::Index>(), super::model::why(), 1..4_usize)
        .prop_map(|(place, why, turn)| Change { place, why, turn });
    prop::option::weighted(0.25, change)
}

/// Tests that a change to the evidence changes the verdict only as it may.
pub fn unmoved(
    said: &Said,
    evidence: &Evidence,
    change: &Option<Change>,
    judge: impl Fn(&Evidence) -> Said,
) -> Result<(), TestCaseError> {
    let Some(change) = change else { return Ok(()) };
    let mut turned = evidence.clone();
    turned.sections.iter_mut().for_each(|(_, _, value)| turn(value, change.turn));
    let other = judge(&turned);
    prop_assert!(other == *said, "in another order: {other:?} instead of {said:?}");

    let Some(less) = with_less(evidence, change) else { return Ok(()) };
    let other = judge(&less).verdict;
    let allowed = other == said.verdict || other == Verdict::Unknown;
    prop_assert!(allowed, "with less read, {other:?} instead of {said:?}: {:?}", less.sections);
    Ok(())
}

/// Reverses the lists, except for lists of reasons.
fn turn(value: &mut Value, by: usize) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(|item| turn(item, by));
            let by = by % items.len().max(1);
            items.rotate_left(by);
        }
        Value::Object(fields) if !fields.contains_key(UNREADABLE) => {
            fields.values_mut().for_each(|field| turn(field, by));
        }
        _ => {}
    }
}

/// The evidence with one thing in it unreadable; `None` if nothing can be.
fn with_less(evidence: &Evidence, change: &Change) -> Option<Evidence> {
    let mut places = Vec::new();
    for (at, (_, _, value)) in evidence.sections.iter().enumerate() {
        let mut own = Vec::new();
        places_in(value, "", &mut own);
        places.extend(own.into_iter().map(|place| (at, place)));
    }
    let mut less = evidence.clone();
    let (at, place) = change.place.get(&places);
    let (_, section, value) = &mut less.sections[*at];
    *value.pointer_mut(place)? = unread(change.why);
    section.conform(value.clone()).is_ok().then_some(less)
}

fn places_in(value: &Value, at: &str, places: &mut Vec<String>) {
    places.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places_in(item, &format!("{at}/{index}"), places));
        }
        Value::Object(fields) if !fields.contains_key(UNREADABLE) => {
            fields.iter().for_each(|(name, field)| places_in(field, &format!("{at}/{name}"), places));
        }
        _ => {}
    }
}

/// Sections by account, from their structs.
pub fn section(
    account: &'static str,
    section: Section,
    value: impl serde::Serialize,
) -> (&'static str, Section, Value) {
    (account, section, serde_json::to_value(value).unwrap())
}
