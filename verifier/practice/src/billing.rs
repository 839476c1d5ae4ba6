//! AWS Billing and AWS Support: the Support plan and billing alerts.

use serde_json::{Value, json};
use winterbaume_core::MockResponse;

use super::call::Service;
use super::cloud::Exchange;
use super::console::SupportPlan;

/// The end of a period without an end, as AWS Budgets documents it: 2087-06-15.
pub(super) const NO_END: i64 = 3_706_473_600;

pub(super) fn answer(exchange: &Exchange<'_>) -> MockResponse {
    match (exchange.call.service, exchange.call.operation.as_str()) {
        (Service::Billing, "GetBillingPreferences") => preferences(exchange),
        (Service::Billing, "ListBusinessSupportSubscriptionHistory") => subscriptions(exchange),
        (Service::Support, "DescribeSeverityLevels") => severity_levels(exchange),
        _ => exchange.call.unknown_operation(),
    }
}

/// The preferences of exactly one feature. AWS's keys are not documented, so the feature's name is used.
fn preferences(exchange: &Exchange<'_>) -> MockResponse {
    let features = exchange.input()["features"].take();
    let [feature] = features.as_array().map(Vec::as_slice).unwrap_or_default() else {
        return exchange.call.error(400, "ValidationException", "Specify exactly one feature.");
    };
    let mut preferences = Vec::new();
    if feature == "BILLING_ALERTS" {
        let value = if exchange.host.console().billing_alerts { "ENABLED" } else { "DISABLED" };
        preferences.push(json!({ "feature": feature, "key": "BILLING_ALERTS", "value": value }));
    }
    exchange.call.json(&json!({ "billingPreferences": preferences }))
}

/// The account's one contract.
fn subscriptions(exchange: &Exchange<'_>) -> MockResponse {
    let id = exchange.host.account.id();
    let asked = exchange.input()["accountId"].take();
    let console = exchange.host.console();
    let contract = json!({
        "accountId": id,
        "planName": console.plan.api_name(),
        "contractStartDate": console.created(),
        "contractEndDate": NO_END,
    });
    let contracts: Vec<Value> = Some(contract).filter(|_| asked.is_null() || asked == id).into_iter().collect();
    exchange.call.json(&json!({ "subscriptionContracts": contracts }))
}

fn severity_levels(exchange: &Exchange<'_>) -> MockResponse {
    if exchange.host.console().plan == SupportPlan::Basic {
        let message = "Amazon Web Services Premium Support Subscription is required to use this service.";
        return exchange.call.error(400, "SubscriptionRequiredException", message);
    }
    let level = |(code, name): (&str, &str)| json!({ "code": code, "name": name });
    let levels = [("low", "Low"), ("normal", "Normal"), ("high", "High"), ("urgent", "Urgent")];
    exchange.call.json(&json!({ "severityLevels": levels.map(level) }))
}
