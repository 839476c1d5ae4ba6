//! `budgets`: the account's budgets with their alerts.

use super::answer::{known_value, listed, present, required, time_of};
use super::read::incomplete;
use super::reader::{SoFar, client, row};
use super::time::Time;
use super::{Read, Reader, Section, budget_scope, error};
use aws_sdk_budgets::types::{
    self, BudgetType, ComparisonOperator, HealthStatus, HealthStatusValue, Notification, NotificationType, Spend,
    SubscriptionType, ThresholdType, TimeUnit,
};
use aws_smithy_types::DateTime;
use course::results::Reason;
use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The budgets (`budgets:DescribeBudgets`), their alerts (`budgets:DescribeBudgetNotificationsForAccount`, in one list)
/// and the alerts' subscribers (`budgets:DescribeSubscribersForNotification`, one call for each alert). If a list could
/// not be read to its end, its last entry is unreadable.
pub type Budgets = Vec<Read<Budget>>;

/// A budget.
// Of AWS's Budget, not read: `CalculatedSpend` (spending does not show whether an alert would be sent),
// `LastUpdatedTime`, `AutoAdjustData` (how the limit is calculated; the limit itself is read) and `Metrics` (the rate
// of costs). Of HealthStatus, `LastUpdatedTime`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The name.
    pub name: Read<String>,
    /// COST, USAGE, RI_UTILIZATION, RI_COVERAGE, SAVINGS_PLANS_UTILIZATION or SAVINGS_PLANS_COVERAGE.
    pub r#type: Read<String>,
    /// The limit, in `unit`. For a planned budget, the limit of the period that began last.
    pub amount: Read<f64>,
    /// The limit's unit: a currency for a cost budget.
    pub unit: Read<String>,
    /// DAILY, MONTHLY, QUARTERLY, ANNUALLY or CUSTOM.
    pub period: Read<String>,
    /// When it begins. AWS fills in the beginning of the period in which it was created. A budget without it has begun.
    pub start: Read<Option<Time>>,
    /// When it ends. AWS fills in the year 2087. A budget without it never ends.
    pub end: Read<Option<Time>>,
    /// Whether it counts all of the account's costs. Filters exclude some, except a filter for the account itself.
    pub whole_account: Read<bool>,
    /// The filters that exclude costs, or may, as in `Service: Amazon EC2`.
    pub filters: Vec<String>,
    /// Whether AWS keeps the budget up to date. Otherwise, it sends no alerts.
    pub healthy: Read<bool>,
    /// AWS's reason why it is not up to date.
    pub health_reason: Option<String>,
    /// Whether credits are subtracted from spending. While credits last, such a budget sends no alerts.
    pub credits: Read<bool>,
    /// The kinds of costs that are excluded, as in `taxes`.
    pub left_out: Vec<String>,
    /// The alerts.
    pub alerts: Read<Vec<Alert>>,
}

/// An alert of a budget.
// Of AWS's Notification, not read: `NotificationState` (whether the threshold was exceeded does not show whether an
// alert would be sent). Of its Subscribers, everything is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// ACTUAL or FORECASTED spending.
    pub kind: Read<String>,
    /// GREATER_THAN, LESS_THAN or EQUAL_TO.
    pub comparison: Read<String>,
    /// The threshold in percent of the limit. An absolute threshold is converted.
    pub percent: Read<f64>,
    /// The e-mail addresses that get the alert.
    pub emails: Read<Vec<String>>,
    /// The number of SNS topics that get the alert.
    pub topics: Read<u32>,
}

pub(super) async fn read(reader: &Reader) -> Read<Budgets> {
    let call = row!(Section::Budgets, "Budgets", "DescribeBudgets");
    let client = client!(aws_sdk_budgets, reader, Section::Budgets, &reader.regions(call)[0]);
    let (budgets, notifications) = tokio::join!(budgets(reader, &client), notifications(reader, &client));
    let (budgets, missing) = match budgets {
        Ok(so_far) => so_far,
        Err(reasons) => return Err(reasons).into(),
    };
    let described = budgets.iter().map(|budget| {
        let alerts = match &notifications {
            // Alerts are listed by their budget's name, so a budget without one has no known alerts.
            Ok(_) if budget.budget_name.is_empty() => {
                Err(incomplete(reader.account(), "AWS's response does not contain a budget's name."))
            }
            Ok(all) => Ok(all.get(&budget.budget_name).cloned().unwrap_or_default()),
            Err(reasons) => Err(reasons.clone()),
        };
        describe(reader, &client, budget, alerts)
    });
    let mut listed: Vec<Read<Budget>> = join_all(described).await.into_iter().map(Read::Known).collect();
    listed.extend(missing.map(|missing| Err(missing).into()));
    Read::Known(listed)
}

