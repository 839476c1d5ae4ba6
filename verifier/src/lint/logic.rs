//! What a condition looks for in lists, and whether one condition asks for all that another does.

use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, LiteralValue, operators as op};
use cel::parser::Expression as Tree;

/// Something that a condition looks for: `list.exists(x, wanted)`.
#[derive(Debug)]
pub struct Sought<'t> {
    /// The list, as it is written.
    pub list: String,
    /// What one of it must be.
    pub wanted: &'t Tree,
}

/// What a condition looks for, beside and instead of each other.
pub fn sought(tree: &Tree) -> Vec<Sought<'_>> {
    match &tree.expr {
        Expr::Call(call) if [op::LOGICAL_AND, op::LOGICAL_OR].contains(&call.func_name.as_str()) => {
            call.args.iter().flat_map(sought).collect()
        }
        Expr::Comprehension(comprehension) => exists(comprehension)
            .map(|wanted| Sought { list: shape(&comprehension.iter_range), wanted })
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether whatever meets `one` also meets `other`, as far as their shapes tell.
pub fn implies(one: &Tree, other: &Tree) -> bool {
    if shape(one) == shape(other) {
        return true;
    }
    if let Some(parts) = conjunction(other) {
        return parts.iter().all(|part| implies(one, part));
    }
    if let Some(parts) = conjunction(one) {
        return parts.iter().any(|part| implies(part, other));
    }
    match (&one.expr, &other.expr) {
        (Expr::Comprehension(one), Expr::Comprehension(other)) => match (exists(one), exists(other)) {
            (Some(wanted), Some(less)) => {
                shape(&one.iter_range) == shape(&other.iter_range)
                    && one.iter_var == other.iter_var
                    && implies(wanted, less)
            }
            _ => false,
        },
        _ => false,
    }
}

fn conjunction(tree: &Tree) -> Option<&[Tree]> {
    match &tree.expr {
        Expr::Call(call) if call.func_name == op::LOGICAL_AND => Some(&call.args),
        _ => None,
    }
}

/// The condition of an `exists`, which the parser wrote out as `false || condition || …`.
fn exists(comprehension: &ComprehensionExpr) -> Option<&Tree> {
    let begins_false =
        matches!(&comprehension.accu_init.expr, Expr::Literal(LiteralValue::Boolean(begin)) if !*begin.inner());
    match &comprehension.loop_step.expr {
        Expr::Call(call) if begins_false && call.func_name == op::LOGICAL_OR => call.args.last(),
        _ => None,
    }
}

/// An expression in a form that is the same for expressions that are.
fn shape(tree: &Tree) -> String {
    let all = |trees: &[Tree]| trees.iter().map(shape).collect::<Vec<_>>().join(" ");
    match &tree.expr {
        Expr::Unspecified => String::new(),
        Expr::Ident(name) => name.trim_start_matches('.').to_owned(),
        Expr::Literal(literal) => format!("{literal:?}"),
        Expr::Select(select) => {
            let mark = if select.test { "?" } else { "" };
            format!("{}.{}{mark}", shape(&select.operand), select.field)
        }
        Expr::Call(call) => {
            let target = call.target.as_ref().map(|target| shape(target)).unwrap_or_default();
            format!("({} {target} {})", call.func_name, all(&call.args))
        }
        Expr::List(list) => format!("[{}]", all(&list.elements)),
        Expr::Comprehension(each) => format!(
            "(each {} {} {} {} {} {})",
            each.iter_var,
            shape(&each.iter_range),
            shape(&each.accu_init),
            shape(&each.loop_cond),
            shape(&each.loop_step),
            shape(&each.result)
        ),
        Expr::Map(map) => format!("{{{}}}", entries(&map.entries)),
        Expr::Struct(message) => format!("{}{{{}}}", message.type_name, entries(&message.entries)),
    }
}

fn entries(entries: &[cel::common::ast::IdedEntryExpr]) -> String {
    let shown = entries.iter().map(|entry| match &entry.expr {
        EntryExpr::StructField(field) => format!("{}={}", field.field, shape(&field.value)),
        EntryExpr::MapEntry(entry) => format!("{}={}", shape(&entry.key), shape(&entry.value)),
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cel::{Expression, on_a_thread};

    fn implied(one: &'static str, other: &'static str) -> bool {
        let implied = on_a_thread(move || {
            let (one, other) = (Expression::compile(one).unwrap(), Expression::compile(other).unwrap());
            implies(one.tree(), other.tree())
        });
        implied.unwrap()
    }

    #[test]
    fn asking_for_more_is_asking_for_all_that_less_asks() {
        assert!(implied("a && b && c", "c && a"));
        assert!(!implied("a && b", "a && c"));
        assert!(implied("x.exists(y, y.a == 1 && y.b)", "x.exists(y, y.a == 1)"));
        assert!(implied("a && x.exists(y, y.z.exists(q, q.b && q.c))", "x.exists(y, y.z.exists(q, q.b))"));
        assert!(!implied("x.exists(y, y.a)", "x.exists(y, y.a && y.b)"));
        assert!(!implied("x.exists(y, y.a)", "z.exists(y, y.a)"));
        assert!(!implied("x.all(y, y.a && y.b)", "x.exists(y, y.a)"), "of an empty list, all are anything");
        assert!(!implied("a || b", "a"));
    }
}
