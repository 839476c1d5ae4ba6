//! Whether two values are equal, whichever of them is evidence: a map or list that an expression writes down knows
//! nothing of evidence, and would say that it is another.

use cel::ExecutionError;
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelMap, CelString, CelTimestamp, CelUInt};
use cel::common::value::Val;

use super::own_value::{failed, note_unreadable};
use super::partial::{PartialList, is_not_read};
use super::records::{Entries, Field, Fields, are_readable};

/// Refuses to compare a text with a number, and the like. CEL says that they differ, but where AWS writes `"10"` and an
/// expression `10`, that says nothing of the account.
pub(super) fn are_of_one_kind(one: &dyn Val, other: &dyn Val) -> Result<(), ExecutionError> {
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

/// Whether they are equal. Something in them that is not read is noted.
pub(super) fn equal(one: &dyn Val, other: &dyn Val) -> bool {
    let is_partial = |value: &dyn Val| value.downcast_ref::<PartialList>().is_some() || is_not_read(value);
    if is_partial(one) || is_partial(other) {
        note_unreadable();
        return false;
    }
    let lists = (one.downcast_ref::<CelList>(), other.downcast_ref::<CelList>());
    if let (Some(one), Some(other)) = lists {
        let (one, other) = (one.inner(), other.inner());
        return one.len() == other.len()
            && one.iter().zip(other).all(|(one, other)| equal(one.as_ref(), other.as_ref()));
    }
    match (one.downcast_ref::<CelMap>(), other.downcast_ref::<CelMap>()) {
        (Some(one), Some(other)) => {
            one.inner().len() == other.inner().len()
                && one.inner().iter().all(|(key, value)| {
                    let found = cel::common::traits::Indexer::get(other, key.inner());
                    found.is_ok_and(|found| equal(value.as_ref(), found.as_ref()))
                })
        }
        (Some(written), None) => is_written(written, other),
        (None, Some(written)) => is_written(written, one),
        (None, None) => one.equals(other),
    }
}

/// Whether evidence is what an expression writes down.
fn is_written(written: &CelMap<'_>, evidence: &dyn Val) -> bool {
    let fields = match (evidence.downcast_ref::<Entries>(), evidence.downcast_ref::<Fields>()) {
        (Some(entries), _) => entries.fields(),
        (_, Some(record)) => record.fields(),
        _ => return false,
    };
    let (fields, whole) = fields;
    if !whole || !are_readable(fields) {
        note_unreadable();
        return false;
    }
    let known = fields.values().filter(|field| matches!(field, Field::Known(_))).count();
    let is_there = |key: &dyn Val, value: &dyn Val| {
        let name = key.downcast_ref::<CelString>().map(CelString::inner);
        matches!(name.and_then(|name| fields.get(name)), Some(Field::Known(known)) if equal(known.as_ref(), value))
    };
    known == written.inner().len() && written.inner().iter().all(|(key, value)| is_there(key.inner(), value.as_ref()))
}
