//! Decides what a learner is told about a whole course: how far it is, what comes next, what is left running, and why
//! accounts cannot be read. [`crate::step_view`] does the same for a step.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::course::{Course, Step};
use crate::local_time;
use crate::next_step::next_step;
use crate::results::{ReasonCode, Results, Verdict};
use crate::step_view::Running;

/// A course as it is shown to a learner.
#[derive(Debug, Clone)]
pub struct CourseView<'v> {
    /// The number of steps that count towards completion.
    pub required: usize,
    /// How many of them are done, or do not apply.
    pub done: usize,
    /// How many of these the learner confirmed.
    pub confirmed: usize,
    /// When the first and the last of them were first done (RFC 3339, UTC), if that is known.
    pub between: Option<(&'v str, &'v str)>,
    /// The steps that were done and no longer are.
    pub lapsed: Vec<&'v Step>,
    /// The step to do next.
    pub next: Option<&'v Step>,
    /// What costs money now, or may.
    pub running: Vec<Running<'v>>,
    /// Why accounts cannot be read.
    pub unread: Vec<Unread<'v>>,
}

/// Why accounts cannot be read: the reasons of all steps that have this code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread<'v> {
    /// The course's names for the accounts. Several if the messages are the same.
    pub accounts: Vec<&'v str>,
    /// The code.
    pub code: ReasonCode,
    /// The actions that AWS denies, if it denies any.
    pub actions: BTreeSet<&'v str>,
    /// The messages, each once.
    pub messages: Vec<Cow<'v, str>>,
}

impl<'v> CourseView<'v> {
    /// The view of a course with the current results.
    pub fn new(course: &'v Course, results: &'v Results) -> CourseView<'v> {
        let required: Vec<&Step> = course.required().collect();
        let verdict = |step: &Step| results.view(step).verdict;
        let open = required.iter().filter(|step| verdict(step).blocks()).count();
        let first: Vec<&str> = required
            .iter()
            .filter(|step| !verdict(step).blocks())
            .filter_map(|step| results.view(step).result?.first_verified.as_deref())
            .collect();
        let has_lapsed = |step: &&Step| {
            let result = results.view(step).result;
            step.members.is_empty() && result.is_some_and(|result| result.lapsed.is_some())
        };
        CourseView {
            required: required.len(),
            done: required.len() - open,
            confirmed: required.iter().filter(|step| verdict(step) == Verdict::Confirmed).count(),
            between: first.iter().min().copied().zip(first.iter().max().copied()),
            lapsed: course.listed().filter(has_lapsed).collect(),
            next: next_step(course, results, &required),
            running: course.steps.iter().filter_map(|step| Running::new(course, step, results)).collect(),
            unread: unread(course, results),
        }
    }

    /// Whether every required step is done.
    pub fn is_complete(&self) -> bool {
        self.done == self.required
    }
}

fn unread<'v>(course: &'v Course, results: &'v Results) -> Vec<Unread<'v>> {
    let mut groups: BTreeMap<(&str, ReasonCode), Unread<'_>> = BTreeMap::new();
    let of_steps = course.listed().filter_map(|step| results.view(step).result);
    let unknown = of_steps.filter(|result| result.verdict == Verdict::Unknown);
    for reason in unknown.flat_map(|result| &result.reasons).filter(|reason| reason.is_about_access()) {
        let account = reason.account.as_deref().unwrap_or_default();
        let group = groups.entry((account, reason.code)).or_insert_with(|| Unread {
            accounts: vec![account],
            code: reason.code,
            actions: BTreeSet::new(),
            messages: Vec::new(),
        });
        group.actions.extend(reason.action.as_deref());
        let message = local_time::shown(&reason.message);
        if !group.messages.contains(&message) {
            group.messages.push(message);
        }
    }
    let mut unread: Vec<Unread<'_>> = Vec::new();
    for group in groups.into_values() {
        let same = |other: &&mut Unread<'_>| {
            (other.code, &other.actions, &other.messages) == (group.code, &group.actions, &group.messages)
        };
        match unread.iter_mut().find(same) {
            Some(other) => other.accounts.extend(group.accounts),
            None => unread.push(group),
        }
    }
    unread
}
