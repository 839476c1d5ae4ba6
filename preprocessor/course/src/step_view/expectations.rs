//! The expectations of a step as a learner sees them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use crate::results::{ExpectationResult, Outcome};

/// An expectation as it is shown to a learner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectationView<'v> {
    /// Its short title.
    pub title: Cow<'v, str>,
    /// Its outcome; `None` while that is not known.
    pub outcome: Option<Outcome>,
    /// The outcome's label. What does not apply is not needed once the step is done; before, that may change.
    pub label: Option<&'static str>,
    /// What was found, or what to do.
    pub sentences: Vec<Cow<'v, str>>,
    /// The statements to confirm, or that were confirmed.
    pub statements: Vec<StatementView<'v>>,
}

/// A statement that a learner is asked to confirm, or confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementView<'v> {
    /// The statement.
    pub text: &'v str,
    /// Whether it is confirmed.
    pub confirmed: bool,
}

/// A sentence, and the outcome of the expectation that it is about. Reasons have the outcome `unknown`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The outcome.
    pub outcome: Outcome,
    /// The sentence.
    pub text: String,
}

impl<'v> ExpectationView<'v> {
    /// An expectation of which nothing is known.
    pub(super) fn new(title: Cow<'v, str>) -> ExpectationView<'v> {
        ExpectationView { title, outcome: None, label: None, sentences: Vec::new(), statements: Vec::new() }
    }
}

impl StatementView<'_> {
    /// The words before the statement.
    pub fn lead(&self) -> &'static str {
        if self.confirmed { "You confirmed" } else { "To confirm" }
    }

    pub(super) fn sentence(&self) -> Sentence {
        let outcome = if self.confirmed { Outcome::Confirmed } else { Outcome::Unconfirmed };
        Sentence { outcome, text: self.to_string() }
    }
}

impl fmt::Display for StatementView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: “{}”", self.lead(), self.text)
    }
}

/// Views of expectations, from their titles and the results that are known.
pub fn expectations<'v>(
    known: impl IntoIterator<Item = (impl Into<Cow<'v, str>>, Option<&'v ExpectationResult>)>,
) -> Vec<ExpectationView<'v>> {
    let known: Vec<(Cow<'v, str>, _)> = known.into_iter().map(|(title, result)| (title.into(), result)).collect();
    let is_open = known.iter().any(|(_, result)| result.is_none_or(|result| result.outcome.is_open()));
    let label = |outcome| match outcome {
        Outcome::NotApplicable if is_open => "does not apply now",
        outcome => outcome.label(),
    };
    let next = known.iter().position(|(_, result)| result.is_some_and(is_not_met));
    let view = |(at, (title, result)): (usize, &(Cow<'v, str>, Option<&'v ExpectationResult>))| {
        let outcome = result.map(|result| result.outcome);
        let waits = next.is_some_and(|next| next != at && outcome.is_some_and(Outcome::is_open));
        let result = result.filter(|_| !waits);
        ExpectationView {
            outcome,
            label: outcome.map(label),
            sentences: result.map(sentences).unwrap_or_default(),
            statements: result.and_then(statement).into_iter().collect(),
            ..ExpectationView::new(title.clone())
        }
    };
    let mut views: Vec<ExpectationView<'v>> = known.iter().enumerate().map(view).collect();
    // What to do is shown once, with the first open expectation that says it.
    let mut before = BTreeSet::new();
    for view in views.iter_mut().filter(|view| view.outcome.is_some_and(Outcome::is_open)) {
        view.sentences.retain(|sentence| before.insert(sentence.clone()));
    }
    views
}

/// The index of the first expectation that is not met, which is the next one to meet.
pub fn next_unmet(expectations: &[ExpectationResult]) -> Option<usize> {
    expectations.iter().position(is_not_met)
}

fn is_not_met(result: &ExpectationResult) -> bool {
    result.outcome == Outcome::NotMet
}

/// An expectation's sentences, each once.
fn sentences(result: &ExpectationResult) -> Vec<Cow<'_, str>> {
    let mut before = BTreeSet::new();
    let once = result.sentences.iter().map(String::as_str).filter(|sentence| before.insert(*sentence));
    once.map(Cow::Borrowed).collect()
}

pub(super) fn statement(result: &ExpectationResult) -> Option<StatementView<'_>> {
    let confirmed = match result.outcome {
        Outcome::Confirmed => true,
        Outcome::Unconfirmed => false,
        _ => return None,
    };
    Some(StatementView { text: result.statement.as_deref()?, confirmed })
}
