//! Records verdicts in the results, together with what is kept between runs.

use course::Step;
use course::results::{Call, Results, Seen, StepResult, Verdict};
use std::collections::BTreeMap;

use crate::plan::Source;
use crate::verdict::{Inputs, Judged};

/// Records a verdict, and keeps what was known of the step before. `now` is the time of the verdict.
pub fn put(results: &mut Results, inputs: &Inputs, step: &Step, judged: Judged, evidence: Vec<Call>, now: &str) {
    let needs = inputs.compiled.needs(&inputs.course, step);
    let fingerprint = |(account, _): &(String, Source)| {
        inputs.fingerprints.get(account).map(|fingerprint| (account.clone(), fingerprint.clone()))
    };
    let accounts: BTreeMap<String, String> = needs.iter().filter_map(fingerprint).collect();
    // A result from another account or from a changed check does not show since when this verdict holds.
    let before = results.steps.get(&step.id).filter(|before| {
        let same = |(name, seen): (&String, &String)| accounts.get(name).is_none_or(|now| now == seen);
        before.check_hash == step.hash && before.accounts.iter().all(same)
    });
    let done = judged.verdict.is_done();
    let first_verified =
        before.and_then(|before| before.first_verified.clone()).or_else(|| done.then(|| now.to_owned()));
    // Otherwise, every later run would count as an attempt at a step that is done.
    let attempts = match before {
        None => Some(1),
        Some(before) if before.first_verified.is_some() => before.attempts,
        Some(before) => before.attempts.map(|attempts| attempts.saturating_add(1)),
    };
    let first_checked = before.map_or_else(|| Some(now.to_owned()), |before| before.first_checked.clone());
    let held_until = match before {
        _ if done => None,
        Some(before) if before.verdict.is_done() => Some(before.checked.clone()),
        Some(before) => before.held_until.clone(),
        None => None,
    };
    // What could not be read may still hold. Only evidence shows that it does not.
    let lapsed = match before.and_then(|before| before.lapsed.clone()) {
        _ if held_until.is_none() => None,
        Some(since) => Some(since),
        None => (judged.verdict == Verdict::NotYet).then(|| now.to_owned()),
    };
    results.seen.retain(|seen| !judged.voided.seen.contains(seen));
    results.confirmations.retain(|confirmation| !judged.voided.confirmations.contains(confirmation));
    for seen in judged.seen {
        let same = |other: &Seen| {
            (&other.step, other.expectation, &other.account, &other.about)
                == (&seen.step, seen.expectation, &seen.account, &seen.about)
        };
        results.seen.retain(|other| !same(other));
        results.seen.push(seen);
    }
    let result = StepResult {
        verdict: judged.verdict,
        reasons: judged.reasons,
        expectations: judged.expectations,
        evidence,
        checked: now.to_owned(),
        attempts,
        first_checked,
        first_verified,
        held_until,
        lapsed,
        by: env!("CARGO_PKG_VERSION").to_owned(),
        check_hash: step.hash.clone(),
        accounts,
    };
    results.steps.insert(step.id.clone(), result);
}
