//! `billing_preferences`: the billing preferences that AWS has an API for.

use super::answer::{known_value, required};
use super::client::ask;
use super::reader::row;
use super::{Read, Reader, Section, error};
use course::results::ReasonCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The entries of the feature BILLING_ALERTS (`billing:GetBillingPreferences`). The keys are not documented, so they
/// cannot be matched with the checkboxes in the console.
pub type BillingPreferences = Vec<Preference>;

/// A billing preference.
// Of AWS's BillingPreferenceForKey, not read: the feature, which is a parameter of the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preference {
    /// The key, as AWS names it.
    pub key: Read<String>,
    /// ENABLED or DISABLED.
    pub value: Read<String>,
}

/// AWS's response.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Response {
    billing_preferences: Vec<Entry>,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    key: String,
    value: String,
}

pub(super) async fn read(reader: &Reader) -> Read<BillingPreferences> {
    let call = row!(Section::BillingPreferences, "Billing", "GetBillingPreferences");
    let region = &reader.regions(call)[0];
    let who = reader.account();
    let entries = reader
        .pages(call, async |token| {
            // The service accepts exactly one feature per call.
            let input = json!({ "features": ["BILLING_ALERTS"], "nextToken": token });
            let answer: Response =
                ask(reader, call, region, input).await.map_err(|failed| error::reason(who, call, &failed))?;
            Ok((answer.billing_preferences, answer.next_token))
        })
        .await;
    match entries {
        Err(reasons) => Err(reasons).into(),
        Ok(entries) if entries.is_empty() => Read::unreadable(
            ReasonCode::IncompleteAnswer,
            who,
            "AWS returned no billing preference, which does not mean \"off\".",
        ),
        Ok(entries) => Read::Known(
            entries
                .iter()
                .map(|entry| Preference {
                    key: required(&entry.key, who, "a preference's key"),
                    value: known_value(&entry.value, call.values("billingPreferences.value"), who, "a preference"),
                })
                .collect(),
        ),
    }
}
