//! Records and maps of evidence, whose fields are known, known to be absent, or unreadable.
//!
//! The look-up of an unreadable field fails, with `.x`, `[…]`, `has(x)` and `in` alike.

use cel::ExecutionError;
use cel::common::traits::{self, Container, Indexer, Iterable, Sizer};
use cel::common::types::{CelInt, CelString};
use cel::common::value::{CowVal, StaticVal, Val};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::own_value::{failed, value_of};
use super::partial::{Elements, not_read};

/// A field of evidence.
#[derive(Debug)]
pub enum Field {
    /// It was read.
    Known(Box<dyn Val>),
    /// It is known to be absent.
    None,
    /// It could not be read.
    Unreadable,
}

impl Clone for Field {
    fn clone(&self) -> Field {
        match self {
            Field::Known(value) => Field::Known(value.clone_as_boxed()),
            Field::None => Field::None,
            Field::Unreadable => Field::Unreadable,
        }
    }
}

/// A map of fields.
#[derive(Debug, Clone)]
pub struct Fields {
    fields: Arc<BTreeMap<String, Field>>,
    /// Whether it has all of its fields. Those that no expression names may be left out.
    whole: bool,
}

impl Fields {
    /// A map of these fields. Any other name is a mistake in the check.
    pub fn new(fields: BTreeMap<String, Field>) -> Fields {
        Fields { fields: Arc::new(fields), whole: true }
    }

    /// The same, of a record that has other fields, too. They are left out, because no expression names them.
    pub(super) fn among_others(self) -> Fields {
        Fields { whole: false, ..self }
    }

    fn look_up(&self, key: &dyn Val) -> Result<Option<&(dyn Val + 'static)>, ExecutionError> {
        let name = key.downcast_ref::<CelString>().map(CelString::inner).unwrap_or_default();
        match self.fields.get(name) {
            Some(Field::Known(value)) => Ok(Some(value.as_ref())),
            Some(Field::None) => Ok(None),
            Some(Field::Unreadable) => Err(failed("read", format!("{name} could not be read"))),
            None if !self.whole => {
                Err(failed("field", format!("`{name}` was not kept when the answer was recorded: record it again")))
            }
            None => {
                let names: Vec<&str> = self.fields.keys().map(String::as_str).collect();
                Err(failed("field", format!("there is no field `{name}` here, only {}", names.join(", "))))
            }
        }
    }

    /// The number of fields.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether it was made by the function `policy`: the document, a statement or a condition of it. The records of
    /// evidence have other fields.
    pub(super) fn is_of_a_policy(&self) -> bool {
        let has = |name: &str| self.fields.contains_key(name);
        has("statements") && has("version") || has("services") && has("actions") || has("operator") && !has("value")
    }

    /// The fields, and whether there are no others.
    pub(super) fn fields(&self) -> (&BTreeMap<String, Field>, bool) {
        (&self.fields, self.whole)
    }

    /// The known values.
    pub(super) fn values(&self) -> impl Iterator<Item = &dyn Val> {
        self.fields.values().filter_map(|field| match field {
            Field::Known(value) => Some(value.as_ref()),
            Field::None | Field::Unreadable => None,
        })
    }
}

impl Val for Fields {
    value_of!(MAP_TYPE, Container, Indexer);
}

impl StaticVal for Fields {}

impl Container for Fields {
    fn contains(&self, key: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(self.look_up(key)?.is_some())
    }
}

impl Indexer for Fields {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        match self.look_up(key)? {
            Some(value) => Ok(CowVal::Borrowed(value)),
            None => Err(ExecutionError::NoSuchKey(Arc::new(
                key.downcast_ref::<CelString>().map(|name| name.inner().to_owned()).unwrap_or_default(),
            ))),
        }
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

/// A map whose keys somebody chose. Unlike a record, it can be iterated over, and a key that it does not have is known
/// to be absent. If not all of its keys were read, only some keys may be known to be absent.
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
        let there = fields.iter().filter(|(_, field)| !matches!(field, Field::None));
        let keys = there.map(|(name, _)| key(name)).collect();
        Entries(Arc::new(Inner { fields, keys, whole }))
    }

    /// The number of keys that are known to be there.
    pub(super) fn len(&self) -> usize {
        self.0.keys.len()
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
    value_of!(MAP_TYPE, Container, Indexer, Iterable);

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        self.0.whole.then_some(self)
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
        match self.0.fields.get(name(key)?) {
            Some(Field::None) => Ok(false),
            Some(Field::Known(_) | Field::Unreadable) => Ok(true),
            None if self.0.whole => Ok(false),
            None => Err(not_read()),
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
