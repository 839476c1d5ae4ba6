//! The result of reading something: a value, or the reasons why it could not be read.

use course::results::{Reason, ReasonCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The result of reading something. Unreadable is never the same as absent, which is a known `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Read_{T}")]
pub enum Read<T> {
    /// It could not be read.
    Unreadable(Unreadable),
    /// It was read.
    Known(T),
}

/// The marker of something unreadable, as in recordings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unreadable {
    /// The reasons; never empty.
    #[serde(rename = "$unreadable")]
    pub reasons: Vec<Reason>,
}

/// The key of [`Unreadable`] in JSON.
pub const UNREADABLE: &str = "$unreadable";

/// In a map of which not all keys are known: the key of [`Unreadable`] for the others.
pub const REST: &str = "$rest";

/// What the keys above begin with. A key of AWS's that begins with it gets another one.
const ESCAPE: char = '$';

/// In a record: says that it has fields that were left out, because nothing names them.
pub const OTHERS: &str = "$others";

/// A key that somebody chose in AWS, as evidence has it: it can never be one of the keys above.
pub fn escaped(key: &str) -> Cow<'_, str> {
    if key.starts_with(ESCAPE) { format!("{ESCAPE}{key}").into() } else { key.into() }
}

/// The key that somebody chose in AWS, from evidence.
pub fn unescaped(key: &str) -> &str {
    key.strip_prefix(ESCAPE).filter(|rest| rest.starts_with(ESCAPE)).unwrap_or(key)
}

impl<T> Read<T> {
    /// Something unreadable for one reason.
    pub fn unreadable(code: ReasonCode, account: &str, message: impl Into<String>) -> Read<T> {
        Read::Unreadable(Unreadable {
            reasons: vec![Reason { code, account: Some(account.to_owned()), action: None, message: message.into() }],
        })
    }

    /// Changes the value, and keeps the reasons.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Read::Known(value) => Read::Known(change(value)),
            Read::Unreadable(unreadable) => Read::Unreadable(unreadable),
        }
    }

    /// The value, if it was read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Read::Known(value) => Some(value),
            Read::Unreadable(_) => None,
        }
    }
}

impl<T> From<Result<T, Vec<Reason>>> for Read<T> {
    fn from(result: Result<T, Vec<Reason>>) -> Read<T> {
        match result {
            Ok(value) => Read::Known(value),
            Err(reasons) => Read::Unreadable(Unreadable { reasons }),
        }
    }
}

/// A section that could not be read at all.
pub fn unreadable(code: ReasonCode, account: &str, message: &str) -> Value {
    to_json(Read::<()>::unreadable(code, account, message))
}

/// Collects the reasons of everything unreadable on the path to a field and below it.
pub fn collect_reasons(value: &Value, fields: &[String], reasons: &mut BTreeSet<Reason>) {
    match (value, fields) {
        (Value::Object(object), _) if object.contains_key(UNREADABLE) => {
            if let Ok(unreadable) = serde_json::from_value::<Unreadable>(value.clone()) {
                reasons.extend(unreadable.reasons);
            }
        }
        (Value::Object(object), [first, rest @ ..]) => {
            let field = object.get(&*escaped(first)).or_else(|| object.get(REST));
            field.into_iter().for_each(|field| collect_reasons(field, rest, reasons));
        }
        (Value::Object(object), []) => object.values().for_each(|field| collect_reasons(field, &[], reasons)),
        (Value::Array(items), _) => items.iter().for_each(|item| collect_reasons(item, &[], reasons)),
        _ => {}
    }
}

pub(crate) fn to_json<T: Serialize>(value: T) -> Value {
    // Sections have no map whose keys could fail. If that changes, the evidence is unreadable, not absent.
    serde_json::to_value(value).unwrap_or_else(
        |error| serde_json::json!({ UNREADABLE: [{ "code": "course-error", "message": error.to_string() }] }),
    )
}

/// The reasons for an incomplete response.
pub(crate) fn incomplete(account: &str, message: &str) -> Vec<Reason> {
    let (code, account) = (ReasonCode::IncompleteAnswer, Some(account.to_owned()));
    vec![Reason { code, account, action: None, message: message.to_owned() }]
}
