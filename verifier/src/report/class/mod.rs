//! `verify report`: the results of a class, by learner and by step.
//!
//! The counting is here, the sentences and tables are in `tables`, and each output format has its own file. A learner's
//! document is dropped once it is counted.

pub mod csv;
pub mod html;
pub mod markdown;
mod tables;
#[cfg(test)]
mod tests;
pub mod text;

use course::check::Body;
use course::diagnostic::many;
use course::results::{ReasonCode, Results, StepResult, Verdict, View};
use course::step_view;
use course::{Course, Step};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use evidence::time;

/// The note in every format that can have sentences.
pub const ABOUT: &str = "A results file is not proof: anybody can edit it, and only the learner has the key of its seal. Only \
                         results of `verify cohort` from this machine (“here”), or from a machine with the same key, \
                         are based on what AWS reported to you.";

/// A class, counted.
#[derive(Debug, Serialize)]
pub struct Class {
    /// The course's title.
    pub title: String,
    /// Whether this is about the practice accounts.
    pub practice: bool,
    /// A note for the reader.
    pub about: &'static str,
    /// How many steps count towards completion.
    pub required: usize,
    /// Where most learners are stuck. `None` if everybody is done.
    pub stuck: Option<Stuck>,
    /// A row for each learner.
    pub learners: Vec<Learner>,
    /// A row for each step, in the course's order.
    pub steps: Vec<StepRow>,
    /// Notices about the files.
    pub notices: Vec<String>,
}

/// Numbers of steps or learners by verdict. What does not apply counts as done.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// How many are done.
    pub done: usize,
    /// How many are not yet.
    pub not_yet: usize,
    /// How many are unknown.
    pub unknown: usize,
    /// How many were never judged, or not by the current check.
    pub unchecked: usize,
}

/// A learner.
#[derive(Debug, Serialize)]
pub struct Learner {
    /// The name, from the file name.
    pub name: String,
    /// Whether it was judged on this machine. Otherwise, the results are not proof.
    pub judged_here: bool,
    /// The required steps.
    #[serde(flatten)]
    pub counts: Counts,
    /// The first required step that is not done, and not only because a confirmation is missing. `None` if all are done.
    pub at: Option<At>,
    /// How many required steps are done only by the learner's own results file, which proves nothing.
    pub by_file: usize,
    /// The number of attempts at all steps, if known.
    pub attempts: Option<u64>,
    /// When a step was first done.
    pub first_verified: Option<String>,
    /// When a step was last done for the first time.
    pub last_verified: Option<String>,
    /// When a step was last judged.
    pub last_checked: Option<String>,
}

/// A learner's first required step that is not done.
#[derive(Debug, Clone, Serialize)]
pub struct At {
    /// The step's id.
    pub step: String,
    /// Its title in the lesson.
    pub title: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why it is unknown.
    pub reason: Option<ReasonCode>,
    /// The first expectation that is not met, if the verdict is “not yet”.
    pub unmet: Option<String>,
}

/// An expectation that many learners do not meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmet {
    /// The expectation.
    pub title: String,
    /// For how many learners it is the first that is not met.
    pub learners: usize,
}

/// A step, with the counts of all learners.
#[derive(Debug, Serialize)]
pub struct StepRow {
    /// The step's id.
    pub step: String,
    /// Its title in the lesson.
    pub title: String,
    /// Whether it does not count towards completion.
    pub optional: bool,
    /// The learners.
    #[serde(flatten)]
    pub counts: Counts,
    /// The most frequent reason for unknown.
    pub reason: Option<ReasonCode>,
    /// The expectation that most learners with “not yet” do not meet.
    pub unmet: Option<Unmet>,
    /// The number of attempts of all learners, if known.
    pub attempts: Option<u64>,
    /// The median of the attempts.
    pub median_attempts: Option<f64>,
    /// The median time from the first verdict until it was done, in seconds, of the learners for whom it is known.
    pub median_seconds: Option<f64>,
}

/// Where most learners are stuck.
#[derive(Debug, Serialize)]
pub struct Stuck {
    /// The step's id.
    pub step: String,
    /// Its title in the lesson.
    pub title: String,
    /// How many learners are at it.
    pub learners: usize,
    /// Those learners, by the step's verdict.
    #[serde(flatten)]
    pub counts: Counts,
    /// The most frequent reason for unknown.
    pub reason: Option<ReasonCode>,
    /// The expectation that most learners with “not yet” do not meet.
    pub unmet: Option<Unmet>,
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::NotYet => self.not_yet += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::Unchecked => self.unchecked += 1,
            Verdict::Confirmed | Verdict::Verified | Verdict::NotApplicable => self.done += 1,
        }
    }
}

