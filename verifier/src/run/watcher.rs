//! Watches accounts, for `verify watch` and for the live book.

use anyhow::Result;
use course::Step;
use course::results::{Confirmation, ReasonCode, Results};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

use super::connect;
use super::read::{self, Reading};
use super::schedule::{Schedule, merge};
use super::session::Session;
use crate::plan::{Source, Sources};
use evidence::Section;
use evidence::connection::Connection;
use evidence::gather::Gathered;

/// How often the results are checked: another terminal may have verified or confirmed a step.
const RESULTS: Duration = Duration::from_millis(500);

/// What is known of the accounts, and when to read them again.
#[derive(Debug)]
pub struct Watcher<'w> {
    session: &'w Session<'w>,
    schedule: Schedule,
    connections: Option<BTreeMap<String, Connection>>,
    known: Gathered,
    /// The confirmations that the last verdicts used.
    confirmations: Vec<Confirmation>,
}

impl<'w> Watcher<'w> {
    /// A watcher that knows nothing yet.
    pub fn new(session: &'w Session<'w>) -> Watcher<'w> {
        let schedule = Schedule::new(session.practice());
        Watcher { session, schedule, connections: None, known: Gathered::default(), confirmations: Vec::new() }
    }

    /// Reads what is due for these steps, and judges them. Returns `None` if nothing was due and no confirmation is
    /// new.
    ///
    /// # Errors
    /// Results that cannot be written.
    pub async fn look(&mut self, steps: &[&Step]) -> Result<Option<Results>> {
        let plan = self.plan(steps);
        let mut due = self.schedule.due(&plan, Instant::now());
        if due.is_empty() && self.session.results().confirmations == self.confirmations {
            return Ok(None);
        }
        if !due.is_empty() {
            // All accounts are identified together. Otherwise, two names for one account would not be noticed.
            let identity = || [Source::Section(Section::Identity)];
            plan.keys().for_each(|name| due.entry(name.clone()).or_default().extend(identity()));
            self.read(due, steps).await?;
        }
        let results = self.session.judged(steps, &self.known)?;
        self.confirmations.clone_from(&results.confirmations);
        Ok(Some(results))
    }

    /// When the next evidence for these steps is due.
    pub fn next(&self, steps: &[&Step]) -> Instant {
        self.schedule.next(&self.plan(steps)).unwrap_or_else(Instant::now)
    }

    /// Waits until evidence is due or the results may have changed.
    pub async fn wait(&self, steps: &[&Step]) {
        tokio::time::sleep_until(self.next(steps).min(Instant::now() + RESULTS)).await;
    }

    fn plan(&self, steps: &[&Step]) -> Sources {
        self.session.compiled.sources(&self.session.course, steps.iter().copied())
    }

    async fn read(&mut self, due: Sources, steps: &[&Step]) -> Result<()> {
        let (course, compiled) = (&self.session.course, &self.session.compiled);
        // A step's reads are made together: their inputs depend on each other, and on sections.
        let has_due_reads = |step: &&&Step| {
            let needs = compiled.needs(course, step);
            needs.iter().any(|(account, source)| {
                matches!(source, Source::Operation(_)) && due.get(account).is_some_and(|due| due.contains(source))
            })
        };
        let steps: Vec<&Step> = steps.iter().filter(has_due_reads).copied().collect();
        let mut plan = compiled.plan(course, steps.iter().copied());
        for (account, source) in due.iter().flat_map(|(account, due)| due.iter().map(move |source| (account, source))) {
            let sections = plan.entry(account.clone()).or_default();
            if let Source::Section(section) = source {
                sections.insert(*section);
            }
        }
        let connections = match self.connections.take() {
            // The practice accounts are built from their actions, so they are new after each action.
            Some(connections) if !self.session.practice() => connections,
            _ => connect::connect(self.session, self.session.course.accounts.keys()).await?,
        };
        let fresh = read::through(self.session, Reading { plan: &plan, steps: &steps }, &connections, &|_| {}).await?;
        // Credentials that don't work, or no longer work, may have been renewed by the next time.
        let renew = |code: ReasonCode| {
            matches!(code, ReasonCode::NoCredentials | ReasonCode::ExpiredCredentials | ReasonCode::Unreachable)
        };
        if !fresh.reasons().iter().any(|reason| renew(reason.code)) {
            self.connections = Some(connections);
        }
        merge(&mut self.known, fresh, &mut self.schedule, Instant::now());
        Ok(())
    }
}
