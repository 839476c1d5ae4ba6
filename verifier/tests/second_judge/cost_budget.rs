//! `cost-budget`: "Set up a budget to monitor spending: choose Cost Budget; set budget amount (e.g., $10), alert threshold
//! (e.g., 50%), notification email."
//!
//! A budget monitors the account's spending if it is a cost budget, has a positive amount, is in force now, counts
//! everything that the account spends, and is kept up to date by AWS, which otherwise sends no alert. A warning is an
//! alert by e-mail when spending is greater than a threshold. Credits, and kinds of costs that are switched off, are
//! reported.

use crate::common::PRODUCTION;
use course::param::{Param, Params};
use evidence::Section;
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::{Answer, Ruling, all_of, any_of};
use super::court::{Change, Court, Evidence, agree, change, each, section, unmoved};
use super::model::{Field, Known, Moment, Unread, field, partly, why};

#[derive(Debug, Clone, Serialize)]
struct Budget {
    name: Field<String>,
    r#type: Field<&'static str>,
    amount: Field<f64>,
    unit: Field<&'static str>,
    period: Field<&'static str>,
    start: Field<Option<Moment>>,
    end: Field<Option<Moment>>,
    whole_account: Field<bool>,
    filters: Vec<&'static str>,
    healthy: Field<bool>,
    health_reason: Option<&'static str>,
    credits: Field<bool>,
    left_out: Vec<&'static str>,
    alerts: Field<Vec<Alert>>,
}

#[derive(Debug, Clone, Serialize)]
struct Alert {
    kind: Field<&'static str>,
    comparison: Field<&'static str>,
    percent: Field<f64>,
    emails: Field<Vec<&'static str>>,
    topics: Field<u32>,
}

#[derive(Debug, Clone)]
struct State {
    budgets: Field<Vec<Field<Budget>>>,
    /// Whether AWS gave the time.
    dated: bool,
}

/// Whether the lesson's figures are examples or required. If they are required, an alert may come earlier than at its
/// threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Figures {
    Examples,
    Asked,
}

fn judge(state: &State, figures: Figures) -> Answer {
    state
        .budgets
        .is(|all| any_of(all.iter().map(|budget| budget.is(|budget| warns_of_spending(budget, state.dated, figures)))))
}

fn warns_of_spending(budget: &Budget, dated: bool, figures: Figures) -> Answer {
    let is_now = |is: bool| if dated { Answer::of(is) } else { Answer::CantTell };
    let (begun, over) = (&budget.start, &budget.end);
    all_of([
        budget.r#type.holds(|kind| *kind == "COST"),
        budget.amount.holds(|amount| *amount > 0.0),
        begun.is(|start| start.map_or(Answer::Yes, |start| is_now(start <= Moment(0)))),
        over.is(|end| end.map_or(Answer::Yes, |end| is_now(end > Moment(0)))),
        budget.whole_account.holds(|whole| *whole),
        budget.healthy.holds(|healthy| *healthy),
        match figures {
            Figures::Examples => Answer::Yes,
            Figures::Asked => {
                budget.amount.holds(|amount| *amount == 10.0).and(budget.unit.holds(|unit| *unit == "USD"))
            }
        },
        budget.alerts.is(|alerts| any_of(alerts.iter().map(|alert| warns(alert, figures)))),
    ])
}

fn warns(alert: &Alert, figures: Figures) -> Answer {
    all_of([
        alert.comparison.holds(|comparison| *comparison == "GREATER_THAN"),
        alert.emails.holds(|emails| !emails.is_empty()),
        match figures {
            Figures::Examples => Answer::Yes,
            Figures::Asked => alert.percent.holds(|percent| *percent <= 50.0),
        },
    ])
}

fn evidence(state: &State) -> Evidence {
    let now = state.dated.then_some(Moment(0));
    Evidence { now, ..Evidence::new([section(PRODUCTION, Section::Budgets, &state.budgets)]) }
}

fn said(evidence: &Evidence, figures: Figures) -> super::answer::Said {
    let strict = Params::from([("strict_budget".to_owned(), Param::Bool(true))]);
    let params = if figures == Figures::Asked { strict } else { Params::new() };
    Court::of("cost-budget").with(params).judge(evidence)
}

fn moment() -> impl Strategy<Value = Option<Moment>> {
    let moments = prop::sample::select(vec![-90 * 86_400, -1, 0, 1, 60 * 86_400]).prop_map(Moment);
    prop_oneof![1 => Just(None), 2 => moments.prop_map(Some)]
}

