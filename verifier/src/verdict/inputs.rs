//! What a verdict is made from, and what it comes to.

use course::Course;
use course::key::Key;
use course::results::{Confirmation, ExpectationResult, Outcome, Reason, Seen, Verdict};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cel::bound::Bound;
use crate::cel::budget::Budget;
use crate::plan::Compiled;
use evidence::{Evidence, Section};

/// All that verdicts depend on.
#[derive(Debug)]
pub struct Inputs {
    /// The course.
    pub course: Arc<Course>,
    /// Its checks, compiled.
    pub compiled: Arc<Compiled>,
    /// What AWS said.
    pub evidence: Arc<Evidence>,
    /// The same, for expressions.
    pub bound: Bound,
    /// When AWS answered first, by its clock (RFC 3339); none where that is not known.
    pub now: Option<String>,
    /// Fingerprints of account ids by the course's names, of the accounts that were identified.
    pub fingerprints: BTreeMap<String, String>,
    /// What the learner confirmed before.
    pub confirmations: Vec<Confirmation>,
    /// What was seen before.
    pub seen: Vec<Seen>,
    /// What evaluating may cost.
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
    /// Each expectation.
    pub expectations: Vec<ExpectationResult>,
    /// Late evidence that was seen now.
    pub seen: Vec<Seen>,
    /// What was remembered and counts for nothing any more.
    pub voided: Voided,
}

/// What is remembered of a step and counts for nothing any more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Voided {
    /// Late evidence.
    pub seen: Vec<Seen>,
    /// Confirmations.
    pub confirmations: Vec<Confirmation>,
}

/// A statement of a step, as it can be confirmed now.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmable {
    /// The statement.
    pub statement: String,
    /// How its expectation comes out without it.
    pub outcome: Outcome,
    /// What a confirmation would be about, as it is remembered; or why that cannot be told.
    pub about: Result<String, Vec<Reason>>,
}

/// An expectation while its evidence arrives.
#[derive(Debug, Clone, PartialEq)]
pub struct Awaited {
    /// Its title.
    pub title: String,
    /// How it came out; none while something that it rests on has not arrived.
    pub result: Option<ExpectationResult>,
}

impl Inputs {
    /// Whether a section has arrived, readable or not.
    pub(crate) fn has(&self, account: &str, section: Section) -> bool {
        self.evidence.get(account).is_some_and(|sections| sections.contains_key(&section))
    }
}
