//! AWS Budgets: winterbaume's emulator, with the alerts' e-mail addresses, which it does not keep.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Value, json};
use winterbaume_core::MockResponse;

use super::billing::NO_END;
use super::cloud::Exchange;
use super::console::iso;

pub(super) async fn answer(exchange: &Exchange<'_>) -> MockResponse {
    let (call, state) = (exchange.call, exchange.state);
    let input = exchange.input();
    // An account can only use its own budgets.
    if input["AccountId"] != state.account.id.as_str() {
        return call.denied(exchange.caller, &state.account);
    }
    match call.operation.as_str() {
        "CreateBudget" => create(exchange, &input).await,
        "DescribeBudget" => exchange.forward(&state.emulators.budgets).await,
        "DescribeBudgets" => describe(exchange).await,
        "DescribeBudgetNotificationsForAccount" => {
            let alerts = state.alerts();
            let budgets = alerts.iter().filter(|(_, alerts)| !alerts.is_empty());
            let budgets: Vec<Value> = budgets
                .map(|(name, alerts)| json!({ "BudgetName": name, "Notifications": notifications(alerts) }))
                .collect();
            call.json(&json!({ "BudgetNotificationsForAccount": budgets }))
        }
        "DescribeNotificationsForBudget" => match state.alerts().get(name(&input["BudgetName"])) {
            Some(alerts) => call.json(&json!({ "Notifications": notifications(alerts) })),
            None => call.error(400, "NotFoundException", "The budget doesn't exist."),
        },
        "DescribeSubscribersForNotification" => {
            let alerts = state.alerts();
            let of_budget = alerts.get(name(&input["BudgetName"])).into_iter().flatten();
            let found = of_budget.into_iter().find(|alert| same(&alert["Notification"], &input["Notification"]));
            match found {
                Some(alert) => call.json(&json!({ "Subscribers": alert["Subscribers"] })),
                None => call.error(400, "NotFoundException", "The notification doesn't exist."),
            }
        }
        _ => call.unknown_operation(),
    }
}

async fn create(exchange: &Exchange<'_>, input: &Value) -> MockResponse {
    let mut request = exchange.request.clone();
    request.body = with_time_period(input, exchange.cloud.now()).to_string().into();
    let response = Exchange { request: &request, ..*exchange }.forward(&exchange.state.emulators.budgets).await;
    if response.status == 200 {
        let alerts = input["NotificationsWithSubscribers"].as_array().cloned().unwrap_or_default();
        exchange.state.alerts().insert(name(&input["Budget"]["BudgetName"]).to_owned(), alerts);
    }
    response
}

/// The request with the period that AWS fills in for a monthly budget (API reference of TimePeriod).
fn with_time_period(input: &Value, now: i64) -> Value {
    let mut input = input.clone();
    let (today, period) = (iso(now), &mut input["Budget"]["TimePeriod"]);
    let month =
        today.get(..8).and_then(|month| DateTime::from_str(&format!("{month}01T00:00:00Z"), Format::DateTime).ok());
    if period.is_null()
        && let Some(month) = month
    {
        *period = json!({ "Start": month.secs(), "End": NO_END });
    }
    input
}

/// The emulator's budgets, sorted by name and with a spending of zero.
async fn describe(exchange: &Exchange<'_>) -> MockResponse {
    let response = exchange.forward(&exchange.state.emulators.budgets).await;
    let Ok(Value::Object(mut answer)) = serde_json::from_slice::<Value>(&response.body) else { return response };
    if response.status != 200 {
        return response;
    }
    if let Some(Value::Array(budgets)) = answer.get_mut("Budgets") {
        budgets.sort_by(|a, b| name(&a["BudgetName"]).cmp(name(&b["BudgetName"])));
        for budget in budgets {
            budget["CalculatedSpend"] = json!({ "ActualSpend": { "Amount": "0.0", "Unit": "USD" } });
        }
    }
    exchange.call.json(&Value::Object(answer))
}

fn name(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn notifications(alerts: &[Value]) -> Vec<Value> {
    let notification = |alert: &Value| {
        let mut notification = alert["Notification"].clone();
        notification["NotificationState"] = json!("OK");
        notification
    };
    alerts.iter().map(notification).collect()
}

/// Whether two notifications are the same. The default threshold type is PERCENTAGE (API reference of Notification).
fn same(known: &Value, asked: &Value) -> bool {
    let kind = |value: &Value| value["ThresholdType"].as_str().unwrap_or("PERCENTAGE").to_owned();
    ["NotificationType", "ComparisonOperator"].iter().all(|key| known[key] == asked[key])
        && known["Threshold"].as_f64() == asked["Threshold"].as_f64()
        && kind(known) == kind(asked)
}
