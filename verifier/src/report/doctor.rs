//! `verify doctor`: what works between this machine and the accounts of the course, what does not, and what to do.

use course::Course;
use course::results::{Reason, ReasonCode};
use course::terminal::Text;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Source, Sources};
use crate::run::Session;
use crate::run::accounts::Tried;
use evidence::bindings::Bindings;
use evidence::client::IN_PROCESS;
use evidence::client::{Ask, Outcome};
use evidence::connection::Connection;
use evidence::gather::Gathered;
use evidence::mask;
use evidence::privileges::Power;
use evidence::{self, Reader, Section};

/// The largest clock difference that is not reported. AWS rejects requests if the difference is about five minutes.
const CLOCK_TOLERANCE: i64 = 60;

/// The whole diagnosis.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnosis {
    /// Whether everything works.
    pub ok: bool,
    /// Whether this is about the practice accounts.
    pub practice: bool,
    /// The course's accounts.
    pub accounts: Vec<AccountDiagnosis>,
    /// How many seconds AWS's clock is ahead of this computer's. `None` if no response contained a time.
    pub clock_ahead: Option<i64>,
    /// What to do, the most important first.
    pub todo: Vec<String>,
}

/// The diagnosis of one account.
#[derive(Debug, Clone, Serialize)]
pub struct AccountDiagnosis {
    /// The course's name for it.
    pub name: String,
    /// Its description in the course.
    pub about: String,
    /// What it is bound to, if anything.
    pub bound_to: Option<String>,
    /// The account id, if it was identified.
    pub account_id: Option<String>,
    /// The ARN of the credentials, if known.
    pub arn: Option<String>,
    /// `root` or `administrator`, if the credentials can do anything.
    pub power: Option<&'static str>,
    /// The region of its credentials.
    pub region: Option<String>,
    /// The partition of that region.
    pub partition: Option<&'static str>,
    /// The endpoint that calls go to instead of AWS, if any.
    pub endpoint: Option<String>,
    /// Why the account was not identified.
    pub problems: Vec<Reason>,
    /// What the course reads.
    pub reads: Vec<SourceDiagnosis>,
}

/// The diagnosis of a section, or of an operation that checks call.
#[derive(Debug, Clone, Serialize)]
pub struct SourceDiagnosis {
    /// The section, or the operation.
    pub section: String,
    /// Its calls.
    pub calls: Vec<String>,
    /// Why it could not be read completely; empty if it could.
    pub reasons: Vec<Reason>,
}

/// The input of a diagnosis.
#[derive(Debug, Clone, Copy)]
pub struct DoctorInput<'d> {
    /// The course.
    pub course: &'d Course,
    /// Whether this is about the practice accounts.
    pub practice: bool,
    /// What its accounts are bound to.
    pub bound: &'d Bindings,
    /// Their connections.
    pub connections: &'d BTreeMap<String, Connection>,
    /// What the course reads from them.
    pub sources: &'d Sources,
    /// What was read.
    pub gathered: &'d Gathered,
    /// Whether account ids, e-mail addresses and phone numbers are shown.
    pub show_identifiers: bool,
}

