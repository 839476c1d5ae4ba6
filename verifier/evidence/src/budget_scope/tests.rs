//! Filters that exclude something, that exclude nothing, and that cannot be evaluated.

use super::*;
use aws_sdk_budgets::types::{BudgetType, TagValues, TimeUnit, builders::BudgetBuilder};

const OWN: &str = "444455556666";

fn budget() -> BudgetBuilder {
    Budget::builder().budget_name("b").budget_type(BudgetType::Cost).time_unit(TimeUnit::Monthly)
}

fn scope_of(budget: BudgetBuilder) -> Scope {
    scope("production", OWN, &budget.build().unwrap())
}

/// What a budget with this filter counts: `all`, `some`, or `?`.
fn counts(scope: &Scope) -> &'static str {
    match &scope.whole_account {
        Read::Known(true) => "all",
        Read::Known(false) => "some",
        Read::Unreadable(_) => "?",
    }
}

fn dimension(key: Dimension, values: &[&str]) -> Expression {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    let dimension = ExpressionDimensionValues::builder().key(key).set_values(Some(values)).build().unwrap();
    Expression::builder().dimensions(dimension).build()
}

fn not(filter: Expression) -> Expression {
    Expression::builder().not(filter).build()
}

fn expression(filter: Expression) -> Scope {
    scope_of(budget().filter_expression(filter))
}

#[allow(deprecated)]
fn older(key: &str, values: &[&str]) -> Scope {
    scope_of(budget().cost_filters(key, values.iter().map(|value| (*value).to_owned()).collect()))
}

#[test]
fn a_budget_without_filters_counts_all() {
    let scope = scope_of(budget());
    assert_eq!((counts(&scope), scope.credits.known()), ("all", Some(&true)));
    assert!(scope.filters.is_empty() && scope.left_out.is_empty());
}

#[test]
fn a_filter_by_anything_but_the_account_excludes_costs_in_both_forms() {
    for scope in [older("Service", &["Amazon EC2"]), expression(dimension(Dimension::Service, &["Amazon EC2"]))] {
        assert_eq!((counts(&scope), scope.filters.as_slice()), ("some", &["Service: Amazon EC2".to_owned()][..]));
    }
    let tag = TagValues::builder().key("team").values("a").build();
    let scope = expression(Expression::builder().tags(tag).build());
    assert_eq!((counts(&scope), scope.filters.as_slice()), ("some", &["Tag team: a".to_owned()][..]));
}

#[test]
fn a_filter_by_the_account_itself_excludes_nothing_in_both_forms() {
    for scope in [older("LinkedAccount", &[OWN]), expression(dimension(Dimension::LinkedAccount, &[OWN]))] {
        assert_eq!((counts(&scope), scope.filters.len()), ("all", 0));
    }
    let other = "111122223333";
    assert_eq!(counts(&older("LinkedAccount", &[other])), "some");
    assert_eq!(counts(&older("LinkedAccount", &[other, OWN])), "all");
    assert_eq!(counts(&expression(dimension(Dimension::LinkedAccount, &[other]))), "some");
    assert_eq!(counts(&expression(not(dimension(Dimension::LinkedAccount, &[other])))), "all");
    assert_eq!(counts(&expression(not(dimension(Dimension::LinkedAccount, &[OWN])))), "some");
}

#[test]
fn combined_filters_are_evaluated_together() {
    let (own, service) = (dimension(Dimension::LinkedAccount, &[OWN]), dimension(Dimension::Service, &["Amazon EC2"]));
    let both = |one: &Expression, other: &Expression| Expression::builder().and(one.clone()).and(other.clone()).build();
    let either = |one: &Expression, other: &Expression| Expression::builder().or(one.clone()).or(other.clone()).build();
    assert_eq!(counts(&expression(both(&own, &own))), "all");
    assert_eq!(counts(&expression(both(&own, &service))), "some");
    assert_eq!(counts(&expression(either(&own, &service))), "all");
    // One service, or everything except this service, is everything.
    assert_eq!(counts(&expression(either(&service, &not(service.clone())))), "?");
    assert_eq!(counts(&expression(not(both(&own, &service)))), "?");
    assert_eq!(counts(&expression(Expression::builder().build())), "?");
}

#[test]
fn a_filter_that_cannot_be_evaluated_is_unreadable() {
    assert_eq!(counts(&older("LinkedAccount", &[])), "?");
    let contains = ExpressionDimensionValues::builder()
        .key(Dimension::LinkedAccount)
        .values("4444")
        .match_options(MatchOption::StartsWith)
        .build();
    let scope = expression(Expression::builder().dimensions(contains.unwrap()).build());
    assert_eq!((counts(&scope), scope.credits.known()), ("?", None));
}

#[test]
fn another_billing_view_than_the_primary_one_is_unreadable() {
    let view = |arn: &str| counts(&scope_of(budget().billing_view_arn(arn)));
    assert_eq!(view(&format!("arn:aws:billing::{OWN}:billingview/primary")), "all");
    assert_eq!(view(&format!("arn:aws:billing::{OWN}:billingview/custom-1")), "?");
    assert_eq!(view("arn:aws:billing::111122223333:billingview/primary"), "?");
}

#[test]
#[allow(deprecated)]
fn cost_types_determine_credits_and_excluded_costs() {
    let types = |types: CostTypes| scope_of(budget().cost_types(types));
    assert_eq!(types(CostTypes::builder().build()).credits.known(), Some(&true));
    let scope = types(CostTypes::builder().include_credit(false).include_tax(false).include_support(true).build());
    assert_eq!((counts(&scope), scope.credits.known()), ("all", Some(&false)));
    assert_eq!(scope.left_out, ["taxes"]);
}

#[test]
fn charges_excluded_by_a_filter_are_reported_like_cost_types() {
    let without = |charges: &[&str]| expression(not(dimension(Dimension::RecordType, charges)));
    let scope = without(&["Credit", "Refund"]);
    assert_eq!((counts(&scope), scope.credits.known()), ("all", Some(&false)));
    assert_eq!((scope.left_out.as_slice(), scope.filters.len()), (&["charges of the type Refund".to_owned()][..], 0));
    assert_eq!(without(&["Tax"]).credits.known(), Some(&true));
    assert_eq!(counts(&without(&["Usage"])), "some");
    assert_eq!(counts(&without(&["FromTomorrow"])), "?");
    let only = |charges: &[&str]| expression(dimension(Dimension::RecordType, charges));
    assert_eq!(counts(&only(&["Tax"])), "some");
    assert_eq!(counts(&only(&["Usage", "Tax"])), "?");
    assert_eq!(only(&["Usage"]).credits.known(), Some(&false));
}

#[test]
fn the_names_of_dimensions_are_words() {
    for (key, words) in [
        ("LINKED_ACCOUNT", "Linked account"),
        ("LinkedAccount", "Linked account"),
        ("Service", "Service"),
        ("AZ", "Az"),
        ("Tag my Key", "Tag my Key"),
    ] {
        assert_eq!(in_words(key), words);
    }
}
