//! A run: connect the accounts, gather the plan's evidence, judge, write the results.

use anyhow::{Context, Result, bail};
use futures_util::future::join_all;
use mdbook_verify::course::{Course, Step};
use mdbook_verify::key::Key;
use mdbook_verify::results::{Call, Reason, ReasonCode, Results, SeenAccount};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::account::Connected;
use crate::evidence::{self, CallLog, Identity, Read, Reader, Section, Timed};
use crate::mask;
use crate::plan::Compiled;
use crate::record;
use crate::verdict::{self, Case, Evidence};

/// How an account is reached.
#[derive(Debug)]
pub enum Connection {
    /// Through the SDK.
    Sdk(Box<Connected>),
    /// Not at all, and why.
    None(Vec<Reason>),
}

/// What a run gathered.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The evidence.
    pub evidence: Arc<Evidence>,
    /// Account ids of the accounts that were identified, by the course's names.
    pub account_ids: BTreeMap<String, String>,
    /// The accounts that are used as root.
    pub root_users: BTreeSet<String>,
    /// The calls that were made.
    pub calls: Vec<Timed>,
}

/// Gathers the plan's evidence: who each account is, then everything else, all at the same time.
///
/// `expected` are the account ids that were seen before: other credentials are the wrong ones. `progress` is told how
/// many of how many sections have been read.
pub async fn gather(
    plan: &BTreeMap<String, BTreeSet<Section>>,
    connections: &BTreeMap<String, Connection>,
    expected: &BTreeMap<String, String>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Gathered {
    let log = CallLog::default();
    let identities = join_all(plan.keys().map(|account| identify(account, connections.get(account), &log))).await;
    let mut gathered = Gathered::default();
    let mut evidence = Evidence::new();
    let mut readers = Vec::new();
    let ids: Vec<Option<String>> = identities.iter().map(|(value, _)| account_id(value)).collect();
    for ((account, sections), ((identity, reader), id)) in plan.iter().zip(identities.into_iter().zip(&ids)) {
        let twice = id.is_some() && ids.iter().filter(|other| *other == id).count() > 1;
        match (reader, id) {
            (Some(reader), Some(id)) if !twice && expected.get(account).is_none_or(|expected| expected == id) => {
                if identity.get("root") == Some(&Value::Bool(true)) {
                    gathered.root_users.insert(account.clone());
                }
                gathered.account_ids.insert(account.clone(), id.clone());
                evidence.entry(account.clone()).or_default().insert(Section::Identity, identity);
                readers.push((account, sections, reader.with_account_id(id)));
            }
            (_, Some(id)) => {
                let value = wrong_account(account, id, twice, expected.get(account));
                evidence.insert(account.clone(), sections.iter().map(|at| (*at, value.clone())).collect());
            }
            (_, None) => {
                // Who the account is could not be read: nothing is read of an account that is not known.
                let value = nothing_without(&identity);
                evidence.insert(account.clone(), sections.iter().map(|at| (*at, value.clone())).collect());
            }
        }
    }
    let total: usize = readers.iter().map(|(_, sections, _)| sections.len()).sum();
    let done = AtomicUsize::new(readers.len());
    progress(readers.len(), total);
    let done = &done;
    let reads = readers.iter().flat_map(|(account, sections, reader)| {
        let sections = sections.iter().filter(|section| **section != Section::Identity);
        sections.map(move |section| async move {
            let value = section.gather(reader).await;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            ((*account).clone(), *section, value)
        })
    });
    for (account, section, value) in join_all(reads).await {
        evidence.entry(account).or_default().insert(section, value);
    }
    gathered.evidence = Arc::new(evidence);
    gathered.calls = log.calls();
    gathered
}

async fn identify(account: &str, connection: Option<&Connection>, log: &CallLog) -> (Value, Option<Reader>) {
    match connection {
        Some(Connection::Sdk(connected)) => {
            let reader = Reader::new(account, connected.sdk.clone(), log.clone());
            let identity = Section::Identity.gather(&reader).await;
            (with_sign_in(identity, &connected.sign_in), Some(reader))
        }
        Some(Connection::None(reasons)) => (serde_json::json!({ evidence::UNREADABLE: reasons }), None),
        None => {
            let message =
                format!("No credentials are bound to the {account} account yet: verify accounts {account}=PROFILE");
            (evidence::unreadable(ReasonCode::NoCredentials, account, &message), None)
        }
    }
}

/// Tells with credentials that AWS does not accept how to get others.
fn with_sign_in(mut identity: Value, sign_in: &str) -> Value {
    let reasons = identity.get_mut(evidence::UNREADABLE).and_then(Value::as_array_mut);
    for reason in reasons.into_iter().flatten().filter(|reason| reason["code"] == "expired-credentials") {
        if let Some(message) = reason["message"].as_str().filter(|message| !message.contains("clock")) {
            reason["message"] = format!("{message} {sign_in}").into();
        }
    }
    identity
}

fn account_id(identity: &Value) -> Option<String> {
    let identity: Read<Identity> = serde_json::from_value(identity.clone()).ok()?;
    identity.known()?.account.known().cloned()
}

/// What is left of an account that is not the right one, `twice` if another of the course's accounts reaches it too.
pub(crate) fn wrong_account(account: &str, id: &str, twice: bool, expected: Option<&String>) -> Value {
    let id = mask::account_id(id);
    let message = match expected {
        _ if twice => format!(
            "Two of the course's accounts reach the same AWS account {id}. \
             Bind each to its own: `verify accounts {account}=PROFILE`."
        ),
        Some(expected) => format!(
            "These credentials reach AWS account {id}, and {} was seen before. \
             If the new one is right, say so: `verify accounts {account}=PROFILE`.",
            mask::account_id(expected)
        ),
        None => format!("These credentials reach AWS account {id}."),
    };
    evidence::unreadable(ReasonCode::WrongAccount, account, &message)
}

/// What is left of an account without an identity: its reasons, for every section.
fn nothing_without(identity: &Value) -> Value {
    let unreadable = |value: &Value| value.get(evidence::UNREADABLE).is_some();
    match identity.get("account") {
        Some(account) if !unreadable(identity) && unreadable(account) => account.clone(),
        _ => identity.clone(),
    }
}

/// What judging takes besides the evidence.
#[derive(Debug, Clone, Copy)]
pub struct Bench<'r> {
    /// The course.
    pub course: &'r Arc<Course>,
    /// Its checks, compiled.
    pub compiled: &'r Arc<Compiled>,
    /// The learner's key.
    pub key: &'r Key,
    /// Whether results show account ids, e-mail addresses and phone numbers.
    pub show_identifiers: bool,
}

