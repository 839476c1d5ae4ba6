//! Finds conditions on values that may be absent: `all` is true for an empty list, and an absent field or the first
//! element of an empty list cannot be evaluated.

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, operators as op};
use cel::parser::Expression as Tree;
use std::cell::RefCell;
use std::collections::HashMap;

use super::form::Form;
use super::infer::{self, Names};
use super::logic::Values;
use crate::cel::budget::spend;
use crate::cel::rewrite::Lets;
use crate::cel::types::Type;

/// A value that may be absent and is not tested first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unasked {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// The untested values in an expression with its `let`s expanded. `when` is the condition that is known to be true.
pub(crate) fn unasked(tree: &Tree, when: Option<&Tree>, values: &Values<'_>, names: &Names) -> Vec<Unasked> {
    let lets = Lets::new();
    let mut variables = infer::variables(tree, names, &lets);
    for value in values.trees() {
        variables.extend(infer::variables(value, names, &lets));
    }
    let names = names.clone().into_iter().chain(variables).collect();
    let mut walk = Walk { values, names, forms: RefCell::default(), open: Vec::new(), found: Vec::new() };
    let known: Vec<Form> = when.iter().map(|when| walk.form(when)).collect();
    walk.of(tree, &known);
    walk.found.sort();
    walk.found.dedup();
    walk.found
}

struct Walk<'w, 't> {
    values: &'w Values<'t>,
    names: Names,
    /// The forms of nodes that were computed before.
    forms: RefCell<HashMap<*const Tree, Form>>,
    open: Vec<String>,
    found: Vec<Unasked>,
}

impl Walk<'_, '_> {
    /// Walks an expression. `known` lists what is true when it is evaluated.
    fn of(&mut self, tree: &Tree, known: &[Form]) {
        spend(1 + known.len() as u64);
        match &tree.expr {
            Expr::Ident(name) => {
                if let Some(value) = self.values.get(name)
                    && !self.open.contains(name)
                {
                    self.open.push(name.clone());
                    self.of(value, known);
                    self.open.pop();
                }
            }
            Expr::Select(select) => {
                self.of(&select.operand, known);
                if !select.test {
                    self.field(tree, &select.operand, &select.field, known);
                }
            }
            Expr::Call(call) => self.call(call, known),
            Expr::Comprehension(each) => self.each(each, known),
            Expr::List(list) => list.elements.iter().for_each(|element| self.of(element, known)),
            _ => {}
        }
    }

