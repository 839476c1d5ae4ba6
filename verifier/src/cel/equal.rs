//! Whether two values are equal. CEL answers for any two values; here, a comparison that says nothing of the account
//! fails.

use cel::ExecutionError;
use cel::common::types::{CelBool, CelBytes, CelDouble, CelDuration, CelInt, CelMap, CelString, CelTimestamp, CelUInt};
use cel::common::value::Val;
use std::collections::BTreeMap;

use super::numerals;
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
    if let (Some(one), Some(other)) = (elements(one), elements(other)) {
        return same_elements(one, other);
    }
    if let (Some(one), Some(other)) = (Content::of(one), Content::of(other)) {
        return one.equals(&other);
    }
    are_of_one_kind(one, other)?;
    numerals::check_equality(one, other)?;
    Ok(one.equals(other))
}

/// Whether two lists have the same elements. Of each, those that were read, and whether these are all.
fn same_elements(
    (one, one_is_whole): (&[Box<dyn Val + '_>], bool),
    (other, other_is_whole): (&[Box<dyn Val + '_>], bool),
) -> Result<bool, ExecutionError> {
    match (one_is_whole, other_is_whole) {
        (true, true) if one.len() == other.len() => {
            all(one.iter().zip(other).map(|(one, other)| equal(one.as_ref(), other.as_ref())))
        }
        (true, true) => Ok(false),
        // It has more than the other, whatever was not read.
        (true, false) if other.len() > one.len() => Ok(false),
        (false, true) if one.len() > other.len() => Ok(false),
        _ => Err(not_whole()),
    }
}

/// Whether a map that an expression writes down, or a document, has a key.
///
/// # Errors
/// When its keys are texts and this is a number, and the like.
pub(super) fn has_key(map: &CelMap<'_>, key: &dyn Val) -> Result<bool, ExecutionError> {
    let key = Key::of(key).ok_or_else(|| failed("in", format!("{} is no key", key.get_type().name())))?;
    any(map.inner().keys().map(|own| Key::of(own.inner()).map_or(Ok(false), |own| own.equals(&key))))
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
    Number(i128),
    Truth(bool),
}

impl<'v> Key<'v> {
    fn of(key: &'v dyn Val) -> Option<Key<'v>> {
        let text = key.downcast_ref::<CelString>().map(|text| Key::Text(text.inner()));
        let int = || key.downcast_ref::<CelInt>().map(|int| Key::Number((*int.inner()).into()));
        let uint = || key.downcast_ref::<CelUInt>().map(|uint| Key::Number((*uint.inner()).into()));
        let truth = || key.downcast_ref::<CelBool>().map(|truth| Key::Truth(*truth.inner()));
        text.or_else(int).or_else(uint).or_else(truth)
    }

    fn kind(&self) -> &'static str {
        match self {
            Key::Text(_) => "text",
            Key::Number(_) => "a number",
            Key::Truth(_) => "true or false",
        }
    }

    fn equals(&self, other: &Key<'_>) -> Result<bool, ExecutionError> {
        match (self, other) {
            (Key::Text(one), Key::Text(other)) => numerals::check_equality_of_texts(one, other).map(|()| one == other),
            _ if self.kind() == other.kind() => Ok(self == other),
            _ => Err(of_two_kinds(self.kind(), other.kind())),
        }
    }
}

/// What is in a record or a map, of evidence or written down.
struct Content<'v> {
    /// The values that were read; `None` for one that could not be.
    values: BTreeMap<Key<'v>, Option<&'v dyn Val>>,
    /// Whether there are no others.
    whole: bool,
}

impl<'v> Content<'v> {
    /// The content of a value; `None` for other values.
    fn of(value: &'v dyn Val) -> Option<Content<'v>> {
        if let Some(map) = value.downcast_ref::<CelMap>() {
            let values =
                map.inner().iter().filter_map(|(key, value)| Some((Key::of(key.inner())?, Some(value.as_ref()))));
            return Some(Content { values: values.collect(), whole: true });
        }
        let record = value.downcast_ref::<Fields>().map(Fields::fields);
        let (fields, whole) = record.or_else(|| value.downcast_ref::<Entries>().map(Entries::fields))?;
        let values = fields.iter().filter_map(|(name, field)| match field {
            Field::Known(value) => Some((Key::Text(name), Some(value.as_ref()))),
            Field::Unreadable => Some((Key::Text(name), None)),
            Field::None => None,
        });
        Some(Content { values: values.collect(), whole })
    }

    fn equals(&self, other: &Content<'_>) -> Result<bool, ExecutionError> {
        let both = self.values.iter().map(|(key, value)| match (value, other.values.get(key)) {
            (Some(one), Some(Some(other))) => equal(*one, *other),
            (_, Some(_)) => Err(not_whole()),
            (_, None) => other.lacks(key),
        });
        let others = other.values.keys().filter(|key| !self.values.contains_key(key)).map(|key| self.lacks(key));
        // Others may differ.
        let unread = (!self.whole || !other.whole).then(|| Err(not_whole()));
        all(both.chain(others).chain(unread))
    }

    /// Whether it has a key that it does not seem to have: it may have been written, or read, in another way.
    fn lacks(&self, key: &Key<'_>) -> Result<bool, ExecutionError> {
        let another = self.values.keys().map(Key::kind).find(|kind| *kind != key.kind());
        match another {
            Some(kind) => Err(of_two_kinds(key.kind(), kind)),
            None if self.whole => Ok(false),
            None => Err(not_whole()),
        }
    }
}

fn not_whole() -> ExecutionError {
    failed("==", "it compares evidence that was not read completely".to_owned())
}

/// Refuses to compare a text with a number, and the like. CEL says that they differ, but where AWS writes `"10"` and an
/// expression `10`, that says nothing of the account.
fn are_of_one_kind(one: &dyn Val, other: &dyn Val) -> Result<(), ExecutionError> {
    match (kind(one), kind(other)) {
        (Some(one), Some(other)) if one != other => Err(of_two_kinds(one, other)),
        _ => Ok(()),
    }
}

fn of_two_kinds(one: &str, other: &str) -> ExecutionError {
    let advice = match [one, other].iter().any(|kind| ["a list", "a map"].contains(kind)) {
        true => "use a part of it, as in 'x' in list",
        false => "convert one of them, as in int(text) or string(number)",
    };
    failed("==", format!("{one} is compared with {other}: {advice}"))
}

/// What a value is, but for `null`, which differs from everything else.
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
        list if elements(list).is_some() => Some("a list"),
        map if is_map(map) => Some("a map"),
        _ => None,
    }
}

fn is_map(value: &dyn Val) -> bool {
    value.downcast_ref::<CelMap>().is_some()
        || value.downcast_ref::<Fields>().is_some()
        || value.downcast_ref::<Entries>().is_some()
}
