//! Gathers the evidence of a plan: all accounts, sections and calls at the same time.
//! It also identifies the accounts, and discards the evidence of a wrong account.

use course::results::{Reason, ReasonCode};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;

use crate::Evidence;
use crate::calls::Calls;
use crate::client::{Answers, Ask, Client, Named, Outcome};
use crate::clock::Clock;
use crate::connection::{Connected, Connection};
use crate::identifying::{self, Identifying};
use crate::pace::Pace;
use crate::privileges::{self, Power};
use crate::read;
use crate::time::Time;
use crate::{CallLog, Enough, Identity, Read, Reader, Section, Timed, WrongAccount};

/// The result of gathering.
#[derive(Debug, Default, Clone)]
pub struct Gathered {
    /// The evidence.
    pub evidence: Arc<Evidence>,
    /// What came of the calls that checks ask for.
    pub answers: Arc<Answers>,
    /// The ids of the accounts that were identified, by the course's names.
    pub account_ids: BTreeMap<String, String>,
    /// The calls that were made.
    pub calls: Vec<Timed>,
    /// The time by AWS's clock, in RFC 3339: the date of the first response to `sts:GetCallerIdentity`, of any account.
    /// `None` if no account was identified.
    pub now: Option<String>,
}

impl Gathered {
    /// A section of an account, if it was in the plan.
    pub fn section(&self, account: &str, section: Section) -> Option<&Value> {
        self.evidence.get(account)?.get(&section)
    }

    /// The calls that checks ask for, and what came of each.
    pub fn outcomes(&self) -> impl Iterator<Item = (&str, &Ask, &Outcome)> {
        let all = self.answers.iter();
        all.flat_map(|(account, answers)| answers.iter().map(|(ask, outcome)| (account.as_str(), &**ask, &**outcome)))
    }

    /// All reasons why something could not be read.
    pub fn reasons(&self) -> BTreeSet<Reason> {
        let mut reasons = BTreeSet::new();
        let values = self.evidence.values().flat_map(BTreeMap::values);
        values.for_each(|value| read::collect_reasons(value, &[], &mut reasons));
        for (_, ask, outcome) in self.outcomes() {
            if let Outcome::Answer(value) = outcome {
                read::collect_reasons(value, &[], &mut reasons);
            }
            reasons.extend(outcome.failures(ask).iter().cloned());
        }
        reasons
    }

    /// Whether an account's credentials can do anything, if that was read.
    pub fn power(&self, account: &str) -> Option<Power> {
        let identity = self.section(account, Section::Identity)?;
        privileges::power(identity, self.section(account, Section::Privileges))
    }
}

/// Sections by account.
pub type Plan = BTreeMap<String, BTreeSet<Section>>;

/// Something that has arrived.
#[derive(Debug, Clone, Copy)]
pub enum Arrival<'a> {
    /// A section of an account, with the time by AWS's clock, once it is known.
    Section(&'a str, Section, &'a Value, Option<Time>),
    /// What came of a call in an account.
    Answer(&'a str, &'a Ask, &'a Outcome),
}

/// Calls that checks ask for, whose inputs may depend on what has arrived. Each is an account and a call.
pub trait Asks: Send + Sync {
    /// What can be asked at the beginning.
    fn first(&self) -> Vec<(String, Ask)>;

    /// What can be asked after something has arrived.
    fn next(&self, arrival: Arrival<'_>) -> Vec<(String, Ask)>;

    /// The names that the course's expressions look up in answers.
    fn named(&self) -> &Arc<Named>;
}

/// What the checks of a run decide while it gathers.
#[derive(Clone, Default)]
pub struct Questions {
    /// Whether a list is read any further.
    pub enough: Option<Enough>,
    /// The calls to make.
    pub asks: Option<Arc<dyn Asks>>,
}

impl fmt::Debug for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Questions")
    }
}

