//! Parts of an expression as their author wrote them, for messages.

use cel::common::ast::Expr;
use cel::parser::Expression;

/// A name with the fields that are selected from it, as in `b.amount`; `None` for everything else.
pub(crate) fn spelled(expression: &Expression) -> Option<String> {
    match &expression.expr {
        Expr::Ident(name) => Some(name.trim_start_matches('.').to_owned()),
        Expr::Select(select) if !select.test => Some(format!("{}.{}", spelled(&select.operand)?, select.field)),
        _ => None,
    }
}

/// The name that such a part begins with, as in `b` of `b.amount`.
pub(crate) fn root(expression: &Expression) -> Option<&str> {
    match &expression.expr {
        Expr::Ident(name) => Some(name.trim_start_matches('.')),
        Expr::Select(select) => root(&select.operand),
        _ => None,
    }
}
