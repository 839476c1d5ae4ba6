//! Budgets, billing preferences, and the metrics and events that they cause.

use super::*;

fn budget(kind: &str, amount: f64, unit: &str, alerts: Value) -> Value {
    json!([{
        "name": "B", "type": kind, "amount": amount, "unit": unit, "period": "MONTHLY", "start": null, "end": null,
        "whole_account": true, "filters": [], "healthy": true, "credits": true, "left_out": [], "alerts": alerts,
    }])
}

fn alert(percent: f64, comparison: &str, emails: Value) -> Value {
    json!([{ "kind": "ACTUAL", "comparison": comparison, "percent": percent, "emails": emails, "topics": 0 }])
}

pub const STATES: &[State] = &[
    State(
        "no billing metrics, but the event",
        Done,
        &[("/production/billing_metrics", || json!([]))],
        &["billing-alerts"],
    ),
    State(
        "no billing metrics and no events",
        SignedUp,
        &[],
        &["billing-alerts", "free-tier-alerts", "iam-billing-access"],
    ),
    State(
        "billing metrics could not be read",
        Done,
        &[("/production/billing_metrics", unread)],
        &["billing-alerts", "billing-preferences"],
    ),
    State(
        "a setting changed by a user, not root",
        Done,
        &[("/production/billing_events/0/root", || json!(false))],
        &["iam-billing-access"],
    ),
    State("no budget", Done, &[("/production/budgets", || json!([]))], &["cost-budget"]),
    State(
        "a usage budget",
        Done,
        &[("/production/budgets", || {
            budget("USAGE", 10.0, "GB", alert(50.0, "GREATER_THAN", json!(["a@example.com"])))
        })],
        &["cost-budget"],
    ),
    State(
        "25 EUR, alert at 80 %",
        Done,
        &[("/production/budgets", || {
            budget("COST", 25.0, "EUR", alert(80.0, "GREATER_THAN", json!(["a@example.com"])))
        })],
        &["cost-budget"],
    ),
    State(
        "a budget of nothing",
        Done,
        &[("/production/budgets", || {
            budget("COST", 0.0, "USD", alert(50.0, "GREATER_THAN", json!(["a@example.com"])))
        })],
        &["cost-budget"],
    ),
    State(
        "zero-spend template: 1 USD, alert at 0.01 USD",
        Done,
        &[("/production/budgets", || budget("COST", 1.0, "USD", alert(1.0, "GREATER_THAN", json!(["a@example.com"]))))],
        &["cost-budget"],
    ),
    State(
        "a budget without an alert",
        Done,
        &[("/production/budgets", || budget("COST", 10.0, "USD", json!([])))],
        &["cost-budget"],
    ),
    State(
        "an alert without an e-mail address",
        Done,
        &[("/production/budgets", || budget("COST", 10.0, "USD", alert(50.0, "GREATER_THAN", json!([]))))],
        &["cost-budget"],
    ),
    State(
        "an alert below a threshold",
        Done,
        &[("/production/budgets", || budget("COST", 10.0, "USD", alert(50.0, "LESS_THAN", json!(["a@example.com"]))))],
        &["cost-budget"],
    ),
    State("the alerts could not be read", Done, &[("/production/budgets/0/alerts", unread)], &["cost-budget"]),
    State(
        "the subscribers could not be read",
        Done,
        &[("/production/budgets/0/alerts/0/emails", unread)],
        &["cost-budget"],
    ),
    State(
        "the threshold did not arrive",
        Done,
        &[("/production/budgets/0/alerts/0/percent", unread)],
        &["cost-budget"],
    ),
    State("a type that nobody knows yet", Done, &[("/production/budgets/0/type", unread)], &["cost-budget"]),
    State(
        "a forecasted alert only",
        Done,
        &[("/production/budgets/0/alerts/0/kind", || json!("FORECASTED"))],
        &["cost-budget"],
    ),
    State(
        "an alert that tells an SNS topic only",
        Done,
        &[
            ("/production/budgets/0/alerts/0/emails", || json!([])),
            ("/production/budgets/0/alerts/0/topics", || json!(1)),
        ],
        &["cost-budget"],
    ),
    State(
        "two alerts, and only the second tells an e-mail address",
        Done,
        &[("/production/budgets/0/alerts", || {
            let mut alerts = alert(80.0, "GREATER_THAN", json!([]));
            alerts
                .as_array_mut()
                .unwrap()
                .extend(alert(50.0, "GREATER_THAN", json!(["a@example.com"])).as_array().unwrap().clone());
            alerts
        })],
        &["cost-budget"],
    ),
    State(
        "two cost budgets, and only the second has an alert",
        Done,
        &[("/production/budgets", || {
            let mut budgets = budget("COST", 5.0, "USD", json!([]));
            budgets.as_array_mut().unwrap().extend(
                budget("COST", 10.0, "USD", alert(50.0, "GREATER_THAN", json!(["a@example.com"])))
                    .as_array()
                    .unwrap()
                    .clone(),
            );
            budgets
        })],
        &["cost-budget"],
    ),
    State(
        "a budget whose type nobody knows yet beside one that will do",
        Done,
        &[("/production/budgets", || {
            let mut budgets = budget("COST", 10.0, "USD", alert(50.0, "GREATER_THAN", json!(["a@example.com"])));
            let mut strange = budgets[0].clone();
            strange["type"] = unread();
            budgets.as_array_mut().unwrap().insert(0, strange);
            budgets
        })],
        &["cost-budget"],
    ),
    State(
        "a Savings Plans budget",
        Done,
        &[("/production/budgets/0/type", || json!("SAVINGS_PLANS_UTILIZATION"))],
        &["cost-budget"],
    ),
    State("a budget for a year", Done, &[("/production/budgets/0/period", || json!("ANNUALLY"))], &["cost-budget"]),
    State("an alert at 100 %", Done, &[("/production/budgets/0/alerts/0/percent", || json!(100.0))], &["cost-budget"]),
    State("10 cents", Done, &[("/production/budgets/0/amount", || json!(0.1))], &["cost-budget"]),
    State("the amount did not arrive", Done, &[("/production/budgets/0/amount", unread)], &["cost-budget"]),
    State("the budgets could not be read", Done, &[("/production/budgets", unread)], &["cost-budget"]),
    State(
        "billing metrics and no events",
        Done,
        &[("/production/billing_events", || json!([]))],
        &["billing-alerts", "free-tier-alerts", "iam-billing-access"],
    ),
    State(
        "a confirmation of all billing preferences, and no billing metrics yet",
        Confirmed,
        &[("/production/billing_metrics", || json!([]))],
        &["billing-alerts", "billing-preferences", "pdf-invoice", "iam-billing-access"],
    ),
    State(
        "a confirmation, and billing metrics could not be read",
        Confirmed,
        &[("/production/billing_metrics", unread)],
        &["billing-alerts", "billing-preferences"],
    ),
    State(
        "a confirmation, and the events could not be read",
        Confirmed,
        &[("/production/billing_events", unread)],
        &["free-tier-alerts", "iam-billing-access"],
    ),
];
