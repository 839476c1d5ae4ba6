//! The result of a step.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::kept::Kept;
use super::verdict::{Outcome, Reason, Verdict};

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepResult {
    /// The verdict.
    pub verdict: Verdict,
    /// Why the verdict is `unknown`; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// The expectations in the check's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<ExpectationResult>,
    /// The calls that the verdict is based on.
    #[serde(default, skip_serializing_if = "Kept::is_left_out")]
    pub evidence: Kept<Vec<Call>>,
    /// When it was checked (RFC 3339, UTC).
    pub checked: String,
    /// How often the learner asked for this step by itself, up to and including the first time that it was verified or
    /// confirmed. Runs of the whole course do not count. Absent if the first verdict came from a version that did not
    /// count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// When it was first checked (RFC 3339, UTC). Absent if that version did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_checked: Option<String>,
    /// When it was first verified or confirmed (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_verified: Option<String>,
    /// When it was last verified or confirmed, if it no longer is (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<String>,
    /// When evidence first showed that a step that was verified or confirmed no longer is (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed: Option<String>,
    /// When what it had the learner make was removed again, as another step wants it (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<String>,
    /// The version of `verify` that checked it.
    pub by: String,
    /// Hash of the check, the parameters and the tables that it used.
    pub check_hash: String,
    /// Keyed digest of the inputs that it used, if it used any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<String>,
    /// Fingerprints of the accounts that were read, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, String>,
}

impl StepResult {
    /// A sentence about a step that was done and no longer is.
    pub fn drift(&self) -> Option<String> {
        if let Some(removed) = &self.removed {
            return Some(match &self.first_verified {
                Some(first) => format!("Done {}, and deleted again {}.", time(first), time(removed)),
                // It may have been complete with other inputs.
                None => format!("Deleted {}. Before that, it was not complete as it is asked for now.", time(removed)),
            });
        }
        let held = time(self.held_until.as_deref()?);
        Some(match &self.lapsed {
            Some(lapsed) => format!("Done {held}, and no longer done when checked at {}.", time(lapsed)),
            None => format!("Done {held}, when it could last be determined."),
        })
    }
}

/// A time of the results (`2026-11-24T10:03:22Z`) as sentences have it. [`crate::local_time`] shows them to readers.
pub fn time(rfc3339: &str) -> String {
    match (rfc3339.get(..10), rfc3339.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute} UTC"),
        _ => rfc3339.to_owned(),
    }
}

/// What the learner made for a step. What it is, is only known in the learner's configuration folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Made {
    /// Fingerprint of the account.
    pub account: String,
    /// When something was first seen there (RFC 3339, UTC).
    pub seen: String,
    /// How many were there when it was last read. Absent if that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there: Option<u32>,
    /// When that was read, or could not be read (RFC 3339, UTC).
    pub checked: String,
    /// When the step that removes it was verified (RFC 3339, UTC). Absent while anything is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<String>,
}

/// The result of an expectation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExpectationResult {
    /// Its short title.
    pub title: String,
    /// Its outcome.
    pub outcome: Outcome,
    /// What was found, or what to do; masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentences: Vec<String>,
    /// The statement to confirm, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// The rows of the lesson's table for which it is not met, or not known; masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowResult>,
    /// The page of AWS's console where it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
}

impl ExpectationResult {
    /// A result without a statement.
    pub fn new(title: String, outcome: Outcome, sentences: Vec<String>) -> ExpectationResult {
        ExpectationResult { title, outcome, sentences, statement: None, rows: Vec::new(), console: None }
    }
}

/// The result of a row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowResult {
    /// What names the row in the lesson.
    pub row: String,
    /// Its outcome.
    pub outcome: Outcome,
}

/// A call to AWS that a verdict is based on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The course's name for the account.
    pub account: String,
    /// The evidence section.
    pub section: String,
    /// Service and operation, as in `budgets:DescribeBudgets`.
    pub operation: String,
    /// The region of the call.
    pub region: String,
    /// When it was made (RFC 3339, UTC).
    pub time: String,
}
