//! Converts an expression to its normal form.

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, operators as op};
use cel::parser::Expression as Tree;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::form::{Form, LOOP};
use super::size::some_of;
use crate::cel::budget::spend;

impl Form {
    /// The form of an expression that may use these `let`s.
    pub fn of(tree: &Tree, lets: &Values<'_>) -> Form {
        Reader { lets, left: LARGEST, open: Vec::new(), bound: Vec::new() }.of(tree)
    }

    /// The form of a loop's condition. The loop's variable has no name in it.
    pub fn about(condition: &Tree, variable: &str, lets: &Values<'_>) -> Form {
        Reader { lets, left: LARGEST, open: Vec::new(), bound: vec![variable.to_owned()] }.of(condition)
    }
}

/// The most nodes that expanded `let`s may have: `let`s that each use another one twice would grow exponentially.
const LARGEST: usize = 10_000;

/// The `let`s of a check that are values, and their forms.
#[derive(Debug, Default)]
pub struct Values<'t> {
    trees: BTreeMap<&'t str, &'t Tree>,
    /// Forms that were computed before, each with its number of nodes.
    forms: RefCell<BTreeMap<&'t str, (Form, usize)>>,
}

impl<'t> Values<'t> {
    /// A `let`'s tree.
    pub fn get(&self, name: &str) -> Option<&'t Tree> {
        self.trees.get(name).copied()
    }

    /// All of the trees.
    pub fn trees(&self) -> impl Iterator<Item = &'t Tree> {
        self.trees.values().copied()
    }
}

impl<'t> FromIterator<(&'t str, &'t Tree)> for Values<'t> {
    fn from_iter<I: IntoIterator<Item = (&'t str, &'t Tree)>>(lets: I) -> Values<'t> {
        Values { trees: lets.into_iter().collect(), forms: RefCell::default() }
    }
}

struct Reader<'l, 't> {
    lets: &'l Values<'t>,
    /// How many more nodes may be expanded.
    left: usize,
    /// The `let`s that are being expanded.
    open: Vec<String>,
    /// The variables of `exists` and the like, the innermost last.
    bound: Vec<String>,
}

impl Reader<'_, '_> {
    fn of(&mut self, tree: &Tree) -> Form {
        spend(1);
        self.left = self.left.saturating_sub(1);
        match &tree.expr {
            Expr::Unspecified => Form::other("", vec![]),
            Expr::Ident(name) => self.name(name.trim_start_matches('.')),
            Expr::Literal(literal) => Form::other(format!("{literal:?}"), vec![]),
            Expr::Select(select) => {
                let mark = if select.test { "?" } else { "" };
                Form::other(format!(".{}{mark}", select.field), vec![self.of(&select.operand)])
            }
            Expr::Call(call) => self.call(call),
            Expr::List(list) => Form::other("[]", self.all(&list.elements)),
            Expr::Comprehension(each) => self.comprehension(each),
            Expr::Map(map) => Form::other("{}", self.entries(&map.entries)),
            Expr::Struct(message) => Form::other(message.type_name.as_str(), self.entries(&message.entries)),
        }
    }

    fn all(&mut self, trees: &[Tree]) -> Vec<Form> {
        trees.iter().map(|tree| self.of(tree)).collect()
    }

    /// A variable is identified by how many loops out it is bound, which does not depend on names.
    fn name(&mut self, name: &str) -> Form {
        if let Some(out) = self.bound.iter().rev().position(|bound| bound == name) {
            return Form::other(format!("#{out}"), vec![]);
        }
        let outermost = self.open.is_empty();
        if outermost
            && let Some((form, nodes)) = self.lets.forms.borrow().get(name)
            && *nodes <= self.left
        {
            self.left -= nodes;
            return form.clone();
        }
        match self.lets.trees.get_key_value(name) {
            Some((name, tree)) if self.left > 0 && !self.open.iter().any(|open| open == name) => {
                let before = self.left;
                self.open.push((*name).to_owned());
                let bound = std::mem::take(&mut self.bound);
                let form = self.of(tree);
                self.bound = bound;
                self.open.pop();
                // Only complete forms are kept.
                if outermost && self.left > 0 {
                    self.lets.forms.borrow_mut().insert(*name, (form.clone(), before - self.left));
                }
                form
            }
            _ => Form::other(name, vec![]),
        }
    }

