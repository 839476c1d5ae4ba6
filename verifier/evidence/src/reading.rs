//! Reads the sections from AWS, and checks the shape of recorded sections.

use course::results::ReasonCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

use crate::read::{Read, UNREADABLE, Unreadable, to_json, unreadable};
use crate::reader::Reader;
use crate::section::{Section, sections};
use crate::table;
use crate::{
    account, alternate_contacts, billing_events, billing_metrics, billing_preferences, budgets, console_sign_ins,
    contact, identity, mfa_events, organization, privileges, root, s3, support,
};

/// How long a section may take before it counts as unreachable. The SDK's retries end well before.
const SECTION_DEADLINE: Duration = Duration::from_secs(60);

/// How long a section of events may take: enough for four lists of up to a hundred pages each at the same time, at the
/// allowed rate.
const EVENTS_DEADLINE: Duration = Duration::from_secs(400);

macro_rules! read_by_its_module {
    ($($variant:ident = $name:literal, $module:ident :: $type:ident;)*) => {
        impl Section {
            /// Reads the section from AWS.
            async fn read(self, reader: &Reader) -> Value {
                match self { $(Section::$variant => to_json($module::read(reader).await),)* }
            }

            /// Checks that a recorded section has this version's shape.
            ///
            /// # Errors
            /// What does not fit.
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

sections!(read_by_its_module);

impl Section {
    fn deadline(self) -> Duration {
        let looks_up = table::of(self).any(|call| call.operation == "LookupEvents");
        if looks_up { EVENTS_DEADLINE } else { SECTION_DEADLINE }
    }

    /// Gathers the section as JSON, in which unreadable parts are marked.
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

fn conform<T: Serialize + DeserializeOwned>(value: Value) -> Result<Value, String> {
    // An unreadable section is parsed first, because the error message of an untagged enum is not helpful.
    if value.get(UNREADABLE).is_some() {
        return serde_json::from_value::<Unreadable>(value).map(to_json).map_err(|error| error.to_string());
    }
    serde_json::from_value::<T>(value).map(to_json).map_err(|error| error.to_string())
}
