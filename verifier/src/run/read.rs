//! Reads the evidence for steps.

use anyhow::Result;
use course::Step;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::asking::Asking;
use super::connect;
use super::enough::Deciding;
use super::event::Event;
use super::session::Session;
use evidence::bindings::{self, Binding, Bindings};
use evidence::connection::Connection;
use evidence::gather::{self, Asks, Gathered, Plan, Questions, SoFar};
use evidence::privileges::Power;

/// What is read: sections, and the reads of steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'r> {
    pub(super) plan: &'r Plan,
    pub(super) steps: &'r [&'r Step],
}

/// Connects to the accounts of these steps and reads their evidence.
pub(super) async fn steps(session: &Session<'_>, steps: &[&Step]) -> Result<Gathered> {
    let plan = session.compiled.plan(&session.course, steps.iter().copied());
    let connections = connect::connect(session, plan.keys()).await?;
    through(session, Reading { plan: &plan, steps }, &connections, &|_| {}).await
}

/// Connects to a plan's accounts and reads its sections.
pub(super) async fn plan(session: &Session<'_>, plan: &Plan) -> Result<Gathered> {
    let connections = connect::connect(session, plan.keys()).await?;
    through(session, Reading { plan, steps: &[] }, &connections, &|_| {}).await
}

/// Reads evidence through these connections, and passes what has arrived so far to `arrived`. Saves account ids that are
/// seen for the first time, and warns once about credentials that can do anything.
pub(super) async fn through(
    session: &Session<'_>,
    Reading { plan, steps }: Reading<'_>,
    connections: &BTreeMap<String, Connection>,
    arrived: &(dyn Fn(&SoFar<'_>) + Sync),
) -> Result<Gathered> {
    let asks = Asking::of(&session.judge(), steps);
    gathered(session, plan, asks, connections, arrived).await
}

/// Reads a plan's sections and the answers to these calls through these connections, as [`through`] does.
pub(super) async fn gathered(
    session: &Session<'_>,
    plan: &Plan,
    asks: Option<Arc<dyn Asks>>,
    connections: &BTreeMap<String, Connection>,
    arrived: &(dyn Fn(&SoFar<'_>) + Sync),
) -> Result<Gathered> {
    let bindings = connect::bindings(session)?;
    let expected = bindings.iter().filter_map(|(name, binding)| Some((name.clone(), binding.account_id.clone()?)));
    let expected = expected.collect();
    let deciding = Arc::new(Deciding::new(session.judge(), plan));
    let progress = |so_far: &SoFar<'_>| {
        deciding.note(so_far);
        let (answered, of) = so_far.count();
        session.listener.hear(Event::Reading { answered, of });
        arrived(so_far);
    };
    let gathered = {
        let questions = Questions { enough: Some(deciding.question()), asks };
        gather::gather(plan, connections, session.identified_ahead(), &expected, &progress, questions).await
    };
    remember(session, &bindings, &gathered)?;
    Ok(gathered)
}

/// Saves account ids that are seen for the first time behind a binding, and warns of credentials that can do anything, once
/// for each binding.
fn remember(session: &Session<'_>, bindings: &Bindings, gathered: &Gathered) -> Result<()> {
    let is_bound = |name: &str| {
        bindings.contains_key(name) && !session.options.accounts.iter().any(|(account, _)| account == name)
    };
    let mut new: BTreeMap<String, Binding> = BTreeMap::new();
    for (name, id) in &gathered.account_ids {
        let Some(binding) = bindings.get(name) else { continue };
        let power = gathered.power(name).filter(|_| !binding.warned);
        if let Some(power) = power {
            warn_of_power(session, name, power);
        }
        if is_bound(name) && (power.is_some() || binding.account_id.as_ref() != Some(id)) {
            let seen =
                Binding { account_id: Some(id.clone()), warned: binding.warned || power.is_some(), ..binding.clone() };
            new.insert(name.clone(), seen);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    bindings::update(&session.course.root, |bindings| {
        for (name, seen) in new {
            // Another process may have bound it to something else.
            if let Some(binding) = bindings.get_mut(&name).filter(|binding| binding.source == seen.source) {
                *binding = seen;
            }
        }
        Ok(())
    })
}

fn warn_of_power(session: &Session<'_>, account: &str, power: Power) {
    let who = match power {
        Power::Root => "as root",
        Power::Administrator => "with an administrator's credentials",
    };
    session.warn_once(account, || {
        format!(
            "You are signed in to the {account} account {who}, which can do anything. A role that can only read is enough: \
             `verify policy {account}` prints its policy, and the chapter “Let verify read your accounts” explains how."
        )
    });
}
