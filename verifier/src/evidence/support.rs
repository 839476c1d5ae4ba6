//! `support`: the account's Support plan.

use super::reader::{client, row};
use super::{Read, Reader, Section, error, present, required};
use aws_sdk_billing::types::BusinessSupportSubscriptionContract as Contract;
use mdbook_verify::results::ReasonCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What two calls tell of the Support plan. AWS renamed the plans in 2025 and 2026: compare accounts, not names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// Whether the plan has the Support API (`support:DescribeSeverityLevels`). Basic and Developer have none.
    pub api: Read<bool>,
    /// The plan in force, as AWS names it (`billing:ListBusinessSupportSubscriptionHistory`); none if AWS lists none.
    pub plan: Read<Option<String>>,
}

pub(super) async fn read(reader: &Reader) -> Read<Support> {
    let (api, plan) = tokio::join!(api(reader), plan(reader));
    Read::Known(Support { api, plan })
}

async fn api(reader: &Reader) -> Read<bool> {
    let call = row!(Section::Support, "Support", "DescribeSeverityLevels");
    let client = client!(aws_sdk_support, reader, Section::Support, &reader.regions(call)[0]);
    match client.describe_severity_levels().send().await {
        Ok(answer) => present(answer.severity_levels, reader.account(), "the severity levels").map(|_| true),
        // Not in the service's model: the documented way of saying that the plan has no API access.
        Err(failed) if error::code(&failed) == Some("SubscriptionRequiredException") => Read::Known(false),
        Err(failed) => Err(error::reason(reader.account(), call, &failed)).into(),
    }
}

async fn plan(reader: &Reader) -> Read<Option<String>> {
    let call = row!(Section::Support, "Billing", "ListBusinessSupportSubscriptionHistory");
    let client = client!(aws_sdk_billing, reader, Section::Support, &reader.regions(call)[0]);
    let who = reader.account();
    let contracts = reader
        .pages(call, async |token| {
            let request = client.list_business_support_subscription_history().account_id(reader.account_id());
            let answer = request.set_next_token(token).send().await;
            let answer = answer.map_err(|failed| error::reason(who, call, &failed))?;
            Ok((answer.subscription_contracts, answer.next_token))
        })
        .await;
    let now = super::time::now_secs();
    let in_force = |contract: &&Contract| {
        let (start, end) = (contract.contract_start_date.secs(), contract.contract_end_date.secs());
        // The SDK fills in 1970 where AWS sent no date: a contract without an end is in force.
        start <= now && (end == 0 || now < end)
    };
    match contracts {
        Err(reasons) => Err(reasons).into(),
        // Whose contract it is did not arrive: it could be this account's.
        Ok(contracts) if contracts.iter().any(|contract| contract.account_id.is_empty()) => {
            Read::unreadable(ReasonCode::IncompleteAnswer, who, "AWS's answer lacks whose Support contract it is.")
        }
        Ok(contracts) => {
            let mine = |contract: &&Contract| contract.account_id == reader.account_id();
            let newest = contracts
                .iter()
                .filter(mine)
                .filter(in_force)
                .max_by_key(|contract| contract.contract_start_date.secs());
            match newest {
                None => Read::Known(None),
                Some(contract) => required(&contract.plan_name, who, "the Support plan's name").map(Some),
            }
        }
    }
}