    fn call(&mut self, call: &CallExpr, known: &[Form]) {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (op::LOGICAL_AND, [one, other]) => {
                self.of(one, &with(known, self.form(other)));
                self.of(other, &with(known, self.form(one)));
            }
            (op::LOGICAL_OR, [one, other]) => {
                self.of(one, &with(known, self.form(other).opposite()));
                self.of(other, &with(known, self.form(one).opposite()));
            }
            (op::CONDITIONAL, [condition, yes, no]) => {
                self.of(condition, known);
                self.of(yes, &with(known, self.form(condition)));
                self.of(no, &with(known, self.form(condition).opposite()));
            }
            // Lint says what to write instead of a comparison with `null`.
            (op::EQUALS | op::NOT_EQUALS, [one, other]) if is_nothing(one) || is_nothing(other) => {
                for side in [one, other] {
                    match &side.expr {
                        Expr::Select(select) => self.of(&select.operand, known),
                        _ => self.of(side, known),
                    }
                }
            }
            (op::INDEX, [list, at]) => {
                self.of(list, known);
                let Expr::Literal(LiteralValue::Int(at)) = &at.expr else { return };
                let (at, of) = (*at.inner(), self.form(list));
                if at <= 0 && !self.has_one(list, known) {
                    self.found.push(Unasked {
                        message: format!("the list `{of}` may be empty, but one of its elements is used"),
                        help: "test first that it is not empty, as in list.size() > 0 && …, or use exists".into(),
                    });
                } else if at > 0 && !self.has_more(list, at, known) {
                    self.found.push(Unasked {
                        message: format!("the list `{of}` may have no element [{at}], which is used: the first is [0]"),
                        help: format!("test first that it has one, as in list.size() > {at} && …, or use exists"),
                    });
                }
            }
            (_, args) => call.target.iter().map(|target| &**target).chain(args).for_each(|arg| self.of(arg, known)),
        }
    }

    fn each(&mut self, each: &ComprehensionExpr, known: &[Form]) {
        self.of(&each.iter_range, known);
        let condition = match &each.loop_step.expr {
            Expr::Call(step) => step.args.as_slice(),
            _ => &[],
        };
        if is_all(each) && !self.has_one(&each.iter_range, known) {
            self.found.push(Unasked {
                message: format!("`all` is true for an empty list, and `{}` may be empty", self.form(&each.iter_range)),
                help:
                    "also test that it is not empty (list.size() > 0 && list.all(…)), or say in `when` when it applies"
                        .into(),
            });
        }
        let list = self.form(&each.iter_range);
        let of_each = known.iter().flat_map(|known| known.of_each_of(&list, &each.iter_var));
        // The elements of a filtered list pass the filter.
        let passes = match &list {
            Form::Filter(_, condition) => Some((**condition).clone().named(&each.iter_var)),
            _ => None,
        };
        let of_each = of_each.chain(passes);
        let known: Vec<Form> = known.iter().cloned().chain(of_each.collect::<Vec<_>>()).collect();
        condition.iter().for_each(|part| self.of(part, &known));
    }

    /// A field of a record that may be absent.
    fn field(&mut self, tree: &Tree, operand: &Tree, field: &str, known: &[Form]) {
        let Type::Record(record) = infer::infer(operand, &self.names, &Lets::new()).0 else { return };
        if !record.optional.contains(field) {
            return;
        }
        let asked = Form::has(self.form(operand), field);
        if !known.iter().any(|known| known.implies(&asked)) {
            self.found.push(Unasked {
                message: format!("`{}` may be absent", self.form(tree)),
                help: format!("test for it first, as in has({}) && …", self.form(tree)),
            });
        }
    }

    fn has_one(&self, list: &Tree, known: &[Form]) -> bool {
        if let Expr::List(list) = &list.expr {
            return !list.elements.is_empty();
        }
        let one = Form::some(self.form(list));
        known.iter().any(|known| known.implies(&one))
    }

    /// Whether a list is known to have more than so many elements.
    fn has_more(&self, list: &Tree, many: i64, known: &[Form]) -> bool {
        if let Expr::List(list) = &list.expr {
            return i64::try_from(list.elements.len()).is_ok_and(|size| size > many);
        }
        let list = self.form(list);
        known.iter().any(|known| known.least_size(&list) > many)
    }

    fn form(&self, tree: &Tree) -> Form {
        let node = std::ptr::from_ref(tree);
        let known = self.forms.borrow().get(&node).cloned();
        known.unwrap_or_else(|| {
            let form = Form::of(tree, self.values);
            self.forms.borrow_mut().insert(node, form.clone());
            form
        })
    }
}

fn with(known: &[Form], more: Form) -> Vec<Form> {
    known.iter().cloned().chain([more]).collect()
}

/// Whether an expression is `null`, or what other languages call it.
fn is_nothing(expression: &Tree) -> bool {
    match &expression.expr {
        Expr::Literal(LiteralValue::Null) => true,
        Expr::Ident(name) => ["none", "nil", "undefined"].contains(&name.to_ascii_lowercase().as_str()),
        _ => false,
    }
}

/// Whether the source of a loop is `all`.
fn is_all(each: &ComprehensionExpr) -> bool {
    let begins_true = matches!(&each.accu_init.expr, Expr::Literal(LiteralValue::Boolean(begin)) if *begin.inner());
    begins_true && matches!(&each.loop_step.expr, Expr::Call(step) if step.func_name == op::LOGICAL_AND)
}
