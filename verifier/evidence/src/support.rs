//! `support`: the account's Support plan.

use super::answer::{listed, present};
use super::client::ask;
use super::read::incomplete;
use super::reader::row;
use super::time::Time;
use super::{Read, Reader, Section, error};
use course::results::Reason;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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

/// AWS's response about the levels.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Levels {
    severity_levels: Option<Vec<Value>>,
}

/// AWS's response about the contracts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contracts {
    subscription_contracts: Option<Vec<Contract>>,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Contract {
    account_id: String,
    plan_name: String,
    contract_start_date: Option<Time>,
    contract_end_date: Option<Time>,
}

pub(super) async fn read(reader: &Reader) -> Read<Support> {
    let (api, plan) = tokio::join!(api(reader), plan(reader));
    Read::Known(Support { api, plan })
}

async fn api(reader: &Reader) -> Read<bool> {
    let call = row!(Section::Support, "Support", "DescribeSeverityLevels");
    match ask::<Levels>(reader, call, &reader.regions(call)[0], json!({})).await {
        Ok(answer) => present(answer.severity_levels, reader.account(), "the severity levels").map(|_| true),
        // This code is documented for plans without API access, but is not in the service's model.
        Err(failed) if error::code(&failed) == Some("SubscriptionRequiredException") => Read::Known(false),
        Err(failed) => Err(error::reason(reader.account(), call, &failed)).into(),
    }
}

async fn plan(reader: &Reader) -> Read<Option<String>> {
    let call = row!(Section::Support, "Billing", "ListBusinessSupportSubscriptionHistory");
    let region = &reader.regions(call)[0];
    let contracts = reader
        .pages(call, async |token| {
            let input = json!({ "accountId": reader.account_id(), "nextToken": token });
            match ask::<Contracts>(reader, call, region, input).await {
                Ok(answer) => Ok((listed(reader, call, answer.subscription_contracts)?, answer.next_token)),
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
    // No contract began or ended in 1970: a zero is a missing date.
    let given = |time: Option<Time>| time.map(Time::secs).filter(|secs| *secs != 0);
    let start = |contract: &&Contract| given(contract.contract_start_date);
    if mine.iter().any(|contract| start(contract).is_none()) {
        return Err(incomplete(who, "AWS's response does not contain the start of a Support contract."));
    }
    let now = reader.now().await?.secs();
    // A contract without an end is current.
    let runs = |contract: &&&Contract| {
        start(contract).is_some_and(|start| start <= now)
            && given(contract.contract_end_date).is_none_or(|end| now < end)
    };
    match mine.iter().filter(runs).max_by_key(|contract| start(contract)) {
        None => Ok(None),
        Some(contract) if contract.plan_name.is_empty() => {
            Err(incomplete(who, "AWS's response does not contain the Support plan's name."))
        }
        Some(contract) => Ok(Some(contract.plan_name.clone())),
    }
}
