//! `verify selftest`: proves that each check of a course can distinguish done from not done.
//!
//! In the practice accounts, a check must not be done before its own action, and must be done after it. It must not be
//! done by the action of another check, and must be unknown when its reads are denied. In addition, or if the practice
//! accounts have no action for it, an instructor writes [`cases`]: recordings with the expected verdicts. If a lesson
//! sets parameters of a check, the check is also proved with these.

mod answers;
pub mod cases;
mod judging;
mod situations;

use anyhow::Result;
use course::results::{Outcome, ReasonCode, StepResult, Verdict};
use course::{Course, Step};
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::plan::Compiled;
use cases::Case;
use judging::{Earlier, judged, why};
use situations::Situation;
pub use situations::Situations;

/// The result of the self-test of one check.
///
/// ```
/// use course::results::Verdict;
/// use verify::report::selftest::text;
/// use verify::selftest::{Practised, Proof};
///
/// let practice = Practised { before: Verdict::NotYet, after: Verdict::Verified, moved_by: Vec::new() };
/// let proof = Proof {
///     check: "mfa".to_owned(),
///     practice: Some(practice),
///     lacks: false,
///     denied: Verdict::Unknown,
///     cases: Vec::new(),
///     problems: Vec::new(),
/// };
/// assert!(text(&[proof]).as_str().ends_with("The check is proved.\n"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The check's name, with the parameters that a lesson sets.
    pub check: String,
    /// The verdicts in the practice accounts. `None` if they have no action for the check that can be taken there.
    pub practice: Option<Practised>,
    /// Whether it has an action, but with a service that the practice accounts of this program do not have.
    pub lacks: bool,
    /// The verdict after all actions, with the check's reads denied.
    pub denied: Verdict,
    /// The titles of the instructor's cases, each with its failure, if any.
    pub cases: Vec<(String, Option<String>)>,
    /// Why the check is not proved; empty if it is.
    pub problems: Vec<String>,
}

/// The verdicts of a check in the practice accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practised {
    /// Earlier its action, but after the actions that come before it.
    pub before: Verdict,
    /// Right after its action.
    pub after: Verdict,
    /// Other actions after which it was done.
    pub moved_by: Vec<String>,
}

/// Proves the named checks of a course, or all checks if `names` is empty.
///
/// # Errors
/// If their cases cannot be read.
pub(crate) async fn prove_all(course: &Course, compiled: &Arc<Compiled>, names: &[String]) -> Result<Vec<Proof>> {
    let wanted = |check: &str| names.is_empty() || names.iter().any(|name| name == check);
    let each = Arc::new(course.with_a_step_for_each_check().with_examples());
    let all = Situations::gather(&each, compiled).await?;
    let mut proofs = Vec::new();
    for step in each.steps.iter().filter(|step| wanted(&step.check)) {
        proofs.push(prove(&each, compiled, step, &all, &cases::read(course, &step.check)?));
    }
    for (set, checks) in course.own_params() {
        // Cases set their own parameters, and were judged above. This is only for the practice accounts.
        let has_action = |check: &str| course.checks.get(check).is_some_and(|check| check.has_practice(&course.checks));
        let tried = |check: &str| checks.contains(check) && wanted(check) && has_action(check);
        if !checks.iter().any(|check| tried(check)) {
            continue;
        }
        let params = course.params.clone().into_iter().chain(set.clone()).collect();
        let each = Arc::new(Course { params, ..course.with_a_step_for_each_check().with_examples() });
        let all = Situations::gather(&each, compiled).await?;
        let differs: String = set.iter().map(|(name, param)| format!(",{name}={param}")).collect();
        for step in each.steps.iter().filter(|step| tried(&step.check)) {
            let proof = prove(&each, compiled, step, &all, &[]);
            proofs.push(Proof { check: proof.check + &differs, ..proof });
        }
    }
    Ok(proofs)
}

