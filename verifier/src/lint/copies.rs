//! Conditions that were copied, and of which each lost something that the other has.

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

/// What a loop asks of the elements of a list, part by part.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What the elements are, as evidence calls them.
    element: String,
    parts: BTreeSet<Form>,
}

/// What one of two conditions has that the other lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What both are about.
    pub element: String,
    /// What each has of its own.
    pub difference: String,
}

/// The conditions of an expression's loops over evidence, with `let`s written out.
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

/// What `exists` or `filter` asks for.
fn condition(it: &ComprehensionExpr) -> Option<&Tree> {
    let Expr::Call(step) = &it.loop_step.expr else { return None };
    match (step.func_name.as_str(), step.args.as_slice()) {
        (op::LOGICAL_OR, [_, condition]) | (op::CONDITIONAL, [condition, _, _]) => Some(condition),
        _ => None,
    }
}

impl Condition {
    /// What each of two conditions on the same kind of thing has of its own, if they have something in common. Parts that
    /// differ only in a value are the same question about something else.
    pub fn lost(&self, other: &Condition) -> Option<Lost> {
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
        let element = format!("one of the same {}s", self.element.to_lowercase());
        Some(Lost { element, difference: format!("one asks for {ours}, the other for {theirs}") })
    }
}