    fn call(&mut self, call: &CallExpr) -> Form {
        let mut args: Vec<Form> = call.target.iter().map(|target| self.of(target)).collect();
        args.extend(self.all(&call.args));
        let sorted = |name: &str, mut args: Vec<Form>| {
            args.sort();
            Form::other(name, args)
        };
        let swapped = |name: &str, mut args: Vec<Form>| {
            args.reverse();
            Form::other(name, args)
        };
        let form = match call.func_name.as_str() {
            op::LOGICAL_AND => args.into_iter().fold(Form::And(BTreeSet::new()), Form::and),
            op::LOGICAL_OR => return args.into_iter().reduce(Form::or).unwrap_or(Form::Or(BTreeSet::new())),
            op::LOGICAL_NOT => args.into_iter().next().map_or(Form::Or(BTreeSet::new()), Form::opposite),
            op::EQUALS => sorted(op::EQUALS, args),
            op::NOT_EQUALS => sorted(op::EQUALS, args).opposite(),
            op::MULTIPLY => sorted(op::MULTIPLY, args),
            op::GREATER => swapped(op::LESS, args),
            op::GREATER_EQUALS => swapped(op::LESS_EQUALS, args),
            name => Form::other(name, args),
        };
        some_of(form)
    }

    fn comprehension(&mut self, each: &ComprehensionExpr) -> Form {
        let list = self.of(&each.iter_range);
        self.bound.push(each.accu_var.clone());
        self.bound.push(each.iter_var.clone());
        let form = match written(each) {
            Some((Macro::Exists, condition)) => list.exists(self.of(condition)),
            Some((Macro::All, condition)) => list.exists(self.of(condition).opposite()).opposite(),
            Some((Macro::Filter, condition)) => list.filter(self.of(condition)),
            None => {
                let parts = [&each.accu_init, &each.loop_cond, &each.loop_step, &each.result];
                let parts = parts.map(|part| self.of(part));
                Form::other(LOOP, [list].into_iter().chain(parts).collect())
            }
        };
        self.bound.truncate(self.bound.len() - 2);
        form
    }

    fn entries(&mut self, entries: &[cel::common::ast::IdedEntryExpr]) -> Vec<Form> {
        let form = |entry: &cel::common::ast::IdedEntryExpr| match &entry.expr {
            EntryExpr::StructField(field) => Form::other(field.field.as_str(), vec![self.of(&field.value)]),
            EntryExpr::MapEntry(entry) => Form::other(":", vec![self.of(&entry.key), self.of(&entry.value)]),
        };
        entries.iter().map(form).collect()
    }
}

/// The condition of an `exists`, `all` or `filter`.
pub(super) fn condition(each: &ComprehensionExpr) -> Option<&Tree> {
    written(each).map(|(_, condition)| condition)
}

/// Whether it is an `exists` or `all`.
pub(super) fn is_test(each: &ComprehensionExpr) -> bool {
    matches!(written(each), Some((Macro::Exists | Macro::All, _)))
}

enum Macro {
    Exists,
    All,
    Filter,
}

