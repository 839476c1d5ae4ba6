//! Evaluates a read from what has arrived: its value, or the calls that it needs.

use cel::common::types::CelList;
use cel::common::value::Val;
use course::check::INPUT;
use course::results::{Reason, ReasonCode};
use evidence::Unreadable;
use evidence::client::{Ask, Binding, Named};
use serde_json::{Map, json};
use std::collections::{BTreeMap, BTreeSet};

use super::compiled::{CompiledRead, EACH, MOST_CALLS};
use crate::cel::bound::{Answered, Bound};
use crate::cel::types;
use crate::cel::value::{Field, Fields, Records};
use crate::cel::{Expression, Scope};
use crate::compile::not_offered;

/// What a read is evaluated with.
pub(crate) struct Asking<'a> {
    /// The answers that have arrived.
    pub(crate) bound: &'a Bound,
    /// The account of the step.
    pub(crate) account: &'a str,
    /// The region of the course.
    pub(crate) region: &'a CourseRegion<'a>,
    /// The names that the course's expressions look up in answers.
    pub(crate) named: &'a Named,
    /// Why an expression has no value.
    pub(crate) why: &'a dyn Fn(&Expression, &str) -> Vec<Reason>,
}

/// The region of reads that do not say one.
pub(crate) enum CourseRegion<'a> {
    /// The course has none: it is that of the credentials' profile.
    None,
    /// The learner's input.
    Is(&'a str),
    /// The learner has not given it, or what they gave is not valid.
    Missing(Reason),
}

/// The value of a read.
pub(crate) struct Value {
    /// For expressions.
    pub(crate) field: Field,
    /// The same, with the reasons for what is not read.
    pub(crate) json: serde_json::Value,
}

/// What came of evaluating a read.
pub(crate) enum Evaluated {
    /// It has a value, or is known to be unreadable.
    Value(Value),
    /// These calls are not answered yet.
    Waits(Vec<(String, Ask)>),
}

impl Evaluated {
    /// The same, if it takes no more calls than are left for the check. How many it takes depends on what the account
    /// has, so this is not a mistake in the check.
    pub(crate) fn within(self, calls: &mut usize, read: &CompiledRead, asking: &Asking<'_>) -> Evaluated {
        let needed = match &self {
            Evaluated::Waits(waits) => waits.len(),
            Evaluated::Value(value) => value.json.as_array().map_or(1, Vec::len),
        };
        match *calls + needed <= MOST_CALLS {
            true => {
                *calls += needed;
                self
            }
            false => Evaluated::Value(unreadable(vec![too_many(read, asking, needed)])),
        }
    }
}

/// Why a read is not made that would take too many calls.
fn too_many(read: &CompiledRead, asking: &Asking<'_>, calls: usize) -> Reason {
    let (call, account) = (read.call(), read.account.as_deref().unwrap_or(asking.account));
    let message = format!("{call} would be called {calls} times; verify makes at most {MOST_CALLS} calls for a check.");
    reason(account, ReasonCode::IncompleteAnswer, message)
}

fn unreadable(reasons: Vec<Reason>) -> Value {
    Value { field: Field::Unreadable, json: json!(Unreadable { reasons }) }
}

/// Evaluates a read.
pub(crate) fn evaluate(read: &CompiledRead, scope: &Scope, asking: &Asking<'_>) -> Evaluated {
    let account = read.account.as_deref().unwrap_or(asking.account);
    let Some(each) = &read.each else {
        return match ask(read, scope, asking) {
            Err(reasons) => Evaluated::Value(unreadable(reasons)),
            Ok(ask) => match answer(read, asking, account, &ask) {
                Some(value) => Evaluated::Value(value),
                None => Evaluated::Waits(vec![(account.to_owned(), ask)]),
            },
        };
    };
    let elements = match each.elements(scope) {
        Ok(elements) if elements.len() > MOST_CALLS => {
            return Evaluated::Value(unreadable(vec![too_many(read, asking, elements.len())]));
        }
        Ok(elements) => elements,
        Err(why) => return Evaluated::Value(unreadable((asking.why)(each, &why))),
    };
    let (mut waits, mut fields, mut json) = (Vec::new(), Vec::new(), Vec::new());
    for element in elements {
        let mut within = scope.within();
        within.bind(EACH, Field::Known(element.clone_as_boxed()));
        let value = match ask(read, &within, asking) {
            Err(reasons) => unreadable(reasons),
            Ok(ask) => match answer(read, asking, account, &ask) {
                Some(value) => value,
                None => {
                    waits.push((account.to_owned(), ask));
                    continue;
                }
            },
        };
        let both = [(EACH.to_owned(), Field::Known(element)), ("answer".to_owned(), value.field)];
        fields.push(Box::new(Fields::new(BTreeMap::from(both))) as Box<dyn Val>);
        json.push(json!({ "answer": value.json }));
    }
    match waits.is_empty() {
        true => Evaluated::Value(Value { field: Field::Known(Box::new(CelList::from(fields))), json: json.into() }),
        false => Evaluated::Waits(waits),
    }
}

