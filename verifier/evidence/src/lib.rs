//! `evidence`: what read-only AWS calls say about an account.
//!
//! One file a section: a struct whose doc comments are the reference, the calls it makes (each a row of [`table`]), and the
//! function from the SDK's answers to the struct. Nothing here judges.
//!
//! | where | what |
//! |---|---|
//! | [`Section`], a file for each | what AWS says |
//! | [`table`], `guard` | the calls that may be made, and what refuses all others |
//! | [`connection`], [`bindings`] | whose credentials ask |
//! | [`gather`] | all of it at once, of the right accounts |
//! | [`arn`] | whose and what an ARN says that something is |
//! | [`mask`], [`fold`] | what of an answer is shown, and how texts are compared |
//!
//! This crate alone reads AWS, and no other but the practice accounts' and a class's pace imports the AWS SDK.

// Tests make what the program must not meet.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod account;
mod alternate_contacts;
pub mod arn;
mod billing_events;
mod billing_metrics;
mod billing_preferences;
pub mod bindings;
pub mod bucket_policy;
mod budget_scope;
mod budgets;
pub mod clock;
pub mod condition;
pub mod connection;
mod console_sign_ins;
pub mod contact;
mod error;
mod events;
pub mod fold;
pub mod freshness;
pub mod gather;
mod guard;
mod identity;
pub mod mask;
mod mfa_events;
mod organization;
pub mod pace;
mod pattern;
pub mod privileges;
mod read;
mod reader;
mod root;
mod s3;
pub mod statement;
mod support;
pub mod table;
pub mod time;

pub use guard::{CallLog, Timed};
pub use identity::Identity;
pub use read::{Read, UNREADABLE, Unreadable};
pub use reader::{Enough, Reader};

use aws_smithy_types::DateTime;
use course::results::{Reason, ReasonCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use table::Call;
use time::Time;

/// The evidence of a run: sections as JSON, by account.
pub type Evidence = BTreeMap<String, BTreeMap<Section, Value>>;

/// How long a section may take before it counts as unreachable: the SDK's own retries end well before.
const SECTION_DEADLINE: Duration = Duration::from_secs(60);
/// How long a section of events may take: at the pace of look-ups, of four lists at the same time, each of up to a hundred
/// pages.
const EVENTS_DEADLINE: Duration = Duration::from_secs(400);

/// Lists the sections once: the enum, their names in checks, and which type and function belong to each.
macro_rules! sections {
    ($($variant:ident = $name:literal, $module:ident :: $type:ident;)*) => {
        /// An evidence section, named as checks name it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Section {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Section {
            /// All sections.
            pub const ALL: &[Section] = &[$(Section::$variant),*];

            /// The name in checks.
            pub fn name(self) -> &'static str {
                match self { $(Section::$variant => $name,)* }
            }

            /// Reads the section from AWS.
            async fn read(self, reader: &Reader) -> Value {
                match self { $(Section::$variant => to_json($module::read(reader).await),)* }
            }

            /// Makes sure that a recorded section has this version's shape.
            ///
            /// # Errors
            /// What doesn't fit.
            pub fn conform(self, value: Value) -> Result<Value, String> {
                match self { $(Section::$variant => conform::<$module::$type>(value),)* }
            }

            /// The section's JSON Schema, with the doc comments as descriptions.
            pub fn schema(self, generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                match self { $(Section::$variant => generator.subschema_for::<Read<$module::$type>>(),)* }
            }
        }
    };
}

sections! {
    Identity = "identity", identity::Identity;
    Account = "account", account::Account;
    Contact = "contact", contact::Contact;
    AlternateContacts = "alternate_contacts", alternate_contacts::AlternateContacts;
    Organization = "organization", organization::Organization;
    Root = "root", root::Root;
    ConsoleSignIns = "console_sign_ins", console_sign_ins::ConsoleSignIns;
    MfaEvents = "mfa_events", mfa_events::MfaEvents;
    BillingEvents = "billing_events", billing_events::BillingEvents;
    BillingMetrics = "billing_metrics", billing_metrics::BillingMetrics;
    BillingPreferences = "billing_preferences", billing_preferences::BillingPreferences;
    Budgets = "budgets", budgets::Budgets;
    Support = "support", support::Support;
    S3 = "s3", s3::S3;
    Privileges = "privileges", privileges::Privileges;
}

/// The JSON Schema of one account's evidence.
pub fn schema() -> Value {
    let mut generator = schemars::SchemaGenerator::default();
    let section = |section: &Section| (section.name().to_owned(), section.schema(&mut generator).to_value());
    let sections: serde_json::Map<String, Value> = Section::ALL.iter().map(section).collect();
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Evidence",
        "description": "The sections of one account, as checks read them.",
        "type": "object",
        "properties": sections,
        "additionalProperties": false,
        "$defs": generator.definitions(),
    })
}

