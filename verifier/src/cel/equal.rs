//! Whether two values are equal, whichever of them is evidence: a map or list that an expression writes down knows
//! nothing of evidence, and would say that it is another.

use cel::common::types::{CelList, CelMap, CelString};
use cel::common::value::Val;

use super::own_value::note_unreadable;
use super::partial::{PartialList, is_not_read};
use super::records::{Entries, Field, Fields, are_readable};

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