impl<'d> DoctorInput<'d> {
    /// What was found when the accounts of a session were tried.
    pub fn of(session: &'d Session<'_>, tried: &'d Tried, show_identifiers: bool) -> DoctorInput<'d> {
        let Tried { bound, sources, connections, gathered } = tried;
        let (course, practice) = (&*session.course, session.practice());
        DoctorInput { course, practice, bound, connections, sources, gathered, show_identifiers }
    }

    /// Makes the diagnosis.
    pub(crate) fn diagnose(&self) -> Diagnosis {
        let accounts: Vec<AccountDiagnosis> =
            self.course.accounts.iter().map(|(name, about)| self.account(name, about)).collect();
        // The practice accounts have their own clock.
        let calls = self.gathered.calls.iter().filter(|_| !self.practice);
        let mut ahead: Vec<i64> = calls.filter_map(|timed| timed.clock_ahead).collect();
        ahead.sort_unstable();
        let clock_ahead = ahead.get(ahead.len() / 2).copied();
        let failed = |account: &AccountDiagnosis| {
            account.account_id.is_none() || account.reads.iter().any(|read| !read.reasons.is_empty())
        };
        let off = clock_ahead.is_some_and(|ahead| ahead.abs() > CLOCK_TOLERANCE);
        let ok = !off && !accounts.iter().any(failed);
        let mut todo: Vec<String> = Vec::new();
        if off {
            todo.push("Set this computer's clock: AWS rejects requests whose time is five minutes off.".to_owned());
        }
        accounts.iter().for_each(|account| todo.extend(self.todo(account)));
        let mut before = BTreeSet::new();
        todo.retain(|line| before.insert(line.clone()));
        Diagnosis { ok, practice: self.practice, accounts, clock_ahead, todo }
    }

    fn account(&self, name: &str, about: &str) -> AccountDiagnosis {
        let identity = self.gathered.section(name, Section::Identity);
        let identified = self.gathered.account_ids.get(name);
        let reader = match self.connections.get(name) {
            Some(Connection::Sdk(connected)) => Some(Reader::new(name, connected.sdk.clone(), Default::default())),
            _ => None,
        };
        let sources = self.sources.get(name).into_iter().flatten();
        let reads = sources.filter(|_| identified.is_some()).map(|source| SourceDiagnosis {
            section: source.name().to_owned(),
            calls: source.calls().into_iter().map(|(call, _)| call).collect(),
            reasons: self.reasons(name, source),
        });
        AccountDiagnosis {
            name: name.to_owned(),
            about: about.to_owned(),
            bound_to: self.bound.get(name).map(|binding| self.masked(&binding.source.to_string())),
            account_id: identified.map(|id| if self.show_identifiers { id.clone() } else { mask::account_id(id) }),
            arn: identity.and_then(|identity| identity["arn"].as_str()).map(|arn| self.masked(arn)),
            power: self.gathered.power(name).map(|power| match power {
                Power::Root => "root",
                Power::Administrator => "administrator",
            }),
            region: reader.as_ref().map(|reader| reader.profile_region().to_owned()),
            partition: reader.as_ref().map(Reader::partition),
            endpoint: reader.as_ref().and_then(|reader| reader.endpoint().map(str::to_owned)),
            problems: match identified {
                Some(_) => Vec::new(),
                None => self.reasons(name, &Source::Section(Section::Identity)),
            },
            reads: reads.collect(),
        }
    }

    fn reasons(&self, account: &str, source: &Source) -> Vec<Reason> {
        let mut reasons = BTreeSet::new();
        match source {
            Source::Section(section) => {
                let value = self.gathered.section(account, *section);
                value.into_iter().for_each(|value| evidence::collect_reasons(value, &[], &mut reasons));
            }
            Source::Operation(name) => {
                let own = |(of, ask, _): &(&str, &Ask, &Outcome)| *of == account && ask.call == *name;
                for (_, ask, outcome) in self.gathered.outcomes().filter(own) {
                    reasons.extend(outcome.failures(ask).iter().cloned());
                }
            }
        }
        let masked = |reason: Reason| Reason { message: self.masked(&reason.message), ..reason };
        reasons.into_iter().map(masked).collect()
    }

    /// What to do about an account.
    fn todo(&self, account: &AccountDiagnosis) -> Vec<String> {
        let name = &account.name;
        if account.bound_to.is_none() && !self.practice {
            return vec![format!("Bind the {name} account: verify accounts {name}=PROFILE")];
        }
        let mut todo: Vec<String> = account.problems.iter().map(|reason| reason.message.clone()).collect();
        let reasons = || account.reads.iter().flat_map(|read| &read.reasons);
        let actions: BTreeSet<&str> = reasons().filter_map(|reason| reason.action.as_deref()).collect();
        if !actions.is_empty() {
            let actions = actions.into_iter().collect::<Vec<_>>().join(", ");
            // AWS's own words say which policy denies it.
            let denied = reasons().find(|reason| reason.action.is_some()).map_or("", |reason| &reason.message);
            todo.push(format!(
                "Allow these actions for the {name} account's credentials: {actions}. `verify policy {name}` prints a policy \
                 for everything that this course reads. For example: {denied}"
            ));
        }
        // A setting that no API returns cannot be fixed.
        let fixable = |reason: &&Reason| !matches!(reason.code, ReasonCode::Denied | ReasonCode::NotAvailableHere);
        todo.extend(reasons().filter(fixable).map(|reason| format!("The {name} account: {}", reason.message)));
        if account.power.is_some() && !self.practice {
            todo.push(format!(
                "Read the {name} account with a role that can only read: `verify policy {name}` prints its policy, and \
                 `verify policy {name} --format cloudformation` prints a template that creates it."
            ));
        }
        todo
    }

    fn masked(&self, text: &str) -> String {
        if self.show_identifiers { text.to_owned() } else { mask::text(text) }
    }
}

impl Diagnosis {
    /// The diagnosis for a terminal.
    pub fn text(&self) -> Text {
        let mut out = Text::new();
        if self.practice {
            out.put("The practice accounts: nothing here is real.\n\n");
        }
        for account in &self.accounts {
            account.text(&mut out, self.practice);
            out.put("\n");
        }
        let clock = match self.clock_ahead {
            None => "? Clock: no response from AWS contained the time.".to_owned(),
            Some(ahead) if ahead.abs() <= CLOCK_TOLERANCE => "✓ Clock: it agrees with AWS's clock.".to_owned(),
            Some(ahead) => {
                let direction = if ahead > 0 { "behind" } else { "ahead of" };
                format!("✗ Clock: this computer's clock is {} s {direction} AWS's.", ahead.abs())
            }
        };
        out.paragraph("", &clock);
        if self.todo.is_empty() {
            out.put("\nEverything that this course reads can be read.\n");
            return out;
        }
        out.put("\nWhat to do:\n");
        for (number, todo) in (1..).zip(&self.todo) {
            out.paragraph(&format!("  {number}. "), todo);
        }
        out
    }
}

impl AccountDiagnosis {
    fn text(&self, out: &mut Text, practice: bool) {
        out.paragraph(&format!("{}  ", self.name), &self.about);
        let bound = match &self.bound_to {
            Some(bound) => bound.as_str(),
            None if practice => "a practice account",
            None => {
                out.put("  ○ not bound\n");
                return;
            }
        };
        match (&self.account_id, &self.arn) {
            (Some(id), arn) => {
                out.paragraph("  ✓ ", bound);
                let arn = arn.as_deref().unwrap_or("an unknown identity");
                out.paragraph("    ", &format!("AWS account {id}, as {arn}"));
            }
            (None, _) => {
                out.paragraph("  ✗ ", bound);
                self.problems.iter().for_each(|reason| out.paragraph("    ", &reason.message));
            }
        }
        if let (Some(region), Some(partition)) = (&self.region, self.partition) {
            let endpoint = match self.endpoint.as_deref() {
                None => "AWS's own endpoints".to_owned(),
                Some(IN_PROCESS) if practice => "in this process".to_owned(),
                Some(url) if practice => format!("in the emulator at {url}"),
                Some(url) => format!("all calls go to {url}, as set by AWS_ENDPOINT_URL or the profile"),
            };
            out.paragraph("    ", &format!("region {region}, partition {partition}, {endpoint}"));
        }
        if let Some(power) = self.power.filter(|_| !practice) {
            out.paragraph("  ⚠ ", &format!("{power}: these credentials can do anything"));
        }
        for read in &self.reads {
            let icon = if read.reasons.is_empty() { "✓" } else { "✗" };
            match read.calls.as_slice() {
                [call] if *call == read.section => out.paragraph(&format!("  {icon} "), call),
                calls => out.paragraph(&format!("  {icon} {:<20} ", read.section), &calls.join(", ")),
            }
            for reason in &read.reasons {
                let why = match &reason.action {
                    Some(action) => format!("it needs {action}"),
                    None => reason.message.clone(),
                };
                out.paragraph("      ", &format!("{}: {why}", reason.code.name()));
            }
        }
    }
}