async fn budgets(reader: &Reader, client: &aws_sdk_budgets::Client) -> Result<SoFar<types::Budget>, Vec<Reason>> {
    let call = row!(Section::Budgets, "Budgets", "DescribeBudgets");
    reader
        .pages_so_far(call, async |token| {
            let request = client
                .describe_budgets()
                .account_id(reader.account_id())
                // Without it, the response leaves out filter expressions.
                .show_filter_expression(true)
                .set_next_token(token);
            match request.send().await {
                Ok(answer) => Ok((listed(reader, call, answer.budgets)?, answer.next_token)),
                // Some versions of the service return this if there is no budget.
                Err(failed) if error::code(&failed) == Some("NotFoundException") => Ok((Vec::new(), None)),
                Err(failed) => Err(error::reason(reader.account(), call, &failed)),
            }
        })
        .await
}

/// All alerts, by their budget's name.
async fn notifications(
    reader: &Reader,
    client: &aws_sdk_budgets::Client,
) -> Result<HashMap<String, Vec<Notification>>, Vec<Reason>> {
    let call = row!(Section::Budgets, "Budgets", "DescribeBudgetNotificationsForAccount");
    let who = reader.account();
    let listed = reader
        .pages(call, async |token| {
            let request = client
                .describe_budget_notifications_for_account()
                .account_id(reader.account_id())
                .set_next_token(token);
            match request.send().await {
                Ok(answer) => Ok((listed(reader, call, answer.budget_notifications_for_account)?, answer.next_token)),
                Err(failed) if error::code(&failed) == Some("NotFoundException") => Ok((Vec::new(), None)),
                Err(failed) => Err(error::reason(who, call, &failed)),
            }
        })
        .await?;
    let mut by_budget: HashMap<String, Vec<Notification>> = HashMap::new();
    for entry in listed {
        let Some(name) = entry.budget_name else {
            // Alerts of an unnamed budget could belong to any budget, so the list would be incomplete.
            return Err(incomplete(who, "AWS's response does not contain the budget of an alert."));
        };
        let Some(notifications) = entry.notifications else {
            return Err(incomplete(who, "AWS's response does not contain the alerts of a budget."));
        };
        by_budget.entry(name).or_default().extend(notifications);
    }
    Ok(by_budget)
}

async fn describe(
    reader: &Reader,
    client: &aws_sdk_budgets::Client,
    budget: &types::Budget,
    alerts: Result<Vec<Notification>, Vec<Reason>>,
) -> Budget {
    let who = reader.account();
    let (amount, unit) = limit(reader, budget).await;
    let scope = budget_scope::scope(who, reader.account_id(), budget);
    let period = budget.time_period.as_ref();
    let time = |time: Option<&DateTime>, what: &str| match time {
        None => Read::Known(None),
        time => time_of(time, who, what).map(Some),
    };
    let alerts = match alerts {
        Err(reasons) => Err(reasons).into(),
        Ok(alerts) => {
            let described = alerts.iter().map(|alert| describe_alert(reader, client, budget, alert, amount.clone()));
            Read::Known(join_all(described).await)
        }
    };
    Budget {
        name: required(&budget.budget_name, who, "a budget's name"),
        r#type: known_value(budget.budget_type.as_str(), BudgetType::values(), who, "a budget's type"),
        amount,
        unit,
        period: known_value(budget.time_unit.as_str(), TimeUnit::values(), who, "a budget's period"),
        start: time(period.and_then(|period| period.start.as_ref()), "a budget's beginning"),
        end: time(period.and_then(|period| period.end.as_ref()), "a budget's end"),
        whole_account: scope.whole_account,
        filters: scope.filters,
        healthy: healthy(who, budget.health_status.as_ref()),
        health_reason: budget.health_status.as_ref().and_then(health_reason),
        credits: scope.credits,
        left_out: scope.left_out,
        alerts,
    }
}

/// Whether the budget is up to date. AWS has a status only for budgets that are derived from a billing view.
fn healthy(who: &str, health: Option<&HealthStatus>) -> Read<bool> {
    let Some(health) = health else { return Read::Known(true) };
    match &health.status {
        Some(HealthStatusValue::Healthy) => Read::Known(true),
        Some(HealthStatusValue::Unhealthy) => Read::Known(false),
        Some(other) => {
            known_value(other.as_str(), HealthStatusValue::values(), who, "a budget's health").map(|_| false)
        }
        None => present(None, who, "a budget's health"),
    }
}

fn health_reason(health: &HealthStatus) -> Option<String> {
    health.status_reason.as_ref().map(|reason| reason.as_str().to_owned())
}

/// The current limit: the budget's own, or the planned limit of the current period. AWS also returns the former for
/// planned budgets (API reference of Budget), so the time is only needed if it does not.
async fn limit(reader: &Reader, budget: &types::Budget) -> (Read<f64>, Read<String>) {
    let who = reader.account();
    let limit = match &budget.budget_limit {
        Some(limit) => Ok(Some(limit)),
        None => planned(reader, budget).await,
    };
    let limit = match limit {
        Ok(Some(limit)) => limit,
        Ok(None) => {
            return (present(None, who, "a budget's limit"), present(None, who, "a budget's limit"));
        }
        Err(reasons) => return (Err(reasons.clone()).into(), Err(reasons).into()),
    };
    let amount = limit.amount.parse::<f64>().ok().filter(|amount| amount.is_finite());
    (present(amount, who, "a budget's amount"), required(&limit.unit, who, "a budget's unit"))
}

