//! AWS Account Management: winterbaume's emulator, with the data of the sign-up.

use serde_json::{Value, json};
use winterbaume_core::{MockResponse, StatefulService, default_account_id};

use super::cloud::{AccountState, Exchange};
use super::console::iso;

pub(super) async fn answer(exchange: &Exchange<'_>) -> MockResponse {
    // Reading another account requires trusted access for Account Management, which this organization does not have.
    // The management account must omit its own id (API reference).
    if exchange.input()["AccountId"].is_string() {
        return exchange.call.denied(exchange.caller, &exchange.state.account);
    }
    let response = exchange.forward(&exchange.state.emulators.account).await;
    if exchange.call.operation == "GetAccountInformation" && response.status == 200 {
        return information(exchange, &response);
    }
    response
}

/// The emulator has the name. The sign-up has the date of creation and the state.
fn information(exchange: &Exchange<'_>, known: &MockResponse) -> MockResponse {
    let mut information: Value = serde_json::from_slice(&known.body).unwrap_or_else(|_| json!({}));
    information["AccountId"] = json!(exchange.state.account.id);
    information["AccountCreatedDate"] = json!(exchange.state.console().created().map(iso));
    information["AccountState"] = json!("ACTIVE");
    exchange.call.json(&information)
}

/// The name of an account, which Organizations shows too.
pub(super) async fn name(state: &AccountState) -> Option<String> {
    state.emulators.account.snapshot(default_account_id(), super::accounts::REGION).await.account_name
}
