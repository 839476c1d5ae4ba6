//! Fills the holes of a practice action's operation.

use course::check::INPUT;
use course::{Course, Step};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compiled::{CompiledOperation, CompiledOperationKind};
use crate::cel::budget::Budget;
use crate::cel::types::{Entries, Type};
use crate::cel::value::{Field, Fields, Records};
use crate::cel::{self, Scope};
use crate::plan::{CompiledCheck, Definition, NOW};
use crate::reads::EACH;

/// An operation of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Which {
    /// Whether it is about what is there before the course begins.
    pub(super) is_given: bool,
    /// Its place, from 0.
    pub(super) at: usize,
}

impl Which {
    /// The operation of a check.
    pub(super) fn of(self, check: &CompiledCheck) -> Option<&CompiledOperation> {
        let action = check.practice.as_ref()?;
        if self.is_given { action.given.get(self.at) } else { action.operations.get(self.at) }
    }
}

/// What the holes of an action may use.
#[derive(Debug, Clone)]
pub(super) struct Values {
    pub(super) course: Arc<Course>,
    pub(super) check: Arc<CompiledCheck>,
    pub(super) step: Step,
    /// The ids of the accounts, by the course's names for them.
    pub(super) account_ids: BTreeMap<String, String>,
    /// What the learner gave, by the names of the course's inputs.
    pub(super) given: Arc<BTreeMap<String, String>>,
    /// The responses so far, by their names.
    pub(super) responses: BTreeMap<String, Value>,
    /// The time in the accounts (RFC 3339).
    pub(super) now: String,
}

/// What is called, once or for each element.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FilledCall {
    pub(super) region: Option<String>,
    pub(super) with: Map<String, Value>,
}

/// Fills the holes of an operation, for each time that it is done.
///
/// # Errors
/// CEL's message about a hole that has no value.
pub(super) fn fill(values: Values, which: Which) -> Result<Vec<FilledCall>, String> {
    cel::on_a_thread(move || values.fill(which)).and_then(|filled| filled)
}

impl Values {
    /// The first input of the course that an operation uses and that the learner has not given.
    pub(super) fn missing_input(&self, which: Which) -> Option<String> {
        let used = used_inputs(&self.course, &self.check, which.of(&self.check)?);
        used.into_iter().find(|name| !self.given.contains_key(name))
    }

    fn fill(&self, which: Which) -> Result<Vec<FilledCall>, String> {
        let Some(operation) = which.of(&self.check) else { return Ok(Vec::new()) };
        let scope = self.scope(operation)?;
        let Some(each) = &operation.each else { return Ok(filled(operation, &scope)?.into_iter().collect()) };
        let elements = each.elements(&scope)?;
        let filled = elements.into_iter().map(|element| {
            let mut within = scope.within();
            within.bind(EACH, Field::Known(element));
            filled(operation, &within)
        });
        filled.filter_map(Result::transpose).collect()
    }

    fn scope(&self, operation: &CompiledOperation) -> Result<Scope<'static>, String> {
        let mut scope = Scope::new(Budget::default());
        // A response has what the emulator answers, and `has()` asks for the rest.
        let response = Type::Map(Arc::new(Entries { of: Type::Any, asked: None }));
        for (name, value) in &self.responses {
            scope.bind(name, Field::from_json(value, if value.is_object() { &response } else { &Type::Any }));
        }
        let mut bind = |name: &str, value: &Value| scope.bind(name, Field::from_json(value, &Type::Any));
        for (name, param) in self.course.params_of(&self.step) {
            bind(name, &json!(param));
        }
        for (name, table) in &self.course.tables {
            bind(name, &json!(table.rows));
        }
        let identity = |id: &String| json!({ "identity": { "account": id } });
        let accounts: Map<String, Value> =
            self.account_ids.iter().map(|(name, id)| (name.clone(), identity(id))).collect();
        bind("accounts", &Value::Object(accounts));
        if let Some(id) = self.account_ids.get(&self.step.account) {
            bind("identity", &json!({ "account": id }));
        }
        let given = |name: &String| self.given.get(name).map(|value| json!(value));
        let field =
            |name: &String| given(name).map_or(Field::Unreadable, |value| Field::from_json(&value, &Type::Text));
        let inputs = self.course.inputs.keys().map(|name| (name.clone(), field(name))).collect();
        scope.bind(INPUT, Field::Known(Box::new(Fields::new(inputs))));
        scope.bind_time(NOW, &self.now);
        let used: Vec<String> =
            operation.expressions().into_iter().flat_map(|one| self.check.reached(one)).map(|(root, _)| root).collect();
        for (name, meant) in &self.check.definitions {
            if let Definition::Let(expression) = meant
                && used.contains(name)
            {
                scope.bind_let(name, expression, false)?;
            }
        }
        Ok(scope)
    }
}

/// The inputs of the course that an operation's expressions use.
pub(super) fn used_inputs(course: &Course, check: &CompiledCheck, operation: &CompiledOperation) -> BTreeSet<String> {
    let reached = operation.expressions().into_iter().flat_map(|expression| check.reached(expression));
    let names = reached.filter_map(|(root, field)| field.filter(|_| root == INPUT));
    names.filter(|name| course.inputs.contains_key(name)).collect()
}

/// An operation with its holes filled; `None` if it is not done.
fn filled(operation: &CompiledOperation, scope: &Scope<'_>) -> Result<Option<FilledCall>, String> {
    match operation.when.as_ref().map(|when| when.decide(scope)) {
        None | Some(cel::Outcome::True) => {}
        Some(cel::Outcome::False) => return Ok(None),
        Some(cel::Outcome::Undecided(why)) => return Err(why),
    }
    let CompiledOperationKind::Call { region, with, .. } = &operation.what else {
        return Ok(Some(FilledCall { region: None, with: Map::new() }));
    };
    let region = match region.as_ref().map(|region| region.value(scope, Records::None)).transpose()? {
        Some(Value::String(region)) => Some(region),
        Some(_) => return Err("the region is not a text".to_owned()),
        None => None,
    };
    let with = with.iter().map(|(name, template)| Ok((name.clone(), template.fill(scope, Records::Whole)?)));
    Ok(Some(FilledCall { region, with: with.collect::<Result<_, String>>()? }))
}