/// The macro that the parser expanded, and its condition.
fn written(each: &ComprehensionExpr) -> Option<(Macro, &Tree)> {
    let Expr::Call(step) = &each.loop_step.expr else { return None };
    match (&each.accu_init.expr, step.func_name.as_str(), step.args.as_slice()) {
        (Expr::Literal(LiteralValue::Boolean(begin)), op::LOGICAL_OR, [_, condition]) if !*begin.inner() => {
            Some((Macro::Exists, condition))
        }
        (Expr::Literal(LiteralValue::Boolean(begin)), op::LOGICAL_AND, [_, condition]) if *begin.inner() => {
            Some((Macro::All, condition))
        }
        (Expr::List(begin), op::CONDITIONAL, [condition, grown, _]) if begin.elements.is_empty() => {
            let Expr::Call(grown) = &grown.expr else { return None };
            let Expr::List(added) = &grown.args.last()?.expr else { return None };
            let itself = matches!(added.elements.as_slice(), [one] if matches!(&one.expr, Expr::Ident(name) if *name == each.iter_var));
            itself.then_some((Macro::Filter, condition))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cel::{Written, on_a_thread};

    const LETS: &[(&str, &str)] = &[
        ("cost", "budgets.filter(b, b.type == 'COST')"),
        ("bigs", "budgets.filter(b, b.amount > 5.0)"),
        ("found", "budgets.exists(b, b.type == 'COST')"),
        ("circle", "circle.size()"),
    ];

    /// The forms of some expressions.
    fn forms<const N: usize>(sources: [&'static str; N]) -> Vec<Form> {
        let forms = on_a_thread(move || {
            let compiled: Vec<(&str, Written)> =
                LETS.iter().map(|(name, source)| (*name, Written::parse(source).unwrap())).collect();
            let lets = compiled.iter().map(|(name, expression)| (*name, expression.tree())).collect();
            sources.map(|source| Form::of(Written::parse(source).unwrap().tree(), &lets))
        });
        forms.unwrap().into_iter().collect()
    }

    #[test]
    fn equivalent_conditions_have_the_same_form() {
        let cost = "budgets.exists(b, b.type == 'COST')";
        for same in [
            "budgets.exists(x, 'COST' == x.type)",
            "budgets.filter(b, b.type == 'COST').size() > 0",
            "size(budgets.filter(b, b.type == 'COST')) >= 1",
            "cost.size() != 0",
            "0 < cost.size()",
            "!(cost.size() == 0)",
            "!budgets.all(b, b.type != 'COST')",
            "!budgets.all(b, !(b.type == 'COST'))",
            "found",
            "found && true || found",
        ] {
            let forms = forms([cost, same]);
            let implied = forms[0] == forms[1] || same.contains("||") && forms[0].implies(&forms[1]);
            assert!(implied, "{same}: {forms:?}");
        }
        let forms = forms([
            "budgets.exists(b, b.a && b.c.exists(d, d > b.e))",
            "budgets.exists(d, d.c.exists(b, d.e < b) && d.a)",
        ]);
        assert_eq!(forms[0], forms[1]);
    }

    #[test]
    fn a_stricter_condition_implies_a_weaker_one() {
        for (one, other, implied) in [
            ("a && b && c", "c && a", true),
            ("a && b", "a && c", false),
            ("x.exists(y, y.a == 1 && y.b)", "x.exists(z, 1 == z.a)", true),
            ("a && x.exists(y, y.z.exists(q, q.b && q.c))", "x.exists(y, y.z.exists(q, q.b))", true),
            ("x.exists(y, y.a)", "x.exists(y, y.a && y.b)", false),
            ("x.exists(y, y.a)", "z.exists(y, y.a)", false),
            ("x.all(y, y.a && y.b)", "x.exists(y, y.a)", false),
            ("a || b", "a", false),
            ("a", "a || b", true),
            ("cost.exists(b, b.amount > 5.0)", "budgets.size() > 0", true),
            ("cost.exists(b, b.amount > 5.0)", "bigs.size() > 0", true),
            ("cost.size() > 0", "bigs.size() > 0", false),
        ] {
            let forms = forms([one, other]);
            assert_eq!(forms[0].implies(&forms[1]), implied, "{one} and {other}");
        }
    }

    #[test]
    fn a_comparison_of_a_size_says_whether_the_list_is_empty() {
        for (compared, implied) in [
            ("x.size() > 0", true),
            ("x.size() == 1", true),
            ("1 == x.size()", true),
            ("x.size() == 12", true),
            ("x.size() >= 2", true),
            ("2 <= size(x)", true),
            ("x.size() > 4", true),
            ("x.size() != 0", true),
            ("!(x.size() < 2)", true),
            ("!(x.size() <= 1)", true),
            ("x.size() == 2 && y", true),
            ("x.size() == 0", false),
            ("x.size() >= 0", false),
            ("x.size() < 2", false),
            ("x.size() <= 1", false),
            ("x.size() != 1", false),
            ("!(x.size() == 1)", false),
            ("!(x.size() > 2)", false),
            ("x.size() > -1", false),
            ("x.size() == n", false),
            ("y.size() == 1", false),
            ("x.size() == 1 || y", false),
        ] {
            let forms = forms([compared, "x.size() > 0"]);
            assert_eq!(forms[0].implies(&forms[1]), implied, "{compared}: {forms:?}");
        }
    }

    #[test]
    fn a_comparison_of_a_size_says_how_many_there_are_at_least() {
        for (compared, least) in [
            ("x.size() > 1", 2),
            ("2 <= size(x)", 2),
            ("x.size() == 3 && y", 3),
            ("!(x.size() < 2)", 2),
            ("!(x.size() <= 2)", 3),
            ("x.size() > 4 || x.size() == 2", 2),
            ("x.size() < 4", 0),
            ("y.size() > 4", 0),
        ] {
            let forms = forms([compared, "x"]);
            assert_eq!(forms[0].least_size(&forms[1]), least, "{compared}: {forms:?}");
        }
    }

    #[test]
    fn a_let_in_a_cycle_ends() {
        assert_eq!(forms(["circle > 1"]).len(), 1);
    }

    #[test]
    fn lets_that_grow_exponentially_end() {
        let counted = on_a_thread(|| {
            let compile = |source: String| Written::parse(&source).unwrap();
            let doubling = (1..60).map(|at| (format!("l{at}"), compile(format!("l{0} + l{0}", at - 1))));
            let compiled: Vec<(String, Written)> = doubling.collect();
            let lets = compiled.iter().map(|(name, expression)| (name.as_str(), expression.tree())).collect();
            format!("{:?}", Form::of(compile("l59 > 1".into()).tree(), &lets)).len()
        });
        assert!(counted.unwrap() < 100 * LARGEST);
    }
}
