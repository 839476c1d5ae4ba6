//! Evidence as CEL sees it: maps whose fields are known, known to be none, or unreadable.
//!
//! Plain values would lie: `null == 'x'` is `false`, and `has()` of a missing key is `false`. Here a field that could
//! not be read makes the look-up itself fail, through `.x`, `[…]`, `has(x)` and `in` alike, and CEL's own error logic
//! does the rest.

use cel::ExecutionError;
use cel::common::traits::{Container, Indexer};
use cel::common::types::{self, CelBool, CelDouble, CelInt, CelList, CelString, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use serde_json::Value;
use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::evidence::UNREADABLE;

/// A field of evidence.
#[derive(Debug)]
pub enum Field {
    /// It was read.
    Known(Box<dyn Val>),
    /// It is known to be none.
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

impl Field {
    /// A field from evidence as JSON.
    pub fn from_json(json: &Value) -> Field {
        let known: Box<dyn Val> = match json {
            Value::Null => return Field::None,
            Value::Bool(value) => Box::new(CelBool::from(*value)),
            Value::Number(number) => match number.as_i64() {
                Some(int) => Box::new(CelInt::from(int)),
                None => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
            },
            Value::String(text) => Box::new(CelString::from(text.clone())),
            Value::Array(items) => {
                let mut list: Vec<Box<dyn Val>> = Vec::with_capacity(items.len());
                for item in items {
                    match Field::from_json(item) {
                        Field::Known(value) => list.push(value),
                        // A list with an unreadable element is a list read in part.
                        Field::None | Field::Unreadable => return Field::Unreadable,
                    }
                }
                Box::new(CelList::from(list))
            }
            Value::Object(fields) if fields.contains_key(UNREADABLE) => return Field::Unreadable,
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, field)| (name.clone(), Field::from_json(field)));
                Box::new(Fields::new(fields.collect()))
            }
        };
        Field::Known(known)
    }
}

/// A map of fields.
#[derive(Debug, Clone)]
pub struct Fields(Arc<BTreeMap<String, Field>>);

impl Fields {
    /// A map of these fields; any other name is a mistake in the check.
    pub fn new(fields: BTreeMap<String, Field>) -> Fields {
        Fields(Arc::new(fields))
    }

    fn look_up(&self, key: &dyn Val) -> Result<Option<&(dyn Val + 'static)>, ExecutionError> {
        let name = key.downcast_ref::<CelString>().map(CelString::inner).unwrap_or_default();
        match self.0.get(name) {
            Some(Field::Known(value)) => Ok(Some(value.as_ref())),
            Some(Field::None) => Ok(None),
            Some(Field::Unreadable) => Err(failed("read", format!("{name} could not be read"))),
            None => {
                let names: Vec<&str> = self.0.keys().map(String::as_str).collect();
                Err(failed("field", format!("there is no field `{name}` here, only {}", names.join(", "))))
            }
        }
    }

    fn readable(&self) -> bool {
        self.0.values().all(|field| match field {
            Field::Unreadable => false,
            Field::None => true,
            Field::Known(value) => readable(value.as_ref()),
        })
    }
}

/// Any other error than `NoSuchKey`, which `has()` would take for absence.
pub(super) fn failed(function: &str, message: String) -> ExecutionError {
    ExecutionError::FunctionError { function: function.to_owned(), message }
}

fn readable(value: &dyn Val) -> bool {
    if let Some(fields) = value.downcast_ref::<Fields>() {
        fields.readable()
    } else if let Some(list) = value.downcast_ref::<CelList>() {
        list.inner().iter().all(|item| readable(item.as_ref()))
    } else {
        true
    }
}

thread_local! {
    /// Whether maps with something unreadable were compared: `==` cannot fail, so it is noted beside.
    static COMPARED_UNREADABLE: Cell<bool> = const { Cell::new(false) };
}

/// Runs an evaluation, and tells whether it compared maps that hold something unreadable.
pub fn noting_comparisons<T>(evaluate: impl FnOnce() -> T) -> (T, bool) {
    COMPARED_UNREADABLE.set(false);
    let value = evaluate();
    (value, COMPARED_UNREADABLE.get())
}

impl Val for Fields {
    fn get_type(&self) -> &Type {
        <Self as Val>::cel_type()
    }

    fn cel_type() -> &'static Type {
        &types::MAP_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        let Some(other) = other.downcast_ref::<Fields>() else { return false };
        if !self.readable() || !other.readable() {
            COMPARED_UNREADABLE.set(true);
            return false;
        }
        let same = |(a, b): (&Field, &Field)| match (a, b) {
            (Field::Known(a), Field::Known(b)) => a.equals(b.as_ref()),
            (Field::None, Field::None) => true,
            _ => false,
        };
        self.0.len() == other.0.len()
            && self.0.iter().all(|(name, field)| other.0.get(name).is_some_and(|other| same((field, other))))
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
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

/// A value as a sentence shows it.
pub fn words(value: &dyn Val) -> Option<String> {
    if let Some(text) = value.downcast_ref::<CelString>() {
        Some(text.inner().to_owned())
    } else if let Some(int) = value.downcast_ref::<CelInt>() {
        Some(int.inner().to_string())
    } else if let Some(double) = value.downcast_ref::<CelDouble>() {
        // Two decimals are what money and percentages need; 10.00 reads as 10.
        let rounded = format!("{:.2}", double.inner());
        Some(rounded.trim_end_matches('0').trim_end_matches('.').to_owned())
    } else if let Some(is) = value.downcast_ref::<CelBool>() {
        Some(if *is.inner() { "yes" } else { "no" }.to_owned())
    } else if let Some(list) = value.downcast_ref::<CelList>() {
        let items: Option<Vec<String>> = list.inner().iter().map(|item| words(item.as_ref())).collect();
        items.map(|items| items.join(", "))
    } else {
        None
    }
}
