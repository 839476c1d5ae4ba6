//! Checks that combine other checks: their verdict is the worst of their members' verdicts.

use course::check::Check;
use course::results::{ExpectationResult, Outcome, Reason, StepResult, Verdict};
use course::step_view;
use course::{Course, Step};
use std::borrow::Cow;

use crate::verdict::{Inputs, Judged, Voided};

/// The result of a check that combines others: the worst verdict of its members.
pub(crate) fn judge(inputs: &Inputs, members: &[(&Step, &Judged)]) -> Judged {
    let members = members.iter().map(|(step, judged)| Member {
        check: inputs.course.check(step),
        verdict: judged.verdict,
        reasons: &judged.reasons,
        expectations: &judged.expectations,
    });
    combined(&members.collect::<Vec<_>>())
}

/// The same from results that were saved.
pub(crate) fn of_results(course: &Course, steps: &[&Step], results: &[&StepResult]) -> Judged {
    let members = steps.iter().zip(results).map(|(step, result)| Member {
        check: course.check(step),
        verdict: result.verdict,
        reasons: &result.reasons,
        expectations: &result.expectations,
    });
    combined(&members.collect::<Vec<_>>())
}

/// What came of a member.
struct Member<'m> {
    check: &'m Check,
    verdict: Verdict,
    reasons: &'m [Reason],
    expectations: &'m [ExpectationResult],
}

fn combined(members: &[Member<'_>]) -> Judged {
    let verdict = members.iter().map(|member| member.verdict).min().unwrap_or(Verdict::Unknown);
    let expectations = members.iter().map(|member| member_result(member.check, member.verdict, member.expectations));
    let expectations = expectations.collect();
    let mut reasons: Vec<Reason> = match verdict {
        Verdict::Unknown => members.iter().flat_map(|member| member.reasons.iter().cloned()).collect(),
        _ => Vec::new(),
    };
    reasons.sort();
    reasons.dedup();
    // Only the members remember anything.
    let (seen, sightings, unread) = Default::default();
    Judged { verdict, reasons, expectations, seen, voided: Voided::default(), sightings, unread }
}

/// A member's result as an expectation of the check that combines it.
pub(crate) fn member_result(check: &Check, verdict: Verdict, expectations: &[ExpectationResult]) -> ExpectationResult {
    let outcome = worst_outcome(verdict);
    // As for the member itself, only one thing to do is shown at a time.
    let known = expectations.iter().map(|result| (result.title.as_str(), Some(result)));
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
