//! A stub of AWS over HTTP on loopback. Tests can choose any response.
//!
//! [`Aws::done`] has two accounts in which everything that the lessons ask for is done. A state is a copy of it with a
//! few edits, of its data or of single responses:
//!
//! ```ignore
//! aws.production.budgets[0].cost_types.include_credit = true;
//! aws.production.answer("budgets:DescribeBudgets", error(400, "AccessDeniedException", "…"));
//! aws.production.throttle_after("cloudtrail:LookupEvents", 2);
//! ```
//!
//! The access key in the request's signature gives the account: each account has one key, with its name.

pub mod accounts;
pub mod billing;
pub mod budgets;
pub mod cloudtrail;
pub mod http;
pub mod identity;
pub mod organizations;
pub mod reply;
pub mod rules;
pub mod s3;
pub mod times;

pub use http::{Call, Served};
pub use reply::{Reply, error};
pub use times::{ago, days, hours, in_future, minutes, now};

use accounts::{Alternate, Contact};
use billing::Support;
use budgets::Budget;
use cloudtrail::{Event, LookUps};
use identity::{Device, Root};
use organizations::Organization;
use rules::Rule;
use s3::Bucket;
use std::collections::BTreeMap;

/// Two accounts, and what they share.
pub struct Aws {
    pub general: Account,
    pub production: Account,
    pub organization: Option<Organization>,
    /// How many seconds AWS's clock is ahead of this computer's.
    pub clock: i64,
    /// Whether CloudTrail refuses more than two look-ups a second for an account and region.
    pub limits_look_ups: bool,
    /// Calls that the stub does not support.
    pub unanswered: Vec<String>,
}

/// One account.
pub struct Account {
    pub id: String,
    /// The identity of the credentials, such as `user/verify`.
    pub caller: String,
    pub name: String,
    pub email: String,
    pub created: i64,
    pub state: String,
    pub contact: Contact,
    /// By BILLING, OPERATIONS and SECURITY.
    pub alternates: BTreeMap<&'static str, Alternate>,
    pub root: Root,
    pub events: Vec<Event>,
    /// Names of metrics in AWS/Billing.
    pub metrics: Vec<String>,
    /// Keys and values of the billing feature BILLING_ALERTS.
    pub preferences: Vec<(String, String)>,
    pub budgets: Vec<Budget>,
    pub support: Support,
    pub buckets: Vec<Bucket>,
    rules: Vec<Rule>,
    calls: BTreeMap<String, usize>,
    look_ups: BTreeMap<String, LookUps>,
}

impl Aws {
    /// Everything that the lessons ask for is done, except for what only the learner can confirm.
    pub fn done() -> Aws {
        let general = Account::done("111122223333", "ada", "ada@example.org");
        let mut production = Account::done("444455556666", "ada-production", "ada+production@example.org");
        production.buckets.push(Bucket::shared("ada-production-shared", &general.id));
        Aws {
            organization: Some(Organization::of(&[&general, &production])),
            general,
            production,
            clock: 0,
            limits_look_ups: true,
            unanswered: Vec::new(),
        }
    }

    /// Resets CloudTrail's limit, as if it had not been called for a while.
    pub fn rested(&mut self) {
        self.general.look_ups.clear();
        self.production.look_ups.clear();
    }

    /// The account of an access key, by its name: `AKIAGENERAL`.
    fn account(&mut self, key: &str) -> Option<&mut Account> {
        match key {
            "AKIAGENERAL" => Some(&mut self.general),
            "AKIAPRODUCTION" => Some(&mut self.production),
            _ => None,
        }
    }

    /// Answers a call.
    fn reply(&mut self, call: &Call) -> Reply {
        let (organization, limited) = (self.organization.clone(), self.limits_look_ups);
        let Some(account) = self.account(&call.key) else {
            return error(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
        };
        let name = call.name();
        *account.calls.entry(name.clone()).or_default() += 1;
        if name == "cloudtrail:LookupEvents"
            && limited
            && !account.look_ups.entry(call.region.clone()).or_default().allow()
        {
            return error(400, "ThrottlingException", "Rate exceeded");
        }
        let planned = account.rules.iter_mut().find_map(|rule| rule.reply(call));
        let reply = planned.unwrap_or_else(|| account.own_reply(call, organization.as_ref()));
        let reply = account.rules.iter().fold(reply, |reply, rule| rule.changed(call, reply));
        if reply.is_unknown() {
            self.unanswered.push(name);
        }
        reply
    }
}

impl Account {
    fn done(id: &str, name: &str, email: &str) -> Account {
        let serial = format!("arn:aws:iam::{id}:mfa/root-account-mfa-device");
        Account {
            id: id.to_owned(),
            caller: "user/verify".to_owned(),
            name: name.to_owned(),
            email: email.to_owned(),
            created: ago(days(60)),
            state: "ACTIVE".to_owned(),
            contact: Contact::default(),
            alternates: ["BILLING", "OPERATIONS", "SECURITY"].map(|kind| (kind, Alternate::default())).into(),
            root: Root { devices: vec![Device::root(&serial, id, ago(days(20)))], ..Root::default() },
            events: vec![
                Event::mfa("EnableMFADevice", &serial, ago(days(20))),
                Event::sign_in(&serial, ago(days(10))),
                Event::billing("EnableBillingAlerts", ago(days(9))),
                Event::billing("SetFreetierBudgetsPreference", ago(days(9))),
                Event::billing("SetIAMAccessPreference", ago(days(8))),
            ],
            metrics: vec!["EstimatedCharges".to_owned()],
            preferences: vec![("billingAlerts".to_owned(), "ENABLED".to_owned())],
            budgets: vec![Budget::default()],
            support: Support::default(),
            buckets: Vec::new(),
            rules: Vec::new(),
            calls: BTreeMap::new(),
            look_ups: BTreeMap::new(),
        }
    }

    /// How often an operation was called, such as `budgets:DescribeBudgets`.
    pub fn calls(&self, name: &str) -> usize {
        self.calls.get(name).copied().unwrap_or_default()
    }

    /// The response from the account's data, before any rule changes it.
    fn own_reply(&self, call: &Call, organization: Option<&Organization>) -> Reply {
        match call.service.as_str() {
            "sts" | "iam" => self.identity(call),
            "account" => self.information(call),
            "organizations" => self.organization(call, organization),
            "cloudtrail" => self.look_up(call),
            "budgets" => self.budgets(call),
            "billing" | "support" | "cloudwatch" => self.billing(call),
            "s3" => self.buckets(call),
            _ => reply::unknown(),
        }
    }
}
