//! `billing_preferences`: the billing preferences that AWS has an API for.

use super::answer::{known_value, required};
use super::reader::{client, row};
use super::{Read, Reader, Section, error};
use aws_sdk_billing::types::{BillingFeature, PreferenceValue};
use course::results::ReasonCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

pub(super) async fn read(reader: &Reader) -> Read<BillingPreferences> {
    let call = row!(Section::BillingPreferences, "Billing", "GetBillingPreferences");
    let client = client!(aws_sdk_billing, reader, Section::BillingPreferences, &reader.regions(call)[0]);
    let who = reader.account();
    let entries = reader
        .pages(call, async |token| {
            // The service accepts exactly one feature per call.
            let request = client.get_billing_preferences().features(BillingFeature::BillingAlerts);
            let answer = request.set_next_token(token).send().await;
            let answer = answer.map_err(|failed| error::reason(who, call, &failed))?;
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
                    value: known_value(entry.value.as_str(), PreferenceValue::values(), who, "a preference"),
                })
                .collect(),
        ),
    }
}