fn alert() -> impl Strategy<Value = Alert> {
    let emails = prop::sample::select(vec![vec![], vec!["a@example.com"], vec!["a@example.com", "b@example.com"]]);
    let comparison = prop_oneof![4 => Just("GREATER_THAN"), 1 => Just("LESS_THAN"), 1 => Just("EQUAL_TO")];
    let percent = prop::sample::select(vec![50.0, 49.99, 50.01, 0.01, 10.0, 95.0, 100.0, 1000.0]);
    let percent = prop_oneof![1 => Just(50.0), 1 => percent];
    let parts = (field(prop::sample::select(vec!["ACTUAL", "FORECASTED"])), field(comparison), field(percent));
    (parts, field(emails), field(0..3_u32)).prop_map(|((kind, comparison, percent), emails, topics)| Alert {
        kind,
        comparison,
        percent,
        emails,
        topics,
    })
}

fn budget() -> impl Strategy<Value = Budget> {
    let kinds = vec!["USAGE", "RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE"];
    let kind = prop_oneof![6 => Just("COST"), 1 => prop::sample::select(kinds)];
    let amounts = vec![0.0, -1.0, 0.01, 9.99, 10.000_001, 11.0, 1e9];
    let amount = prop_oneof![4 => Just(10.0), 3 => prop::sample::select(amounts)];
    let unit = prop_oneof![6 => Just("USD"), 1 => Just("EUR"), 1 => Just("GB")];
    let period = prop::sample::select(vec!["DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY", "CUSTOM"]);
    let begins = prop_oneof![3 => Just(Some(Moment(-86_400))), 2 => moment()];
    let ends = prop_oneof![3 => Just(Some(Moment(86_400))), 2 => moment()];
    let scope = prop_oneof![6 => Just(Known(true)), 1 => Just(Known(false)), 1 => why().prop_map(Unread)];
    let health = prop_oneof![6 => Just(Known(true)), 1 => Just(Known(false)), 1 => why().prop_map(Unread)];
    let what = (field(Just("B".to_owned())), field(kind), field(amount), field(unit), field(period));
    let rest = (field(any::<bool>()), prop::bool::weighted(0.2), field(prop::collection::vec(alert(), 0..=3)));
    (what, field(begins), field(ends), scope, health, rest).prop_map(
        |((name, kind, amount, unit, period), start, end, whole_account, healthy, (credits, taxes, alerts))| Budget {
            name,
            r#type: kind,
            amount,
            unit,
            period,
            start,
            end,
            filters: if whole_account == Known(true) { Vec::new() } else { vec!["Service: Amazon EC2"] },
            whole_account,
            health_reason: (healthy == Known(false)).then_some("BILLING_VIEW_NO_ACCESS"),
            healthy,
            credits,
            left_out: if taxes { vec!["taxes"] } else { Vec::new() },
            alerts,
        },
    )
}

fn state() -> impl Strategy<Value = State> {
    let budgets = prop_oneof![20 => partly(budget(), 0..=3).prop_map(Known), 1 => why().prop_map(Unread)];
    (budgets, prop::bool::weighted(0.9)).prop_map(|(budgets, dated)| State { budgets, dated })
}

/// A budget about something else.
fn unrelated(value: &Value) -> Option<Value> {
    let mut with = value.clone();
    let other = json!({
        "name": "RI", "type": "RI_COVERAGE", "amount": 100.0, "unit": "PERCENTAGE", "period": "MONTHLY", "start": null,
        "end": null, "whole_account": true, "filters": [], "healthy": true, "health_reason": null, "credits": true,
        "left_out": [], "alerts": [{
            "kind": "ACTUAL", "comparison": "GREATER_THAN", "percent": 50.0, "emails": ["a@example.com"], "topics": 0,
        }],
    });
    with.as_array_mut()?.insert(0, other);
    Some(with)
}

fn both_say_the_same(name: &str, figures: Figures) {
    let property = |(state, change): (State, Option<Change>)| {
        let evidence = evidence(&state);
        let heard = said(&evidence, figures);
        agree(Ruling::from(judge(&state, figures)), &heard)?;
        unmoved(&heard, &evidence, &change, |other| said(other, figures))?;
        if let (Some(_), Some(more)) = (change, unrelated(&evidence.sections[0].2)) {
            let mut with = evidence.clone();
            with.sections[0].2 = more;
            prop_assert_eq!(said(&with, figures), heard, "beside a budget that is about something else");
        }
        Ok(())
    };
    each(name, &(state(), change()), property);
}

#[test]
fn cost_budget() {
    both_say_the_same("cost-budget", Figures::Examples);
}

#[test]
fn cost_budget_with_the_lessons_figures() {
    both_say_the_same("cost-budget-strict", Figures::Asked);
}
