//! Checks of checks: what their members come to.

use course::Step;
use course::check::Check;
use course::results::{ExpectationResult, Outcome, Reason, Verdict};
use course::step_view;
use std::sync::Arc;

use crate::remembered::Voided;
use crate::verdict::{self, Awaited, Inputs, Judged};

/// A check of checks: the worst verdict of its members.
pub(crate) fn judge(inputs: &Inputs, members: &[(&Step, &Judged)]) -> Judged {
    let verdict = members.iter().map(|(_, judged)| judged.verdict).min().unwrap_or(Verdict::Unknown);
    let expectations = members.iter().map(|(member, judged)| member_result(inputs.course.check(member), judged));
    let expectations = expectations.collect();
    let mut reasons: Vec<Reason> = match verdict {
        Verdict::Unknown => members.iter().flat_map(|(_, judged)| judged.reasons.clone()).collect(),
        _ => Vec::new(),
    };
    reasons.sort();
    reasons.dedup();
    // What is remembered, is of the members.
    Judged { verdict, reasons, expectations, seen: Vec::new(), voided: Voided::default() }
}

/// What is known of the members by the evidence that has arrived.
pub(crate) fn so_far(inputs: &Arc<Inputs>, step: &Step) -> Vec<Awaited> {
    let needs = |step: &Step| inputs.compiled.needs(&inputs.course, step);
    let arrived = |member: &&Step| needs(member).iter().all(|(account, section)| inputs.has(account, *section));
    let members = step.members.iter().filter_map(|id| inputs.course.step(id));
    let awaited = members.map(|member| Awaited {
        title: inputs.course.check(member).title.clone(),
        result: Some(member).filter(arrived).and_then(|member| {
            Some(member_result(inputs.course.check(member), verdict::judge(inputs, &[member]).first()?))
        }),
    });
    awaited.collect()
}

/// What a member comes to, as an expectation of the check that it belongs to.
fn member_result(check: &Check, judged: &Judged) -> ExpectationResult {
    let outcome = worst_outcome(judged.verdict);
    // As the member itself is shown: with one thing to do at a time.
    let known = judged.expectations.iter().map(|result| (result.title.as_str(), Some(result)));
    let deciding = step_view::expectations(known).into_iter().filter(|view| view.outcome == Some(outcome));
    ExpectationResult {
        title: check.title.clone(),
        outcome,
        sentences: deciding.flat_map(|view| view.sentences).map(str::to_owned).collect(),
        statement: None,
    }
}

fn worst_outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::NotYet => Outcome::NotMet,
        Verdict::Unknown | Verdict::Unchecked => Outcome::Unknown,
        Verdict::Confirmed => Outcome::Confirmed,
        Verdict::Verified => Outcome::Met,
        Verdict::NotApplicable => Outcome::NotApplicable,
    }
}
