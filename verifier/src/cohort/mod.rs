//! `verify cohort`: judges the accounts of a class that the instructor may read. Each learner's results are written to
//! a file. A learner with a file is not judged again, unless a check or a role has changed since.
//!
//! | where | what |
//! |---|---|
//! | [`roster`] | the learners and their roles, and the shards of the class |
//! | [`folder`], [`files`] | the results documents of a class |
//! | `learners_file` | what only the learner's own results file shows |
//! | [`limit`] | the rate of calls to an account |
//!
//! After a temporary error (AWS throttled, failed, or could not be reached), no file is written, and the next run tries
//! again. An error that somebody must fix (a role cannot be assumed, a read is denied) is a result.

pub mod files;
pub mod folder;
mod learners_file;
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
use crate::run::asking::Asking;
use evidence::bindings::Role;
use evidence::connection::{self, Connected, Connection, NoMfaCodes};
use evidence::gather::{self, Gathered, Plan, Questions};
use evidence::identifying::Identifying;
use folder::Folder;
use limit::Limits;
use roster::Learner;

/// Everything that is needed to judge a class.
#[derive(Debug)]
pub struct Cohort {
    course: Arc<Course>,
    compiled: Arc<Compiled>,
    plan: Plan,
    key: Key,
    base: Connected,
    limits: Limits,
    folder: Folder,
    /// The learners' own results, by learner.
    theirs: BTreeMap<String, Results>,
}

/// The outcome for a learner.
#[derive(Debug)]
pub enum Outcome {
    /// The results were written to their file.
    Judged(Box<Results>),
    /// A temporary error: no file was written.
    Failed(Vec<Reason>),
    /// The instructor's own credentials no longer work: no other learner can be judged either.
    NoBase(Vec<Reason>),
}

/// What an earlier run left for a learner.
#[derive(Debug)]
pub enum Before {
    /// There is no file.
    Nothing,
    /// A file that counts.
    Counts(Box<Results>),
    /// A file for other checks or other roles.
    Stale,
    /// A file that is not a results document, and why.
    Damaged(anyhow::Error),
}

impl Cohort {
    /// A class that is read with these credentials, with `rate` calls per second to each account.
    pub fn new(
        (course, compiled): (Arc<Course>, Arc<Compiled>),
        key: Key,
        base: Connected,
        rate: NonZeroU32,
        folder: Folder,
    ) -> Cohort {
        let plan = compiled.plan(&course, &course.steps);
        let pool = connection::http::client();
        // The roles of a class are assumed from one account, for which AWS allows hundreds of calls per second.
        let sdk = base.sdk.to_builder().http_client(pool.clone()).build();
        let (base, limits) = (Connected { sdk, ..base }, Limits::new(rate, pool));
        Cohort { course, compiled, plan, key, base, limits, folder, theirs: BTreeMap::new() }
    }

    /// The same class, with the learners' own results.
    pub fn with_results(self, theirs: BTreeMap<String, Results>) -> Cohort {
        Cohort { theirs, ..self }
    }

    /// What an earlier run left for a learner.
    pub fn before(&self, learner: &Learner) -> Before {
        let file = self.folder.file(&learner.name);
        if fs::symlink_metadata(&file).is_err() {
            return Before::Nothing;
        }
        // Confirmations from another machine cannot be verified here.
        let (results, ours) = match files::read(&file, &self.key) {
            Ok(read) => read,
            Err(error) => return Before::Damaged(error),
        };
        let judged = || self.course.steps.iter().all(|step| results.view(step).result.is_some());
        match ours && !(results.roles.as_deref() == Some(self.roles(learner).as_str()) && judged()) {
            true => Before::Stale,
            false => Before::Counts(Box::new(results)),
        }
    }

    /// A judge with what the roster says of a learner.
    fn judge_of(&self, learner: &Learner) -> Judge {
        let course = match learner.inputs.is_empty() {
            true => Arc::clone(&self.course),
            false => Arc::new(self.course.given_as_recorded(&learner.inputs)),
        };
        Judge::new(&course, &self.compiled, &self.key)
    }

    /// A digest of the roles and inputs with which a learner is judged, and of the learner's own results.
    fn roles(&self, learner: &Learner) -> String {
        let read = learner.roles.iter().filter(|(account, _)| self.plan.contains_key(*account));
        let lines = read.map(|(account, role)| {
            format!("{account} {} {}\n", role.arn, role.external_id.as_deref().unwrap_or_default())
        });
        let inputs = learner.inputs.iter().map(|(name, value)| format!("input.{name} {value}\n"));
        let theirs =
            self.theirs.get(&learner.name).map(|theirs| format!("results {} {}\n", theirs.written, theirs.seal));
        self.key.digest(format!("roles\n{}", lines.chain(inputs).chain(theirs).collect::<String>()).as_bytes())
    }

    /// Judges a learner and writes the results, unless there was a temporary error.
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
                // The expired credentials are those that assume the role.
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
        let steps: Vec<&Step> = self.course.steps.iter().collect();
        let asks = Asking::of(&self.judge_of(&learner), &steps);
        let questions = Questions { enough: None, asks };
        let gathered =
            gather::gather(&self.plan, &connections, Identifying::default(), &expected, &|_| {}, questions).await;
        // Judging uses a processor, and writing waits for a disk. Neither may delay the calls for other learners.
        let judging = tokio::task::spawn_blocking(move || self.put(&learner, &gathered));
        judging.await.context("judging a learner")?
    }

    /// Judges the evidence of a learner, and writes the results.
    fn put(&self, learner: &Learner, gathered: &Gathered) -> Result<Outcome> {
        let steps: Vec<&Step> = self.course.steps.iter().collect();
        let mut results = Results::empty(false);
        self.judge_of(learner).judge(&steps, gathered, &mut results);
        let reasons = results.steps.values().flat_map(|step| &step.reasons);
        let temporary: BTreeSet<&Reason> = reasons.filter(|reason| is_temporary(reason.code)).collect();
        if !temporary.is_empty() {
            return Ok(Outcome::Failed(temporary.into_iter().cloned().collect()));
        }
        if let Some(theirs) = self.theirs.get(&learner.name) {
            learners_file::take(&self.course, &mut results, theirs);
        }
        results.roles = Some(self.roles(learner));
        let results = self.folder.write(&learner.name, results, &self.key)?;
        Ok(Outcome::Judged(Box::new(results)))
    }

    async fn assume(&self, account: &str, role: &Role) -> (String, Result<Connected, Vec<Reason>>) {
        let assumed = connection::assume(account, &role.from, &self.base, role, &NoMfaCodes).await;
        let limited = assumed.map(|connected| {
            let sdk = connected.sdk.to_builder().http_client(self.limits.client(role.account_id()));
            // The credentials are known already, and a cache would keep those of all learners.
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

/// Whether the error is temporary: another attempt may succeed without a change in the learner's account.
fn is_temporary(code: ReasonCode) -> bool {
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
        | ReasonCode::InProgress
        | ReasonCode::NeedsInput
        | ReasonCode::NeverSeen
        | ReasonCode::NotAvailableHere
        | ReasonCode::NoSuchResource
        | ReasonCode::NeedsConfirmation
        | ReasonCode::CourseError => false,
    }
}
