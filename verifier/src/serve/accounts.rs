//! The course's accounts, as the pages show them: what they are bound to, and what the last check of them found.

use course::Course;
use course::results::Results;
use serde::Serialize;
use std::collections::BTreeMap;

use crate::report::doctor::Diagnosis;
use crate::run::error::bind;

/// The accounts of the course.
#[derive(Debug, Clone, Serialize)]
pub struct Accounts {
    /// What the course calls them, and what they are bound to.
    accounts: Vec<Account>,
    /// The command that binds them.
    bind: String,
    /// Whether they are being checked.
    checking: bool,
    /// Why the last check failed.
    failed: Option<String>,
    /// What the last check found.
    checked: Option<Checked>,
}

/// An account of the course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    name: String,
    about: String,
    /// What it is bound to.
    bound_to: Option<String>,
    /// Its id as it was last seen, masked.
    id: Option<String>,
}

/// What a check of the accounts found.
#[derive(Debug, Clone, Serialize)]
pub struct Checked {
    pub(super) diagnosis: Diagnosis,
    /// The policies of accounts whose credentials are denied something, by name.
    pub(super) policies: BTreeMap<String, String>,
}

/// A check of the accounts.
#[derive(Debug, Default)]
pub(super) struct Check {
    pub(super) running: bool,
    pub(super) outcome: Option<Result<Checked, String>>,
}

impl Accounts {
    /// The accounts with what is known now. `bound` says what they are bound to.
    pub(super) fn of(course: &Course, results: &Results, bound: &BTreeMap<String, String>, check: &Check) -> Accounts {
        let account = |(name, about): (&String, &String)| Account {
            name: name.clone(),
            about: about.clone(),
            bound_to: bound.get(name).cloned(),
            id: results.accounts.get(name).map(|seen| seen.id.clone()),
        };
        let names: Vec<String> = course.accounts.keys().cloned().collect();
        Accounts {
            accounts: course.accounts.iter().map(account).collect(),
            bind: bind(&names),
            checking: check.running,
            failed: check.outcome.as_ref().and_then(|outcome| outcome.as_ref().err().cloned()),
            checked: check.outcome.as_ref().and_then(|outcome| outcome.as_ref().ok().cloned()),
        }
    }
}
