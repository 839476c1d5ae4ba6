//! Determines what a budget counts: whether its filters exclude some of the account's costs, and which kinds of costs
//! it excludes or subtracts.

use super::Read;
use super::arn::Arn;
use aws_sdk_budgets::types::{Budget, CostTypes, Dimension, Expression, ExpressionDimensionValues, MatchOption};
use course::results::ReasonCode;

/// What a budget counts.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) whole_account: Read<bool>,
    pub(super) filters: Vec<String>,
    pub(super) credits: Read<bool>,
    pub(super) left_out: Vec<String>,
}

/// Whether a filter includes all of the account's costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lets {
    All,
    Some,
    /// This version cannot evaluate it.
    Unclear,
}

impl Lets {
    /// Two filters that must both include a cost.
    fn and(self, other: Lets) -> Lets {
        match (self, other) {
            (Lets::Some, _) | (_, Lets::Some) => Lets::Some,
            (Lets::All, Lets::All) => Lets::All,
            _ => Lets::Unclear,
        }
    }

    /// Two filters of which one must include a cost. Two parts may be everything.
    fn or(self, other: Lets) -> Lets {
        if self == Lets::All || other == Lets::All { Lets::All } else { Lets::Unclear }
    }
}

/// Charges that are subtracted from the costs (Cost Explorer's names for them, in its API and in its console).
const SUBTRACTED: &[&str] = &[
    "Refund",
    "Discount",
    "BundledDiscount",
    "Bundled Discount",
    "EdpDiscount",
    "Enterprise Discount Program Discount",
    "PrivateRateDiscount",
    "Private Rate Discount",
    "SppDiscount",
    "Solution Provider Program Discount",
];

/// Charges other than usage that the cost types can exclude, too.
const BESIDE_USAGE: &[&str] = &["Tax", "Support", "Subscription", "Recurring", "RIFee", "Upfront"];

const CREDIT: &str = "Credit";
const USAGE: &str = "Usage";

/// What a budget of this account counts. AWS has two forms of filters, the older cost filters and the filter
/// expression. Both must include a cost.
pub(super) fn scope(who: &str, account_id: &str, budget: &Budget) -> Scope {
    let mut weighed = Weighed { account_id, filters: Vec::new(), left_out: Vec::new(), credits: true };
    #[allow(deprecated, reason = "budgets of before 2025, and the lesson's, are written this way")]
    let (cost_filters, cost_types) = (budget.cost_filters.as_ref(), budget.cost_types.as_ref());
    let mut cost_filters: Vec<_> = cost_filters.into_iter().flatten().collect();
    cost_filters.sort();
    let older = cost_filters.into_iter().fold(Lets::All, |lets, (key, values)| lets.and(weighed.older(key, values)));
    let newer = budget.filter_expression.as_ref().map_or(Lets::All, |filter| weighed.expression(filter));
    if let Some(types) = cost_types {
        weighed.left_out.extend(switched_off(types));
        // "Specifies whether a budget includes credits. The default value is true" (API reference of CostTypes).
        weighed.credits &= types.include_credit.unwrap_or(true);
    }
    let unclear = |message: &str| Read::unreadable(ReasonCode::IncompleteAnswer, who, message);
    let lets = older.and(newer);
    let filtered = "The budget has filters that this version of verify cannot evaluate.";
    let whole_account = match lets {
        Lets::Some => Read::Known(false),
        _ if !is_primary(budget, account_id) => {
            unclear("The budget uses a billing view other than the account's primary one.")
        }
        Lets::All => Read::Known(true),
        Lets::Unclear => unclear(filtered),
    };
    let credits = match newer {
        // A filter that was not evaluated may exclude credits.
        Lets::Unclear if weighed.credits => unclear(filtered),
        _ => Read::Known(weighed.credits),
    };
    weighed.left_out.sort();
    weighed.left_out.dedup();
    weighed.filters.dedup();
    Scope { whole_account, filters: weighed.filters, credits, left_out: weighed.left_out }
}

