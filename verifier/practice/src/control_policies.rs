//! Service control policies: what they deny an account of the organization.
//!
//! A policy's conditions and resources are not evaluated: a statement counts if it is about every resource and has no
//! condition.

use regex::RegexBuilder;
use serde_json::Value;
use winterbaume_core::{StatefulService, default_account_id};
use winterbaume_organizations::views::OrganizationsStateView;

use super::accounts::REGION;
use super::cloud::{AccountState, Cloud};

/// The type of the policies.
const TYPE: &str = "SERVICE_CONTROL_POLICY";

/// The end of AWS's message to an account that service control policies deny an IAM action ("Troubleshoot access denied
/// error messages" in the IAM user guide); `None` if they do not.
pub(super) async fn denial(cloud: &Cloud, state: &AccountState, action: &str) -> Option<String> {
    let members = cloud.organization.members().clone();
    // They do not apply to the management account (Organizations user guide, "Service control policies").
    if members.management == Some(state.account.at) {
        return None;
    }
    let view = cloud.organization.emulator.snapshot(default_account_id(), REGION).await;
    let enabled = view
        .root
        .as_ref()
        .is_some_and(|root| root.policy_types.iter().any(|one| one.policy_type == TYPE && one.status == "ENABLED"));
    if !enabled || !view.accounts.contains_key(&state.account.id) {
        return None;
    }
    let levels: Vec<Vec<Value>> = path(&view, &state.account.id).map(|target| statements(&view, target)).collect();
    let says = |statement: &Value, effect: &str| statement["Effect"] == effect && is_about(statement, action);
    if levels.iter().flatten().any(|statement| says(statement, "Deny")) {
        return Some("with an explicit deny in a service control policy".to_owned());
    }
    // AWS attaches FullAWSAccess everywhere by itself, and the emulator does not: a level without a policy allows all.
    let is_allowed = |level: &Vec<Value>| level.is_empty() || level.iter().any(|statement| says(statement, "Allow"));
    let everywhere = levels.iter().all(is_allowed);
    (!everywhere).then(|| format!("because no service control policy allows the {action} action"))
}

/// The account, its organizational units, and the root.
fn path<'v>(view: &'v OrganizationsStateView, account: &'v str) -> impl Iterator<Item = &'v str> {
    let parent = |target: &&'v str| {
        let unit = || view.ous.get(*target).map(|unit| unit.parent_id.as_str());
        view.accounts.get(*target).map(|account| account.parent_id.as_str()).or_else(unit)
    };
    std::iter::successors(Some(account), parent)
}

/// The statements of the service control policies that are attached to a target.
fn statements(view: &OrganizationsStateView, target: &str) -> Vec<Value> {
    let attached = view.policy_attachments.iter().filter(|attachment| attachment.target_id == target);
    let policies = attached.filter_map(|attachment| view.policies.get(&attachment.policy_id));
    let documents = policies
        .filter(|policy| policy.policy_type == TYPE)
        .filter_map(|policy| serde_json::from_str::<Value>(&policy.content).ok());
    documents.flat_map(|document| one_or_more(&document["Statement"]).to_vec()).collect()
}

/// Whether a statement is about an action, on every resource and without a condition.
fn is_about(statement: &Value, action: &str) -> bool {
    let on_all = one_or_more(&statement["Resource"]).iter().any(|resource| resource == "*");
    let names = |member: &str| one_or_more(&statement[member]).iter().any(|pattern| matches(pattern, action));
    let named = if statement["NotAction"].is_null() { names("Action") } else { !names("NotAction") };
    on_all && statement["Condition"].is_null() && named
}

/// A member of a policy document is a list, or its only element.
fn one_or_more(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// Whether an action matches a pattern of a policy, in which `*` and `?` are wildcards.
fn matches(pattern: &Value, action: &str) -> bool {
    let text = regex::escape(pattern.as_str().unwrap_or_default()).replace(r"\*", ".*").replace(r"\?", ".");
    let pattern = RegexBuilder::new(&format!("^(?:{text})$")).case_insensitive(true).build();
    pattern.is_ok_and(|pattern| pattern.is_match(action))
}
