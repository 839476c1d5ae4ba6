//! Every read in the table with every fault, in the practice accounts with everything done and with nothing done: a
//! step that is not done is never verified or not applicable, and a step that is done is never not yet.
//!
//! The clock moves only while every task waits, so the duration of a run consists only of retries and deadlines.

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, reason = "a test tells its reader what it measured")]

use crate::common::faults::{Fault, Faulty};
use crate::common::{GENERAL, PRODUCTION, SIGNED_UP, Start, World, gather_plan, in_words, judge, world};
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use course::results::{Results, Verdict};
use evidence::connection;
use evidence::gather::Gathered;
use evidence::gather::Plan;
use evidence::{self, Section, table};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;
use tokio::time::Instant;

/// The maximum duration of a run: the identity and the sections each have a minute.
const BOUND: Duration = Duration::from_secs(125);

/// A run with a fault.
struct Run {
    results: Results,
    /// Why sections could not be read, by section; both accounts together.
    codes: BTreeMap<Section, BTreeSet<&'static str>>,
    took: Duration,
}

async fn run(world: &World, operation: &str, fault: Option<Fault>) -> Run {
    let through = |sdk: SdkConfig| {
        let sdk = sdk.to_builder().retry_config(RetryConfig::standard()).timeout_config(connection::timeouts()).build();
        match fault {
            Some(fault) => Faulty::new(operation, fault).between(&sdk),
            None => sdk,
        }
    };
    let all: BTreeSet<Section> = Section::ALL.iter().copied().collect();
    let plan: Plan = [GENERAL, PRODUCTION].map(|name| (name.to_owned(), all.clone())).into();
    let begun = Instant::now();
    let gathered = gather_plan(world, &plan, &BTreeMap::new(), &through).await;
    let took = begun.elapsed();
    let codes = codes(&gathered);
    Run { results: judge(gathered, false), codes, took }
}

fn codes(gathered: &Gathered) -> BTreeMap<Section, BTreeSet<&'static str>> {
    let mut codes: BTreeMap<Section, BTreeSet<&str>> = BTreeMap::new();
    for (section, value) in gathered.evidence.values().flatten() {
        let mut reasons = BTreeSet::new();
        evidence::collect_reasons(value, &[], &mut reasons);
        codes.entry(*section).or_default().extend(reasons.iter().map(|reason| reason.code.name()));
    }
    codes
}

/// Runs a fault, judges the result, and returns a cell of the table.
async fn cell(world: &World, truth: &Run, operation: &str, fault: Fault) -> String {
    let faulty = run(world, operation, Some(fault)).await;
    let what = || format!("{operation}, {fault:?}");
    assert!(faulty.took <= BOUND, "{}: it took {:?}", what(), faulty.took);
    let mut moved = 0;
    for (id, now) in faulty.results.steps.iter() {
        let then = truth.results.steps.get(id).unwrap();
        if in_words(now) == in_words(then) {
            continue;
        }
        moved += 1;
        let words = (in_words(then), in_words(now));
        assert_eq!(now.verdict, Verdict::Unknown, "{}: {id} went from {} to {}", what(), words.0, words.1);
        if let Some(code) = fault.code() {
            assert!(now.reasons.iter().any(|reason| reason.code.name() == code), "{}: {id} is {}", what(), words.1);
        }
    }
    let feeds = |section: &&Section| table::of(**section).any(|call| call.operation == operation);
    let mut codes = BTreeSet::new();
    for section in Section::ALL.iter().filter(feeds) {
        codes.extend(faulty.codes[section].difference(&truth.codes[section]).copied());
    }
    if operation == "DescribeOrganization" && fault != Fault::Denied {
        // An account that may not list an organization's accounts is recognized by who manages it.
        codes.remove("denied");
    }
    match fault.code() {
        // The fault has no effect if the emulator returns nothing that could be missing or unknown.
        _ if codes.is_empty() => {}
        Some(code) => assert_eq!(codes, BTreeSet::from([code]), "{}", what()),
        None => panic!("{}: it should have come to nothing, and came to {codes:?}", what()),
    }
    match (codes.first(), moved) {
        (None, 0) => "same".to_owned(),
        (None, moved) => panic!("{}: {moved} steps moved for no reason", what()),
        (Some(code), moved) => format!("{code}, {moved}"),
    }
}

#[tokio::test(start_paused = true)]
async fn no_fault_makes_a_verdict_better_or_false() {
    let mut shown = String::from(
        "A cell tells the reason that the read's sections give, and how many steps became unknown by it.\n",
    );
    for (name, start, steps) in
        [("done", Start::Done, &[][..]), ("signed up, nothing done", Start::Fresh, &SIGNED_UP[..])]
    {
        let world = world(start, steps).await;
        let truth = run(&world, "", None).await;
        let _ = writeln!(shown, "\n## {name}\n\n| read | {} |", Fault::ALL.map(Fault::name).join(" | "));
        let _ = writeln!(shown, "|---|{}", "---|".repeat(Fault::ALL.len()));
        let operations: BTreeSet<&str> = table::CALLS.iter().map(|call| call.operation).collect();
        for operation in operations {
            let _ = write!(shown, "| {operation} |");
            for fault in Fault::ALL {
                let cell =
                    if fault.fits(operation) { cell(&world, &truth, operation, fault).await } else { "–".to_owned() };
                let _ = write!(shown, " {cell} |");
            }
            let _ = writeln!(shown);
        }
    }
    // Not `println!`, which is shown only for failures: the table is the purpose of this test.
    let _ = std::io::stdout().write_all(shown.as_bytes());
    insta::assert_snapshot!("matrix", shown);
}
