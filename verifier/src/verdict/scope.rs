//! The names that a step's expressions can use.

use course::Step;
use course::check::{INPUT, REGION};
use course::results::{Reason, ReasonCode};
use evidence::client::Ask;
use evidence::{Section, collect_reasons};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

use super::inputs::Inputs;
use crate::cel::types::Type;
use crate::cel::value::{Field, Fields};
use crate::cel::{Expression, Scope};
use crate::made::ListValues;
use crate::plan::{CompiledCheck, Definition, NOW, Need, What};
use crate::reads::{Asking, CourseRegion, Evaluated, MOST_CALLS_OF_A_RUN, evaluate};

/// The names that a step's expressions can use, and what was read for them.
pub(super) struct Scoped<'c> {
    pub(super) scope: Scope<'c>,
    /// Whether every `let` has a value.
    pub(super) whole: bool,
    pub(super) reads: Reads,
}

/// The reads of a step.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// Their values, with the reasons for what is not read.
    values: BTreeMap<String, Value>,
    /// The calls that are not answered yet.
    pub(super) waits: Vec<(String, Ask)>,
}

/// Whose names they are, and with which values.
pub(super) struct ScopeNames<'n> {
    pub(super) step: &'n Step,
    pub(super) check: &'n CompiledCheck,
    /// See [`Scope::bind_let`].
    pub(super) certain: bool,
    /// ListValues to use instead of those of now, and the names that are needed.
    pub(super) remembered: Option<(&'n ListValues, &'n BTreeSet<String>)>,
}

impl ScopeNames<'_> {
    fn is_needed(&self, name: &str) -> bool {
        self.remembered.is_none_or(|(_, needed)| needed.contains(name))
    }
}

/// The names that a step's expressions can use.
pub(super) fn scope<'c>(inputs: &'c Inputs, names: &ScopeNames<'_>) -> Result<Scoped<'c>, String> {
    let ScopeNames { step, check, certain, remembered } = *names;
    let mut scope = inputs.bound.scope(&step.account, inputs.budget.clone());
    let values = remembered.map(|(values, _)| values);
    bind_values(&mut scope, inputs, names, values)?;
    let course = &inputs.course;
    // What a remembered set of values lacks, has been declared since.
    let given = |name: &str| values.and_then(|values| values.inputs.get(name)).or_else(|| course.given.get(name));
    let region = match given(REGION) {
        Some(region) => CourseRegion::Is(region),
        None if course.inputs.contains_key(REGION) => CourseRegion::Missing(needs_input(inputs, step, REGION)),
        None => CourseRegion::None,
    };
    let (mut whole, mut reads, mut calls) = (true, Reads::default(), 0);
    for (name, meant) in check.definitions.iter().filter(|(name, _)| names.is_needed(name)) {
        match meant {
            Definition::Let(expression) => whole &= scope.bind_let(name, expression, certain)?,
            Definition::Read(read) => {
                let why = |expression: &Expression, why: &str| reads.why(inputs, step, check, expression, why);
                let asking = Asking {
                    bound: &inputs.bound,
                    account: &step.account,
                    region: &region,
                    named: &inputs.named,
                    why: &why,
                };
                match evaluate(read, &scope, &asking).within(&mut calls, read, &asking) {
                    Evaluated::Waits(waits) => reads.waits.extend(waits),
                    Evaluated::Value(value) => {
                        scope.bind(name, value.field);
                        reads.values.insert(name.clone(), value.json);
                    }
                }
            }
        }
    }
    Ok(Scoped { scope, whole, reads })
}

/// Binds parameters, inputs, tables, accounts and the time.
fn bind_values(
    scope: &mut Scope,
    inputs: &Inputs,
    names: &ScopeNames<'_>,
    values: Option<&ListValues>,
) -> Result<(), String> {
    let (course, check) = (&inputs.course, names.check);
    for (name, param) in course.params_of(names.step).filter(|(name, _)| check.uses(name)) {
        let param = values.and_then(|values| values.params.get(name)).unwrap_or(param);
        bind(scope, name, param)?;
    }
    for (name, table) in course.tables.iter().filter(|(name, _)| check.uses(name)) {
        bind(scope, name, values.and_then(|values| values.tables.get(name)).unwrap_or(&table.rows))?;
    }
    if check.uses(INPUT) {
        let given =
            |name: &String| values.and_then(|values| values.inputs.get(name)).or_else(|| course.given.get(name));
        let field = |name: &String| match given(name) {
            Some(value) => Field::from_json(&Value::String(value.clone()), &Type::Text),
            None => Field::Unreadable,
        };
        let fields = course.inputs.keys().map(|name| (name.clone(), field(name))).collect();
        scope.bind(INPUT, Field::Known(Box::new(Fields::new(fields))));
    }
    if let Some(accounts) = inputs.bound.accounts().filter(|_| check.uses("accounts")) {
        scope.bind("accounts", Field::Known(Box::new(accounts)));
    }
    if let Some(now) = inputs.now.as_deref().filter(|_| check.uses(NOW)) {
        scope.bind_time(NOW, now);
    }
    Ok(())
}

