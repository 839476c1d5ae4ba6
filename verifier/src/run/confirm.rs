//! Confirms a step that no API can check.

use anyhow::Result;
use course::Step;
use course::results::{Results, Verdict};

use super::error::Error;
use super::session::Session;
use super::{read, select};
use crate::verdict::Confirmable;
use evidence::gather::Gathered;

/// The result of confirming a step.
#[derive(Debug)]
pub struct Confirmed {
    /// The results, as they are shown.
    pub results: Results,
    /// The step's statements.
    pub statements: Vec<Confirmable>,
}

/// A step that the learner may confirm, with the evidence of now.
#[derive(Debug)]
pub struct Question<'s> {
    session: &'s Session<'s>,
    step: &'s Step,
    /// The step, and the checks that combine it.
    steps: Vec<&'s Step>,
    gathered: Gathered,
}

/// Reads what a confirmation of a step would be about.
///
/// # Errors
/// [`Error::NeedsNoConfirmation`], [`Error::ConfirmMembers`], and [`Error::NotIdentified`].
pub async fn question<'s>(session: &'s Session<'s>, step: &'s Step) -> Result<Question<'s>> {
    can_be_confirmed(session, step)?;
    let whole = session.course.steps.iter().filter(|other| other.members.contains(&step.id));
    let names: Vec<String> = [step].into_iter().chain(whole).map(|step| step.id.clone()).collect();
    let steps = select::steps(&session.course, &names)?;
    let gathered = read::steps(session, &steps).await?;
    if !gathered.account_ids.contains_key(&step.account) {
        let mut results = Results::empty(session.practice());
        session.judge().judge(&[step], &gathered, &mut results);
        let reasons = results.steps.remove(&step.id).map(|result| result.reasons).unwrap_or_default();
        return Err(Error::NotIdentified { account: step.account.clone(), reasons }.into());
    }
    Ok(Question { session, step, steps, gathered })
}

impl Question<'_> {
    /// The results of the step without the answer. Nothing is saved.
    pub fn results(&self) -> Results {
        let mut results = self.session.results();
        self.session.judge().judge(&self.steps, &self.gathered, &mut results);
        self.session.shown(&self.steps, &self.gathered, results)
    }

    /// Saves the learner's confirmation, or removes it with `undo`. Judges the step and the checks that combine it.
    ///
    /// # Errors
    /// Results that cannot be written.
    pub fn answer(self, undo: bool) -> Result<Confirmed> {
        let Question { session, step, steps, gathered } = self;
        let (statements, results) = session.noting(|judge, results| {
            let statements = judge.confirm(step, &gathered, results);
            if undo {
                judge.undo(step, &gathered, results);
                // Where the word only replaces evidence that AWS refuses, evidence may have shown it before.
                if session.course.check(step).asks_for_confirmation() {
                    steps.iter().for_each(|step| never_done(results, step));
                }
            }
            (statements, judge.judge(&steps, &gathered, results))
        })?;
        Ok(Confirmed { results: session.shown(&steps, &gathered, results), statements: statements? })
    }
}

/// Forgets that a step was done, if it was so by the learner's word, which was taken back.
fn never_done(results: &mut Results, step: &Step) {
    let confirmed = results.steps.get_mut(&step.id).filter(|result| result.verdict == Verdict::Confirmed);
    if let Some(result) = confirmed {
        result.verdict = Verdict::Unknown;
        (result.first_verified, result.held_until, result.lapsed) = (None, None, None);
    }
}

fn can_be_confirmed(session: &Session<'_>, step: &Step) -> Result<(), Error> {
    if !step.members.is_empty() {
        return Err(Error::ConfirmMembers { step: step.id.clone(), members: step.members.clone() });
    }
    let expectations = session.course.check(step).expectations();
    match expectations.iter().any(|expectation| expectation.statement().is_some()) {
        true => Ok(()),
        false => Err(Error::NeedsNoConfirmation(step.id.clone())),
    }
}