/// Gathers the plan's evidence, of all accounts and sections at the same time.
///
/// `expected` has the account ids that were seen before. If there is one for an account, all sections are read while
/// the account is identified, and discarded if it is another account. If there is none, the account is identified
/// first, unless that has begun. `progress` is called at the beginning, and whenever something has arrived.
pub async fn gather(
    plan: &Plan,
    connections: &BTreeMap<String, Connection>,
    identifying: Identifying,
    expected: &BTreeMap<String, String>,
    progress: &(dyn Fn(&SoFar<'_>) + Sync),
    questions: Questions,
) -> Gathered {
    let (log, clock, arrived) = (identifying.log.clone(), Clock::new(plan.len()), Mutex::default());
    let (pace, calls) = (Pace::default(), Calls::new());
    let gathering = Gathering { plan, expected, identifying, log, clock, pace, questions, arrived, calls, progress };
    gathering.tell();
    let sections = async {
        join_all(plan.keys().map(|account| gathering.read(account, connections.get(account)))).await;
        gathering.calls.no_more_sections();
    };
    tokio::join!(sections, gathering.answer());
    let arrived = gathering.arrived.into_inner().unwrap_or_else(PoisonError::into_inner);
    SoFar { plan, expected, log: &gathering.log, clock: &gathering.clock, arrived: &arrived }.settle()
}

/// What has arrived.
#[derive(Debug, Default)]
struct Arrived {
    sections: BTreeMap<String, BTreeMap<Section, Value>>,
    answers: Answers,
    /// How many calls were asked for.
    asked: usize,
}

/// The progress of gathering.
#[derive(Debug, Clone, Copy)]
pub struct SoFar<'s> {
    plan: &'s Plan,
    expected: &'s BTreeMap<String, String>,
    log: &'s CallLog,
    clock: &'s Clock,
    arrived: &'s Arrived,
}

impl SoFar<'_> {
    /// How many sections and answers have arrived, and of how many.
    pub fn count(&self) -> (usize, usize) {
        let counts = self.plan.iter().map(|(account, sections)| {
            let planned = sections.iter().filter(is_read_later).count() + 1;
            let arrived = self.arrived.sections.get(account);
            // Nothing more will arrive for an account that could not be identified.
            let unidentified =
                arrived.and_then(|read| read.get(&Section::Identity)).is_some_and(|id| account_id(id).is_none());
            (if unidentified { planned } else { arrived.map_or(0, BTreeMap::len) }, planned)
        });
        let answered = self.arrived.answers.values().map(BTreeMap::len).sum();
        counts.fold((answered, self.arrived.asked), |(read, of), (more_read, more)| (read + more_read, of + more))
    }

    /// What is known so far; `None` until every account is identified, because the evidence of a wrong account is
    /// discarded.
    pub fn gathered(&self) -> Option<Gathered> {
        let identified =
            |account| self.arrived.sections.get(account).is_some_and(|read| read.contains_key(&Section::Identity));
        self.plan.keys().all(identified).then(|| self.settle())
    }

    /// Keeps the evidence of the right accounts. For the others, it keeps the reasons.
    fn settle(&self) -> Gathered {
        let identity = |account| self.arrived.sections.get(account).and_then(|read| read.get(&Section::Identity));
        let id = |account| identity(account).and_then(account_id);
        let ids: BTreeMap<&str, String> =
            self.plan.keys().filter_map(|name| Some((name.as_str(), id(name)?))).collect();
        let mut gathered = Gathered::default();
        let (mut evidence, mut answers) = (Evidence::new(), self.arrived.answers.clone());
        for (account, sections) in self.plan {
            let instead = match id(account) {
                // The account could not be identified, so none of its evidence counts.
                None => Some(nothing_without(identity(account).unwrap_or(&Value::Null))),
                Some(id) => match WrongAccount::find(account, self.expected, &ids) {
                    Some(wrong) => Some(wrong.unreadable(account, &id)),
                    None => {
                        gathered.account_ids.insert(account.clone(), id);
                        None
                    }
                },
            };
            let values = match instead {
                Some(unreadable) => {
                    let mut reasons = BTreeSet::new();
                    read::collect_reasons(&unreadable, &[], &mut reasons);
                    let failed = Arc::new(Outcome::failed(reasons.into_iter().collect()));
                    answers.entry(account.clone()).or_default().values_mut().for_each(|one| *one = Arc::clone(&failed));
                    sections.iter().map(|section| (*section, unreadable.clone())).collect()
                }
                None => self.arrived.sections.get(account).cloned().unwrap_or_default(),
            };
            evidence.insert(account.clone(), values);
        }
        gathered.evidence = Arc::new(evidence);
        gathered.answers = Arc::new(answers);
        gathered.calls = self.log.calls();
        gathered.now = self.clock.now().map(Time::text);
        gathered
    }
}

