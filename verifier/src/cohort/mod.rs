//! A class whose members let the instructor read their accounts: everybody's accounts are judged, each learner's results
//! go to a file of their own, and whoever has one is not judged again, unless a check or a role has changed since.
//!
//! | where | what |
//! |---|---|
//! | [`roster`] | who is in the class, and in which part of it |
//! | [`folder`], [`files`] | the results documents of a class |
//! | [`limit`] | how fast an account is asked |
//!
//! What may pass by itself (AWS was busy, or failed, or could not be reached) makes no file: the next run asks again.
//! What somebody must change (a role that cannot be assumed, a read that is denied) is a result.

pub mod files;
pub mod folder;
pub mod limit;
pub mod roster;

use anyhow::{Context, Result};
use aws_config::identity::IdentityCache;
use course::key::Key;
use course::results::{Reason, ReasonCode, Results};
use course::{Course, Step};
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZeroU32;
use std::sync::Arc;

use crate::plan::Compiled;
use crate::run::Judge;
use evidence::bindings::Role;
use evidence::connection::{self, Connected, Connection, NoMfaCodes};
use evidence::gather::{self, Gathered, Plan};
use folder::Folder;
use limit::Limits;
use roster::Learner;

/// What judging a class takes.
#[derive(Debug)]
pub struct Cohort {
    course: Arc<Course>,
    compiled: Arc<Compiled>,
    plan: Plan,
    key: Key,
    base: Connected,
    limits: Limits,
    folder: Folder,
}

/// What became of a learner.
#[derive(Debug)]
pub enum Outcome {
    /// The results are in their file.
    Judged(Box<Results>),
    /// Something stood in the way that may pass by itself: there is no file.
    Failed(Vec<Reason>),
    /// The instructor's own credentials do not work any more: nobody else can be judged either.
    NoBase(Vec<Reason>),
}

/// What an earlier run found of a learner.
#[derive(Debug)]
pub enum Before {
    /// There is no file.
    Nothing,
    /// A file that counts.
    Counts(Box<Results>),
    /// A file about other checks, or that was found through other roles.
    Stale,
    /// A file that is no results document, and why.
    Damaged(anyhow::Error),
}

impl Cohort {
    /// A class that is read with these credentials, `rate` calls a second to each account.
    pub fn new(
        (course, compiled): (Arc<Course>, Arc<Compiled>),
        key: Key,
        base: Connected,
        rate: NonZeroU32,
        folder: Folder,
    ) -> Cohort {
        let plan = compiled.plan(&course, &course.steps);
        let pool = connection::http::client();
        // The roles of a class are assumed from one account: AWS allows that hundreds of times a second.
        let sdk = base.sdk.to_builder().http_client(pool.clone()).build();
        let (base, limits) = (Connected { sdk, ..base }, Limits::new(rate, pool));
        Cohort { course, compiled, plan, key, base, limits, folder }
    }

    /// What an earlier run found of a learner.
    pub fn before(&self, learner: &Learner) -> Before {
        let file = self.folder.file(&learner.name);
        if fs::symlink_metadata(&file).is_err() {
            return Before::Nothing;
        }
        let results = match files::read(&file) {
            Ok(results) => results,
            Err(error) => return Before::Damaged(error),
        };
        // What was confirmed elsewhere is about something that cannot be told here.
        let ours = results.is_sealed_with(&self.key);
        let judged = || self.course.steps.iter().all(|step| results.view(step).result.is_some());
        match ours && !(results.roles.as_deref() == Some(self.roles(learner).as_str()) && judged()) {
            true => Before::Stale,
            false => Before::Counts(Box::new(results)),
        }
    }

    /// Identifies the roles that a learner is judged through.
    fn roles(&self, learner: &Learner) -> String {
        let read = learner.roles.iter().filter(|(account, _)| self.plan.contains_key(*account));
        let lines = read.map(|(account, role)| {
            format!("{account} {} {}\n", role.arn, role.external_id.as_deref().unwrap_or_default())
        });
        self.key.digest(format!("roles\n{}", lines.collect::<String>()).as_bytes())
    }

