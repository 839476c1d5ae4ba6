//! Whether recorded answers have the form that the table says: people change recordings, to see what a check does then.

use course::diagnostic::did_you_mean;
use serde_json::{Map, Value};

use crate::read::{OTHERS, REST, UNREADABLE};
use crate::reads::{Found, Kind, Shape};
use crate::time::Time;

/// Whether evidence in an answer has the members and kinds of values that the operation's answers have.
///
/// # Errors
/// The first that it does not have, with where it is.
pub fn conform(found: Found, answer: &Value) -> Result<(), String> {
    let Value::Object(members) = answer else { return Err("an answer is an object of its members".to_owned()) };
    match found.operation.output.as_deref().and_then(|output| found.service.shape(output)) {
        Some(shape) => structure(found, "", shape, members),
        None => Ok(()),
    }
}

fn structure(found: Found, at: &str, shape: &Shape, members: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in members.iter().filter(|(name, _)| *name != OTHERS) {
        let Some(member) = shape.members.get(name) else {
            let near = did_you_mean(name, shape.members.keys().map(String::as_str));
            return Err(format!("{}{}", missing(at, name), near));
        };
        element(found, &below(at, name), &member.shape, value)?;
    }
    Ok(())
}

fn missing(at: &str, name: &str) -> String {
    match at {
        "" => format!("the answer has no `{name}`"),
        at => format!("`{at}` has no `{name}`"),
    }
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") }
}

fn element(found: Found, at: &str, name: &str, value: &Value) -> Result<(), String> {
    let Some(shape) = found.service.shape(name) else { return Ok(()) };
    let of = |at: String, value: &Value| shape.of.as_ref().map_or(Ok(()), |of| element(found, &at, &of.shape, value));
    match (shape.kind, value) {
        (Kind::Document, _) | (_, Value::Null) => Ok(()),
        (_, Value::Object(mark)) if mark.contains_key(UNREADABLE) => Ok(()),
        (Kind::Structure, Value::Object(members)) => structure(found, at, shape, members),
        (Kind::Map, Value::Object(entries)) => {
            entries.iter().filter(|(key, _)| *key != REST).try_for_each(|(key, value)| of(below(at, key), value))
        }
        (Kind::List, Value::Array(list)) => {
            list.iter().enumerate().try_for_each(|(number, value)| of(below(at, &number.to_string()), value))
        }
        (Kind::String | Kind::Blob, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Integer | Kind::Long | Kind::Float | Kind::Double, Value::Number(_))
        // Not a number, or infinite.
        | (Kind::Float | Kind::Double, Value::String(_)) => Ok(()),
        (Kind::Timestamp, Value::String(text)) if Time::parse(text).is_some() => Ok(()),
        (kind, _) => Err(format!("`{at}` is not {}", expected(kind))),
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Structure => "an object of members",
        Kind::Map | Kind::Document => "an object of keys and values",
        Kind::List => "a list",
        Kind::String | Kind::Blob => "a text",
        Kind::Boolean => "true or false",
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => "a number",
        Kind::Timestamp => "a time, such as \"2026-01-31T12:00:00Z\"",
    }
}
