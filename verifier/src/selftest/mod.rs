//! `verify selftest`: proves that each check of a course can tell done from not done.
//!
//! On the practice account, a check must not be done before its own action and must be done after it, must not be done
//! by anybody else's action, and must be unknown when its reads are denied. Beside that, or where the practice account
//! has no action for it, an instructor gives it [`cases`]: recordings with the verdicts that they expect. A lesson's own
//! parameters for a check are tried like the course's.

pub mod cases;
mod empty;
mod judging;
mod situations;

use anyhow::Result;
use course::results::{Outcome, ReasonCode, Results, StepResult, Verdict};
use course::{Course, Step};
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::plan::Compiled;
use cases::Case;
use judging::{judged, why};
use situations::Situation;
pub use situations::Situations;

/// What was found about one check.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The check's name, with the parameters that a lesson gives it.
    pub check: String,
    /// The verdicts on the practice account; none where it has no action for the check.
    pub practice: Option<Practised>,
    /// The verdict with everything done and the check's reads denied.
    pub denied: Verdict,
    /// The instructor's cases, each with what was wrong with it.
    pub cases: Vec<(String, Option<String>)>,
    /// Why the check is not proved; empty where it is.
    pub problems: Vec<String>,
}

/// A check on the practice account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practised {
    /// Before its action, and those that come before it, were taken.
    pub before: Verdict,
    /// Right after its action.
    pub after: Verdict,
    /// The actions that did it without being its own.
    pub moved_by: Vec<String>,
}

/// Proves the checks of a course that are named, or all of them.
///
/// # Errors
/// What is wrong with their cases.
pub(crate) async fn prove_all(course: &Course, compiled: &Arc<Compiled>, names: &[String]) -> Result<Vec<Proof>> {
    let wanted = |check: &str| names.is_empty() || names.iter().any(|name| name == check);
    let each = Arc::new(course.with_a_step_for_each_check());
    let all = Situations::gather(&each, compiled).await?;
    let mut proofs = Vec::new();
    for step in each.steps.iter().filter(|step| wanted(&step.check)) {
        proofs.push(prove(&each, compiled, step, &all, &cases::read(course, &step.check)?));
    }
    for (set, checks) in course.own_params() {
        // Cases say themselves which parameters they are about, and were tried above: this is the practice account's.
        let tried = |check: &str| checks.contains(check) && wanted(check) && practice::find(check).is_ok();
        if !checks.iter().any(|check| tried(check)) {
            continue;
        }
        let params = course.params.clone().into_iter().chain(set.clone()).collect();
        let each = Arc::new(Course { params, ..course.with_a_step_for_each_check() });
        let all = Situations::gather(&each, compiled).await?;
        let differs: String = set.iter().map(|(name, param)| format!(",{name}={param}")).collect();
        for step in each.steps.iter().filter(|step| tried(&step.check)) {
            let proof = prove(&each, compiled, step, &all, &[]);
            proofs.push(Proof { check: proof.check + &differs, ..proof });
        }
    }
    Ok(proofs)
}

/// Proves one check of a course with a step for each, see [`Course::with_a_step_for_each_check`].
pub fn prove(course: &Arc<Course>, compiled: &Arc<Compiled>, step: &Step, all: &Situations, cases: &[Case]) -> Proof {
    let judge = |situation: &Situation, step: &Step| {
        let said = |step: &Step| situation.done.contains(&step.check);
        judged(&mut Results::empty(true), course, compiled, step, &situation.gathered, &said)
    };
    let allows = |rule: &str| course.check(step).allow.iter().any(|allowed| allowed == rule);
    let mut refuted = Refuted::default();
    let mut problems = Vec::new();
    let empty = judge(all.empty(&step.check), step);
    refuted.note(&empty);
    if empty.verdict.is_done() && !allows("empty-account") {
        problems.push(format!(
            "on an account with nothing in it, it is {}: if it asks only for what is not there, or for the account itself, \
             say allow = [\"empty-account\"] at its top",
            empty.verdict
        ));
    }
    let practice = all.own(&step.check).map(|own| {
        let before = judge(all.before(own), step);
        refuted.note(&before);
        all.actions().for_each(|(_, situation)| refuted.note(&judge(situation, step)));
        let after = judge(own, step);
        let moved_by = all.actions().filter(|(action, situation)| {
            *action != step.check && !situation.done.contains(&step.check) && judge(situation, step).verdict.is_done()
        });
        let moved_by: Vec<String> = moved_by.map(|(action, _)| action.to_owned()).collect();
        if !before.verdict.blocks() {
            problems.push(format!("before its action it is {} already", before.verdict));
        }
        if !after.verdict.is_done() {
            problems.push(format!("after its action it is {}: {}", after.verdict, why(&after)));
        }
        if let Some(first) = moved_by.first() {
            problems.push(format!("`{first}` does it, which is another step's action"));
        }
        Practised { before: before.verdict, after: after.verdict, moved_by }
    });
    let denied = judge(all.denied(&step.check), step);
    if denied.verdict != Verdict::Unknown || !denied.reasons.iter().any(|reason| reason.code == ReasonCode::Denied) {
        problems.push(format!("with its reads denied it is {}, and must be unknown", denied.verdict));
    }
    let (mut done, mut not_done) = (false, false);
    let told = cases.iter().map(|case| {
        let result = case.judge(course, compiled, step);
        done |= result.verdict.is_done();
        not_done |= is_false(&result);
        refuted.note(&result);
        let wrong = case.wrong(&result);
        problems.extend(wrong.iter().map(|wrong| format!("the case “{}”: {wrong}", case.title)));
        (case.title.clone(), wrong)
    });
    let told: Vec<(String, Option<String>)> = told.collect();
    if practice.is_none() && !(done && not_done) {
        problems.push(
            "the practice account has no action for it: give it cases, one that is done and one that is not, by what \
             was read"
                .to_owned(),
        );
    }
    if !allows("never-false") {
        let always = course.check(step).expectations().iter().enumerate().filter(|(at, _)| !refuted.0.contains(at));
        problems.extend(always.map(|(_, expectation)| {
            format!(
                "no case and no state of the practice account makes “{}” false: add a case that does",
                expectation.title
            )
        }));
    }
    Proof { check: step.check.clone(), practice, denied: denied.verdict, cases: told, problems }
}

/// The expectations that some state made false, or left without what they wait for.
#[derive(Default)]
struct Refuted(BTreeSet<usize>);

impl Refuted {
    fn note(&mut self, result: &StepResult) {
        let late = result.reasons.iter().any(|reason| reason.code == ReasonCode::NotVisibleYet);
        let refuted = result.expectations.iter().enumerate().filter(|(_, told)| match told.outcome {
            Outcome::NotMet | Outcome::Unconfirmed => true,
            Outcome::Unknown => late,
            _ => false,
        });
        self.0.extend(refuted.map(|(at, _)| at));
    }
}

/// Whether a step is not done by what was read, and not for want of it: what could not be read is not done with any
/// check.
fn is_false(result: &StepResult) -> bool {
    let late_or_confirmed = |code| matches!(code, ReasonCode::NotVisibleYet | ReasonCode::NeedsConfirmation);
    match result.verdict {
        Verdict::NotYet => true,
        Verdict::Unknown => {
            !result.reasons.is_empty() && result.reasons.iter().all(|reason| late_or_confirmed(reason.code))
        }
        _ => false,
    }
}
