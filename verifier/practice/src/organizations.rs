//! AWS Organizations: the general account manages an organization with all features. The production account joins it at
//! its sign-up, by invitation.
//!
//! winterbaume is not used here: its organization has random ids, so the accounts would differ each time, and it only
//! has a management account.

use serde_json::{Value, json};
use winterbaume_core::MockResponse;

use super::accounts::Account;
use super::cloud::{Cloud, Exchange};

const ORGANIZATION: &str = "o-practice01";
const MANAGEMENT: Account = Account::General;

pub(super) async fn answer(exchange: &Exchange<'_>) -> MockResponse {
    let call = exchange.call;
    match call.operation.as_str() {
        // Any member account may call it.
        "DescribeOrganization" => call.json(&json!({ "Organization": organization() })),
        "ListAccounts" | "DescribeAccount" if exchange.host.account != MANAGEMENT => {
            call.error(400, "AccessDeniedException", "You don't have permissions to access this resource.")
        }
        "ListAccounts" => {
            let mut accounts = Vec::new();
            for account in Account::ALL {
                accounts.extend(member(exchange.cloud, account).await);
            }
            call.json(&json!({ "Accounts": accounts }))
        }
        "DescribeAccount" => {
            let input = exchange.input();
            let asked = Account::ALL.into_iter().find(|account| input["AccountId"] == account.id());
            let found = match asked {
                Some(account) => member(exchange.cloud, account).await,
                None => None,
            };
            match found {
                Some(account) => call.json(&json!({ "Account": account })),
                None => call.error(400, "AccountNotFoundException", "You specified an account that doesn't exist."),
            }
        }
        _ => call.unknown_operation(),
    }
}

fn organization() -> Value {
    let id = MANAGEMENT.id();
    json!({
        "Id": ORGANIZATION,
        "Arn": format!("arn:aws:organizations::{id}:organization/{ORGANIZATION}"),
        "FeatureSet": "ALL",
        "MasterAccountArn": arn(MANAGEMENT),
        "MasterAccountId": id,
        "MasterAccountEmail": MANAGEMENT.email(),
        "AvailablePolicyTypes": [],
    })
}

fn arn(account: Account) -> String {
    format!("arn:aws:organizations::{}:account/{ORGANIZATION}/{}", MANAGEMENT.id(), account.id())
}

/// A member account; `None` before its sign-up.
async fn member(cloud: &Cloud, account: Account) -> Option<Value> {
    let host = cloud.host(account);
    let joined = host.console().created()?;
    Some(json!({
        "Id": account.id(),
        "Arn": arn(account),
        "Email": account.email(),
        "Name": super::account::name(host).await,
        "Status": "ACTIVE",
        "State": "ACTIVE",
        // The management account's own entry has this value, too.
        "JoinedMethod": "INVITED",
        "JoinedTimestamp": joined,
    }))
}
