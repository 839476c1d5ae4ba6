//! Finds the result type of a call by evaluating it with sample values of its argument types.

use cel::common::ast::{CallExpr, Expr, LiteralValue};
use cel::common::types::{
    CelBool, CelBytes, CelDouble, CelDuration, CelInt, CelList, CelMap, CelMapKey, CelNull, CelOptional, CelString,
    CelTimestamp, CelUInt,
};
use cel::common::value::Val;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use crate::cel::functions;
use crate::cel::types::Type;
use crate::cel::value::{self, Field, Fields};
use crate::cel::{matching, trial};
use evidence::bucket_policy::Statement;

/// The most combinations of samples to try: enough for two values of unknown type.
const MOST: usize = 1000;
/// The most arguments that a function takes, with its target.
const MOST_ARGUMENTS: usize = 4;
/// How many calls each thread caches.
const REMEMBERED: usize = 4096;

/// A call: its name, whether it is a member call, and the types of its arguments.
type Call = (String, bool, Vec<Type>);

thread_local! {
    static KNOWN: RefCell<HashMap<Call, Option<Type>>> = RefCell::default();
}

/// The result type of a call; `None` if the evaluator rejects it for all values of these types. In a member call, the
/// first type is the target.
pub fn call(name: &str, member: bool, types: &[Type]) -> Option<Type> {
    let types: Vec<Type> = types.iter().map(shallow).collect();
    let call = (name.to_owned(), member, types.clone());
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&call).cloned()) {
        return known;
    }
    let result = tried(name, member, &types);
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(call, result.clone());
    });
    result
}

/// A type without what is deep in an answer of AWS, which no function looks at.
fn shallow(kind: &Type) -> Type {
    match kind {
        Type::Record(record) if record.call.is_some() => Type::record(&record.name, BTreeMap::new()),
        Type::List(of) => Type::list(shallow(of)),
        kind => kind.clone(),
    }
}

fn tried(name: &str, member: bool, types: &[Type]) -> Option<Type> {
    let is_named = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_named && functions::written(name).is_none() || types.len() > MOST_ARGUMENTS {
        return None;
    }
    if types.iter().map(|kind| samples(kind).len()).product::<usize>() > MOST {
        return Some(Type::Any);
    }
    let mut all: Vec<Vec<Box<dyn Val>>> = vec![Vec::new()];
    for kind in types {
        let samples = samples(kind);
        let with = |values: &Vec<Box<dyn Val>>, at: usize| {
            let values = values.iter().chain(&samples[at..=at]).map(|value| value.clone_as_boxed());
            values.collect::<Vec<Box<dyn Val>>>()
        };
        all = all.iter().flat_map(|values| (0..samples.len()).map(|at| with(values, at))).collect();
    }
    let results = all.iter().filter_map(|values| trial::call(name, member, values)).map(|value| of(value.as_ref()));
    results.reduce(|one, other| if one == other { one } else { Type::Any })
}

/// The help for a literal time, duration or pattern that is not valid.
pub fn literal(call: &CallExpr) -> Option<String> {
    let argument = call.args.last()?;
    let Expr::Literal(LiteralValue::String(text)) = &argument.expr else { return None };
    let help = match call.func_name.as_str() {
        "timestamp" => "a time needs a date, a time of day and a zone, as in timestamp('2026-11-26T00:00:00Z')",
        "duration" => "a duration has the units h, m, s and ms, as in duration('36h')",
        "matches" => return matching::check(text.inner()).err(),
        _ => return None,
    };
    trial::call(&call.func_name, false, &[Box::new(text.clone())]).is_none().then(|| help.to_owned())
}

/// Sample values of a type. No operator rejects them because of their value, as in a division by zero.
fn samples(kind: &Type) -> Vec<Box<dyn Val>> {
    match kind {
        Type::Any => {
            let known =
                [Type::Null, Type::Bool, Type::Int, Type::Uint, Type::Double, Type::Text, Type::Time, Type::Duration];
            let record = Type::record("", [].into());
            let mut all: Vec<Box<dyn Val>> = known.iter().chain([&record]).flat_map(samples).collect();
            all.extend(statement());
            all.push(list(&Type::Int));
            all.push(list(&Type::Text));
            all.push(Box::new(CelBytes::from(b"1".to_vec())));
            let entry: (CelMapKey<'_>, Box<dyn Val>) = ("1".into(), Box::new(CelInt::from(1)));
            all.push(Box::new(CelMap::from(HashMap::from([entry]))));
            for held in [samples(&Type::Int), samples(&Type::Text)].into_iter().flatten() {
                all.push(Box::new(CelOptional::from(held)));
            }
            all
        }
        Type::Map(_) => vec![Box::new(CelMap::from(HashMap::new()))],
        Type::Null => vec![Box::new(CelNull)],
        Type::Bool => vec![Box::new(CelBool::from(true))],
        Type::Int => vec![Box::new(CelInt::from(1))],
        Type::Uint => vec![Box::new(CelUInt::from(1))],
        Type::Double => vec![Box::new(CelDouble::from(1.0))],
        // Texts that can be converted to numbers, times and durations, and one that is a policy.
        Type::Text => ["1", "2026-11-26T00:00:00Z", "1h", r#"{"Statement": []}"#]
            .map(|text| Box::new(CelString::from(text)) as Box<dyn Val>)
            .into(),
        Type::Time => {
            value::time("2026-11-26T00:00:00Z").into_iter().map(|time| Box::new(time) as Box<dyn Val>).collect()
        }
        Type::Duration => vec![Box::new(CelDuration::from(chrono::TimeDelta::hours(1)))],
        Type::List(of) if **of == Type::Any => vec![list(&Type::Int), list(&Type::Text)],
        Type::List(of) => vec![list(of)],
        Type::Record(record) => {
            let field = |kind: &Type| match kind {
                Type::Any => Field::None,
                kind => samples(kind).into_iter().next().map_or(Field::None, Field::Known),
            };
            let fields = record.fields.iter().map(|(name, kind)| (name.clone(), field(kind)));
            vec![Box::new(Fields::new(fields.chain([("1".to_owned(), Field::None)]).collect()))]
        }
    }
}

/// A statement of a bucket's policy.
fn statement() -> Option<Box<dyn Val>> {
    let statement = serde_json::to_value(Statement::default()).ok()?;
    match Field::from_json(&statement, &Type::Any) {
        Field::Known(statement) => Some(statement),
        Field::None | Field::Unreadable => None,
    }
}

/// A list of two elements, so that index 1 exists.
fn list(of: &Type) -> Box<dyn Val> {
    let element = || match of {
        Type::Any => samples(&Type::Int).remove(0),
        of => samples(of).remove(0),
    };
    Box::new(CelList::from(vec![element(), element()]))
}

fn of(value: &dyn Val) -> Type {
    if let Some(list) = value.downcast_ref::<CelList>() {
        let elements = list.inner().iter().map(|element| of(element.as_ref()));
        return Type::list(elements.reduce(Type::or).unwrap_or(Type::Any));
    }
    if value.downcast_ref::<CelBool>().is_some() {
        Type::Bool
    } else if value.downcast_ref::<CelInt>().is_some() {
        Type::Int
    } else if value.downcast_ref::<CelUInt>().is_some() {
        Type::Uint
    } else if value.downcast_ref::<CelDouble>().is_some() {
        Type::Double
    } else if value.downcast_ref::<CelString>().is_some() {
        Type::Text
    } else if value.downcast_ref::<CelTimestamp>().is_some() {
        Type::Time
    } else if value.downcast_ref::<CelDuration>().is_some() {
        Type::Duration
    } else {
        Type::Any
    }
}
