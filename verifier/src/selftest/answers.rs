//! What calls are answered for which the practice accounts have no service, or no account.

use course::Step;
use course::results::{Reason, ReasonCode};
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::run::Judge;
use evidence::client::{Answers, Ask, Binding, Outcome};
use evidence::gather::Gathered;

/// Denies these calls of a step.
pub(super) fn deny(judge: &Judge, step: &Step, denied: &BTreeSet<String>, gathered: &mut Gathered) {
    fill(judge, step, gathered, |account, ask| {
        let found = ask.found().ok().filter(|_| denied.contains(&ask.call))?;
        let message = format!("{} was denied.", ask.call);
        let action = found.operation.actions.first().cloned();
        let reason = Reason { code: ReasonCode::Denied, account: Some(account.to_owned()), action, message };
        Some(Outcome::failed(vec![reason]))
    });
}

/// Answers that a step's own account has nothing, to calls that list what an account has.
pub(super) fn empty(judge: &Judge, step: &Step, gathered: &mut Gathered) {
    let named = judge.nothing_yet().named;
    fill(judge, step, gathered, |account, ask| {
        let found = ask.found().ok().filter(|_| account == step.account)?;
        let (_, operation) = ask.call.split_once(':')?;
        let input = found.operation.input.as_deref().and_then(|name| found.service.shape(name));
        let is_about_one = input.is_some_and(|shape| !shape.required.is_empty());
        let lists = operation.starts_with("List") || operation.starts_with("Describe");
        let binding = Binding { account, found, input: &ask.with, named: &named };
        (lists && !is_about_one).then(|| Outcome::Answer(binding.none()))
    });
}

/// Gives an outcome to calls that failed, and to those that are not answered yet, until nothing more can be asked.
fn fill(judge: &Judge, step: &Step, gathered: &mut Gathered, outcome: impl Fn(&str, &Ask) -> Option<Outcome>) {
    let mut answers = Answers::clone(&gathered.answers);
    for (account, of_account) in &mut answers {
        for (ask, before) in of_account.iter_mut().filter(|(_, before)| matches!(***before, Outcome::Failed { .. })) {
            *before = outcome(account, ask).map_or_else(|| Arc::clone(before), Arc::new);
        }
    }
    loop {
        gathered.answers = Arc::new(answers.clone());
        let asked = judge.waits(step, gathered).into_iter();
        let new: Vec<_> = asked.filter_map(|(account, ask)| Some((outcome(&account, &ask)?, account, ask))).collect();
        if new.is_empty() {
            return;
        }
        for (outcome, account, ask) in new {
            answers.entry(account).or_default().insert(Arc::new(ask), Arc::new(outcome));
        }
    }
}
