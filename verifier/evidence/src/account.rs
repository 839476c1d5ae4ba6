//! `account`: the account itself.

use super::answer::{known_value, present};
use super::client::ask;
use super::reader::row;
use super::time::Time;
use super::{Read, Reader, Section, error};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The account's name and state (`account:GetAccountInformation`, called in the account itself).
// Not read: the account id, which is the caller's, as in `identity`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The account's name.
    pub name: Read<String>,
    /// When it was created.
    pub created: Read<Time>,
    /// PENDING_ACTIVATION, ACTIVE, SUSPENDED or CLOSED.
    pub state: Read<String>,
}

/// AWS's response.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    account_name: Option<String>,
    account_created_date: Option<Time>,
    account_state: Option<String>,
}

pub(super) async fn read(reader: &Reader) -> Read<Account> {
    let call = row!(Section::Account, "Account", "GetAccountInformation");
    let answer = ask(reader, call, &reader.regions(call)[0], json!({})).await;
    let who = reader.account();
    let result = answer.map_err(|failed| error::reason(who, call, &failed)).map(|answer: Response| Account {
        name: present(answer.account_name.filter(|name| !name.is_empty()), who, "the account's name"),
        created: present(answer.account_created_date, who, "the account's date of creation"),
        state: match answer.account_state {
            Some(state) => known_value(&state, call.values("AccountState"), who, "the account's state"),
            None => present(None, who, "the account's state"),
        },
    });
    result.into()
}
