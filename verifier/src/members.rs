//! Checks that combine other checks: their verdict is the worst of their members' verdicts.

use course::Step;
use course::check::Check;
use course::results::{ExpectationResult, Outcome, Reason, Verdict};
use course::step_view;
use std::borrow::Cow;

use crate::verdict::{Inputs, Judged, Voided};

/// The result of a check that combines others: the worst verdict of its members.
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
    // Only the members remember anything.
    let (seen, sightings, unread) = Default::default();
    Judged { verdict, reasons, expectations, seen, voided: Voided::default(), sightings, unread }
}

/// A member's result as an expectation of the check that combines it.
pub(crate) fn member_result(check: &Check, judged: &Judged) -> ExpectationResult {
    let outcome = worst_outcome(judged.verdict);
    // As for the member itself, only one thing to do is shown at a time.
    let known = judged.expectations.iter().map(|result| (result.title.as_str(), Some(result)));
    let deciding = step_view::expectations(known).into_iter().filter(|view| view.outcome == Some(outcome));
    let sentences = deciding.flat_map(|view| view.sentences).map(Cow::into_owned).collect();
    ExpectationResult::new(check.title.clone(), outcome, sentences)
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
