//! Records verdicts in the results, together with what is kept between runs.

use course::results::{self, Call, Made, Outcome, Results, StepResult, Verdict};
use course::{Course, Step};
use std::collections::{BTreeMap, BTreeSet};

use crate::made::{JudgedBy, MadeMemory, Remembered, Sighting, is_here};
use crate::members;
use crate::plan::Source;
use crate::verdict::{Inputs, Judged};

/// Records a verdict, and keeps what was known of the step before. `now` is the time of the verdict.
/// `asked`: whether the learner asked for this step by itself.
pub fn put(
    results: &mut Results,
    inputs: &Inputs,
    (step, asked): (&Step, bool),
    judged: Judged,
    evidence: Vec<Call>,
    now: &str,
) {
    let needs = inputs.compiled.needs(&inputs.course, step);
    let fingerprint = |(account, _): &(String, Source)| {
        inputs.fingerprints.get(account).map(|fingerprint| (account.clone(), fingerprint.clone()))
    };
    let accounts: BTreeMap<String, String> = needs.iter().filter_map(fingerprint).collect();
    // A result from another account or from a changed check does not show since when this verdict holds.
    let before = results.steps.get(&step.id).filter(|before| {
        let same = |(name, seen): (&String, &String)| accounts.get(name).is_none_or(|now| now == seen);
        before.check_hash == step.hash && before.inputs == step.inputs && before.accounts.iter().all(same)
    });
    let done = judged.verdict.is_done();
    let first_verified =
        before.and_then(|before| before.first_verified.clone()).or_else(|| done.then(|| now.to_owned()));
    // Otherwise, every later run would count as an attempt at a step that is done.
    let attempts = match before {
        None => Some(u32::from(asked)),
        Some(before) if before.first_verified.is_some() => before.attempts,
        Some(before) => before.attempts.map(|attempts| attempts.saturating_add(u32::from(asked))),
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
        let same = |other: &results::Seen| {
            (&other.step, other.expectation, &other.inputs, &other.accounts, &other.about)
                == (&seen.step, seen.expectation, &seen.inputs, &seen.accounts, &seen.about)
        };
        results.seen.retain(|other| !same(other));
        results.seen.push(seen);
    }
    let result = StepResult {
        verdict: judged.verdict,
        reasons: judged.reasons,
        expectations: judged.expectations,
        evidence: evidence.into(),
        checked: now.to_owned(),
        attempts,
        first_checked,
        first_verified,
        held_until,
        lapsed,
        removed: None,
        by: env!("CARGO_PKG_VERSION").to_owned(),
        check_hash: step.hash.clone(),
        inputs: step.inputs.clone(),
        accounts,
    };
    results.steps.insert(step.id.clone(), result);
}

/// What a run found out about what the learner makes.
#[derive(Debug)]
pub struct MadeNow<'s> {
    /// What the verdicts depend on.
    pub inputs: &'s Inputs,
    /// What was seen.
    pub sightings: &'s [Sighting],
    /// The steps of which it could not be read whether what they make is there.
    pub unread: &'s [String],
    /// The time of the run.
    pub now: &'s str,
}

