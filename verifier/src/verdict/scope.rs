//! The names that a step's expressions can use.

use course::Step;

use super::inputs::Inputs;
use crate::cel::Scope;
use crate::cel::types::Type;
use crate::cel::value::Field;
use crate::plan::{CompiledCheck, NOW};

/// The names that a step's expressions can use, and whether every `let` has a value. `certain`: see
/// [`Scope::bind_let`].
pub(super) fn scope<'c>(
    inputs: &'c Inputs,
    step: &Step,
    check: &CompiledCheck,
    certain: bool,
) -> Result<(Scope<'c>, bool), String> {
    let (mut scope, mut whole) = (inputs.bound.scope(&step.account, inputs.budget.clone()), true);
    for (name, param) in inputs.course.params_of(step).filter(|(name, _)| check.uses(name)) {
        let json = serde_json::to_value(param).map_err(|error| error.to_string())?;
        scope.bind(name, Field::from_json(&json, &Type::Any));
    }
    if let Some(accounts) = inputs.bound.accounts().filter(|_| check.uses("accounts")) {
        scope.bind("accounts", Field::Known(Box::new(accounts)));
    }
    if let Some(now) = inputs.now.as_deref().filter(|_| check.uses(NOW)) {
        scope.bind_time(NOW, now);
    }
    for (name, expression) in &check.lets {
        whole &= scope.bind_let(name, expression, certain)?;
    }
    Ok((scope, whole))
}
