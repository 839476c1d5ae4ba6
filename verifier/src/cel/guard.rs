//! Rewrites a tree so that evaluating it counts its cost. Everything that takes longer for a larger value goes through
//! a function in [`super::counted`], and each loop counts the cost of its rounds. The remaining steps always take the
//! same time.

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, operators as op};
use cel::parser::Expression as Tree;
use std::convert::Infallible;

use super::budget;
use super::tree::{calls, ident, is_ident, map};

/// The function through which loops look at each element, with the steps of a round. Authors cannot write its name.
pub(crate) const EACH: &str = "@each";
/// The function through which loops get what they go over, in an order that is always the same.
pub(crate) const OVER: &str = "@over";
/// The function that replaces CEL's `+`, which would treat the placeholder for an unread part of a list as an element.
pub(crate) const ADD: &str = "@add";
/// The function that returns its argument, and counts it as copied or looked through once.
pub const COUNT: &str = "@count";
/// The function that returns its argument, an index of a list, unless it has decimals.
pub(crate) const PLACE: &str = "@place";
/// The function that counts the steps of the second operand of `&&`, which is not always evaluated.
pub(crate) const AHEAD: &str = "@ahead";
/// The function that replaces `size`, and counts the characters of texts.
pub const SIZE: &str = "@size";
/// Functions that replace CEL's comparison operators, and count what they compare.
pub(crate) const COMPARISONS: [(&str, &str); 7] = [
    (op::EQUALS, "@equals"),
    (op::NOT_EQUALS, "@differs"),
    (op::IN, "@is_in"),
    (op::LESS, "@less"),
    (op::LESS_EQUALS, "@less_equals"),
    (op::GREATER, "@greater"),
    (op::GREATER_EQUALS, "@greater_equals"),
];

/// Operators that use only true and false, or pass on their arguments unchanged.
const PLAIN: [&str; 6] =
    [op::LOGICAL_AND, op::LOGICAL_OR, op::LOGICAL_NOT, op::NOT_STRICTLY_FALSE, op::CONDITIONAL, op::NEGATE];

/// An expanded expression, ready to be evaluated: it counts its cost, and its loops refuse elements that were not read.
pub fn guard(tree: &Tree) -> Tree {
    let Ok(mut tree) = map(tree, &mut |child| Ok::<_, Infallible>(guard(child)));
    let mut copies = false;
    match &mut tree.expr {
        Expr::Comprehension(each) => guard_loop(each),
        Expr::List(list) => list.elements.iter_mut().for_each(count),
        Expr::Map(map) => map.entries.iter_mut().for_each(|entry| count_entry(&mut entry.expr)),
        Expr::Struct(record) => record.entries.iter_mut().for_each(|entry| count_entry(&mut entry.expr)),
        Expr::Select(select) => copies = !select.test && !is_lent(&select.operand),
        Expr::Call(call) if is_logical(call) => count_ahead(&mut call.args[1]),
        Expr::Call(call) if PLAIN.contains(&call.func_name.as_str()) => {}
        Expr::Call(call) => copies = guard_call(call),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
    }
    if copies {
        count(&mut tree);
    }
    tree
}

/// The steps for evaluating a guarded tree, without the rounds of its loops and the sizes of values.
pub fn steps(tree: &Tree) -> u64 {
    match &tree.expr {
        Expr::Literal(LiteralValue::String(text)) => 1 + budget::of_bytes(text.inner().len()),
        Expr::Literal(LiteralValue::Bytes(bytes)) => 1 + budget::of_bytes(bytes.inner().len()),
        Expr::Comprehension(each) => 1 + steps(&each.iter_range) + steps(&each.accu_init) + steps(&each.result),
        // These parts are counted when they are evaluated.
        Expr::Call(call) if is_logical(call) && is_counted_ahead(&call.args[1]) => 3 + steps(&call.args[0]),
        _ => {
            let mut all = 1;
            super::names::children(tree, &mut |child| all += steps(child));
            all
        }
    }
}

/// Operands with at least this many steps are counted only if they are evaluated.
const LONG: u64 = 8;

fn is_logical(call: &CallExpr) -> bool {
    [op::LOGICAL_AND, op::LOGICAL_OR].contains(&call.func_name.as_str()) && call.args.len() == 2
}

/// Makes the second operand of a logical operator count when it is evaluated.
fn count_ahead(operand: &mut Tree) {
    let steps = steps(operand);
    if steps >= LONG {
        let id = operand.id;
        let ahead = calls(id, AHEAD, vec![number(id, steps)]);
        *operand = calls(id, op::LOGICAL_AND, vec![ahead, std::mem::take(operand)]);
    }
}

/// Makes an operand that counts when it is evaluated count with the whole expression instead.
fn not_ahead(operand: &mut Tree) {
    if is_counted_ahead(operand)
        && let Expr::Call(call) = &mut operand.expr
        && let Some(itself) = call.args.pop()
    {
        *operand = itself;
    }
}

fn is_counted_ahead(operand: &Tree) -> bool {
    match &operand.expr {
        Expr::Call(call) if is_logical(call) => {
            matches!(&call.args[0].expr, Expr::Call(ahead) if ahead.func_name == AHEAD)
        }
        _ => false,
    }
}

fn number(id: u64, number: u64) -> Tree {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    Tree { id, expr: Expr::Literal(LiteralValue::Int(number.into())) }
}