/// Records what is there of what the learner makes. A step whose result was removed as it should be stays done. Returns
/// the steps that had removed what is there again: they are to be judged again.
pub fn made<'s>(results: &mut Results, seen: &MadeNow<'s>) -> Vec<&'s Step> {
    let MadeNow { inputs, sightings, unread, now } = *seen;
    let mut memory = MadeMemory::clone(&inputs.memory);
    memory.add(inputs.practice, sightings, now);
    let mut again = Vec::new();
    for step in inputs.course.steps.iter().filter(|step| inputs.course.check(step).makes.is_some()) {
        let Some(fingerprint) = inputs.fingerprints.get(&step.account) else { continue };
        let remembered: Vec<&Remembered> =
            memory.all(inputs.practice).filter(|one| one.step == step.id && is_here(inputs, step, one)).collect();
        let Some(first) = remembered.iter().map(|one| one.seen.as_str()).min() else { continue };
        let left = || remembered.iter().filter(|one| one.gone.is_none());
        // Different inputs may lead to the same things.
        let ids: BTreeSet<&String> = left().flat_map(|one| &one.ids).collect();
        let there = match left().map(|one| one.count).max() {
            Some(most) => most.max(u32::try_from(ids.len()).unwrap_or(u32::MAX)),
            None => 0,
        };
        let is_unread = unread.contains(&step.id);
        let listed = |sighting: &Sighting| matches!(sighting, Sighting::Listed { of, .. } if of.step == step.id);
        let before = results.made.get(&step.id).filter(|before| before.account == *fingerprint);
        let (there_now, checked) = match before {
            _ if is_unread => (None, now.to_owned()),
            Some(before) if !sightings.iter().any(listed) => (before.there, before.checked.clone()),
            _ => (Some(there), now.to_owned()),
        };
        let removed = remembered.iter().find_map(|one| one.removed.clone());
        let made = Made {
            account: fingerprint.clone(),
            seen: first.to_owned(),
            there: there_now,
            checked,
            removed: removed.clone(),
        };
        results.made.insert(step.id.clone(), made);
        match (removed, there) {
            (Some(removed), 0) if !is_unread => {
                let result = results.steps.get_mut(&step.id);
                // What was done with another check, or with other inputs, says nothing of this one.
                let now = JudgedBy::now(&inputs.course, step);
                let same = remembered.iter().filter(|one| one.judged_by.as_ref() == Some(&now));
                let complete = same.filter_map(|one| one.complete.as_ref()).next();
                let rests_on_word = inputs.course.check(step).asks_for_confirmation();
                result.into_iter().for_each(|result| finish(result, &removed, complete, rests_on_word));
            }
            (None, 1..) => {
                let had_removed = |remover: &&Step| {
                    remover.removes.contains(&step.id)
                        && results.steps.get(&remover.id).is_some_and(|result| result.verdict.is_done())
                };
                again.extend(inputs.course.steps.iter().filter(had_removed));
            }
            _ => {}
        }
    }
    for whole in inputs.course.steps.iter().filter(|step| !step.members.is_empty()) {
        combine(results, &inputs.course, whole);
    }
    again.dedup_by_key(|step| step.id.clone());
    again
}

/// The verdict of a step of which a member stays done, though what it made was removed. Only verdicts that count now are
/// combined.
fn combine(results: &mut Results, course: &Course, whole: &Step) {
    let steps: Vec<&Step> = whole.members.iter().filter_map(|id| course.step(id)).collect();
    let members: Option<Vec<&StepResult>> = steps.iter().map(|step| results.view(step).result).collect();
    let Some(members) = members.filter(|members| members.iter().any(|member| member.removed.is_some())) else { return };
    let is_current = results.view(whole).result.is_some_and(|result| !result.verdict.is_done());
    if !is_current {
        return;
    }
    let judged = members::of_results(course, &steps, &members);
    if let Some(result) = results.steps.get_mut(&whole.id) {
        if judged.verdict != Verdict::NotYet {
            result.lapsed = None;
        }
        if judged.verdict.is_done() {
            let checked = result.checked.clone();
            result.first_verified.get_or_insert(checked);
            result.held_until = None;
        }
        (result.verdict, result.reasons, result.expectations) = (judged.verdict, judged.reasons, judged.expectations);
    }
}

/// A step whose result was removed as it should be: it stays done, if it was. Nothing is said of its expectations, which
/// are about what is gone. `complete`: when it was first done. `rests_on_word`: whether the learner confirmed a part of it,
/// which then may not apply any more: it is confirmed, and not verified.
fn finish(result: &mut StepResult, removed: &str, complete: Option<&String>, rests_on_word: bool) {
    result.removed = Some(removed.to_owned());
    result.first_verified = result.first_verified.take().or_else(|| complete.cloned());
    let has = |outcome: Outcome| result.expectations.iter().any(|expectation| expectation.outcome == outcome);
    // A confirmation that is missing, or that was taken back, is still to be given.
    if result.first_verified.is_none() || result.verdict.is_done() || has(Outcome::Unconfirmed) {
        return;
    }
    result.verdict = if rests_on_word || has(Outcome::Confirmed) { Verdict::Confirmed } else { Verdict::Verified };
    (result.held_until, result.lapsed) = (None, None);
    result.expectations.clear();
    result.reasons.clear();
}