/// The region of its calls: the read's, the course's, that of a global service, or the profile's, which is `None`.
fn region(read: &CompiledRead, scope: &Scope, asking: &Asking<'_>) -> Result<Option<String>, Vec<Reason>> {
    let is_global = read.found.service.global_region("aws").is_some();
    match (&read.region, asking.region) {
        (None, CourseRegion::Is(_) | CourseRegion::Missing(_)) if is_global => Ok(None),
        (None, CourseRegion::None) => Ok(None),
        (None, CourseRegion::Is(region)) => offered(read, asking, region, true).map(Some),
        (None, CourseRegion::Missing(reason)) => Err(vec![reason.clone()]),
        (Some(region), _) => match region.value(scope, Records::None) {
            Ok(serde_json::Value::String(text)) => {
                let is_given = region.holes().flat_map(Expression::names).any(|name| name.root == INPUT);
                offered(read, asking, &text, is_given).map(Some)
            }
            Ok(_) => {
                let message = format!("The region of {} is not a text.", read.call());
                Err(vec![reason(asking.account, ReasonCode::CourseError, message)])
            }
            Err(why) => Err(why_not(region.holes(), asking, &why)),
        },
    }
}

/// A region, if the service is offered there. `is_given`: whether the learner gave it.
fn offered(read: &CompiledRead, asking: &Asking<'_>, region: &str, is_given: bool) -> Result<String, Vec<Reason>> {
    let Some(why) = not_offered(read.found, region) else { return Ok(region.to_owned()) };
    let (code, then) = match is_given {
        true => (ReasonCode::NeedsInput, " Give another: `verify set region=REGION`."),
        false => (ReasonCode::CourseError, ""),
    };
    Err(vec![reason(asking.account, code, format!("{} was not called: {why}.{then}", read.call()))])
}

/// The call, with its region and inputs filled in.
fn ask(read: &CompiledRead, scope: &Scope, asking: &Asking<'_>) -> Result<Ask, Vec<Reason>> {
    let region = region(read, scope, asking)?;
    let mut with = Map::new();
    for (name, template) in &read.with {
        let value =
            template.fill(scope, Records::None).map_err(|why| why_not(template.holes().into_iter(), asking, &why))?;
        with.insert(name.clone(), value);
    }
    Ok(Ask { call: read.call(), region, with })
}

fn why_not<'e>(holes: impl Iterator<Item = &'e Expression>, asking: &Asking<'_>, why: &str) -> Vec<Reason> {
    let reasons: BTreeSet<Reason> = holes.flat_map(|hole| (asking.why)(hole, why)).collect();
    reasons.into_iter().collect()
}

/// The value of an answer, if it has arrived.
fn answer(read: &CompiledRead, asking: &Asking<'_>, account: &str, ask: &Ask) -> Option<Value> {
    Some(match asking.bound.answer(account, ask)? {
        Answered::Value(field, json) => Value { field: field.clone(), json: json.clone() },
        Answered::Failed { code: Some(code), .. } if read.none_on.contains(code) => {
            let binding = Binding { account, found: read.found, input: &ask.with, named: asking.named };
            let json = binding.none();
            Value { field: Field::from_json(&json, &types::answer(read.found)), json }
        }
        Answered::Failed { reasons, .. } => unreadable(reasons.clone()),
    })
}

fn reason(account: &str, code: ReasonCode, message: String) -> Reason {
    Reason { code, account: Some(account.to_owned()), action: None, message }
}
