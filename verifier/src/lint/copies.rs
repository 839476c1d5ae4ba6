//! Finds copied conditions that have come to differ.

use cel::common::ast::{ComprehensionExpr, Expr, operators as op};
use cel::parser::Expression as Tree;
use std::collections::BTreeSet;

use super::form::Form;
use super::infer::{self, Names};
use super::logic::Values;
use crate::cel::budget::spend;
use crate::cel::names::each;
use crate::cel::rewrite::Lets;
use crate::cel::types::Type;

/// The condition of a loop over a list, in parts that must all be true.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The name of the elements' record in the evidence.
    element: String,
    parts: BTreeSet<Form>,
}

/// The difference between two conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The elements that both are about.
    pub element: String,
    /// What each tests that the other does not.
    pub difference: String,
}

/// The conditions of an expression's loops over evidence, with `let`s expanded.
pub fn conditions(tree: &Tree, values: &Values<'_>, names: &Names) -> Vec<Condition> {
    let lets = Lets::new();
    let names: Names = names.clone().into_iter().chain(infer::variables(tree, names, &lets)).collect();
    let mut found = Vec::new();
    each(tree, &mut |node| {
        let Expr::Comprehension(it) = &node.expr else { return };
        let Type::List(of) = infer::infer(&it.iter_range, &names, &lets).0 else { return };
        let (Type::Record(record), Some(condition)) = (of.as_ref(), condition(it)) else { return };
        let parts = match Form::about(condition, &it.iter_var, values) {
            Form::And(parts) => parts,
            one => BTreeSet::from([one]),
        };
        found.push(Condition { element: record.name.clone(), parts });
    });
    found
}

/// The condition of an `exists` or `filter`.
fn condition(it: &ComprehensionExpr) -> Option<&Tree> {
    let Expr::Call(step) = &it.loop_step.expr else { return None };
    match (step.func_name.as_str(), step.args.as_slice()) {
        (op::LOGICAL_OR, [_, condition]) | (op::CONDITIONAL, [condition, _, _]) => Some(condition),
        _ => None,
    }
}

impl Condition {
    /// The difference between two conditions on the same kind of element that have a part in common. Parts that differ
    /// only in a value do not count as a difference.
    pub fn difference(&self, other: &Condition) -> Option<Difference> {
        spend((self.parts.len() + other.parts.len()) as u64);
        if self.element != other.element || self.parts.is_disjoint(&other.parts) {
            return None;
        }
        let shapes = |condition: &Condition| condition.parts.iter().map(Form::shape).collect::<BTreeSet<String>>();
        let (ours, theirs) = (shapes(self), shapes(other));
        let own = |one: &Condition, others: &BTreeSet<String>| {
            one.parts.iter().find(|part| !others.contains(&part.shape())).map(Form::shape)
        };
        let (ours, theirs) = (own(self, &theirs)?, own(other, &ours)?);
        let element = plural(&self.element.to_lowercase());
        Some(Difference { element, difference: format!("one tests {ours}, the other {theirs}") })
    }
}

/// The plural of a kind of element, such as `bucket` or `element of keys`.
fn plural(element: &str) -> String {
    let element = element.strip_prefix("a ").unwrap_or(element);
    match element.split_once(" of ") {
        Some((one, of)) => format!("{one}s of {of}"),
        None => format!("{element}s"),
    }
}
