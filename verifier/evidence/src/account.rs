//! `account`: the account itself.

use super::answer::{known_value, present, time_of};
use super::reader::{client, row};
use super::time::Time;
use super::{Read, Reader, Section, error};
use aws_sdk_account::types::AccountState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

pub(super) async fn read(reader: &Reader) -> Read<Account> {
    let call = row!(Section::Account, "Account", "GetAccountInformation");
    let client = client!(aws_sdk_account, reader, Section::Account, &reader.regions(call)[0]);
    let answer = client.get_account_information().send().await;
    let who = reader.account();
    let result = answer.map_err(|failed| error::reason(who, call, &failed)).map(|answer| Account {
        name: present(answer.account_name.filter(|name| !name.is_empty()), who, "the account's name"),
        created: time_of(answer.account_created_date.as_ref(), who, "the account's date of creation"),
        state: match answer.account_state {
            Some(state) => known_value(state.as_str(), AccountState::values(), who, "the account's state"),
            None => present(None, who, "the account's state"),
        },
    });
    result.into()
}