impl Bench<'_> {
    /// Puts into the results which accounts were seen: verdicts about others are not shown any more.
    pub fn note_accounts(&self, gathered: &Gathered, results: &mut Results) {
        for (account, id) in &gathered.account_ids {
            let shown = if self.show_identifiers { id.clone() } else { mask::account_id(id) };
            let seen = SeenAccount { fingerprint: self.key.fingerprint(id), id: shown };
            results.accounts.insert(account.clone(), seen);
        }
    }

    /// Judges steps by what was gathered, and puts the verdicts into the results.
    pub fn judge(&self, steps: &[&Step], gathered: &Gathered, results: &mut Results) {
        let case = Arc::new(Case {
            course: Arc::clone(self.course),
            compiled: Arc::clone(self.compiled),
            evidence: Arc::clone(&gathered.evidence),
            account_ids: gathered.account_ids.clone(),
            confirmations: results.confirmations.clone(),
            seen: results.seen.clone(),
            key: self.key.clone(),
            show_identifiers: self.show_identifiers,
        });
        self.note_accounts(gathered, results);
        for step in steps {
            let judged = verdict::judge(&case, step);
            let calls = calls_of(self.compiled, self.course, step, &gathered.calls);
            record::put(results, &case, step, judged, calls);
        }
    }
}

/// The calls that a step's verdict rests on.
fn calls_of(compiled: &Compiled, course: &Course, step: &Step, calls: &[Timed]) -> Vec<Call> {
    let needs = compiled.needs(course, step);
    let mine =
        |call: &Call| needs.iter().any(|(account, section)| *account == call.account && section.name() == call.section);
    let mut calls: Vec<Call> = calls.iter().map(|timed| timed.call.clone()).filter(mine).collect();
    calls.sort();
    // An operation that was called for each of many things is told once.
    calls.dedup_by(|a, b| {
        (&a.account, &a.section, &a.operation, &a.region) == (&b.account, &b.section, &b.operation, &b.region)
    });
    calls
}

/// The steps that a learner named, or all of them; a check of checks brings its members along.
///
/// # Errors
/// A name that no step has, with the nearest.
pub fn select<'c>(course: &'c Course, names: &[String]) -> Result<Vec<&'c Step>> {
    if names.is_empty() {
        return Ok(course.steps.iter().collect());
    }
    let mut selected: Vec<&Step> = Vec::new();
    for name in names {
        let step = course.step(name).with_context(|| unknown_step(course, name))?;
        let members = step.members.iter().filter_map(|id| course.step(id));
        for step in members.chain([step]) {
            if !selected.iter().any(|other| other.id == step.id) {
                selected.push(step);
            }
        }
    }
    Ok(selected)
}

fn unknown_step(course: &Course, name: &str) -> String {
    let hint = crate::plan::did_you_mean(name, course.steps.iter().map(|step| step.id.as_str()));
    let known: Vec<&str> = course.steps.iter().map(|step| step.id.as_str()).collect();
    if hint.is_empty() {
        format!("this course has no step `{name}`; it has {}", known.join(", "))
    } else {
        format!("this course has no step `{name}`{hint}")
    }
}

/// Makes sure that names given as `NAME=VALUE` are accounts of the course.
///
/// # Errors
/// A name that isn't, with the nearest.
pub fn account_exists(course: &Course, account: &str) -> Result<()> {
    if course.accounts.contains_key(account) {
        return Ok(());
    }
    let known = course.accounts.keys().map(String::as_str);
    let names: Vec<&str> = known.clone().collect();
    match crate::plan::did_you_mean(account, known) {
        hint if !hint.is_empty() => bail!("the course has no account `{account}`{hint}"),
        _ => bail!("the course has no account `{account}`; it has {}", names.join(", ")),
    }
}
