//! A budget counts if it warns about what the account costs now.

use super::table::{State, check, state};
use crate::common::aws::budgets::{Alert, Budget};
use crate::common::aws::{Aws, ago, days, in_future};
use serde_json::{Value, json};

const STEP: &str = "cost-budget";
const FIGURES: &str = "It has the lesson's amount and threshold";

/// A course that requires the lesson's figures, which the general account's budget has.
fn strict(name: &'static str) -> State {
    state(name).course("book.toml", "strict_budget = false", "strict_budget = true")
}

fn alert(comparison: &str, threshold: f64) -> Alert {
    Alert { comparison: comparison.to_owned(), threshold, ..Alert::default() }
}

/// The production account's only budget.
fn budget(aws: &mut Aws) -> &mut Budget {
    &mut aws.production.budgets[0]
}

#[test]
fn one_alert_meets_all_that_is_asked_of_an_alert() {
    check(vec![
        strict("strict, and done"),
        strict("04: LESS_THAN 50 beside GREATER_THAN 80")
            .with(|aws| budget(aws).alerts = vec![alert("LESS_THAN", 50.0), alert("GREATER_THAN", 80.0)])
            .not_yet(STEP)
            .expectation(STEP, FIGURES, "not-met"),
        strict("LESS_THAN 10 beside GREATER_THAN 95")
            .with(|aws| budget(aws).alerts = vec![alert("LESS_THAN", 10.0), alert("GREATER_THAN", 95.0)])
            .not_yet(STEP),
        strict("EQUAL_TO 50 beside GREATER_THAN 95")
            .with(|aws| budget(aws).alerts = vec![alert("EQUAL_TO", 50.0), alert("GREATER_THAN", 95.0)])
            .not_yet(STEP),
        strict("the alert at 50 % tells nobody by e-mail, the one at 95 % does")
            .with(|aws| {
                let topic = "arn:aws:sns:us-east-1:444455556666:costs".to_owned();
                let silent = Alert { emails: Vec::new(), topics: vec![topic], ..Alert::default() };
                budget(aws).alerts = vec![silent, alert("GREATER_THAN", 95.0)];
            })
            .not_yet(STEP),
        strict("one budget has the amount, another the threshold")
            .with(|aws| {
                budget(aws).alerts = vec![alert("GREATER_THAN", 90.0)];
                let limit = Some(("20.0".to_owned(), "USD".to_owned()));
                aws.production.budgets.push(Budget { limit, ..Budget::named("Other") });
            })
            .not_yet(STEP),
        strict("5 of 10 dollars are 50 %")
            .with(|aws| {
                let kind = Some("ABSOLUTE_VALUE".to_owned());
                budget(aws).alerts = vec![Alert { threshold: 5.0, threshold_type: kind, ..Alert::default() }];
            })
            .verified(STEP),
        state("only an alert below a threshold")
            .with(|aws| budget(aws).alerts = vec![alert("LESS_THAN", 50.0)])
            .not_yet(STEP),
        state("no alert").with(|aws| budget(aws).alerts.clear()).not_yet(STEP),
        state("another threshold is remarked on")
            .with(|aws| budget(aws).alerts = vec![alert("GREATER_THAN", 80.0)])
            .verified(STEP)
            .tells(STEP, "the lesson suggests 50 %"),
    ]);
}

/// Removes the limit of a budget from the response.
fn without_limit(name: &'static str) -> impl Fn(&mut Value) + Send {
    move |answer| {
        let all = answer["Budgets"].as_array_mut().unwrap();
        let budget = all.iter_mut().find(|budget| budget["BudgetName"] == name).unwrap();
        budget.as_object_mut().unwrap().remove("BudgetLimit").unwrap();
    }
}

#[test]
fn one_budget_that_cannot_be_read_hides_no_other() {
    let beside = |aws: &mut Aws| {
        aws.production.budgets.insert(0, Budget::named("Weird"));
        aws.production.change("budgets:DescribeBudgets", without_limit("Weird"));
    };
    check(vec![
        strict("05: strict, a budget beside the good one lacks its amount").with(beside).verified(STEP),
        state("a budget beside the good one lacks its amount").with(beside).verified(STEP),
        state("a budget beside the good one is of a kind from tomorrow")
            .with(|aws| aws.production.budgets.push(Budget { kind: "CARBON".to_owned(), ..Budget::named("Weird") }))
            .verified(STEP),
        strict("a budget beside the good one has an alert of a kind from tomorrow")
            .with(|aws| {
                let alerts = vec![alert("NEAR", 50.0)];
                aws.production.budgets.insert(0, Budget { alerts, ..Budget::named("Weird") });
            })
            .verified(STEP),
        state("nothing but a budget that lacks its amount")
            .with(|aws| {
                aws.production.budgets = vec![Budget::named("Weird")];
                aws.production.change("budgets:DescribeBudgets", without_limit("Weird"));
            })
            .unknown(STEP, "incomplete-answer"),
        strict("strict, a budget that lacks its amount beside one that is too high")
            .with(|aws| {
                let limit = Some(("20.0".to_owned(), "USD".to_owned()));
                aws.production.budgets = vec![Budget::named("Weird"), Budget { limit, ..Budget::named("High") }];
                aws.production.change("budgets:DescribeBudgets", without_limit("Weird"));
            })
            .unknown(STEP, "incomplete-answer"),
        state("who is told by a second alert cannot be read")
            .with(|aws| {
                budget(aws).alerts.push(alert("GREATER_THAN", 90.0));
                aws.production.answer_after(
                    "budgets:DescribeSubscribersForNotification",
                    1,
                    crate::common::aws::error(500, "InternalErrorException", ""),
                );
            })
            .verified(STEP),
    ]);
}

