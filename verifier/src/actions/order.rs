//! Which actions come before which, and which steps say what is there before the course.

use course::check::{Check, PracticeOperationKind};
use course::{Course, Step};
use practice::SIGN_UP;
use std::collections::BTreeSet;

use crate::plan::Compiled;

/// The steps whose actions must still be taken before a step's, in order, if those of these steps were taken.
pub(super) fn before(course: &Course, taken: &BTreeSet<String>, step: &Step) -> Vec<Step> {
    let mut before = Vec::new();
    add_before(course, taken, step, &mut BTreeSet::new(), &mut before);
    before
}

fn add_before(
    course: &Course,
    taken: &BTreeSet<String>,
    step: &Step,
    seen: &mut BTreeSet<String>,
    before: &mut Vec<Step>,
) {
    for check in course.check(step).practised_after() {
        let Some(needed) = course.step_for_practice(check, step) else { continue };
        if seen.insert(needed.id.clone()) {
            add_before(course, taken, &needed, seen, before);
            if !super::is_done(course, taken, &needed) {
                before.push(needed);
            }
        }
    }
}

/// A step of each check that says what is there before the course, in the order of the course. It is about the account of
/// its check: a directive's `account=` is about the step.
pub(super) fn with_given(course: &Course, compiled: &Compiled) -> Vec<Step> {
    let has_given = |check: &str| {
        let action = compiled.find(check).and_then(|check| check.practice.as_ref());
        action.is_some_and(|action| !action.given.is_empty())
    };
    let mut checks: Vec<&String> = Vec::new();
    let in_order = course.steps.iter().map(|step| &step.check).chain(course.checks.keys());
    for check in in_order.filter(|check| has_given(check)) {
        if !checks.contains(&check) {
            checks.push(check);
        }
    }
    checks.into_iter().filter_map(|check| super::step(course, check)).collect()
}

/// The accounts that a check's action signs up for, if it is about this account.
pub(crate) fn signed_up_by<'c>(check: &'c Check, account: &'c str) -> impl Iterator<Item = &'c str> {
    let operations = check.practice.iter().flat_map(|practice| &practice.operations);
    operations.filter_map(move |operation| match &operation.what {
        PracticeOperationKind::Switch { name, .. } if name == SIGN_UP => {
            Some(operation.account.as_deref().unwrap_or(account))
        }
        _ => None,
    })
}
