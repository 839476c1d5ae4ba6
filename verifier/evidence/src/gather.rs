//! Gathering: what AWS says, all of a plan's accounts and sections at the same time.
//!
//! Which account is which is settled here too: evidence of a wrong account goes no further.

use course::results::{Reason, ReasonCode};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;

use crate::Evidence;
use crate::clock::Clock;
use crate::connection::{Connected, Connection};
use crate::mask;
use crate::pace::Pace;
use crate::privileges::{self, Power};
use crate::read;
use crate::time::Time;
use crate::{CallLog, Enough, Identity, Read, Reader, Section, Timed};

/// What a run gathered.
#[derive(Debug, Default, Clone)]
pub struct Gathered {
    /// The evidence.
    pub evidence: Arc<Evidence>,
    /// Account ids of the accounts that were identified, by the course's names.
    pub account_ids: BTreeMap<String, String>,
    /// The calls that were made.
    pub calls: Vec<Timed>,
    /// What time it was by AWS's clock, in RFC 3339: the date of the first answer to `sts:GetCallerIdentity`, of any
    /// account; `None` where no account said who it is.
    pub now: Option<String>,
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
        values.for_each(|value| read::collect_reasons(value, &[], &mut reasons));
        reasons
    }

    /// Whether an account's credentials can do anything, as far as that was read.
    pub fn power(&self, account: &str) -> Option<Power> {
        let identity = self.section(account, Section::Identity)?;
        privileges::power(identity, self.section(account, Section::Privileges))
    }
}

/// Sections by account.
pub type Plan = BTreeMap<String, BTreeSet<Section>>;

/// Gathers the plan's evidence, of all accounts and sections at the same time.
///
/// `expected` are the account ids that were seen before. Where there is one, everything is read beside the question who
/// the account is, and thrown away if it is another; where there is none, that question comes first. `progress` is told
/// at the beginning, and whenever something has arrived. `enough` tells whether a list need not be read any further.
pub async fn gather(
    plan: &Plan,
    connections: &BTreeMap<String, Connection>,
    expected: &BTreeMap<String, String>,
    progress: &(dyn Fn(&SoFar<'_>) + Sync),
    enough: Option<Enough>,
) -> Gathered {
    let (log, clock, arrived) = (CallLog::default(), Clock::new(plan.len()), Mutex::default());
    let pace = Pace::default();
    let gathering = Gathering { plan, expected, log, clock, pace, enough, arrived, progress };
    gathering.tell();
    join_all(plan.keys().map(|account| gathering.read(account, connections.get(account)))).await;
    let arrived = gathering.arrived.into_inner().unwrap_or_else(PoisonError::into_inner);
    SoFar { plan, expected, log: &gathering.log, clock: &gathering.clock, arrived: &arrived }.settle()
}

/// What has arrived of each account.
type Arrived = BTreeMap<String, BTreeMap<Section, Value>>;

/// How far gathering has come.
#[derive(Debug, Clone, Copy)]
pub struct SoFar<'s> {
    plan: &'s Plan,
    expected: &'s BTreeMap<String, String>,
    log: &'s CallLog,
    clock: &'s Clock,
    arrived: &'s Arrived,
}

impl SoFar<'_> {
    /// How many sections have arrived, of how many.
    pub fn count(&self) -> (usize, usize) {
        let counts = self.plan.iter().map(|(account, sections)| {
            let planned = sections.iter().filter(is_read_later).count() + 1;
            let arrived = self.arrived.get(account);
            // Nothing more will come of an account that is not known.
            let nobody =
                arrived.and_then(|read| read.get(&Section::Identity)).is_some_and(|id| account_id(id).is_none());
            (if nobody { planned } else { arrived.map_or(0, BTreeMap::len) }, planned)
        });
        counts.fold((0, 0), |(read, of), (more_read, more)| (read + more_read, of + more))
    }

    /// What is known by now; nothing before every account has said who it is, since what was read of a wrong one is
    /// thrown away.
    pub fn gathered(&self) -> Option<Gathered> {
        let identified = |account| self.arrived.get(account).is_some_and(|read| read.contains_key(&Section::Identity));
        self.plan.keys().all(identified).then(|| self.settle())
    }

    /// Keeps what was read of the right accounts, and says why of the others.
    fn settle(&self) -> Gathered {
        let identity = |account| self.arrived.get(account).and_then(|read| read.get(&Section::Identity));
        let id = |account| identity(account).and_then(account_id);
        let mut gathered = Gathered::default();
        let mut evidence = Evidence::new();
        for (account, sections) in self.plan {
            // Beside the accounts that are asked now, those that were seen before and are left out this time.
            let others = self.plan.keys().filter(|other| *other != account).filter_map(id);
            let seen = self.expected.iter().filter(|(other, _)| !self.plan.contains_key(*other));
            let mut others = others.chain(seen.map(|(_, seen)| seen.clone()));
            let expected = self.expected.get(account);
            let instead = match id(account) {
                // Who the account is could not be read: nothing is known of an account that is not known.
                None => Some(nothing_without(identity(account).unwrap_or(&Value::Null))),
                Some(id) => {
                    let twice = others.any(|other| other == id);
                    if twice || expected.is_some_and(|expected| *expected != id) {
                        Some(wrong_account(account, &id, twice, expected))
                    } else {
                        gathered.account_ids.insert(account.clone(), id);
                        None
                    }
                }
            };
            let values = match instead {
                Some(unreadable) => sections.iter().map(|section| (*section, unreadable.clone())).collect(),
                None => self.arrived.get(account).cloned().unwrap_or_default(),
            };
            evidence.insert(account.clone(), values);
        }
        gathered.evidence = Arc::new(evidence);
        gathered.calls = self.log.calls();
        gathered.now = self.clock.now().map(Time::text);
        gathered
    }
}

