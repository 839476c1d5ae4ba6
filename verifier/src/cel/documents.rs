//! The functions `json` and `policy`, which read documents inside texts. A document that cannot be read is an error.

use cel::common::types::{
    CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString, CelUInt, STRING_TYPE,
};
use cel::common::value::{CowVal, Val};
use cel::{Env, ExecutionError};
use serde_json::Value;
use std::collections::HashMap;

use super::budget::{ELEMENT, of_bytes, spend};
use super::counted::looked_through;
use super::own_value::failed;
use super::texts::text;
use super::types::Type;
use super::value::Field;
use evidence::{document, policy};

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Done<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// Declares the functions.
pub(super) fn declare(env: &mut Env) {
    // Declaring an overload fails only if it is declared twice.
    for declared in [
        env.add_overload("json", "json_text", vec![STRING_TYPE], json),
        env.add_overload("policy", "policy_text", vec![STRING_TYPE], of_policy),
    ] {
        debug_assert!(declared.is_ok());
    }
}

fn json<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    let text = text(&args, 0)?;
    parsing(text);
    let document = document::parse(text).map_err(|why| failed("json", why))?;
    Ok(CowVal::Owned(value(document)))
}

fn of_policy<'b, 'v>(args: Args<'b, 'v>) -> Done<'b, 'v> {
    let text = text(&args, 0)?;
    parsing(text);
    let policy = policy::parse(text).map_err(|why| failed("policy", why))?;
    let unread = || failed("policy", "the document cannot be read".to_owned());
    let record = serde_json::to_value(&policy).map_err(|_| unread())?;
    match Field::from_json(&record, &Type::Any) {
        Field::Known(policy) => {
            looked_through(policy.as_ref());
            Ok(CowVal::Owned(policy))
        }
        Field::None | Field::Unreadable => Err(unread()),
    }
}

/// Counts the parsing of a text. One that is too long is refused without being read.
fn parsing(text: &str) {
    spend(1 + text.len().min(document::LONGEST) as u64);
}

/// A value of a JSON document. Whole numbers are integers if they fit, and null is CEL's null.
fn value(json: Value) -> Box<dyn Val> {
    spend(ELEMENT);
    match json {
        Value::Null => Box::new(CelNull),
        Value::Bool(value) => Box::new(CelBool::from(value)),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => Box::new(CelInt::from(int)),
            (None, Some(uint)) => Box::new(CelUInt::from(uint)),
            (None, None) => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
        },
        Value::String(text) => {
            spend(of_bytes(text.len()));
            Box::new(CelString::from(text))
        }
        Value::Array(items) => Box::new(CelList::from(items.into_iter().map(value).collect::<Vec<_>>())),
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, of)| {
                spend(2 * ELEMENT + of_bytes(key.len()));
                (CelMapKey::String(CelString::from(key)), value(of))
            });
            Box::new(CelMap::from(entries.collect::<HashMap<CelMapKey<'_>, Box<dyn Val>>>()))
        }
    }
}