/// Proves one check. The course has a step for each check, see [`Course::with_a_step_for_each_check`].
pub fn prove(course: &Arc<Course>, compiled: &Arc<Compiled>, step: &Step, all: &Situations, cases: &[Case]) -> Proof {
    let confirmed = |situation: &Situation| {
        let done = situation.done.clone();
        move |step: &Step| done.contains(&step.check)
    };
    let judge = |situation: &Situation, step: &Step| {
        judged(&mut Earlier::default(), course, compiled, step, &situation.gathered, &confirmed(situation))
    };
    let allows = |rule: &str| course.check(step).allow.iter().any(|allowed| allowed == rule);
    let mut refuted = Refuted::default();
    let mut problems = Vec::new();
    let empty = judge(all.empty(&step.check), step);
    refuted.note(&empty);
    if empty.verdict.is_done() && !allows("empty-account") {
        problems.push(format!(
            "on an empty account, it is {}: if it only requires that something is absent, or the account itself, add \
             allow = [\"empty-account\"] at the top of the check",
            empty.verdict
        ));
    }
    if let Some(why) = all.failure(&step.check) {
        problems.push(format!("its practice action fails: {why}"));
    }
    let practice = all.own(&step.check).map(|(earlier, own)| {
        let before = judge(earlier, step);
        refuted.note(&before);
        let others: Vec<(&str, &Situation, StepResult)> =
            all.actions().map(|(action, situation)| (action, situation, judge(situation, step))).collect();
        others.iter().for_each(|(_, _, result)| refuted.note(result));
        // What is to be removed was seen before.
        let mut seen = Earlier::default();
        for made in step.removes.iter().filter_map(|id| course.step(id)) {
            judged(&mut seen, course, compiled, made, &earlier.gathered, &confirmed(earlier));
        }
        if !step.removes.is_empty() {
            refuted.note(&judged(&mut seen, course, compiled, step, &earlier.gathered, &confirmed(earlier)));
        }
        let after = judged(&mut seen, course, compiled, step, &own.gathered, &confirmed(own));
        let moved_by = others.iter().filter(|(action, situation, result)| {
            *action != step.check && !situation.done.contains(&step.check) && result.verdict.is_done()
        });
        let moved_by: Vec<String> = moved_by.map(|(action, _, _)| (*action).to_owned()).collect();
        if !before.verdict.blocks() {
            problems.push(format!("before its action, it is already {}", before.verdict));
        }
        if !after.verdict.is_done() {
            problems.push(format!("after its action, it is {}: {}", after.verdict, why(&after)));
        }
        if let Some(first) = moved_by.first() {
            problems.push(format!("`{first}`, the action of another step, also does it"));
        }
        Practised { before: before.verdict, after: after.verdict, moved_by }
    });
    let denied = judge(all.denied(&step.check), step);
    if denied.verdict != Verdict::Unknown || !denied.reasons.iter().any(|reason| reason.code == ReasonCode::Denied) {
        problems.push(format!(
            "with its reads denied, it is {}, but must be unknown with the reason `{}`",
            denied.verdict,
            ReasonCode::Denied.name()
        ));
    }
    let (mut done, mut not_done) = (false, false);
    let judged_cases = cases.iter().map(|case| {
        let result = case.judge(course, compiled, step);
        done |= result.verdict.is_done();
        not_done |= is_false(&result);
        refuted.note(&result);
        let wrong = case.wrong(&result);
        problems.extend(wrong.iter().map(|wrong| format!("the case “{}”: {wrong}", case.title)));
        (case.title.clone(), wrong)
    });
    let judged_cases: Vec<(String, Option<String>)> = judged_cases.collect();
    let lacks = all.lacks(&step.check);
    if practice.is_none() && all.failure(&step.check).is_none() && !(done && not_done) {
        let why = match lacks {
            true => "the practice accounts in this program do not have a service that its action uses",
            false => "the practice accounts have no action for it",
        };
        problems.push(format!(
            "{why}: write a case in which it is done, and a case in which what was read shows that it is not"
        ));
    }
    if !allows("never-false") {
        let always = course.check(step).expectations().iter().enumerate().filter(|(at, _)| !refuted.0.contains(at));
        problems.extend(always.map(|(_, expectation)| {
            format!(
                "no case and no state of the practice accounts makes “{}” false: add a case that does",
                expectation.title
            )
        }));
    }
    Proof { check: step.check.clone(), practice, lacks, denied: denied.verdict, cases: judged_cases, problems }
}

/// The expectations that were false in at least one state, or whose late evidence was missing.
#[derive(Default)]
struct Refuted(BTreeSet<usize>);

impl Refuted {
    fn note(&mut self, result: &StepResult) {
        let late = result.reasons.iter().any(|reason| reason.code == ReasonCode::NotVisibleYet);
        let refuted = result.expectations.iter().enumerate().filter(|(_, expectation)| match expectation.outcome {
            Outcome::NotMet | Outcome::Unconfirmed => true,
            Outcome::Unknown => late,
            _ => false,
        });
        self.0.extend(refuted.map(|(at, _)| at));
    }
}

/// Whether what was read shows that a step is not done. Failed reads do not count: they make every check unknown.
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