    /// Judges a learner and writes the results, unless something stood in the way that may pass.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn judge(self: Arc<Cohort>, learner: Learner) -> Result<Outcome> {
        let roles = learner.roles.iter().filter(|(account, _)| self.plan.contains_key(*account));
        let assuming = roles.map(|(account, role)| self.assume(account, role));
        let mut connections = BTreeMap::new();
        for (account, assumed) in join_all(assuming).await {
            let connection = match assumed {
                Ok(connected) => Connection::Sdk(Box::new(connected)),
                // Whose credentials have expired: those that the role is assumed with.
                Err(reasons) if has(&reasons, ReasonCode::ExpiredCredentials) => return Ok(Outcome::NoBase(reasons)),
                Err(reasons) => Connection::None(reasons),
            };
            connections.insert(account, connection);
        }
        for account in self.plan.keys().filter(|account| !learner.roles.contains_key(*account)) {
            let message = format!("The roster has no role for the {account} account.");
            let (code, account) = (ReasonCode::NoCredentials, account.clone());
            let reason = Reason { code, account: Some(account.clone()), action: None, message };
            connections.insert(account, Connection::None(vec![reason]));
        }
        // The roles' ARNs say which accounts they are in.
        let expected = learner.roles.iter().filter(|(account, _)| self.plan.contains_key(*account));
        let expected = expected.map(|(account, role)| (account.clone(), role.account_id().to_owned())).collect();
        let gathered = gather::gather(&self.plan, &connections, &expected, &|_| {}, None).await;
        // Judging takes a processor, and writing waits for a disk: neither holds up the others' calls.
        let judging = tokio::task::spawn_blocking(move || self.put(&learner, &gathered));
        judging.await.context("judging a learner")?
    }

    /// Judges what was gathered of a learner, and writes it.
    fn put(&self, learner: &Learner, gathered: &Gathered) -> Result<Outcome> {
        let steps: Vec<&Step> = self.course.steps.iter().collect();
        let mut results = Results::empty(false);
        Judge::new(&self.course, &self.compiled, &self.key).judge(&steps, gathered, &mut results);
        let reasons = results.steps.values().flat_map(|step| &step.reasons);
        let passing: BTreeSet<&Reason> = reasons.filter(|reason| may_pass(reason.code)).collect();
        if !passing.is_empty() {
            return Ok(Outcome::Failed(passing.into_iter().cloned().collect()));
        }
        results.roles = Some(self.roles(learner));
        let results = self.folder.write(&learner.name, results, &self.key)?;
        Ok(Outcome::Judged(Box::new(results)))
    }

    async fn assume(&self, account: &str, role: &Role) -> (String, Result<Connected, Vec<Reason>>) {
        let assumed = connection::assume(account, &role.from, &self.base, role, &NoMfaCodes).await;
        let limited = assumed.map(|connected| {
            let sdk = connected.sdk.to_builder().http_client(self.limits.client(role.account_id()));
            // The credentials are there already, and a cache would keep everybody's.
            let sdk = sdk.timeout_config(limit::timeouts()).identity_cache(IdentityCache::no_cache());
            Connected { sdk: sdk.build(), ..connected }
        });
        (account.to_owned(), limited)
    }

    /// The course.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// Where the results are written.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }
}

fn has(reasons: &[Reason], code: ReasonCode) -> bool {
    reasons.iter().any(|reason| reason.code == code)
}

/// Whether asking again may find more, without anybody changing anything in the learner's account.
fn may_pass(code: ReasonCode) -> bool {
    match code {
        ReasonCode::Throttled | ReasonCode::Unreachable | ReasonCode::ServiceError | ReasonCode::ExpiredCredentials => {
            true
        }
        ReasonCode::NoCredentials
        | ReasonCode::WrongAccount
        | ReasonCode::Denied
        | ReasonCode::IncompleteAnswer
        | ReasonCode::Undecided
        | ReasonCode::NotVisibleYet
        | ReasonCode::NotAvailableHere
        | ReasonCode::NeedsConfirmation
        | ReasonCode::CourseError => false,
    }
}