/// The planned limit of the current period, which began last.
async fn planned<'b>(reader: &Reader, budget: &'b types::Budget) -> Result<Option<&'b Spend>, Vec<Reason>> {
    let Some(limits) = &budget.planned_budget_limits else { return Ok(None) };
    let limits: Option<Vec<(i64, &Spend)>> =
        limits.iter().map(|(start, limit)| Some((start.parse().ok()?, limit))).collect();
    let limits = limits.ok_or_else(|| {
        incomplete(reader.account(), "AWS's response contains a planned limit without its start time.")
    })?;
    let now = reader.now().await?.secs();
    let begun = limits.into_iter().filter(|(start, _)| *start <= now);
    Ok(begun.max_by_key(|(start, _)| *start).map(|(_, limit)| limit))
}

async fn describe_alert(
    reader: &Reader,
    client: &aws_sdk_budgets::Client,
    budget: &types::Budget,
    alert: &Notification,
    limit: Read<f64>,
) -> Alert {
    let who = reader.account();
    let subscribers = subscribers(reader, client, &budget.budget_name, alert).await;
    Alert {
        kind: known_value(alert.notification_type.as_str(), NotificationType::values(), who, "an alert's kind"),
        comparison: known_value(
            alert.comparison_operator.as_str(),
            ComparisonOperator::values(),
            who,
            "an alert's comparison",
        ),
        percent: percent(who, alert, limit),
        emails: match &subscribers {
            Ok(subscribers) => Ok(addresses(subscribers, &SubscriptionType::Email)),
            Err(reasons) => Err(reasons.clone()),
        }
        .into(),
        topics: match &subscribers {
            Ok(subscribers) => Ok(addresses(subscribers, &SubscriptionType::Sns).len() as u32),
            Err(reasons) => Err(reasons.clone()),
        }
        .into(),
    }
}

/// The threshold in percent of the limit. The SDK fills in 0 if AWS sent no threshold. The default type of a threshold
/// is PERCENTAGE (API reference of Notification).
fn percent(who: &str, alert: &Notification, limit: Read<f64>) -> Read<f64> {
    if alert.threshold == 0.0 {
        return present(None, who, "an alert's threshold");
    }
    match &alert.threshold_type {
        None | Some(ThresholdType::Percentage) => Read::Known(alert.threshold),
        Some(ThresholdType::AbsoluteValue) => match limit {
            Read::Known(limit) if limit > 0.0 => Read::Known(alert.threshold / limit * 100.0),
            Read::Known(_) => present(None, who, "a limit to compare an alert's threshold with"),
            unreadable => unreadable,
        },
        Some(other) => {
            known_value(other.as_str(), ThresholdType::values(), who, "an alert's kind of threshold").map(|_| 0.0)
        }
    }
}

async fn subscribers(
    reader: &Reader,
    client: &aws_sdk_budgets::Client,
    budget: &str,
    alert: &Notification,
) -> Result<Vec<types::Subscriber>, Vec<Reason>> {
    let call = row!(Section::Budgets, "Budgets", "DescribeSubscribersForNotification");
    let who = reader.account();
    let subscribers = reader
        .pages(call, async |token| {
            let request = client
                .describe_subscribers_for_notification()
                .account_id(reader.account_id())
                .budget_name(budget)
                .notification(alert.clone())
                .set_next_token(token);
            match request.send().await {
                // An alert has at least one subscriber (API reference of CreateNotification).
                Ok(answer) => match answer.subscribers {
                    Some(subscribers) => Ok((subscribers, answer.next_token)),
                    None => Err(incomplete(who, "AWS's response does not contain the subscribers of an alert.")),
                },
                // The alert was listed a moment ago. An alert that is not found is not an alert without subscribers.
                Err(failed) if error::code(&failed) == Some("NotFoundException") => {
                    Err(incomplete(who, "AWS listed an alert, but could not find it afterwards."))
                }
                Err(failed) => Err(error::reason(who, call, &failed)),
            }
        })
        .await?;
    for subscriber in &subscribers {
        let kind = subscriber.subscription_type.as_str();
        let readable = SubscriptionType::values().contains(&kind) && !subscriber.address.is_empty();
        if !readable {
            return Err(incomplete(
                who,
                "AWS's response contains a type of subscriber that this version of verify does not know.",
            ));
        }
    }
    Ok(subscribers)
}

fn addresses(subscribers: &[types::Subscriber], kind: &SubscriptionType) -> Vec<String> {
    subscribers.iter().filter(|one| one.subscription_type == *kind).map(|one| one.address.clone()).collect()
}
