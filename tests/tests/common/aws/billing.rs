//! Billing, Support, and CloudWatch's billing metrics.

use super::reply::{error, page, unknown, with_token};
use super::times::{ago, days, in_future};
use super::{Account, Call, Reply};
use aws_smithy_cbor::Encoder;
use serde_json::{Value, json};

/// The account's Support plan.
#[derive(Clone)]
pub struct Support {
    /// Whether the plan has the Support API.
    pub api: bool,
    /// The history of plans.
    pub contracts: Vec<Contract>,
}

/// A plan, for a time.
#[derive(Clone)]
pub struct Contract {
    pub plan: String,
    pub starts: i64,
    pub ends: i64,
}

impl Contract {
    /// A plan that is in force.
    pub fn of(plan: &str) -> Contract {
        Contract { plan: plan.to_owned(), starts: ago(days(40)), ends: in_future(days(3000)) }
    }
}

impl Default for Support {
    fn default() -> Support {
        Support { api: false, contracts: vec![Contract::of("AWSSupportEssential")] }
    }
}

impl Account {
    pub(super) fn billing(&self, call: &Call) -> Reply {
        let token = call.text("nextToken").or(call.text("NextToken"));
        match call.operation.as_str() {
            "GetBillingPreferences" => {
                let entries = self
                    .preferences
                    .iter()
                    .map(|(key, value)| json!({ "feature": "BILLING_ALERTS", "key": key, "value": value }));
                Reply::Json(json!({ "billingPreferences": entries.collect::<Vec<Value>>() }))
            }
            "ListBusinessSupportSubscriptionHistory" => {
                let (contracts, next) = page(&self.support.contracts, 100, token);
                let contracts = contracts.iter().map(|contract| {
                    json!({
                        "accountId": self.id,
                        "planName": contract.plan,
                        "contractStartDate": contract.starts,
                        "contractEndDate": contract.ends,
                    })
                });
                let contracts: Vec<Value> = contracts.collect();
                with_token(json!({ "subscriptionContracts": contracts }), "nextToken", next)
            }
            "DescribeSeverityLevels" if self.support.api => Reply::Json(json!({ "severityLevels": [
                { "code": "low", "name": "General guidance" },
                { "code": "urgent", "name": "Production system down" },
            ] })),
            "DescribeSeverityLevels" => error(
                400,
                "SubscriptionRequiredException",
                "Amazon Web Services Premium Support Subscription is required to use this service.",
            ),
            "ListMetrics" => self.list_metrics(call),
            _ => unknown(),
        }
    }

    fn list_metrics(&self, call: &Call) -> Reply {
        let asked = call.region == "us-east-1" && call.text("Namespace").is_none_or(|space| space == "AWS/Billing");
        let metrics: &[String] = if asked { &self.metrics } else { &[] };
        let (metrics, next) = page(metrics, 500, call.text("NextToken"));
        let mut encoder = Encoder::new(Vec::new());
        encoder.map(1 + usize::from(next.is_some())).str("Metrics").array(metrics.len());
        for name in metrics {
            encoder.map(3).str("Namespace").str("AWS/Billing").str("MetricName").str(name);
            encoder.str("Dimensions").array(1).map(2).str("Name").str("Currency").str("Value").str("USD");
        }
        if let Some(token) = next {
            encoder.str("NextToken").str(&token);
        }
        Reply::Cbor(encoder.into_writer())
    }
}