/// Counts a class, one learner at a time.
#[derive(Debug)]
pub struct Counting<'c> {
    course: &'c Course,
    practice: bool,
    learners: Vec<Learner>,
    steps: Vec<Counted>,
    elsewhere: BTreeSet<String>,
}

/// The counts of a step.
#[derive(Debug, Default)]
struct Counted {
    counts: Counts,
    reasons: BTreeMap<ReasonCode, usize>,
    unmet: BTreeMap<String, usize>,
    attempts: Vec<f64>,
    seconds: Vec<f64>,
}

impl<'c> Counting<'c> {
    /// An empty class.
    pub fn new(course: &'c Course, practice: bool) -> Counting<'c> {
        let steps = course.listed().map(|_| Counted::default()).collect();
        Counting { course, practice, learners: Vec::new(), steps, elsewhere: BTreeSet::new() }
    }

    /// Counts a learner's results.
    pub fn add(&mut self, name: &str, judged_here: bool, results: &Results) {
        self.learners.push(learner(self.course, name, judged_here, results));
        for (step, counted) in self.course.listed().zip(&mut self.steps) {
            counted.add(self.course, step, results);
        }
        let known: BTreeSet<&str> = self.course.steps.iter().map(|step| step.id.as_str()).collect();
        self.elsewhere.extend(results.steps.ids().filter(|id| !known.contains(id.as_str())).cloned());
    }

    /// How many learners there are.
    pub fn len(&self) -> usize {
        self.learners.len()
    }

    /// Whether there are no learners.
    pub fn is_empty(&self) -> bool {
        self.learners.is_empty()
    }

    /// The class, with notices about its files.
    pub fn done(self, mut notices: Vec<String>) -> Class {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        self.learners.iter().for_each(|learner| *names.entry(&learner.name).or_default() += 1);
        let twice = names.into_iter().filter(|(_, files)| *files > 1);
        notices.extend(
            twice.map(|(name, files)| format!("{files} files are named after “{name}”. Each has its own row.")),
        );
        if !self.elsewhere.is_empty() {
            notices.push(format!(
                "{} in these files that this course does not have: not counted.",
                many(self.elsewhere.len(), "step")
            ));
        }
        let rows = self.course.listed().zip(self.steps).map(|(step, counted)| counted.row(self.course, step));
        Class {
            title: self.course.title.clone(),
            practice: self.practice,
            about: ABOUT,
            required: self.course.required().count(),
            stuck: stuck(self.course, &self.learners),
            steps: rows.collect(),
            learners: self.learners,
            notices,
        }
    }
}

/// A learner's row.
pub fn learner(course: &Course, name: &str, judged_here: bool, results: &Results) -> Learner {
    let mut counts = Counts::default();
    course.required().for_each(|step| counts.add(results.view(step).verdict));
    let blocking = || course.required().filter(|step| results.view(step).verdict.blocks());
    // What only the learner can say does not show where the learner is.
    let at = blocking().find(|step| !lacks_word(&results.view(step))).or_else(|| blocking().next()).map(|step| {
        let view = results.view(step);
        let reason = view.result.and_then(|result| result.reasons.first()).map(|reason| reason.code);
        let (step_id, title, verdict) = (step.id.clone(), course.title_of(step).to_owned(), view.verdict);
        At { step: step_id, title, verdict, reason, unmet: unmet(course, step, &view) }
    });
    let listed = || course.listed().filter_map(|step| results.view(step).result);
    let verified = || listed().filter_map(|result| result.first_verified.as_ref());
    Learner {
        name: name.to_owned(),
        judged_here,
        counts,
        at,
        by_file: course.required().filter(|step| results.by_learners_file.contains(&step.id)).count(),
        attempts: sum(listed().filter_map(|result| result.attempts).map(u64::from)),
        first_verified: verified().min().cloned(),
        last_verified: verified().max().cloned(),
        last_checked: listed().map(|result| &result.checked).max().cloned(),
    }
}

impl Counted {
    fn add(&mut self, course: &Course, step: &Step, results: &Results) {
        let view = results.view(step);
        self.counts.add(view.verdict);
        unmet(course, step, &view).into_iter().for_each(|title| *self.unmet.entry(title).or_default() += 1);
        let Some(result) = view.result else { return };
        // A learner can have several reasons with the same code for a step.
        let codes: BTreeSet<ReasonCode> = result.reasons.iter().map(|reason| reason.code).collect();
        codes.into_iter().for_each(|code| *self.reasons.entry(code).or_default() += 1);
        self.attempts.extend(result.attempts.map(f64::from));
        self.seconds.extend(seconds_to_done(result));
    }

