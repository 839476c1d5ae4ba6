//! Checks the input of a call by the table, before anything is sent: names, types, and what a value may name.

use aws_smithy_types::date_time::Format;
use aws_smithy_types::{DateTime, base64};
use course::diagnostic::nearest;
use serde_json::{Map, Value};

use super::reach::{self, Own};
use super::refused::{Refused, Why};
use crate::reads::{Found, Kind, Member, Place, Reach, Service, Shape};

/// Checks an input.
///
/// # Errors
/// The first value that the call may not have.
pub(super) fn check(found: Found, input: &Map<String, Value>, own: Option<&Own<'_>>) -> Result<(), Refused> {
    let pages = found.operation.pages.iter().flat_map(|pages| pages.input.iter().chain(&pages.limit));
    if let Some(name) = pages.into_iter().find(|name| input.contains_key(*name)) {
        return Err(Refused { at: name.clone(), why: Why::Program });
    }
    let Some(shape) = found.operation.input.as_deref().and_then(|name| found.service.shape(name)) else {
        let name = input.keys().next();
        return name.map_or(Ok(()), |name| Err(Refused { at: name.clone(), why: Why::Unknown { near: None } }));
    };
    Checking::new(found, own).structure("", shape, input)
}

/// The input that limits a page, which the program sets where the operation needs it.
pub(super) fn limit(found: Found) -> Option<&'static str> {
    found.operation.pages.as_ref().and_then(|pages| pages.limit.as_deref())
}

/// Whether it is no character, by Unicode's definition of noncharacters that XML cannot have.
fn is_none(letter: char) -> bool {
    matches!(letter, '\u{fffe}' | '\u{ffff}')
}

/// The longest text that is sent outside of a body.
const LONGEST: usize = 8_000;

/// The check of the values of a call.
pub(super) struct Checking<'a> {
    service: &'static Service,
    /// What the values may name; `None` for an emulator, where they may name anything.
    own: Option<&'a Own<'a>>,
    /// The input that the program sets where the operation needs it.
    limit: Option<&'static str>,
    /// The path, with members in braces.
    uri: &'static str,
}

fn refused(at: &str, why: Why) -> Result<(), Refused> {
    Err(Refused { at: at.to_owned(), why })
}

