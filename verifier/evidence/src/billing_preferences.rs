//! `billing_preferences`: the billing preferences that AWS has an API for.

use super::answer::{known_value, required};
use super::reader::{client, row};
use super::{Read, Reader, Section, error};
use aws_sdk_billing::types::{BillingFeature, PreferenceValue};
use course::results::ReasonCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The entries of the feature BILLING_ALERTS (`billing:GetBillingPreferences`). Which keys exist is not documented, so
/// no check-box of the console can be told from them.
pub type BillingPreferences = Vec<Preference>;

/// One entry.
// Of AWS's BillingPreferenceForKey, not read: the feature, which was asked for.
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
            // The service takes exactly one feature a call.
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
            "AWS answered no billing preference: that isn't \"off\".",
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
