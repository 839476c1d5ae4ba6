//! `account`: the account itself.

use super::reader::{client, row};
use super::{Read, Reader, Section, error, known_value, present, time};
use aws_sdk_account::types::AccountState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The account's name and state (`account:GetAccountInformation`, called in the account itself).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The account's name.
    pub name: Read<String>,
    /// When it was created (RFC 3339, UTC).
    pub created: Read<String>,
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
        created: present(answer.account_created_date, who, "the account's date of creation")
            .map(|created| time::text(&created)),
        state: match answer.account_state {
            Some(state) => known_value(state.as_str(), AccountState::values(), who, "the account's state"),
            None => present(None, who, "the account's state"),
        },
    });
    result.into()
}
