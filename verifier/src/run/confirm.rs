//! Confirms a step that no API can check.

use anyhow::Result;
use course::Step;
use course::results::Results;

use super::error::Error;
use super::session::Session;
use super::{read, select};
use crate::verdict::Confirmable;

/// The result of confirming a step.
#[derive(Debug)]
pub struct Confirmed {
    /// The results, as they are shown.
    pub results: Results,
    /// The step's statements.
    pub statements: Vec<Confirmable>,
}

/// Saves the learner's confirmation of a step, or removes it with `undo`. Judges the step and the checks that combine
/// it.
///
/// # Errors
/// [`Error::NeedsNoConfirmation`], [`Error::ConfirmMembers`], [`Error::NotIdentified`], and results that cannot be
/// written.
pub async fn confirm(session: &Session<'_>, step: &Step, undo: bool) -> Result<Confirmed> {
    can_be_confirmed(session, step)?;
    let whole = session.course.steps.iter().filter(|other| other.members.contains(&step.id));
    let names: Vec<String> = [step].into_iter().chain(whole).map(|step| step.id.clone()).collect();
    let steps = select::steps(&session.course, &names)?;
    let gathered = read::steps(session, &steps).await?;
    let judge = session.judge();
    if !gathered.account_ids.contains_key(&step.account) {
        let mut results = Results::empty(session.practice());
        judge.judge(&[step], &gathered, &mut results);
        let reasons = results.steps.remove(&step.id).map(|result| result.reasons).unwrap_or_default();
        return Err(Error::NotIdentified { account: step.account.clone(), reasons }.into());
    }
    let (statements, results) = session.noting(|judge, results| {
        let statements = judge.confirm(step, &gathered, results);
        if undo {
            judge.undo(step, &gathered, results);
        }
        (statements, judge.judge(&steps, &gathered, results))
    })?;
    Ok(Confirmed { results: session.shown(&steps, &gathered, results), statements: statements? })
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
