//! Budgets, their alerts and subscribers.

use super::reply::{error, page, unknown, with_token};
use super::times::{ago, days};
use super::{Account, Call, Reply};
use serde_json::{Map, Value, json};

/// A budget.
#[derive(Clone)]
pub struct Budget {
    pub name: String,
    pub kind: String,
    /// Amount and unit.
    pub limit: Option<(String, String)>,
    /// Amounts of planned limits, by their start times.
    pub planned: Vec<(i64, String)>,
    pub filters: Vec<(String, Vec<String>)>,
    pub filter_expression: Option<Value>,
    pub cost_types: CostTypes,
    pub unit: String,
    pub starts: i64,
    pub ends: i64,
    pub health: Option<(String, Option<String>)>,
    pub billing_view: Option<String>,
    pub alerts: Vec<Alert>,
    /// Members that are added unchanged.
    pub more: Map<String, Value>,
}

/// The costs that a budget counts.
#[derive(Clone)]
pub struct CostTypes {
    pub include_tax: bool,
    pub include_subscription: bool,
    pub use_blended: bool,
    pub include_refund: bool,
    pub include_credit: bool,
    pub include_upfront: bool,
    pub include_recurring: bool,
    pub include_other_subscription: bool,
    pub include_support: bool,
    pub include_discount: bool,
    pub use_amortized: bool,
}

/// An alert.
#[derive(Clone)]
pub struct Alert {
    pub kind: String,
    pub comparison: String,
    pub threshold: f64,
    /// PERCENTAGE or ABSOLUTE_VALUE.
    pub threshold_type: Option<String>,
    pub emails: Vec<String>,
    pub topics: Vec<String>,
}

impl Default for Budget {
    /// The lesson's budget: 10 USD a month, credits not counted, with an alert at 50 %.
    fn default() -> Budget {
        Budget {
            name: "My Monthly Cost Budget".to_owned(),
            kind: "COST".to_owned(),
            limit: Some(("10.0".to_owned(), "USD".to_owned())),
            planned: Vec::new(),
            filters: Vec::new(),
            filter_expression: None,
            cost_types: CostTypes::default(),
            unit: "MONTHLY".to_owned(),
            starts: ago(days(50)),
            // 2087-06-15, which AWS answers for a budget without an end.
            ends: 3_706_473_600,
            health: Some(("HEALTHY".to_owned(), None)),
            billing_view: None,
            alerts: vec![Alert::default()],
            more: Map::new(),
        }
    }
}

impl Default for CostTypes {
    fn default() -> CostTypes {
        CostTypes {
            include_tax: true,
            include_subscription: true,
            use_blended: false,
            include_refund: true,
            include_credit: false,
            include_upfront: true,
            include_recurring: true,
            include_other_subscription: true,
            include_support: true,
            include_discount: true,
            use_amortized: false,
        }
    }
}

impl Default for Alert {
    fn default() -> Alert {
        Alert {
            kind: "ACTUAL".to_owned(),
            comparison: "GREATER_THAN".to_owned(),
            threshold: 50.0,
            threshold_type: Some("PERCENTAGE".to_owned()),
            emails: vec!["ada@example.org".to_owned()],
            topics: Vec::new(),
        }
    }
}

impl Budget {
    /// A budget with another name.
    pub fn named(name: &str) -> Budget {
        Budget { name: name.to_owned(), ..Budget::default() }
    }

    fn json(&self) -> Value {
        let spend = |amount: &str, unit: &str| json!({ "Amount": amount, "Unit": unit });
        let mut budget = json!({
            "BudgetName": self.name,
            "BudgetType": self.kind,
            "TimeUnit": self.unit,
            "TimePeriod": { "Start": self.starts, "End": self.ends },
            "CostTypes": self.cost_types.json(),
            "CalculatedSpend": { "ActualSpend": spend("1.25", "USD"), "ForecastedSpend": spend("2.5", "USD") },
            "LastUpdatedTime": ago(days(1)),
        });
        let mut add = |name: &str, value: Value| budget[name] = value;
        if let Some((amount, unit)) = &self.limit {
            add("BudgetLimit", spend(amount, unit));
        }
        if !self.planned.is_empty() {
            let limits = self.planned.iter().map(|(begins, amount)| (begins.to_string(), spend(amount, "USD")));
            add("PlannedBudgetLimits", Value::Object(limits.collect()));
        }
        if !self.filters.is_empty() {
            let filters = self.filters.iter().map(|(key, values)| (key.clone(), json!(values)));
            add("CostFilters", Value::Object(filters.collect()));
        }
        if let Some(expression) = &self.filter_expression {
            add("FilterExpression", expression.clone());
        }
        if let Some((status, reason)) = &self.health {
            let reason = reason.iter().map(|reason| ("StatusReason".to_owned(), reason.clone().into()));
            let status = ("Status".to_owned(), status.clone().into());
            add("HealthStatus", Value::Object([status].into_iter().chain(reason).collect()));
        }
        if let Some(view) = &self.billing_view {
            add("BillingViewArn", view.clone().into());
        }
        self.more.iter().for_each(|(name, value)| add(name, value.clone()));
        budget
    }
}

