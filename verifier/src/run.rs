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

use crate::account::Connection;
use crate::evidence::privileges::{self, Power};
use crate::evidence::{self, CallLog, Identity, Read, Reader, Section, Timed};
use crate::mask;
use crate::plan::Compiled;
use crate::record;
use crate::verdict::{self, Case, Evidence};

/// What a run gathered.
#[derive(Debug, Default, Clone)]
pub struct Gathered {
    /// The evidence.
    pub evidence: Arc<Evidence>,
    /// Account ids of the accounts that were identified, by the course's names.
    pub account_ids: BTreeMap<String, String>,
    /// The calls that were made.
    pub calls: Vec<Timed>,
}

impl Gathered {
    /// A section of an account, if it was asked for.
    pub fn section(&self, account: &str, section: Section) -> Option<&Value> {
        self.evidence.get(account)?.get(&section)
    }

    /// Why anything could not be read.
    pub fn reasons(&self) -> BTreeSet<Reason> {
        let mut reasons = BTreeSet::new();
        let values = self.evidence.values().flat_map(BTreeMap::values);
        values.for_each(|value| evidence::collect_reasons(value, &[], &mut reasons));
        reasons
    }

    /// Whether an account's credentials can do anything, as far as that was read.
    pub fn power(&self, account: &str) -> Option<Power> {
        let identity = self.section(account, Section::Identity)?;
        privileges::power(identity, self.section(account, Section::Privileges))
    }
}

/// Gathers the plan's evidence, of all accounts and sections at the same time.
///
/// `expected` are the account ids that were seen before. Where there is one, everything is read beside the question who
/// the account is, and thrown away if it is another; where there is none, that question comes first. `progress` is told
/// how many of how many sections have been read.
pub async fn gather(
    plan: &BTreeMap<String, BTreeSet<Section>>,
    connections: &BTreeMap<String, Connection>,
    expected: &BTreeMap<String, String>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Gathered {
    let log = CallLog::default();
    let total: usize = plan.values().map(|sections| sections.iter().filter(is_read_later).count() + 1).sum();
    let done = AtomicUsize::new(0);
    let tick = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    progress(0, total);
    let reading = plan.iter().map(|(account, sections)| {
        let (connection, expected) = (connections.get(account), expected.get(account));
        read_account(account, sections, connection, expected, &log, &tick)
    });
    let read: Vec<(Value, BTreeMap<Section, Value>)> = join_all(reading).await;
    let ids: Vec<Option<String>> = read.iter().map(|(identity, _)| account_id(identity)).collect();
    let mut gathered = Gathered::default();
    let mut evidence = Evidence::new();
    for ((account, sections), ((identity, mut values), id)) in plan.iter().zip(read.into_iter().zip(&ids)) {
        // Beside the accounts that are asked now, those that were seen before and are left out this time.
        let seen = expected.iter().filter(|(other, _)| !plan.contains_key(*other)).map(|(_, seen)| seen);
        let twice =
            id.as_ref().is_some_and(|id| ids.iter().flatten().chain(seen).filter(|other| *other == id).count() > 1);
        let expected = expected.get(account);
        let instead = match id {
            // Who the account is could not be read: nothing is known of an account that is not known.
            None => Some(nothing_without(&identity)),
            Some(id) if twice || expected.is_some_and(|expected| expected != id) => {
                Some(wrong_account(account, id, twice, expected))
            }
            Some(id) => {
                gathered.account_ids.insert(account.clone(), id.clone());
                values.insert(Section::Identity, identity);
                None
            }
        };
        let values = match instead {
            Some(unreadable) => sections.iter().map(|section| (*section, unreadable.clone())).collect(),
            None => values,
        };
        evidence.insert(account.clone(), values);
    }
    gathered.evidence = Arc::new(evidence);
    gathered.calls = log.calls();
    gathered
}

/// Reads one account: who it is, and its sections.
async fn read_account(
    account: &str,
    sections: &BTreeSet<Section>,
    connection: Option<&Connection>,
    expected: Option<&String>,
    log: &CallLog,
    tick: &(dyn Fn() + Sync),
) -> (Value, BTreeMap<Section, Value>) {
    let connected = match connection {
        Some(Connection::Sdk(connected)) => connected,
        Some(Connection::None(reasons)) => {
            return (serde_json::json!({ evidence::UNREADABLE: reasons }), BTreeMap::new());
        }
        None => {
            let message =
                format!("No credentials are bound to the {account} account yet: verify accounts {account}=PROFILE");
            return (evidence::unreadable(ReasonCode::NoCredentials, account, &message), BTreeMap::new());
        }
    };
    let reader = Reader::new(account, connected.sdk.clone(), log.clone());
    let identify = async {
        let identity = Section::Identity.gather(&reader).await;
        tick();
        with_sign_in(identity, &connected.sign_in)
    };
    let read = async |id: &str| {
        let reader = reader.clone().with_account_id(id);
        let reads = sections.iter().filter(is_read_later).map(async |section| {
            let value = section.gather(&reader).await;
            tick();
            (*section, value)
        });
        join_all(reads).await.into_iter().collect()
    };
    match expected {
        Some(id) => tokio::join!(identify, read(id)),
        None => {
            let identity = identify.await;
            let values = match account_id(&identity) {
                Some(id) => read(&id).await,
                None => BTreeMap::new(),
            };
            (identity, values)
        }
    }
}

/// Who the account is, is read by itself.
fn is_read_later(section: &&Section) -> bool {
    **section != Section::Identity
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
pub(crate) fn nothing_without(identity: &Value) -> Value {
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
            let calls = calls_of(self.compiled, self.course, step, gathered);
            record::put(results, &case, step, judged, calls);
        }
    }
}

/// The calls that a step's verdict rests on.
fn calls_of(compiled: &Compiled, course: &Course, step: &Step, gathered: &Gathered) -> Vec<Call> {
    let needs = compiled.needs(course, step);
    let mine = |call: &Call| {
        // What was read of an account that turned out to be another one was thrown away.
        let used = gathered.account_ids.contains_key(&call.account) || call.section == Section::Identity.name();
        used && needs.iter().any(|(account, section)| *account == call.account && section.name() == call.section)
    };
    let mut calls: Vec<Call> = gathered.calls.iter().map(|timed| timed.call.clone()).filter(mine).collect();
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