impl Section {
    /// The section of this name.
    pub fn named(name: &str) -> Option<Section> {
        Section::ALL.iter().copied().find(|section| section.name() == name)
    }

    fn deadline(self) -> Duration {
        let looks_up = table::of(self).any(|call| call.operation == "LookupEvents");
        if looks_up { EVENTS_DEADLINE } else { SECTION_DEADLINE }
    }

    /// Gathers the section: its JSON, with what could not be read marked as such.
    pub async fn gather(self, reader: &Reader) -> Value {
        let Some(missing) = table::of(self).find(|call| !call.every_partition && !reader.in_aws_partition()) else {
            let deadline = self.deadline();
            return match tokio::time::timeout(deadline, self.read(reader)).await {
                Ok(value) => value,
                Err(_) => unreadable(
                    ReasonCode::Unreachable,
                    reader.account(),
                    &format!("Reading {} took longer than {} s.", self.name(), deadline.as_secs()),
                ),
            };
        };
        unreadable(
            ReasonCode::NotAvailableHere,
            reader.account(),
            &format!("verify calls {} in AWS's standard partition only.", missing.name()),
        )
    }
}

/// A section that could not be read at all.
pub fn unreadable(code: ReasonCode, account: &str, message: &str) -> Value {
    to_json(Read::<()>::unreadable(code, account, message))
}

/// Collects the reasons of everything unreadable on the way to a field and below it.
pub fn collect_reasons(value: &Value, fields: &[String], reasons: &mut BTreeSet<Reason>) {
    match (value, fields) {
        (Value::Object(object), _) if object.contains_key(UNREADABLE) => {
            if let Ok(unreadable) = serde_json::from_value::<Unreadable>(value.clone()) {
                reasons.extend(unreadable.reasons);
            }
        }
        (Value::Object(object), [first, rest @ ..]) => {
            object.get(first).into_iter().for_each(|field| collect_reasons(field, rest, reasons));
        }
        (Value::Object(object), []) => object.values().for_each(|field| collect_reasons(field, &[], reasons)),
        (Value::Array(items), _) => items.iter().for_each(|item| collect_reasons(item, &[], reasons)),
        _ => {}
    }
}

fn to_json<T: Serialize>(value: T) -> Value {
    // Sections hold no map whose keys could fail; should one ever, the evidence is unreadable, not absent.
    serde_json::to_value(value).unwrap_or_else(
        |error| serde_json::json!({ UNREADABLE: [{ "code": "course-error", "message": error.to_string() }] }),
    )
}

fn conform<T: Serialize + DeserializeOwned>(value: Value) -> Result<Value, String> {
    // An unreadable section is parsed as such first: an untagged enum's own message would say nothing.
    if value.get(UNREADABLE).is_some() {
        return serde_json::from_value::<Unreadable>(value).map(to_json).map_err(|error| error.to_string());
    }
    serde_json::from_value::<T>(value).map(to_json).map_err(|error| error.to_string())
}

/// Why an answer that lacks something tells nothing.
fn incomplete(account: &str, message: &str) -> Vec<Reason> {
    let (code, account) = (ReasonCode::IncompleteAnswer, Some(account.to_owned()));
    vec![Reason { code, account, action: None, message: message.to_owned() }]
}

/// A page of a list: an answer without its list is not an empty one.
fn listed<T>(reader: &Reader, call: &Call, items: Option<Vec<T>>) -> Result<Vec<T>, Vec<Reason>> {
    let message = || format!("The answer to {} lacks its list.", call.name());
    items.ok_or_else(|| incomplete(reader.account(), &message()))
}

/// A required text: the SDK fills in an empty one where AWS sent none.
fn required(text: &str, account: &str, what: &str) -> Read<String> {
    if text.is_empty() {
        Read::unreadable(ReasonCode::IncompleteAnswer, account, format!("AWS's answer lacks {what}."))
    } else {
        Read::Known(text.to_owned())
    }
}

/// A required value.
fn present<T>(value: Option<T>, account: &str, what: &str) -> Read<T> {
    match value {
        Some(value) => Read::Known(value),
        None => Read::unreadable(ReasonCode::IncompleteAnswer, account, format!("AWS's answer lacks {what}.")),
    }
}

/// A required time.
fn time_of(value: Option<&DateTime>, account: &str, what: &str) -> Read<Time> {
    present(value.and_then(Time::of), account, what)
}

/// One of the values that this version knows.
fn known_value(value: &str, known: &[&str], account: &str, what: &str) -> Read<String> {
    if known.contains(&value) {
        Read::Known(value.to_owned())
    } else {
        Read::unreadable(
            ReasonCode::IncompleteAnswer,
            account,
            format!("AWS's answer has a value for {what} that this version of verify does not know."),
        )
    }
}
