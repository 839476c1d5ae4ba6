//! The inputs and outputs of a verdict.

use course::Course;
use course::key::Key;
use course::results::{Confirmation, ExpectationResult, Outcome, Reason, Seen, Verdict};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cel::bound::Bound;
use crate::cel::budget::Budget;
use crate::made::{MadeMemory, Sighting};
use crate::plan::Compiled;
use evidence::client::Named;
use evidence::{Evidence, Section};

/// Everything that a verdict depends on.
#[derive(Debug)]
pub struct Inputs {
    /// The course.
    pub course: Arc<Course>,
    /// Its checks, compiled.
    pub compiled: Arc<Compiled>,
    /// The evidence from AWS.
    pub evidence: Arc<Evidence>,
    /// The same evidence and the answers to the checks' calls, for expressions.
    pub bound: Bound,
    /// The names that the course's expressions look up in answers.
    pub named: Arc<Named>,
    /// When AWS first answered, by its clock (RFC 3339); `None` if unknown.
    pub now: Option<String>,
    /// The ids of identified accounts, by the course's names for them.
    pub account_ids: BTreeMap<String, String>,
    /// Fingerprints of the account ids of identified accounts, by the course's names for them.
    pub fingerprints: BTreeMap<String, String>,
    /// The learner's earlier confirmations.
    pub confirmations: Vec<Confirmation>,
    /// Late evidence that earlier runs saw.
    pub seen: Vec<Seen>,
    /// What earlier runs saw of what the learner made.
    pub memory: Arc<MadeMemory>,
    /// Whether the accounts are practice accounts.
    pub practice: bool,
    /// The budget for evaluating expressions.
    pub budget: Budget,
    /// The learner's key.
    pub key: Key,
    /// Whether sentences show account ids, e-mail addresses and phone numbers.
    pub show_identifiers: bool,
}

/// A step's verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is unknown.
    pub reasons: Vec<Reason>,
    /// The result of each expectation.
    pub expectations: Vec<ExpectationResult>,
    /// Late evidence that was seen now.
    pub seen: Vec<Seen>,
    /// Memories that no longer count.
    pub voided: Voided,
    /// What was found out about what the learner makes.
    pub sightings: Vec<Sighting>,
    /// The steps of which it could not be read whether what they make is there.
    pub unread: Vec<String>,
}

/// Memories of a step that no longer count.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Voided {
    /// Late evidence.
    pub seen: Vec<Seen>,
    /// Confirmations.
    pub confirmations: Vec<Confirmation>,
}

/// A statement of a step that can be confirmed now.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmable {
    /// The statement.
    pub statement: String,
    /// The outcome of its expectation without a confirmation.
    pub outcome: Outcome,
    /// What a confirmation would be about, or why this cannot be determined.
    pub about: Result<Confirmed, Vec<Reason>>,
}

/// What a confirmation is about, in the form in which it is remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmed {
    /// The digest of what `same` says.
    pub same: String,
    /// Fingerprints of all accounts that the check reads, by name.
    pub accounts: BTreeMap<String, String>,
}

/// An expectation while its evidence arrives.
#[derive(Debug, Clone, PartialEq)]
pub struct Awaited {
    /// Its title.
    pub title: String,
    /// Its result; `None` if some of its evidence has not arrived.
    pub result: Option<ExpectationResult>,
}

impl Inputs {
    /// Adds a section that has arrived, and the time by AWS's clock, once it is known.
    pub(crate) fn arrived(&mut self, account: &str, section: Section, value: &Value, now: Option<String>) {
        self.bound.add(account, section, value);
        self.now = self.now.take().or(now);
        let evidence = Arc::make_mut(&mut self.evidence);
        evidence.entry(account.to_owned()).or_default().insert(section, value.clone());
    }

    /// Whether a section has arrived, readable or not.
    pub(crate) fn has(&self, account: &str, section: Section) -> bool {
        self.evidence.get(account).is_some_and(|sections| sections.contains_key(&section))
    }
}