/// The argument of the function that counts it.
pub(crate) fn uncounted(tree: &Tree) -> &Tree {
    match &tree.expr {
        Expr::Call(CallExpr { func_name, args, .. }) if func_name == COUNT => args.first().unwrap_or(tree),
        _ => tree,
    }
}

/// Makes a call count its arguments. Returns whether its result may be copied out of a temporary value.
fn guard_call(call: &mut CallExpr) -> bool {
    let ours = COMPARISONS.iter().find(|(operator, _)| *operator == call.func_name);
    if let Some((_, ours)) = ours {
        (*ours).clone_into(&mut call.func_name);
    } else if call.func_name == op::ADD {
        ADD.clone_into(&mut call.func_name);
    } else if call.func_name == "size" && call.args.len() + usize::from(call.target.is_some()) == 1 {
        SIZE.clone_into(&mut call.func_name);
        call.args.extend(call.target.take().map(|target| *target));
    } else if call.func_name == op::INDEX && call.args.len() == 2 {
        let at = &mut call.args[1];
        if !matches!(at.expr, Expr::Literal(LiteralValue::Int(_) | LiteralValue::String(_))) {
            *at = calls(at.id, PLACE, vec![std::mem::take(at)]);
        }
        return !is_lent(&call.args[0]);
    } else {
        call.target.iter_mut().for_each(|target| count(target));
        call.args.iter_mut().for_each(count);
    }
    false
}

/// Whether the value of a tree is stored elsewhere, and so is not copied: a name, or a part of one.
fn is_lent(tree: &Tree) -> bool {
    match &tree.expr {
        Expr::Ident(_) => true,
        Expr::Select(select) => is_lent(&select.operand),
        Expr::Call(call) if call.func_name == op::INDEX => call.args.first().is_some_and(is_lent),
        _ => false,
    }
}

/// Makes a value count, unless it is always small.
fn count(tree: &mut Tree) {
    let small = match &tree.expr {
        // Literals are among the expression's own steps.
        Expr::Literal(_) => true,
        Expr::Call(call) => {
            let name = call.func_name.as_str();
            let compares = COMPARISONS.iter().any(|(_, ours)| *ours == name);
            compares || [COUNT, EACH, SIZE].contains(&name) || name != op::CONDITIONAL && PLAIN.contains(&name)
        }
        _ => false,
    };
    if !small {
        *tree = calls(tree.id, COUNT, vec![std::mem::take(tree)]);
    }
}

fn count_entry(entry: &mut EntryExpr) {
    match entry {
        EntryExpr::StructField(field) => count(&mut field.value),
        EntryExpr::MapEntry(entry) => {
            count(&mut entry.key);
            count(&mut entry.value);
        }
    }
}

/// The step of a loop that passes its element to [`EACH`], so that an unread element is noticed.
fn guard_loop(each: &mut ComprehensionExpr) {
    each.iter_range = calls(each.iter_range.id, OVER, vec![std::mem::take(&mut each.iter_range)]);
    let id = each.loop_step.id;
    let mut step = plain_sums(std::mem::take(&mut each.loop_step), &each.accu_var);
    if let Expr::Call(call) = &mut step.expr
        && is_logical(call)
    {
        // It is evaluated in each round.
        not_ahead(&mut call.args[1]);
    }
    let round = number(id, steps(&step) + steps(&each.loop_cond));
    let there = calls(id, EACH, vec![ident(id, &each.iter_var), round]);
    let folds = |call: &CallExpr, name| {
        call.func_name == name && call.args.first().is_some_and(|accu| is_ident(accu, &each.accu_var))
    };
    each.loop_step = match step.expr {
        // An unread element makes `exists` unknown, unless the condition is false for every value, …
        Expr::Call(mut call) if folds(&call, op::LOGICAL_OR) && call.args.len() == 2 => {
            let condition = call.args.remove(1);
            call.args.push(calls(id, op::LOGICAL_AND, vec![there, condition]));
            Tree { id, expr: Expr::Call(call) }
        }
        // … and `all`, unless the condition is true for every value.
        Expr::Call(mut call) if folds(&call, op::LOGICAL_AND) && call.args.len() == 2 => {
            let condition = call.args.remove(1);
            let absent = calls(id, op::LOGICAL_NOT, vec![there]);
            call.args.push(calls(id, op::LOGICAL_OR, vec![absent, condition]));
            Tree { id, expr: Expr::Call(call) }
        }
        // An element that the condition excludes is left out, read or not.
        Expr::Call(mut call) if call.func_name == op::CONDITIONAL && call.args.len() == 3 => {
            let condition = std::mem::take(&mut call.args[0]);
            call.args[0] = calls(id, op::LOGICAL_AND, vec![there, condition]);
            Tree { id, expr: Expr::Call(call) }
        }
        expr => {
            let accu = ident(id, &each.accu_var);
            calls(id, op::CONDITIONAL, vec![there, Tree { id: step.id, expr }, accu])
        }
    };
}

/// The step of a loop with CEL's own additions to the accumulator, which are fast for lists.
fn plain_sums(mut step: Tree, accu: &str) -> Tree {
    let grows = |call: &CallExpr| call.func_name == ADD && call.args.first().is_some_and(|one| is_ident(one, accu));
    match &mut step.expr {
        Expr::Call(call) if grows(call) => op::ADD.clone_into(&mut call.func_name),
        Expr::Call(call) if call.func_name == op::CONDITIONAL => {
            for branch in &mut call.args[1..] {
                *branch = plain_sums(std::mem::take(branch), accu);
            }
        }
        _ => {}
    }
    step
}