/// Whether it uses the account's primary billing view, which is the default.
fn is_primary(budget: &Budget, account_id: &str) -> bool {
    let is_own = |view: Arn<'_>| view.account == account_id && view.resource == "billingview/primary";
    budget.billing_view_arn.as_deref().is_none_or(|view| Arn::parse(view).is_some_and(is_own))
}

/// The cost types that are excluded, as text. By default, all of these are included (API reference of CostTypes).
/// `UseBlended` and `UseAmortized` change the rate and the time of a cost, not whether it counts.
fn switched_off(types: &CostTypes) -> impl Iterator<Item = String> {
    let all = [
        (types.include_tax, "taxes"),
        (types.include_subscription, "subscriptions"),
        (types.include_refund, "refunds"),
        (types.include_upfront, "upfront fees of reservations"),
        (types.include_recurring, "recurring fees of reservations"),
        (types.include_other_subscription, "other subscriptions"),
        (types.include_support, "Support fees"),
        (types.include_discount, "discounts"),
    ];
    all.into_iter().filter(|(on, _)| *on == Some(false)).map(|(_, name)| name.to_owned())
}

/// The state while a budget's filters are evaluated.
struct Weighed<'w> {
    account_id: &'w str,
    /// Names of the filters that exclude costs.
    filters: Vec<String>,
    left_out: Vec<String>,
    credits: bool,
}

