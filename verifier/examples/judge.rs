//! Measures how often recorded evidence can be judged in a second on one core, for `tests/bench`. With a count, judges
//! it that often, for counting instructions.
//!
//! `judge COURSE CHAPTER [COUNT]` judges the steps of a chapter, or with `all` those of the course, in the practice
//! accounts with everything done.

#![allow(clippy::disallowed_macros, reason = "a benchmark prints its result")]

use anyhow::{Context, Result};
use course::Step;
use course::key::Key;
use course::results::{Results, Verdict};
use evidence::gather;
use evidence::identifying::Identifying;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use verify::actions::{ActionError, Failures, PracticeAccounts};
use verify::run::Judge;
use verify::{book, compile};

/// The duration of the measurement.
const WHILE: Duration = Duration::from_secs(3);

/// The time in the practice accounts: 2026-11-24T00:00:00Z.
const NOW: i64 = 1_795_478_400;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().context("judge COURSE CHAPTER [COUNT]")?).canonicalize()?;
    let chapter = arguments.next().context("judge COURSE CHAPTER [COUNT]")?;
    let count: Option<u32> = arguments.next().map(|count| count.parse()).transpose()?;
    let course = Arc::new(book::read(&root, false)?.with_examples());
    let compiled = compile::compile(&course).map_err(|errors| compile::located(&course.root, errors))?;
    let compiled = Arc::new(compiled);
    let mut accounts = PracticeAccounts::fresh(&course, &compiled, NOW).await?;
    accounts.walk(NOW, Failures::End, async |_, _| Ok::<(), ActionError>(())).await?;
    let listed = |step: &&Step| step.occurrences.iter().any(|place| place.chapter.as_os_str() == chapter.as_str());
    let steps: Vec<&Step> = course.steps.iter().filter(|step| chapter == "all" || listed(step)).collect();
    let plan = compiled.plan(&course, steps.iter().copied());
    let connections = accounts.connections();
    let gathered =
        gather::gather(&plan, &connections, Identifying::default(), &BTreeMap::new(), &|_| {}, Default::default())
            .await;
    let key = Key::new([7; 32]);
    let judge_steps = Judge::new(&course, &compiled, &key);
    let judge = || {
        let mut results = Results::empty(true);
        judge_steps.judge(&steps, &gathered, &mut results);
        results.steps.values().filter(|step| step.verdict == Verdict::Verified).count()
    };
    let (begun, mut judged) = (Instant::now(), 0);
    let goes_on = |judged: u32| count.map_or_else(|| begun.elapsed() < WHILE, |count| judged < count);
    let mut verified = 0;
    while goes_on(judged) {
        verified = judge();
        judged += 1;
    }
    let each = begun.elapsed().as_secs_f64() / f64::from(judged.max(1));
    println!("{:.0} times a second: {} steps, {verified} of them verified", 1.0 / each, steps.len());
    Ok(())
}
