//! `support`: the account's Support plan.

use super::answer::present;
use super::read::incomplete;
use super::reader::{client, row};
use super::{Read, Reader, Section, error};
use aws_sdk_billing::types::BusinessSupportSubscriptionContract as Contract;
use course::results::Reason;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The Support plan, from two calls. AWS renamed the plans in 2025 and 2026, so compare accounts, not names.
// All of a contract is read. The contracts of this account that have begun and have not ended are in force, and of
// several, the one that began last counts. Of the severity levels, only their existence is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// Whether the plan includes the Support API (`support:DescribeSeverityLevels`). Basic and Developer do not.
    pub api: Read<bool>,
    /// The current plan, as AWS names it (`billing:ListBusinessSupportSubscriptionHistory`); absent if AWS lists none.
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
        // This code is documented for plans without API access, but is not in the service's model.
        Err(failed) if error::code(&failed) == Some("SubscriptionRequiredException") => Read::Known(false),
        Err(failed) => Err(error::reason(reader.account(), call, &failed)).into(),
    }
}

async fn plan(reader: &Reader) -> Read<Option<String>> {
    let call = row!(Section::Support, "Billing", "ListBusinessSupportSubscriptionHistory");
    let client = client!(aws_sdk_billing, reader, Section::Support, &reader.regions(call)[0]);
    let contracts = reader
        .pages(call, async |token| {
            let request = client.list_business_support_subscription_history().account_id(reader.account_id());
            let answer = request.set_next_token(token).send().await;
            match answer {
                Ok(answer) => Ok((answer.subscription_contracts, answer.next_token)),
                // For an account that never had a contract, AWS finds nothing.
                Err(failed) if error::code(&failed) == Some("ResourceNotFoundException") => Ok((Vec::new(), None)),
                Err(failed) => Err(error::reason(reader.account(), call, &failed)),
            }
        })
        .await;
    match contracts {
        Ok(contracts) => in_force(reader, &contracts).await.into(),
        Err(reasons) => Err(reasons).into(),
    }
}

/// The plan of the account's current contract that began last.
async fn in_force(reader: &Reader, contracts: &[Contract]) -> Result<Option<String>, Vec<Reason>> {
    let who = reader.account();
    // A contract without an account could be this account's.
    if contracts.iter().any(|contract| contract.account_id.is_empty()) {
        return Err(incomplete(who, "AWS's response does not contain the account of a Support contract."));
    }
    let mine: Vec<&Contract> = contracts.iter().filter(|contract| contract.account_id == reader.account_id()).collect();
    if mine.is_empty() {
        return Ok(None);
    }
    // The SDK fills in 1970 if AWS sent no date.
    if mine.iter().any(|contract| contract.contract_start_date.secs() == 0) {
        return Err(incomplete(who, "AWS's response does not contain the start of a Support contract."));
    }
    let now = reader.now().await?.secs();
    let runs = |contract: &&&Contract| {
        let (start, end) = (contract.contract_start_date.secs(), contract.contract_end_date.secs());
        // A contract without an end is current.
        start <= now && (end == 0 || now < end)
    };
    match mine.iter().filter(runs).max_by_key(|contract| contract.contract_start_date.secs()) {
        None => Ok(None),
        Some(contract) if contract.plan_name.is_empty() => {
            Err(incomplete(who, "AWS's response does not contain the Support plan's name."))
        }
        Some(contract) => Ok(Some(contract.plan_name.clone())),
    }
}