impl<'a> Checking<'a> {
    /// The check of the values of a call.
    pub(super) fn new(found: Found, own: Option<&'a Own<'a>>) -> Checking<'a> {
        Checking { service: found.service, own, limit: limit(found), uri: &found.operation.uri }
    }

    fn structure(&self, at: &str, shape: &'static Shape, value: &Map<String, Value>) -> Result<(), Refused> {
        let path = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        if let Some(name) = value.keys().find(|name| !shape.members.contains_key(*name)) {
            let near = nearest(name, shape.members.keys().map(String::as_str)).map(str::to_owned);
            return refused(&path(name), Why::Unknown { near });
        }
        let is_given = |name: &String| value.get(name).is_some_and(|value| !value.is_null());
        let is_programs = |name: &String| at.is_empty() && self.limit == Some(name);
        if let Some(name) = shape.required.iter().find(|name| !is_given(name) && !is_programs(name)) {
            return refused(&path(name), Why::Missing);
        }
        for (name, value) in value {
            let member = &shape.members[name];
            self.member(&path(name), member, None, value)?;
        }
        Ok(())
    }

    /// A member, or an element of a list or a map, which may name what the list may.
    pub(super) fn member(
        &self,
        at: &str,
        member: &'static Member,
        around: Option<&'static Member>,
        value: &Value,
    ) -> Result<(), Refused> {
        let reach = member.reach.or_else(|| around.and_then(|around| around.reach));
        if reach == Some(Reach::Program) {
            return refused(at, Why::Program);
        }
        let Some(shape) = self.service.shape(&member.shape) else { return refused(at, Why::Unknown { near: None }) };
        match (shape.kind, value) {
            (_, Value::Null) => Ok(()),
            (Kind::Structure, Value::Object(map)) => self.structure(at, shape, map),
            (Kind::Structure, _) => refused(at, Why::Type { expected: "an object" }),
            (Kind::List, Value::Array(list)) => {
                let Some(of) = &shape.of else { return Ok(()) };
                let around = around.filter(|around| around.reach.is_some()).unwrap_or(member);
                list.iter()
                    .enumerate()
                    .try_for_each(|(index, value)| self.element(&format!("{at}[{index}]"), of, around, value))
            }
            (Kind::List, _) => refused(at, Why::Type { expected: "a list" }),
            (Kind::Map, Value::Object(map)) => {
                let Some(of) = &shape.of else { return Ok(()) };
                map.iter().try_for_each(|(key, value)| {
                    let at = format!("{at}[\"{key}\"]");
                    reach::text(&at, key, reach, self.own)?;
                    self.element(&at, of, member, value)
                })
            }
            (Kind::Map, _) => refused(at, Why::Type { expected: "a map" }),
            (Kind::Boolean, Value::Bool(_)) => Ok(()),
            (Kind::Boolean, _) => refused(at, Why::Type { expected: "true or false" }),
            (Kind::Integer, Value::Number(number))
                if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()) =>
            {
                Ok(())
            }
            (Kind::Long, Value::Number(number)) if number.as_i64().is_some() => Ok(()),
            (Kind::Integer | Kind::Long, _) => refused(at, Why::Type { expected: "a whole number" }),
            (Kind::Float | Kind::Double, Value::Number(_)) => Ok(()),
            (Kind::Float | Kind::Double, _) => refused(at, Why::Type { expected: "a number" }),
            (Kind::Timestamp, Value::String(text)) if DateTime::from_str(text, Format::DateTime).is_ok() => Ok(()),
            (Kind::Timestamp, _) => refused(at, Why::Type { expected: "a time as in `2026-01-31T12:00:00Z`" }),
            // Texts are encoded before they are sent to an emulator.
            (Kind::Blob, Value::String(_)) if self.own.is_none() => Ok(()),
            (Kind::Blob, Value::String(text)) => match base64::decode(text) {
                Ok(bytes) => reach::text(at, &String::from_utf8_lossy(&bytes), reach, self.own),
                Err(_) => refused(at, Why::Type { expected: "bytes in Base64" }),
            },
            (Kind::Blob, _) => refused(at, Why::Type { expected: "bytes in Base64" }),
            (Kind::Document, value) => self.document(at, value),
            (Kind::String, Value::String(text)) => self.text(at, member, reach, text),
            // Documents, such as policies, are written as JSON before they are sent to an emulator.
            (Kind::String, Value::Object(_)) if self.own.is_none() => Ok(()),
            (Kind::String, _) => refused(at, Why::Type { expected: "a text" }),
        }
    }

    fn element(&self, at: &str, of: &'static Member, around: &'static Member, value: &Value) -> Result<(), Refused> {
        if value.is_null() {
            return refused(at, Why::Type { expected: "a value" });
        }
        self.member(at, of, Some(around), value)
    }

    fn text(&self, at: &str, member: &Member, reach: Option<Reach>, text: &str) -> Result<(), Refused> {
        let fits = match member.place {
            // Nothing, or dots, would be another path. A slash is one where the path has it as it is: except in S3's keys
            // and in ARNs, the rest would be another operation's path.
            Some(Place::Uri) => {
                let is_free = self.service.name == "s3" || reach == Some(Reach::Arn);
                let is_another = !is_free && self.uri.contains(&format!("{{{at}+}}"));
                let is_whole = !is_another || !text.contains('/');
                is_whole && !text.is_empty() && text.split('/').all(|part| !matches!(part, "." | ".."))
            }
            Some(Place::Header | Place::Headers) => text.bytes().all(|byte| byte == b'\t' || (32..127).contains(&byte)),
            _ => true,
        };
        // XML cannot have these, and no name has.
        let is_plain = |letter: char| matches!(letter, '\t' | '\n' | '\r') || !letter.is_control() && !is_none(letter);
        // A request line and headers have a limit, and AWS's is less.
        let is_bounded = text.len() <= LONGEST || matches!(member.place, None | Some(Place::Status));
        if !fits || !is_bounded || !text.chars().all(is_plain) {
            return refused(at, Why::Form);
        }
        reach::text(at, text, reach, self.own)
    }

    /// Any JSON, whose texts may name nobody.
    fn document(&self, at: &str, value: &Value) -> Result<(), Refused> {
        match value {
            Value::String(text) => reach::text(at, text, None, self.own),
            Value::Array(list) => list.iter().try_for_each(|value| self.document(at, value)),
            Value::Object(map) => map.iter().try_for_each(|(key, value)| {
                reach::text(at, key, None, self.own)?;
                self.document(at, value)
            }),
            _ => Ok(()),
        }
    }
}