/// Gathering under way.
struct Gathering<'g> {
    plan: &'g Plan,
    expected: &'g BTreeMap<String, String>,
    log: CallLog,
    clock: Clock,
    pace: Pace,
    enough: Option<Enough>,
    arrived: Mutex<Arrived>,
    progress: &'g (dyn Fn(&SoFar<'_>) + Sync),
}

impl Gathering<'_> {
    /// Reads one account: who it is, and its sections.
    async fn read(&self, account: &str, connection: Option<&Connection>) {
        let connected = match connection {
            Some(Connection::Sdk(connected)) => connected,
            Some(Connection::None(reasons)) => {
                self.clock.tell(None);
                return self.note(account, Section::Identity, json!({ crate::UNREADABLE: reasons }));
            }
            None => {
                let message =
                    format!("No credentials are bound to the {account} account yet: verify accounts {account}=PROFILE");
                let nobody = read::unreadable(ReasonCode::NoCredentials, account, &message);
                self.clock.tell(None);
                return self.note(account, Section::Identity, nobody);
            }
        };
        let reader = self.reader(account, connected);
        let identify = async {
            let identity = Section::Identity.gather(&reader).await;
            let was_read = identity.get(crate::UNREADABLE).is_none();
            self.clock.tell(self.log.date(account, Section::Identity).filter(|_| was_read));
            let id = account_id(&identity);
            self.note(account, Section::Identity, identity);
            id
        };
        let read = async |id: &str| {
            let reader = Arc::new(reader.clone().with_account_id(id));
            // A task for each, so that what calls take of the processor is spread over its cores.
            let mut reads = JoinSet::new();
            for section in self.plan.get(account).into_iter().flatten().filter(is_read_later).copied() {
                let reader = Arc::clone(&reader);
                reads.spawn(async move { (section, section.gather(&reader).await) });
            }
            while let Some(read) = reads.join_next().await {
                match read {
                    Ok((section, value)) => self.note(account, section, value),
                    Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
                    // Cancelled, which happens only when the whole process ends.
                    Err(_) => {}
                }
            }
        };
        match self.expected.get(account) {
            Some(id) => drop(tokio::join!(identify, read(id))),
            None => {
                if let Some(id) = identify.await {
                    read(&id).await;
                }
            }
        }
    }

    fn reader(&self, account: &str, connected: &Connected) -> Reader {
        let reader = Reader::new(account, connected.sdk.clone(), self.log.clone())
            .with_clock(self.clock.clone())
            .with_enough(self.enough.clone())
            .with_sign_in(&connected.sign_in);
        // The practice accounts are in this process: they have no limits.
        if connected.practice { reader } else { reader.with_pace(self.pace.clone()) }
    }

    fn note(&self, account: &str, section: Section, value: Value) {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.entry(account.to_owned()).or_default().insert(section, value);
        drop(arrived);
        self.tell();
    }

    fn tell(&self) {
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        (self.progress)(&SoFar {
            plan: self.plan,
            expected: self.expected,
            log: &self.log,
            clock: &self.clock,
            arrived: &arrived,
        });
    }
}

/// Who the account is, is read by itself.
fn is_read_later(section: &&Section) -> bool {
    **section != Section::Identity
}

fn account_id(identity: &Value) -> Option<String> {
    let identity: Read<Identity> = serde_json::from_value(identity.clone()).ok()?;
    identity.known()?.account.known().cloned()
}

/// What is left of an account that is not the right one, `twice` if another of the course's accounts reaches it too.
pub fn wrong_account(account: &str, id: &str, twice: bool, expected: Option<&String>) -> Value {
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
    read::unreadable(ReasonCode::WrongAccount, account, &message)
}

/// What is left of an account without an identity: its reasons, for every section.
pub fn nothing_without(identity: &Value) -> Value {
    let unreadable = |value: &Value| value.get(crate::UNREADABLE).is_some();
    match identity.get("account") {
        Some(account) if !unreadable(identity) && unreadable(account) => account.clone(),
        _ => identity.clone(),
    }
}