#[test]
fn what_a_budget_counts_decides() {
    let services = || vec![("Service".to_owned(), vec!["Amazon Simple Storage Service".to_owned()])];
    let expression = || json!({ "Dimensions": { "Key": "SERVICE", "Values": ["Amazon Simple Storage Service"] } });
    check(vec![
        state("filtered to one service").with(move |aws| budget(aws).filters = services()).not_yet(STEP),
        state("filtered to one service, in the newer way")
            .with(move |aws| budget(aws).filter_expression = Some(expression()))
            .not_yet(STEP),
        state("filtered to a tag")
            .with(|aws| budget(aws).filters = vec![("TagKeyValue".to_owned(), vec!["user:team$blue".to_owned()])])
            .not_yet(STEP),
        state("filtered, beside one that is not")
            .with(move |aws| {
                budget(aws).filters = services();
                aws.production.budgets.push(Budget::named("Everything"));
            })
            .verified(STEP),
        strict("strict: filtered, beside one that is not and has another amount")
            .with(move |aws| {
                budget(aws).filters = services();
                let limit = Some(("20.0".to_owned(), "USD".to_owned()));
                aws.production.budgets.push(Budget { limit, ..Budget::named("Everything") });
            })
            .not_yet(STEP),
        state("its billing view is unhealthy")
            .with(|aws| {
                budget(aws).health = Some(("UNHEALTHY".to_owned(), Some("BILLING_VIEW_UNHEALTHY".to_owned())));
            })
            .not_done(STEP),
        state("its filter is invalid")
            .with(|aws| budget(aws).health = Some(("UNHEALTHY".to_owned(), Some("FILTER_INVALID".to_owned()))))
            .not_done(STEP),
        state("unhealthy, beside a healthy one")
            .with(|aws| {
                budget(aws).health = Some(("UNHEALTHY".to_owned(), Some("BILLING_VIEW_NO_ACCESS".to_owned())));
                aws.production.budgets.push(Budget::named("Healthy"));
            })
            .verified(STEP),
        state("its health is of a kind from tomorrow")
            .with(|aws| budget(aws).health = Some(("RESTING".to_owned(), None)))
            .unknown(STEP, "incomplete-answer"),
        state("it looks at somebody's billing view")
            .with(|aws| {
                let view = "arn:aws:billing::444455556666:billingview/custom-0a1b2c3d-4e5f-6789-abcd-ef0123456789";
                budget(aws).billing_view = Some(view.to_owned());
            })
            .not_done(STEP),
        state("it looks at the account's primary billing view")
            .with(|aws| budget(aws).billing_view = Some("arn:aws:billing::444455556666:billingview/primary".to_owned()))
            .verified(STEP),
        state("credits are counted in")
            .with(|aws| budget(aws).cost_types.include_credit = true)
            .verified(STEP)
            .tells(STEP, "credit"),
        state("whether credits are counted in is left to AWS, which does")
            .with(|aws| {
                aws.production.change("budgets:DescribeBudgets", |answer| {
                    answer["Budgets"][0].as_object_mut().unwrap().remove("CostTypes").unwrap();
                });
            })
            .verified(STEP)
            .tells(STEP, "credit"),
        state("credits are not counted in").never_tells(STEP, "credit"),
        state("credits are counted in, beside a budget that leaves them out")
            .with(|aws| {
                budget(aws).cost_types.include_credit = true;
                aws.production.budgets.push(Budget::named("Without credits"));
            })
            .verified(STEP),
    ]);
}

#[test]
fn when_and_what_a_budget_is_decides() {
    check(vec![
        state("it starts in 60 days").with(|aws| budget(aws).starts = in_future(days(60))).not_yet(STEP),
        state("it starts tomorrow").with(|aws| budget(aws).starts = in_future(days(1))).not_yet(STEP),
        state("it starts in 60 days, beside one that runs")
            .with(|aws| {
                budget(aws).starts = in_future(days(60));
                aws.production.budgets.push(Budget::named("Runs"));
            })
            .verified(STEP),
        state("it is over").with(|aws| budget(aws).ends = ago(days(1))).not_yet(STEP),
        state("it counts usage").with(|aws| budget(aws).kind = "USAGE".to_owned()).not_yet(STEP),
        state("it allows nothing")
            .with(|aws| budget(aws).limit = Some(("0.0".to_owned(), "USD".to_owned())))
            .not_yet(STEP),
        state("its limits are planned, and one has begun")
            .with(|aws| {
                budget(aws).limit = None;
                budget(aws).planned = vec![(ago(days(20)), "10".to_owned()), (in_future(days(10)), "0".to_owned())];
            })
            .verified(STEP),
        state("it tells a topic alone")
            .with(|aws| {
                let alert = &mut budget(aws).alerts[0];
                alert.emails.clear();
                alert.topics.push("arn:aws:sns:us-east-1:444455556666:costs".to_owned());
            })
            .not_yet(STEP)
            .tells(STEP, "SNS"),
        state("there is none").with(|aws| aws.production.budgets.clear()).not_yet(STEP),
        state("a hundred others stand before it")
            .with(|aws| {
                let other =
                    |at| Budget { kind: "USAGE".to_owned(), alerts: Vec::new(), ..Budget::named(&format!("{at}")) };
                aws.production.budgets.splice(0..0, (0..100).map(other));
            })
            .verified(STEP),
    ]);
}
