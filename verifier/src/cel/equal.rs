//! Whether two values are equal. CEL answers for any two values; here, a comparison that says nothing of the account
//! fails.

use cel::ExecutionError;
use cel::common::types::{
    CelBool, CelBytes, CelDouble, CelDuration, CelInt, CelMap, CelMapKey, CelString, CelTimestamp, CelUInt,
};
use cel::common::value::Val;
use std::collections::BTreeMap;

use super::own_value::failed;
use super::partial::{elements, is_not_read, not_read};
use super::records::{Entries, Field, Fields};

/// Whether two values are equal, and all that is in them.
///
/// # Errors
/// When nothing in them differs for certain, and something was not read, or is a text in one and a number in the other.
pub(super) fn equal(one: &dyn Val, other: &dyn Val) -> Result<bool, ExecutionError> {
    if is_not_read(one) || is_not_read(other) {
        return Err(not_read());
    }
    if let (Some((one, one_is_whole)), Some((other, other_is_whole))) = (elements(one), elements(other)) {
        return match one_is_whole && other_is_whole {
            true if one.len() != other.len() => Ok(false),
            true => all(one.iter().zip(other).map(|(one, other)| equal(one.as_ref(), other.as_ref()))),
            false => Err(not_whole()),
        };
    }
    if let (Some(one), Some(other)) = (entries(one), entries(other)) {
        let (one, other) = (one?, other?);
        let same =
            |(key, value): (&Key<'_>, &&dyn Val)| other.get(key).map_or(Ok(false), |other| equal(*value, *other));
        return if one.len() == other.len() { all(one.iter().map(same)) } else { Ok(false) };
    }
    are_of_one_kind(one, other)?;
    Ok(one.equals(other))
}

/// Whether any of them is true, which decides it, whatever the others are.
pub(super) fn any(all: impl Iterator<Item = Result<bool, ExecutionError>>) -> Result<bool, ExecutionError> {
    let mut undecided = None;
    for one in all {
        match one {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => undecided = undecided.or(Some(error)),
        }
    }
    undecided.map_or(Ok(false), Err)
}

/// Whether all of them are true. One that is false decides it.
fn all(all: impl Iterator<Item = Result<bool, ExecutionError>>) -> Result<bool, ExecutionError> {
    any(all.map(|one| one.map(|is| !is))).map(|differs| !differs)
}

/// A key of a map: most are texts, and those of evidence always.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'v> {
    Text(&'v str),
    Other(&'v CelMapKey<'v>),
}

/// What is in a record or a map, of evidence or written down; `None` for other values. It fails if a part of it was not
/// read.
fn entries<'v>(value: &'v dyn Val) -> Option<Result<BTreeMap<Key<'v>, &'v dyn Val>, ExecutionError>> {
    if let Some(map) = value.downcast_ref::<CelMap>() {
        let key = |key: &'v CelMapKey<'v>| match key.inner().downcast_ref::<CelString>() {
            Some(text) => Key::Text(text.inner()),
            None => Key::Other(key),
        };
        return Some(Ok(map.inner().iter().map(|(name, value)| (key(name), value.as_ref())).collect()));
    }
    let record = value.downcast_ref::<Fields>().map(Fields::fields);
    let (fields, whole) = record.or_else(|| value.downcast_ref::<Entries>().map(Entries::fields))?;
    let known = fields.iter().filter_map(|(name, field)| match field {
        Field::Known(value) => Some(Ok((Key::Text(name), value.as_ref()))),
        Field::None => None,
        Field::Unreadable => Some(Err(not_whole())),
    });
    Some(if whole { known.collect() } else { Err(not_whole()) })
}

fn not_whole() -> ExecutionError {
    failed("==", "it compares evidence that was not read completely".to_owned())
}

/// Refuses to compare a text with a number, and the like. CEL says that they differ, but where AWS writes `"10"` and an
/// expression `10`, that says nothing of the account.
fn are_of_one_kind(one: &dyn Val, other: &dyn Val) -> Result<(), ExecutionError> {
    match (kind(one), kind(other)) {
        (Some(one), Some(other)) if one != other => {
            let message =
                format!("{one} is compared with {other}: convert one of them, as in int(text) or string(number)");
            Err(failed("==", message))
        }
        _ => Ok(()),
    }
}

/// What a single value is. Nothing, a list and a record differ from all of these.
fn kind(value: &dyn Val) -> Option<&'static str> {
    let is_number = value.downcast_ref::<CelInt>().is_some()
        || value.downcast_ref::<CelUInt>().is_some()
        || value.downcast_ref::<CelDouble>().is_some();
    match value {
        _ if is_number => Some("a number"),
        text if text.downcast_ref::<CelString>().is_some() => Some("text"),
        truth if truth.downcast_ref::<CelBool>().is_some() => Some("true or false"),
        time if time.downcast_ref::<CelTimestamp>().is_some() => Some("a time"),
        span if span.downcast_ref::<CelDuration>().is_some() => Some("a duration"),
        bytes if bytes.downcast_ref::<CelBytes>().is_some() => Some("bytes"),
        _ => None,
    }
}

/// Refuses to order texts letter by letter whose numbers are in another order: `"9"` comes after `"30"`.
pub(super) fn are_not_numbers(one: &dyn Val, other: &dyn Val) -> Result<(), ExecutionError> {
    let texts = (one.downcast_ref::<CelString>(), other.downcast_ref::<CelString>());
    let (Some(one), Some(other)) = texts else { return Ok(()) };
    let number = |text: &CelString| text.inner().parse::<f64>().ok().filter(|number| number.is_finite());
    let by_numbers = number(one).zip(number(other)).and_then(|(one, other)| one.partial_cmp(&other));
    match by_numbers {
        Some(order) if order != one.inner().cmp(other.inner()) => {
            Err(failed("<", "two numbers that are texts are compared letter by letter: write int(text)".to_owned()))
        }
        _ => Ok(()),
    }
}
