//! Finds conditions that are always true, or never, whatever is read.

use cel::common::ast::{CallExpr, Expr, LiteralValue, operators as op};
use cel::parser::Expression as Tree;
use std::collections::BTreeSet;

use super::form::Form;
use super::logic::{self, Values};
use super::size::{number, sized};
use crate::cel::budget::spend;
use crate::cel::names::children;

/// A condition whose value does not depend on what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Constant {
    /// The node of the expression.
    pub(super) node: u64,
    /// Its value.
    pub(super) value: bool,
    /// Whether it joins conditions with `&&` or `||`.
    pub(super) joins: bool,
}

/// The conditions in an expression that are constant: of nested ones, the outermost. A literal is one only if it is the
/// whole expression.
pub(super) fn constants(tree: &Tree, values: &Values<'_>) -> Vec<Constant> {
    let mut found = Vec::new();
    match is_literal(tree) {
        true => found.extend(truth(&Form::of(tree, values)).map(|value| Constant::of(tree, value))),
        false => find(tree, values, &mut found),
    }
    found
}

impl Constant {
    fn of(tree: &Tree, value: bool) -> Constant {
        let sign = |call: &CallExpr| [op::LOGICAL_AND, op::LOGICAL_OR].contains(&call.func_name.as_str());
        Constant { node: tree.id, value, joins: matches!(&tree.expr, Expr::Call(call) if sign(call)) }
    }
}

fn find(tree: &Tree, values: &Values<'_>, found: &mut Vec<Constant>) {
    spend(1);
    if is_condition(tree)
        && let Some(value) = truth(&Form::of(tree, values))
    {
        found.push(Constant::of(tree, value));
        return;
    }
    match &tree.expr {
        // What a macro is expanded to has conditions that nobody wrote.
        Expr::Comprehension(each) => {
            find(&each.iter_range, values, found);
            match (logic::condition(each), &each.loop_step.expr) {
                (Some(condition), _) => find(condition, values, found),
                (None, Expr::Call(step)) => step.args.iter().for_each(|part| find(part, values, found)),
                (None, _) => {}
            }
        }
        _ => children(tree, &mut |child| find(child, values, found)),
    }
}

fn is_literal(tree: &Tree) -> bool {
    matches!(&tree.expr, Expr::Literal(LiteralValue::Boolean(_)))
}

/// Whether it compares, or combines conditions.
fn is_condition(tree: &Tree) -> bool {
    const SIGNS: [&str; 9] = [
        op::LOGICAL_AND,
        op::LOGICAL_OR,
        op::LOGICAL_NOT,
        op::EQUALS,
        op::NOT_EQUALS,
        op::LESS,
        op::LESS_EQUALS,
        op::GREATER,
        op::GREATER_EQUALS,
    ];
    match &tree.expr {
        Expr::Call(CallExpr { func_name, .. }) => SIGNS.contains(&func_name.as_str()),
        Expr::Comprehension(each) => logic::is_test(each),
        _ => false,
    }
}

/// The value of a condition, if it has the same one for everything that can be read.
fn truth(form: &Form) -> Option<bool> {
    spend(1);
    match form {
        Form::And(parts) => all(parts, Form::clone),
        // Not all of the opposites.
        Form::Or(parts) => all(parts, |part| part.clone().opposite()).map(|value| !value),
        Form::Not(form) => truth(form).map(|value| !value),
        Form::Exists(_, wanted) => truth(wanted).filter(|value| !value),
        Form::Filter(..) => None,
        Form::Other(name, parts) => match (&**name, &**parts) {
            (name, []) => [true, false].into_iter().find(|value| *name == literal(*value)),
            (op::EQUALS | op::LESS_EQUALS, [one, other]) if one == other => Some(true),
            (op::LESS, [one, other]) if one == other => Some(false),
            (sign, [one, other]) => of_a_size(sign, one, other),
            _ => None,
        },
    }
}

