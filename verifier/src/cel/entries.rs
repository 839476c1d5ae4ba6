//! Maps of AWS's answers, such as the variables of a function: any key may be there.

use cel::ExecutionError;
use cel::common::traits::{self, Container, Indexer, Iterable, Sizer};
use cel::common::types::{CelInt, CelString};
use cel::common::value::{CowVal, StaticVal, Val};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::own_value::{failed, note_unreadable, value_of};
use super::partial::{Elements, not_read};
use super::value::{Field, same_fields};

/// A map whose keys somebody chose. Unlike a record, it can be iterated over, and a key that it does not have is known
/// to be absent, unless not all of its keys were read.
#[derive(Debug, Clone)]
pub struct Entries(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    fields: BTreeMap<String, Field>,
    keys: Vec<Box<dyn Val>>,
    /// Whether there are no other keys.
    whole: bool,
}

impl Entries {
    /// A map of these keys.
    pub(super) fn new(fields: BTreeMap<String, Field>, whole: bool) -> Entries {
        let key = |key: &String| Box::new(CelString::from(key.clone())) as Box<dyn Val>;
        let keys = fields.keys().map(key).collect();
        Entries(Arc::new(Inner { fields, keys, whole }))
    }

    /// The number of keys that are known.
    pub(super) fn len(&self) -> usize {
        self.0.fields.len()
    }

    /// The known values.
    pub(super) fn values(&self) -> impl Iterator<Item = &dyn Val> {
        self.0.fields.values().filter_map(|field| match field {
            Field::Known(value) => Some(value.as_ref()),
            Field::None | Field::Unreadable => None,
        })
    }

    /// The fields, and whether there are no others.
    pub(super) fn fields(&self) -> (&BTreeMap<String, Field>, bool) {
        (&self.0.fields, self.0.whole)
    }
}

fn name(key: &dyn Val) -> Result<&str, ExecutionError> {
    let text = key.downcast_ref::<CelString>().map(CelString::inner);
    text.ok_or_else(|| failed("[]", "the keys of this map are texts".to_owned()))
}

impl Val for Entries {
    value_of!(MAP_TYPE);

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        self.0.whole.then_some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        let Some(other) = other.downcast_ref::<Entries>() else { return false };
        if !self.0.whole || !other.0.whole {
            note_unreadable();
            return false;
        }
        same_fields(&self.0.fields, &other.0.fields)
    }
}

impl StaticVal for Entries {}

impl Sizer for Entries {
    fn size(&self) -> CelInt {
        CelInt::from(i64::try_from(self.len()).unwrap_or(i64::MAX))
    }
}

impl Iterable for Entries {
    fn iter<'b, 'v>(&'b self) -> Box<dyn traits::Iterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Elements::new(&self.0.keys, self.0.whole))
    }
}

impl Container for Entries {
    fn contains(&self, key: &dyn Val) -> Result<bool, ExecutionError> {
        match self.0.fields.contains_key(name(key)?) {
            true => Ok(true),
            false if self.0.whole => Ok(false),
            false => Err(not_read()),
        }
    }
}

impl Indexer for Entries {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let name = name(key)?;
        match self.0.fields.get(name) {
            Some(Field::Known(value)) => Ok(CowVal::Borrowed(value.as_ref())),
            Some(Field::Unreadable) => Err(failed("read", format!("{name} could not be read"))),
            None if !self.0.whole => Err(not_read()),
            Some(Field::None) | None => Err(ExecutionError::NoSuchKey(Arc::new(name.to_owned()))),
        }
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}