impl CostTypes {
    fn json(&self) -> Value {
        json!({
            "IncludeTax": self.include_tax,
            "IncludeSubscription": self.include_subscription,
            "UseBlended": self.use_blended,
            "IncludeRefund": self.include_refund,
            "IncludeCredit": self.include_credit,
            "IncludeUpfront": self.include_upfront,
            "IncludeRecurring": self.include_recurring,
            "IncludeOtherSubscription": self.include_other_subscription,
            "IncludeSupport": self.include_support,
            "IncludeDiscount": self.include_discount,
            "UseAmortized": self.use_amortized,
        })
    }
}

impl Alert {
    fn json(&self) -> Value {
        let mut alert = json!({
            "NotificationType": self.kind,
            "ComparisonOperator": self.comparison,
            "Threshold": self.threshold,
            "NotificationState": "OK",
        });
        if let Some(kind) = &self.threshold_type {
            alert["ThresholdType"] = kind.clone().into();
        }
        alert
    }

    /// Whether it is the one that a request names.
    fn is(&self, named: &Value) -> bool {
        named["NotificationType"] == self.kind
            && named["ComparisonOperator"] == self.comparison
            && named["Threshold"] == self.threshold
    }

    fn subscribers(&self) -> Vec<Value> {
        let one = |kind: &str, address: &String| json!({ "SubscriptionType": kind, "Address": address });
        let emails = self.emails.iter().map(|address| one("EMAIL", address));
        emails.chain(self.topics.iter().map(|topic| one("SNS", topic))).collect()
    }
}

impl Account {
    pub(super) fn budgets(&self, call: &Call) -> Reply {
        if call.text("AccountId") != Some(&self.id) {
            return error(400, "AccessDeniedException", "The account ID provided is not a valid account.");
        }
        let (token, size) = (call.text("NextToken"), 100);
        match call.operation.as_str() {
            "DescribeBudgets" => {
                let (budgets, next) = page(&self.budgets, size, token);
                let budgets: Vec<Value> = budgets.iter().map(Budget::json).collect();
                with_token(json!({ "Budgets": budgets }), "NextToken", next)
            }
            "DescribeBudgetNotificationsForAccount" => {
                let (budgets, next) = page(&self.budgets, size, token);
                let with_alerts = budgets.iter().filter(|budget| !budget.alerts.is_empty()).map(|budget| {
                    let alerts: Vec<Value> = budget.alerts.iter().map(Alert::json).collect();
                    json!({ "BudgetName": budget.name, "Notifications": alerts })
                });
                let listed: Vec<Value> = with_alerts.collect();
                with_token(json!({ "BudgetNotificationsForAccount": listed }), "NextToken", next)
            }
            "DescribeNotificationsForBudget" => match self.budget(call) {
                Some(budget) => {
                    let alerts: Vec<Value> = budget.alerts.iter().map(Alert::json).collect();
                    Reply::Json(json!({ "Notifications": alerts }))
                }
                None => missing(),
            },
            "DescribeSubscribersForNotification" => {
                let alerts = self.budget(call).into_iter().flat_map(|budget| &budget.alerts);
                let named = call.input.get("Notification").cloned().unwrap_or_default();
                match alerts.into_iter().find(|alert| alert.is(&named)) {
                    Some(alert) => Reply::Json(json!({ "Subscribers": alert.subscribers() })),
                    None => missing(),
                }
            }
            _ => unknown(),
        }
    }

    fn budget(&self, call: &Call) -> Option<&Budget> {
        self.budgets.iter().find(|budget| Some(budget.name.as_str()) == call.text("BudgetName"))
    }
}

fn missing() -> Reply {
    error(400, "NotFoundException", "The budget or notification does not exist.")
}
