//! Tries an operator or function in the evaluator, so that lint need not duplicate its rules.

use cel::common::ast::{CallExpr, Expr};
use cel::common::value::{CowVal, Val};
use cel::{Context, Value};

use super::budget::Budget;

/// Calls an operator, a function, or a member of the first value. `None` if the evaluator refuses.
pub fn call(name: &str, member: bool, values: &[Box<dyn Val>]) -> Option<Box<dyn Val>> {
    let mut context = Context::with_env(super::environment::env());
    let mut args = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        let variable = format!("a{at}");
        context.add_variable_as_val(variable.as_str(), value.clone_as_boxed());
        args.push(cel::IdedExpr { id: 0, expr: Expr::Ident(variable) });
    }
    let target = (member && !args.is_empty()).then(|| Box::new(args.remove(0)));
    let call = CallExpr { func_name: name.to_owned(), target, args };
    let tree = cel::IdedExpr { id: 0, expr: Expr::Call(call) };
    let value = Budget::default().within(|| Value::resolve_val(&tree, &context).map(CowVal::into_owned));
    value.ok()?.ok()
}
