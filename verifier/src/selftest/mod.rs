//! `verify selftest`: proves that each check of a course can tell done from not done.
//!
//! On the practice account, a check must not be done before its own action and must be done after it, must not be done
//! by anybody else's action, and must be unknown when its reads are denied. Beside that, or where the practice account
//! has no action for it, an instructor gives it [`cases`]: recordings with the verdicts that they expect.

pub mod cases;
mod situations;

pub use situations::Situations;

use mdbook_verify::course::{Course, Step};
use mdbook_verify::key::Key;
use mdbook_verify::results::{ReasonCode, Results, StepResult, Verdict};
use std::sync::Arc;

use crate::gather::Gathered;
use crate::plan::Compiled;
use crate::run::Bench;
use cases::Case;
use situations::{Situation, words};

/// What was found about one check.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The check's name.
    pub check: String,
    /// The verdicts on the practice account; none where it has no action for the check.
    pub practice: Option<Practised>,
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
    /// With its reads denied.
    pub denied: Verdict,
}

/// Proves one check of a course with a step for each, see [`Course::with_a_step_for_each_check`].
pub fn prove(course: &Arc<Course>, compiled: &Arc<Compiled>, step: &Step, all: &Situations, cases: &[Case]) -> Proof {
    let judge = |situation: &Situation, step: &Step| {
        judged(course, compiled, step, &situation.gathered, &|step| situation.done.contains(&step.check))
    };
    let mut problems = Vec::new();
    let practice = all.own(&step.check).map(|own| {
        let before = judge(all.before(own), step);
        let after = judge(own, step);
        let moved_by = all.actions().filter(|(action, situation)| {
            *action != step.check && !situation.done.contains(&step.check) && judge(situation, step).verdict.is_done()
        });
        let moved_by: Vec<String> = moved_by.map(|(action, _)| action.to_owned()).collect();
        let denied = all.denied(&step.check).map(|denied| judge(denied, step));
        if !before.verdict.blocks() {
            problems.push(format!("before its action it is {} already", before.verdict));
        }
        if !after.verdict.is_done() {
            problems.push(format!("after its action it is {}: {}", after.verdict, why(&after)));
        }
        if let Some(first) = moved_by.first() {
            problems.push(format!("`{first}` does it, which is another step's action"));
        }
        let is_denied = |result: &StepResult| {
            let denied = result.reasons.iter().any(|reason| reason.code == ReasonCode::Denied);
            result.verdict == Verdict::Unknown && denied
        };
        if let Some(result) = denied.as_ref().filter(|result| !is_denied(result)) {
            problems.push(format!("with its reads denied it is {}, and must be unknown", result.verdict));
        }
        let denied = denied.map_or(Verdict::Unknown, |denied| denied.verdict);
        Practised { before: before.verdict, after: after.verdict, moved_by, denied }
    });
    let told = cases.iter().map(|case| {
        let wrong = case.wrong(course, compiled, step);
        problems.extend(wrong.iter().map(|wrong| format!("the case “{}”: {wrong}", case.title)));
        (case.title.clone(), wrong)
    });
    let told: Vec<(String, Option<String>)> = told.collect();
    if practice.is_none() {
        let expects = |done: bool| cases.iter().any(|case| case.verdict.is_done() == done);
        if !expects(true) || !expects(false) {
            problems.push(
                "the practice account has no action for it: give it cases, one that is done and one that is not"
                    .to_owned(),
            );
        }
    }
    Proof { check: step.check.clone(), practice, cases: told, problems }
}

/// Judges a step, with the learner's word for what `said` says of.
fn judged(
    course: &Arc<Course>,
    compiled: &Arc<Compiled>,
    step: &Step,
    gathered: &Gathered,
    said: &dyn Fn(&Step) -> bool,
) -> StepResult {
    let key = Key::new([0; 32]);
    let mut results = Results::empty(true);
    let members = step.members.iter().filter_map(|id| course.step(id));
    let judged: Vec<&Step> = members.chain([step]).collect();
    results.confirmations = words(course, &judged, gathered, &key, said);
    Bench { course, compiled, key: &key, show_identifiers: false }.judge(&judged, gathered, &mut results);
    results.steps.remove(&step.id).unwrap_or_else(|| unreachable!("the step was judged"))
}

/// Why a step is not done, in one line.
fn why(result: &StepResult) -> String {
    let open = result.expectations.iter().find(|told| {
        !matches!(
            told.outcome,
            mdbook_verify::results::Outcome::Met
                | mdbook_verify::results::Outcome::Confirmed
                | mdbook_verify::results::Outcome::NotApplicable
        )
    });
    let reasons: Vec<&str> = result.reasons.iter().map(|reason| reason.message.as_str()).collect();
    match open {
        Some(open) => format!("“{}” is {}. {}", open.title, open.outcome.words(), reasons.join(" ")).trim().to_owned(),
        None => reasons.join(" "),
    }
}
