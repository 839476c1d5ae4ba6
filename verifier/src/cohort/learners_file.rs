//! What only a learner's own results file shows: confirmations, and labs that were there before they were deleted.
//!
//! Such a file proves nothing, because anybody can edit it. So a verdict that rests on one is `confirmed`, whatever the
//! file says, and evidence that was read for the class is never overruled.

use course::Course;
use course::results::{Outcome, ReasonCode, Results, StepResult, Verdict};

/// Takes from a learner's file what nobody else can show, and notes the steps whose verdicts rest on it.
pub(crate) fn take(course: &Course, results: &mut Results, theirs: &Results) {
    let own = |id: &str| theirs.steps.get(id).filter(|own| course.step(id).is_some_and(|it| it.hash == own.check_hash));
    let mut taken: Vec<String> = Vec::new();
    for step in &course.steps {
        let (Some(result), Some(own)) = (results.steps.get_mut(&step.id), own(&step.id)) else { continue };
        if confirm(result, own) || seen_before(result, own) {
            taken.push(step.id.clone());
        }
    }
    // What a step makes is gone, and the learner saw it there: the step stays done.
    let removed: Vec<&String> =
        course.steps.iter().filter(|step| taken.contains(&step.id)).flat_map(|step| &step.removes).collect();
    for id in removed {
        let (Some(result), Some(own)) = (results.steps.get_mut(id), own(id)) else { continue };
        if own.removed.is_some() && own.verdict.is_done() && result.verdict == Verdict::NotYet {
            rest_on(result, own);
            result.removed.clone_from(&own.removed);
            taken.push(id.clone());
        }
    }
    for step in course.steps.iter().filter(|step| !step.members.is_empty()) {
        let members = step.members.iter().map(|id| results.steps.get(id).map(|member| member.verdict));
        let worst = members.collect::<Option<Vec<Verdict>>>().and_then(|verdicts| verdicts.into_iter().min());
        let rests = step.members.iter().any(|id| taken.contains(id));
        if let (Some(Verdict::Confirmed), true, Some(result)) = (worst, rests, results.steps.get_mut(&step.id)) {
            (result.verdict, result.reasons) = (Verdict::Confirmed, Vec::new());
            result.expectations.iter_mut().filter(|one| one.outcome == Outcome::Unconfirmed).for_each(mark);
            taken.push(step.id.clone());
        }
    }
    results.by_learners_file.extend(taken);
}

/// Takes over the confirmations of a step that needs nothing else. Returns whether that makes it done.
fn confirm(result: &mut StepResult, own: &StepResult) -> bool {
    if !only(result, ReasonCode::NeedsConfirmation) || own.expectations.len() != result.expectations.len() {
        return false;
    }
    let mut pairs = result.expectations.iter().zip(&own.expectations);
    let is_confirmed = pairs.all(|(one, theirs)| {
        one.outcome != Outcome::Unconfirmed || theirs.outcome == Outcome::Confirmed && theirs.statement == one.statement
    });
    if is_confirmed {
        result.expectations.iter_mut().filter(|one| one.outcome == Outcome::Unconfirmed).for_each(mark);
        rest_on(result, own);
    }
    is_confirmed
}

/// Takes over that something was there before it was removed. That nothing is there now was read for the class.
fn seen_before(result: &mut StepResult, own: &StepResult) -> bool {
    let is_seen = only(result, ReasonCode::NeverSeen) && own.verdict.is_done();
    if is_seen {
        rest_on(result, own);
    }
    is_seen
}

/// Whether a step is unknown for this reason alone.
fn only(result: &StepResult, code: ReasonCode) -> bool {
    let is_alone = !result.reasons.is_empty() && result.reasons.iter().all(|reason| reason.code == code);
    result.verdict == Verdict::Unknown && is_alone
}

fn rest_on(result: &mut StepResult, own: &StepResult) {
    (result.verdict, result.reasons) = (Verdict::Confirmed, Vec::new());
    result.first_verified = own.first_verified.clone().or_else(|| Some(result.checked.clone()));
}

fn mark(expectation: &mut course::results::ExpectationResult) {
    expectation.outcome = Outcome::Confirmed;
    expectation.sentences = vec!["Confirmed by the learner's file.".to_owned()];
}
