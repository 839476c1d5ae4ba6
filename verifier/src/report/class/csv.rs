//! A class as CSV for spreadsheets: one table with rows for learners, then for steps. No cell is a formula.

use anyhow::{Context, Result};

use super::tables::judged;
use super::{At, Class, Counts, Learner, StepRow};
use crate::report::csv::harmless;

const HEADER: [&str; 20] = [
    "row",
    "name",
    "title",
    "judged",
    "done",
    "not yet",
    "unknown",
    "unchecked",
    "of",
    "at",
    "verdict",
    "reason",
    "not met",
    "learners without it",
    "attempts",
    "median attempts",
    "median seconds",
    "first verified",
    "last verified",
    "last checked",
];

/// The class as a table. A learner's row counts steps, and a step's row counts learners.
///
/// # Errors
/// Never: the table is in memory.
pub fn table(class: &Class) -> Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEADER)?;
    let rows = class.learners.iter().map(|row| learner(class, row));
    for row in rows.chain(class.steps.iter().map(|row| step(class, row))) {
        table.write_record(row.map(|cell| harmless(&cell)))?;
    }
    let bytes = table.into_inner().context("writing the table")?;
    String::from_utf8(bytes).context("writing the table")
}

fn learner(class: &Class, learner: &Learner) -> [String; 20] {
    let Counts { done, not_yet, unknown, unchecked } = learner.counts;
    let at = |of: fn(&At) -> String| learner.at.as_ref().map(of).unwrap_or_default();
    [
        if class.practice { "learner (practice)" } else { "learner" }.to_owned(),
        learner.name.clone(),
        String::new(),
        judged(learner),
        done.to_string(),
        not_yet.to_string(),
        unknown.to_string(),
        unchecked.to_string(),
        class.required.to_string(),
        at(|at| at.step.clone()),
        at(|at| at.verdict.name().to_owned()),
        at(|at| at.reason.map(|reason| reason.name().to_owned()).unwrap_or_default()),
        at(|at| at.unmet.clone().unwrap_or_default()),
        String::new(),
        or_empty(learner.attempts),
        String::new(),
        String::new(),
        learner.first_verified.clone().unwrap_or_default(),
        learner.last_verified.clone().unwrap_or_default(),
        learner.last_checked.clone().unwrap_or_default(),
    ]
}

fn step(class: &Class, step: &StepRow) -> [String; 20] {
    let Counts { done, not_yet, unknown, unchecked } = step.counts;
    let kind = if step.optional { "optional step" } else { "step" };
    let [first, last, checked, at, verdict, judged] = <[String; 6]>::default();
    [
        if class.practice { format!("{kind} (practice)") } else { kind.to_owned() },
        step.step.clone(),
        step.title.clone(),
        judged,
        done.to_string(),
        not_yet.to_string(),
        unknown.to_string(),
        unchecked.to_string(),
        class.learners.len().to_string(),
        at,
        verdict,
        step.reason.map(|reason| reason.name().to_owned()).unwrap_or_default(),
        step.unmet.as_ref().map(|unmet| unmet.title.clone()).unwrap_or_default(),
        or_empty(step.unmet.as_ref().map(|unmet| unmet.learners)),
        or_empty(step.attempts),
        or_empty(step.median_attempts),
        or_empty(step.median_seconds),
        first,
        last,
        checked,
    ]
}

fn or_empty(number: Option<impl ToString>) -> String {
    number.map_or(String::new(), |number| number.to_string())
}