impl Weighed<'_> {
    /// One of the older cost filters.
    fn older(&mut self, key: &str, values: &[String]) -> Lets {
        let lets = match key {
            _ if values.is_empty() => Lets::Unclear,
            "LinkedAccount" => self.names_account(values),
            _ => Lets::Some,
        };
        self.note(lets, "", key, values)
    }

    fn expression(&mut self, filter: &Expression) -> Lets {
        let parts = [
            filter.and.is_some(),
            filter.or.is_some(),
            filter.not.is_some(),
            filter.dimensions.is_some(),
            filter.tags.is_some(),
            filter.cost_categories.is_some(),
            filter.product_attributes.is_some(),
        ];
        // "You can specify only one". Neither several nor an empty one are documented.
        if parts.iter().filter(|part| **part).count() != 1 {
            return Lets::Unclear;
        }
        if let Some(all) = &filter.and {
            return all.iter().fold(Lets::All, |lets, one| lets.and(self.expression(one)));
        }
        if let Some(any) = &filter.or {
            let before = self.credits;
            let lets = any.iter().map(|one| self.expression(one)).reduce(Lets::or).unwrap_or(Lets::Unclear);
            // It is not evaluated whether one part includes credits that the other excludes.
            let same = self.credits == before;
            self.credits = before;
            return if same { lets } else { Lets::Unclear };
        }
        match &filter.not {
            Some(not) => match (&not.dimensions, self.named(not)) {
                (Some(dimension), _) => self.without(dimension),
                (None, Some((key, values))) => self.note(Lets::Some, "not ", &key, &values),
                (None, None) => Lets::Unclear,
            },
            None => match (&filter.dimensions, self.named(filter)) {
                (Some(dimension), _) => self.only(dimension),
                (None, Some((key, values))) => self.note(Lets::Some, "", &key, &values),
                (None, None) => Lets::Unclear,
            },
        }
    }

    /// The key and the values of a filter by tag, cost category or product attribute. Such a filter never includes all
    /// costs.
    fn named(&self, filter: &Expression) -> Option<(String, Vec<String>)> {
        let tag = filter.tags.as_ref().map(|tag| ("Tag", tag.key.clone(), tag.values.clone()));
        let category = filter.cost_categories.as_ref();
        let category = category.map(|category| ("Cost category", category.key.clone(), category.values.clone()));
        let attribute = filter.product_attributes.as_ref();
        let attribute =
            attribute.map(|attribute| ("Product attribute", Some(attribute.key.clone()), attribute.values.clone()));
        let (kind, key, values) = tag.or(category).or(attribute)?;
        Some((format!("{kind} {}", key.unwrap_or_default()), values.unwrap_or_default()))
    }

    /// Only costs with one of these values.
    fn only(&mut self, dimension: &ExpressionDimensionValues) -> Lets {
        let lets = match &dimension.key {
            _ if !is_exact(dimension) => Lets::Unclear,
            Dimension::LinkedAccount => self.names_account(&dimension.values),
            Dimension::RecordType => {
                self.credits &= has(&dimension.values, CREDIT);
                // The charges of an account other than usage are not known.
                if has(&dimension.values, USAGE) { Lets::Unclear } else { Lets::Some }
            }
            _ => Lets::Some,
        };
        self.note(lets, "", dimension.key.as_str(), &dimension.values)
    }

    /// All costs except those with one of these values.
    fn without(&mut self, dimension: &ExpressionDimensionValues) -> Lets {
        let lets = match &dimension.key {
            _ if !is_exact(dimension) => Lets::Unclear,
            Dimension::LinkedAccount => match self.names_account(&dimension.values) {
                Lets::All => Lets::Some,
                _ => Lets::All,
            },
            Dimension::RecordType => self.without_charges(&dimension.values),
            _ => Lets::Some,
        };
        self.note(lets, "not ", dimension.key.as_str(), &dimension.values)
    }

    /// All costs except these charges. As with the older cost types, a budget must include usage.
    fn without_charges(&mut self, charges: &[String]) -> Lets {
        let is = |charge: &String, names: &[&str]| names.iter().any(|name| charge.eq_ignore_ascii_case(name));
        self.credits &= !has(charges, CREDIT);
        if has(charges, USAGE) {
            return Lets::Some;
        }
        let mut lets = Lets::All;
        for charge in charges.iter().filter(|charge| !is(charge, &[CREDIT])) {
            if is(charge, SUBTRACTED) || is(charge, BESIDE_USAGE) {
                self.left_out.push(format!("charges of the type {charge}"));
            } else {
                lets = Lets::Unclear;
            }
        }
        lets
    }

    /// Whether the accounts in a filter include this one. Then all of its costs are included.
    fn names_account(&self, accounts: &[String]) -> Lets {
        if accounts.iter().any(|account| account == self.account_id) { Lets::All } else { Lets::Some }
    }

    /// Notes the name of a filter that excludes costs, or may.
    fn note(&mut self, lets: Lets, not: &str, key: &str, values: &[String]) -> Lets {
        if lets != Lets::All {
            let name = format!("{not}{}: {}", in_words(key), values.join(", "));
            self.filters.push(name);
        }
        lets
    }
}

/// Whether a filter compares complete values.
fn is_exact(dimension: &ExpressionDimensionValues) -> bool {
    let exact = [MatchOption::Equals, MatchOption::CaseSensitive];
    !dimension.values.is_empty() && dimension.match_options.iter().flatten().all(|option| exact.contains(option))
}

fn has(values: &[String], name: &str) -> bool {
    values.iter().any(|value| value.eq_ignore_ascii_case(name))
}

/// A dimension's name as text: `LINKED_ACCOUNT` and `LinkedAccount` are both "Linked account".
fn in_words(key: &str) -> String {
    if key.contains(' ') {
        return key.to_owned();
    }
    let mut words = String::new();
    let mut before = None;
    for letter in key.chars() {
        match (before, letter) {
            (None, _) => words.extend(letter.to_uppercase()),
            (_, '_') => words.push(' '),
            (Some(before), _) => {
                if letter.is_uppercase() && char::is_lowercase(before) {
                    words.push(' ');
                }
                words.extend(letter.to_lowercase());
            }
        }
        before = Some(letter);
    }
    words
}

#[cfg(test)]
mod tests;