fn bind(scope: &mut Scope, name: &str, value: &impl Serialize) -> Result<(), String> {
    let json = serde_json::to_value(value).map_err(|error| error.to_string())?;
    scope.bind(name, Field::from_json(&json, &Type::Any));
    Ok(())
}

/// The reason for an input that the learner has not given.
pub(crate) fn needs_input(inputs: &Inputs, step: &Step, name: &str) -> Reason {
    let label = inputs.course.inputs.get(name).map_or(name, |input| input.label.as_str());
    Reason {
        code: ReasonCode::NeedsInput,
        account: Some(step.account.clone()),
        action: None,
        message: format!("It depends on what only you know: “{label}”."),
    }
}

impl Reads {
    /// The reasons why needs could not be read.
    pub(super) fn reasons(
        &self,
        inputs: &Inputs,
        step: &Step,
        check: &CompiledCheck,
        needs: impl IntoIterator<Item = Need>,
    ) -> BTreeSet<Reason> {
        let mut reasons = BTreeSet::new();
        for need in needs {
            let account = need.account.as_ref().unwrap_or(&step.account);
            match &need.what {
                What::Section(section) => {
                    if let Some(value) = inputs.evidence.get(account).and_then(|sections| sections.get(section)) {
                        collect_reasons(value, &need.fields, &mut reasons);
                    }
                }
                What::Input(name) => {
                    let is_given = inputs.course.given.contains_key(name);
                    reasons.extend((!is_given).then(|| needs_input(inputs, step, name)));
                }
                What::Read(name) => match (self.values.get(name), check.read(name)) {
                    (Some(value), _) => collect_reasons(value, &need.fields, &mut reasons),
                    (None, read) => {
                        let of = read.and_then(|read| read.account.as_ref()).unwrap_or(account);
                        let call = read.map_or_else(|| name.clone(), |read| read.call());
                        reasons.extend(not_asked(inputs, of, call, self.waits.len()));
                    }
                },
            }
        }
        reasons
    }

    /// Why an expression of a read has no value.
    fn why(
        &self,
        inputs: &Inputs,
        step: &Step,
        check: &CompiledCheck,
        expression: &Expression,
        why: &str,
    ) -> Vec<Reason> {
        let reasons = self.reasons(inputs, step, check, check.needs(expression));
        if !reasons.is_empty() {
            return reasons.into_iter().collect();
        }
        vec![course_error(&step.account, why)]
    }

    /// What was read: the answers, and the sections that are needed.
    pub(super) fn all<'r>(&'r self, inputs: &'r Inputs, step: &Step, needs: &BTreeSet<Need>) -> Vec<&'r Value> {
        let sections = needs.iter().filter_map(|need| match &need.what {
            What::Section(section) => inputs.evidence.get(need.account.as_ref().unwrap_or(&step.account))?.get(section),
            What::Input(_) | What::Read(_) => None,
        });
        self.values.values().chain(sections).collect()
    }

    /// Whether a read has a value, or is known to be unreadable.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }
}

/// Why a call was not made: the account is not known, the run makes no more calls, or a recording does not have it.
fn not_asked(inputs: &Inputs, account: &str, call: String, waits: usize) -> BTreeSet<Reason> {
    let mut reasons = BTreeSet::new();
    let identity = inputs.evidence.get(account).and_then(|sections| sections.get(&Section::Identity));
    if let Some(identity) = identity {
        collect_reasons(identity, &["account".to_owned()], &mut reasons);
    }
    if reasons.is_empty() {
        let message = match inputs.bound.answers() + waits > MOST_CALLS_OF_A_RUN {
            true => format!("{call} was not called: verify makes at most {MOST_CALLS_OF_A_RUN} calls in a run."),
            false => format!("{call} was not read: the recording has no answer to it with these inputs."),
        };
        let code = ReasonCode::IncompleteAnswer;
        reasons.insert(Reason { code, account: Some(account.to_owned()), action: None, message });
    }
    reasons
}

pub(super) fn course_error(account: &str, why: &str) -> Reason {
    Reason {
        code: ReasonCode::CourseError,
        account: Some(account.to_owned()),
        action: None,
        message: format!("The check cannot be evaluated: {why}. Tell the course's author."),
    }
}