/// Whether parts can all be true.
fn all(parts: &BTreeSet<Form>, part: impl Fn(&Form) -> Form) -> Option<bool> {
    let parts: Vec<Form> = parts.iter().map(part).map(simpler).collect();
    let truths: Vec<Option<bool>> = parts.iter().map(truth).collect();
    let contrary =
        || parts.iter().enumerate().any(|(at, one)| parts[at + 1..].iter().any(|other| excludes(one, other)));
    if truths.contains(&Some(false)) || contrary() {
        return Some(false);
    }
    truths.iter().all(|truth| *truth == Some(true)).then_some(true)
}

/// What is equal to true or false is a condition itself, and a comparison that is negated is another comparison.
fn simpler(form: Form) -> Form {
    let of_truth = |form: &Form| {
        let Form::Other(name, parts) = form else { return None };
        let (op::EQUALS, [one, other]) = (&**name, &**parts) else { return None };
        [true, false].into_iter().find_map(|value| {
            let is_value =
                |form: &Form| matches!(form, Form::Other(name, parts) if parts.is_empty() && **name == literal(value));
            let of = is_value(one).then_some(other).or_else(|| is_value(other).then_some(one))?.clone();
            Some(if value { of } else { of.opposite() })
        })
    };
    let turned = |form: &Form| {
        let Form::Other(name, parts) = form else { return None };
        match (&**name, &**parts) {
            (op::LESS, [one, other]) => Some(Form::other(op::LESS_EQUALS, vec![other.clone(), one.clone()])),
            (op::LESS_EQUALS, [one, other]) => Some(Form::other(op::LESS, vec![other.clone(), one.clone()])),
            _ => None,
        }
    };
    match &form {
        Form::Not(negated) => of_truth(negated).map(Form::opposite).or_else(|| turned(negated)).unwrap_or(form),
        _ => of_truth(&form).unwrap_or(form),
    }
}

/// Whether two conditions are never both true.
fn excludes(one: &Form, other: &Form) -> bool {
    spend(1);
    if one.clone().opposite() == *other {
        return true;
    }
    let (Form::Other(one, these), Form::Other(other, those)) = (one, other) else { return false };
    match (&**one, &**these, &**other, &**those) {
        // A value is not two different ones.
        (op::EQUALS, [_, _], op::EQUALS, [_, _]) => these.iter().any(|common| {
            let rest = |parts: &[Form]| parts.iter().find(|part| *part != common).cloned();
            those.contains(common)
                && matches!((rest(these), rest(those)), (Some(one), Some(other)) if are_apart(&one, &other))
        }),
        (op::LESS, [a, b], op::LESS | op::LESS_EQUALS, [c, d]) | (op::LESS_EQUALS, [a, b], op::LESS, [c, d]) => {
            a == d && b == c
        }
        _ => false,
    }
}

/// Whether two forms are literals of one kind that differ.
fn are_apart(one: &Form, other: &Form) -> bool {
    one != other && kind(one).is_some() && kind(one) == kind(other)
}

/// The kind of a literal: a text, a whole number, true or false.
fn kind(form: &Form) -> Option<&str> {
    let Form::Other(name, parts) = form else { return None };
    let (kind, _) = name.split_once('(').filter(|_| parts.is_empty())?;
    let literals = [LiteralValue::String("".into()), LiteralValue::Int(0.into()), LiteralValue::Boolean(true.into())];
    let is_one = |literal: &LiteralValue| format!("{literal:?}").split_once('(').is_some_and(|(own, _)| own == kind);
    literals.iter().any(is_one).then_some(kind)
}

