//! AWS Organizations: winterbaume's emulator, in which the accounts of a course can be members.
//!
//! The emulator knows one account, the management account. So its state is that of the account that created the
//! organization, and the members' calls are answered from it.

use serde_json::{Value, json};
use winterbaume_core::{MockResponse, StatefulService, default_account_id};
use winterbaume_organizations::views::AccountView;

use super::accounts::REGION;
use super::cloud::{AccountState, Cloud, Exchange};
use super::console::iso;

pub(super) async fn answer(exchange: &Exchange<'_>) -> MockResponse {
    let (call, organization) = (exchange.call, &exchange.cloud.organization);
    let members = organization.members().clone();
    let at = exchange.state.account.at;
    match (call.operation.as_str(), members.management) {
        ("CreateOrganization", None) => {
            let response = exchange.forward(&organization.emulator).await;
            if response.status == 200 {
                organization.members().management = Some(at);
            }
            amended(exchange, response).await
        }
        ("CreateOrganization", Some(_)) if members.has(at) => {
            call.error(400, "AlreadyInOrganizationException", "The AWS account is already a member of an organization.")
        }
        ("CreateOrganization", Some(_)) => {
            call.error(400, "ConstraintViolationException", "The practice accounts can have one organization.")
        }
        ("AcceptHandshake", Some(management)) if !members.has(at) => accept(exchange, management).await,
        (_, Some(management)) if management == at => {
            amended(exchange, exchange.forward(&organization.emulator).await).await
        }
        // Any member account may call it.
        ("DescribeOrganization", Some(management)) if members.has(at) => {
            let as_management = Exchange { state: &exchange.cloud.accounts[management], ..*exchange };
            amended(exchange, as_management.forward(&organization.emulator).await).await
        }
        (_, Some(_)) if members.has(at) => {
            call.error(400, "AccessDeniedException", "You don't have permissions to access this resource.")
        }
        _ => {
            let message = "Your account is not a member of an organization.";
            call.error(400, "AWSOrganizationsNotInUseException", message)
        }
    }
}

/// An account accepts the invitation of the organization, and is a member.
async fn accept(exchange: &Exchange<'_>, management: usize) -> MockResponse {
    let organization = &exchange.cloud.organization;
    let as_management = Exchange { state: &exchange.cloud.accounts[management], ..*exchange };
    let invited = organization.emulator.snapshot(default_account_id(), REGION).await;
    let id = exchange.input()["HandshakeId"].as_str().unwrap_or_default().to_owned();
    let own = exchange.state.account.id.as_str();
    let is_for_it =
        |parties: &[winterbaume_organizations::views::HandshakePartyView]| parties.iter().any(|party| party.id == own);
    if !invited.handshakes.get(&id).is_some_and(|handshake| is_for_it(&handshake.parties)) {
        let message = "We can't find a handshake with the ID that you specified.";
        return exchange.call.error(400, "HandshakeNotFoundException", message);
    }
    let response = as_management.forward(&organization.emulator).await;
    if response.status == 200 && join(exchange.cloud, exchange.state).await {
        organization.members().others.push(exchange.state.account.at);
    }
    response
}

/// Adds an account to the emulator's organization. Returns whether there is one.
async fn join(cloud: &Cloud, state: &AccountState) -> bool {
    let emulator = &cloud.organization.emulator;
    let mut view = emulator.snapshot(default_account_id(), REGION).await;
    let (Some(organization), Some(root)) = (&view.organization, &view.root) else { return false };
    let account = &state.account;
    let member = AccountView {
        id: account.id.clone(),
        arn: format!("arn:aws:organizations::{}:account/{}/{}", default_account_id(), organization.id, account.id),
        name: account.name.to_owned(),
        email: account.email(),
        status: "ACTIVE".to_owned(),
        joined_method: "INVITED".to_owned(),
        joined_timestamp: iso(cloud.now()),
        create_account_status_id: String::new(),
        parent_id: root.id.clone(),
    };
    view.accounts.insert(account.id.clone(), member);
    emulator.restore(default_account_id(), REGION, view).await.is_ok()
}

/// The response with what the accounts themselves say: their names, addresses and states.
async fn amended(exchange: &Exchange<'_>, mut response: MockResponse) -> MockResponse {
    let Ok(mut answer) = serde_json::from_slice::<Value>(&response.body) else { return response };
    let mut known = Vec::new();
    for state in &exchange.cloud.accounts {
        known.push((&state.account, super::account::name(state).await));
    }
    for account in accounts_in(&mut answer) {
        if let Some((own, name)) = known.iter().find(|(own, _)| account["Id"] == own.id.as_str()) {
            account["Email"] = json!(own.email());
            account["Name"] = json!(name);
            account["State"] = account["Status"].clone();
        }
    }
    // The emulator has no order of its own.
    if let Some(Value::Array(list)) = answer.get_mut("Accounts") {
        list.sort_by(|one, other| one["Id"].as_str().cmp(&other["Id"].as_str()));
    }
    if let Some(organization) = answer.get_mut("Organization")
        && let Some((own, _)) = known.iter().find(|(own, _)| organization["MasterAccountId"] == own.id.as_str())
    {
        organization["MasterAccountEmail"] = json!(own.email());
    }
    response.body = answer.to_string().into();
    response
}

/// The accounts in a response: those of a list, or the one.
fn accounts_in(answer: &mut Value) -> Vec<&mut Value> {
    let (one, list) = match answer.as_object_mut() {
        Some(members) => members.iter_mut().fold((None, None), |(one, list), (name, value)| match name.as_str() {
            "Account" => (Some(value), list),
            "Accounts" => (one, value.as_array_mut()),
            _ => (one, list),
        }),
        None => (None, None),
    };
    one.into_iter().chain(list.into_iter().flatten()).collect()
}