    fn row(mut self, course: &Course, step: &Step) -> StepRow {
        // Sums of whole numbers below 2^53 are exact.
        let total = self.attempts.iter().sum::<f64>() as u64;
        StepRow {
            step: step.id.clone(),
            title: course.title_of(step).to_owned(),
            optional: step.optional,
            counts: self.counts,
            reason: most_frequent(&self.reasons).map(|(reason, _)| reason),
            unmet: most_frequent(&self.unmet).map(Unmet::new),
            attempts: (!self.attempts.is_empty()).then_some(total),
            median_attempts: median(&mut self.attempts),
            median_seconds: median(&mut self.seconds),
        }
    }
}

/// The time from the first verdict until the step was done, in seconds. `None` if it is not known.
fn seconds_to_done(result: &StepResult) -> Option<f64> {
    let begun = time::secs(result.first_checked.as_deref()?)?;
    let done = time::secs(result.first_verified.as_deref()?)?;
    // A file can contain anything.
    let took = done.checked_sub(begun).filter(|took| *took >= 0)?;
    Some(took as f64)
}

/// Whether a step is unknown only because of what the learner alone knows: a confirmation, or that something was there.
fn lacks_word(view: &View<'_>) -> bool {
    let reasons = view.result.map(|result| result.reasons.as_slice()).unwrap_or_default();
    let is_word = |code: ReasonCode| matches!(code, ReasonCode::NeedsConfirmation | ReasonCode::NeverSeen);
    view.verdict == Verdict::Unknown && !reasons.is_empty() && reasons.iter().all(|reason| is_word(reason.code))
}

/// The step where evidence stops most learners; if it stops nobody, the step where most learners are. If several have the
/// same number, the first in the course.
fn stuck(course: &Course, learners: &[Learner]) -> Option<Stuck> {
    let mut most: Option<Stuck> = None;
    let weight = |stuck: &Stuck| (stuck.counts.not_yet, stuck.learners);
    for step in course.required() {
        let here: Vec<&At> =
            learners.iter().filter_map(|learner| learner.at.as_ref()).filter(|at| at.step == step.id).collect();
        if here.is_empty() {
            continue;
        }
        let (mut counts, mut reasons, mut unmet) = (Counts::default(), BTreeMap::new(), BTreeMap::new());
        for at in &here {
            counts.add(at.verdict);
            at.reason.into_iter().for_each(|reason| *reasons.entry(reason).or_default() += 1);
            at.unmet.iter().cloned().for_each(|title| *unmet.entry(title).or_default() += 1);
        }
        let (step, title, learners) = (step.id.clone(), course.title_of(step).to_owned(), here.len());
        let reason = most_frequent(&reasons).map(|(reason, _)| reason);
        let unmet = most_frequent(&unmet).map(Unmet::new);
        let stuck = Stuck { step, title, learners, counts, reason, unmet };
        if most.as_ref().is_none_or(|most| weight(&stuck) > weight(most)) {
            most = Some(stuck);
        }
    }
    most
}

impl Unmet {
    fn new((title, learners): (String, usize)) -> Unmet {
        Unmet { title, learners }
    }
}

/// The title of a step's first expectation that is not met, from the course, because a file can contain anything.
fn unmet(course: &Course, step: &Step, view: &View<'_>) -> Option<String> {
    let result = view.result.filter(|result| result.verdict == Verdict::NotYet)?;
    let at = step_view::next_unmet(&result.expectations)?;
    match &course.check(step).body {
        Body::Expect(expectations) => Some(course.expectation_title(step, &expectations.get(at)?.title)),
        Body::Steps(checks) => Some(course.checks.get(checks.get(at)?)?.title.clone()),
    }
}

/// What was counted most often, and how often. If several have the same number, the first.
fn most_frequent<T: Ord + Clone>(counted: &BTreeMap<T, usize>) -> Option<(T, usize)> {
    let most = counted.values().max()?;
    counted.iter().find(|(_, count)| *count == most).map(|(what, count)| (what.clone(), *count))
}

fn sum(numbers: impl Iterator<Item = u64>) -> Option<u64> {
    numbers.reduce(u64::saturating_add)
}

/// The median.
fn median(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let upper = *numbers.get(numbers.len() / 2)?;
    let lower = *numbers.get(numbers.len().saturating_sub(1) / 2)?;
    Some((lower + upper) / 2.0)
}