/// Gathering in progress.
struct Gathering<'g> {
    plan: &'g Plan,
    expected: &'g BTreeMap<String, String>,
    identifying: Identifying,
    log: CallLog,
    clock: Clock,
    pace: Pace,
    questions: Questions,
    arrived: Mutex<Arrived>,
    calls: Calls,
    progress: &'g (dyn Fn(&SoFar<'_>) + Sync),
}

impl Gathering<'_> {
    /// Reads an account: its identity and its sections.
    async fn read(&self, account: &str, connection: Option<&Connection>) {
        let connected = match connection {
            Some(Connection::Sdk(connected)) => connected,
            Some(Connection::None(reasons)) => {
                self.clock.tell(None);
                return self.note(account, Section::Identity, json!({ crate::UNREADABLE: reasons }));
            }
            None => {
                let message = format!(
                    "No credentials are bound to the {account} account yet: run `verify accounts {account}=PROFILE`."
                );
                let unidentified = read::unreadable(ReasonCode::NoCredentials, account, &message);
                self.clock.tell(None);
                return self.note(account, Section::Identity, unidentified);
            }
        };
        let reader = self.reader(account, connected);
        let identify = async {
            let identity = self.identifying.identity(&reader).await;
            let was_read = identity.get(crate::UNREADABLE).is_none();
            self.clock.tell(self.log.date(account, Section::Identity).filter(|_| was_read));
            let id = account_id(&identity);
            self.note(account, Section::Identity, identity);
            id
        };
        let read = async |id: &str| {
            let reader = Arc::new(reader.clone().with_account_id(id));
            self.calls.identified(account, Client::new(Reader::clone(&reader), self.others(account)));
            // One task for each, to use all processor cores.
            let mut reads = JoinSet::new();
            for section in self.plan.get(account).into_iter().flatten().filter(is_read_later).copied() {
                let reader = Arc::clone(&reader);
                reads.spawn(async move { (section, section.gather(&reader).await) });
            }
            while let Some(read) = reads.join_next().await {
                match read {
                    Ok((section, value)) => self.note(account, section, value),
                    Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
                    // Cancelled, which only happens when the process ends.
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
        let reader = identifying::reader(account, connected, &self.log)
            .with_clock(self.clock.clone())
            .with_enough(self.questions.enough.clone());
        // The practice accounts are in this process and have no rate limits.
        if connected.practice { reader } else { reader.with_pace(self.pace.clone()) }
    }

    /// The ids of the learner's other accounts, as far as they are known.
    fn others(&self, account: &str) -> Vec<String> {
        let seen = self.expected.iter().filter(|(name, _)| *name != account).map(|(_, id)| id.clone());
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        let identified = arrived.sections.iter().filter(|(name, _)| *name != account);
        seen.chain(identified.filter_map(|(_, read)| account_id(read.get(&Section::Identity)?))).collect()
    }

    fn note(&self, account: &str, section: Section, value: Value) {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.sections.entry(account.to_owned()).or_default().insert(section, value.clone());
        drop(arrived);
        self.tell();
        if let Some(asks) = &self.questions.asks {
            self.ask(asks.next(Arrival::Section(account, section, &value, self.clock.now())));
        }
    }

    /// Asks for calls; those that were asked for already are not made again.
    fn ask(&self, asked: Vec<(String, Ask)>) {
        let new = self.calls.ask(asked);
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).asked += new;
    }

    /// Makes the calls that are asked for, until there are no more.
    async fn answer(&self) {
        let Some(asks) = &self.questions.asks else { return };
        self.ask(asks.first());
        while let Some((account, ask, outcome)) = self.calls.next_answer(asks.named()).await {
            let next = asks.next(Arrival::Answer(&account, &ask, &outcome));
            let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
            arrived.answers.entry(account).or_default().insert(Arc::new(ask), Arc::new(outcome));
            drop(arrived);
            self.ask(next);
            self.tell();
        }
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

/// The identity is read separately.
fn is_read_later(section: &&Section) -> bool {
    **section != Section::Identity
}

fn account_id(identity: &Value) -> Option<String> {
    let identity: Read<Identity> = serde_json::from_value(identity.clone()).ok()?;
    identity.known()?.account.known().cloned()
}

/// The value for every section of an account without an identity: the reasons.
pub fn nothing_without(identity: &Value) -> Value {
    let unreadable = |value: &Value| value.get(crate::UNREADABLE).is_some();
    match identity.get("account") {
        Some(account) if !unreadable(identity) && unreadable(account) => account.clone(),
        _ => identity.clone(),
    }
}
