//! AWS Billing and AWS Support: the Support plan and billing alerts.

use serde_json::{Value, json};
use winterbaume_core::MockResponse;

use super::cloud::Exchange;
use super::embedded::Embedded;
use super::switch::SupportPlan;

/// The end of a period without an end, as AWS Budgets documents it: 2087-06-15.
pub(super) const NO_END: i64 = 3_706_473_600;

pub(super) fn answer(exchange: &Exchange<'_>) -> MockResponse {
    match (exchange.call.embedded, exchange.call.operation.as_str()) {
        (Some(Embedded::Billing), "GetBillingPreferences") => preferences(exchange),
        (Some(Embedded::Billing), "ListBusinessSupportSubscriptionHistory") => subscriptions(exchange),
        (Some(Embedded::Support), "DescribeSeverityLevels") => severity_levels(exchange),
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
        let value = if exchange.state.console().billing_alerts { "ENABLED" } else { "DISABLED" };
        preferences.push(json!({ "feature": feature, "key": "BILLING_ALERTS", "value": value }));
    }
    exchange.call.json(&json!({ "billingPreferences": preferences }))
}

/// The account's one contract.
fn subscriptions(exchange: &Exchange<'_>) -> MockResponse {
    let id = &exchange.state.account.id;
    let asked = exchange.input()["accountId"].take();
    let console = exchange.state.console();
    let contract = json!({
        "accountId": id,
        "planName": console.plan.api_name(),
        "contractStartDate": console.created(),
        "contractEndDate": NO_END,
    });
    let contracts: Vec<Value> =
        Some(contract).filter(|_| asked.is_null() || asked == id.as_str()).into_iter().collect();
    exchange.call.json(&json!({ "subscriptionContracts": contracts }))
}

fn severity_levels(exchange: &Exchange<'_>) -> MockResponse {
    if exchange.state.console().plan == SupportPlan::Basic {
        let message = "Amazon Web Services Premium Support Subscription is required to use this service.";
        return exchange.call.error(400, "SubscriptionRequiredException", message);
    }
    let level = |(code, name): (&str, &str)| json!({ "code": code, "name": name });
    let levels = [("low", "Low"), ("normal", "Normal"), ("high", "High"), ("urgent", "Urgent")];
    exchange.call.json(&json!({ "severityLevels": levels.map(level) }))
}