/// A comparison of a size, which is never negative.
fn of_a_size(sign: &str, one: &Form, other: &Form) -> Option<bool> {
    match (sign, number(one), sized(one), number(other), sized(other)) {
        (op::LESS, Some(number), _, _, Some(_)) if number < 0 => Some(true),
        (op::LESS_EQUALS, Some(number), _, _, Some(_)) if number <= 0 => Some(true),
        (op::LESS, _, Some(_), Some(number), _) if number <= 0 => Some(false),
        (op::LESS_EQUALS, _, Some(_), Some(number), _) if number < 0 => Some(false),
        (op::EQUALS, Some(number), _, _, Some(_)) | (op::EQUALS, _, Some(_), Some(number), _) if number < 0 => {
            Some(false)
        }
        _ => None,
    }
}

/// The form's name for `true` or `false`.
fn literal(value: bool) -> String {
    format!("{:?}", LiteralValue::Boolean(value.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cel::{Written, on_a_thread};

    #[test]
    fn what_is_read_decides_or_it_does_not() {
        for (source, values) in [
            ("true", vec![true]),
            ("x || true", vec![true]),
            ("x && false", vec![false]),
            ("x || !x", vec![true]),
            ("x && !x", vec![false]),
            ("x.size() >= 0", vec![true]),
            ("size(x) > -1", vec![true]),
            ("0 <= x.size()", vec![true]),
            ("x.size() < 0", vec![false]),
            ("x.size() == -1", vec![false]),
            ("x.size() > 0 || x.size() == 0", vec![true]),
            ("x == x", vec![true]),
            ("x.a != x.a", vec![false]),
            ("x < x", vec![false]),
            ("x.a > 5 || x.a <= 5", vec![true]),
            ("x.a > 5 && x.a < 5", vec![false]),
            ("!(x.a > 5) && !(x.a <= 5)", vec![false]),
            ("x.a != 'a' || x.a != 'b'", vec![true]),
            ("x.a == 'a' && x.a == 'b'", vec![false]),
            ("x.exists(y, y.a == 'a' && y.a == 'b')", vec![false]),
            ("x.a == true || x.a == false", vec![true]),
            ("x.a == true && !x.a", vec![false]),
            ("x.a != true && x.a", vec![false]),
            ("x.exists(y, false)", vec![false]),
            ("x.all(y, y.a != 1 || y.a != 2)", vec![true]),
            ("x.filter(y, y.a == 'a' && y.a == 'b').size() > 0", vec![false]),
            ("x.filter(y, y.a == 'a' && y.a == 'b').map(y, y.a)", vec![false]),
            ("(x.a || true) && x.b", vec![true]),
            ("x.map(y, y.size() >= 0)", vec![true]),
            ("never && x", vec![false]),
            // What is read decides.
            ("x.a", vec![]),
            ("x && true", vec![]),
            ("x.size() >= 1", vec![]),
            ("x.size() > 0", vec![]),
            ("x.a != 'a' || x.b != 'b'", vec![]),
            ("x.a == 'a' || x.a == 'b'", vec![]),
            ("x.a != 'a' && x.a != 'b'", vec![]),
            ("x.a == 'a' && x.b == 'b'", vec![]),
            ("x.a == 1 && x.a == 1.0", vec![]),
            ("x.a == true || x.b == false", vec![]),
            ("x.a >= 5 && x.a <= 5", vec![]),
            ("x.a > 5 || x.a < 5", vec![]),
            ("x.exists(y, y.a == 'a') && x.exists(y, y.a == 'b')", vec![]),
            ("x.exists(y, true)", vec![]),
            ("x.a ? true : false", vec![]),
            ("x.exists_one(y, y.a == 'a')", vec![]),
            ("[1, 2].exists(y, y == x)", vec![]),
        ] {
            let found = on_a_thread(move || {
                let lets = [("never", Written::parse("x.a == 'a' && x.a == 'b'").unwrap())];
                let values = lets.iter().map(|(name, written)| (*name, written.tree())).collect();
                let found = constants(Written::parse(source).unwrap().tree(), &values);
                found.into_iter().map(|constant| constant.value).collect::<Vec<_>>()
            });
            assert_eq!(found.unwrap(), values, "{source}");
        }
    }
}
