//! Evidence as CEL values: maps whose fields are known, known to be absent, or unreadable.
//!
//! Plain values would give wrong results: `null == 'x'` is `false`, and so is `has()` of a missing key. Here, the
//! look-up of an unreadable field fails, with `.x`, `[…]`, `has(x)` and `in` alike, and CEL's own logic handles the
//! error.

use cel::ExecutionError;
use cel::common::traits::{Container, Indexer};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelString, CelTimestamp};
use cel::common::value::{CowVal, StaticVal, Val};
use course::results;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::budget::spend;
use super::entries::Entries;
use super::own_value::{failed, note_unreadable, value_of};
use super::partial::{PartialList, is_not_read};
use super::types::Type;
use evidence::{OTHERS, REST, UNREADABLE};

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

impl Field {
    /// A field from JSON. The type is used only for times, which JSON has no type for.
    pub(crate) fn from_json(json: &Value, kind: &Type) -> Field {
        let known: Box<dyn Val> = match json {
            Value::Null => return Field::None,
            Value::Bool(value) => Box::new(CelBool::from(*value)),
            Value::Number(number) => match number.as_i64() {
                Some(int) => Box::new(CelInt::from(int)),
                None => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
            },
            Value::String(text) if *kind == Type::Time => match time(text) {
                Some(time) => Box::new(time),
                None => return Field::Unreadable,
            },
            Value::String(text) => Box::new(CelString::from(text.clone())),
            Value::Array(items) => return list(items, kind),
            Value::Object(fields) if fields.contains_key(UNREADABLE) => return Field::Unreadable,
            Value::Object(fields) => {
                let is_map = matches!(kind, Type::Map(_)) || fields.contains_key(REST);
                let kind = |name: &str| match kind {
                    Type::Record(record) => record.fields.get(name).unwrap_or(&Type::Any),
                    Type::Map(map) => &map.of,
                    _ => &Type::Any,
                };
                let own = fields.iter().filter(|(name, _)| *name != REST && *name != OTHERS);
                let own = own.map(|(name, field)| (name.clone(), Field::from_json(field, kind(name)))).collect();
                match is_map {
                    true => Box::new(Entries::new(own, !fields.contains_key(REST))),
                    false => Box::new(Fields { whole: !fields.contains_key(OTHERS), ..Fields::new(own) }),
                }
            }
        };
        Field::Known(known)
    }
}

/// A list. If some elements could not be read, or the list could not be read to its end, the others still count.
fn list(items: &[Value], kind: &Type) -> Field {
    let kind = match kind {
        Type::List(of) => of.as_ref(),
        _ => &Type::Any,
    };
    let mut known: Vec<Box<dyn Val>> = Vec::with_capacity(items.len());
    let mut placed = None;
    for item in items {
        match Field::from_json(item, kind) {
            Field::Known(value) => known.push(value),
            Field::None | Field::Unreadable => placed = placed.or(Some(known.len())),
        }
    }
    Field::Known(match placed {
        None => Box::new(CelList::from(known)),
        Some(placed) => Box::new(PartialList::new(known, placed)),
    })
}

/// A time from RFC 3339.
pub fn time(text: &str) -> Option<CelTimestamp> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(CelTimestamp::from)
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

    fn look_up(&self, key: &dyn Val) -> Result<Option<&(dyn Val + 'static)>, ExecutionError> {
        let name = key.downcast_ref::<CelString>().map(CelString::inner).unwrap_or_default();
        match self.fields.get(name) {
            Some(Field::Known(value)) => Ok(Some(value.as_ref())),
            Some(Field::None) => Ok(None),
            Some(Field::Unreadable) => Err(failed("read", format!("{name} could not be read"))),
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

    /// The known values.
    pub(super) fn values(&self) -> impl Iterator<Item = &dyn Val> {
        self.fields.values().filter_map(|field| match field {
            Field::Known(value) => Some(value.as_ref()),
            Field::None | Field::Unreadable => None,
        })
    }

    fn readable(&self) -> bool {
        self.whole && are_readable(&self.fields)
    }
}

fn are_readable(fields: &BTreeMap<String, Field>) -> bool {
    fields.values().all(|field| match field {
        Field::Unreadable => false,
        Field::None => true,
        Field::Known(value) => readable(value.as_ref()),
    })
}

/// Whether two maps have the same fields. Something unreadable in them is noted.
pub(super) fn same_fields(one: &BTreeMap<String, Field>, other: &BTreeMap<String, Field>) -> bool {
    if !are_readable(one) || !are_readable(other) {
        note_unreadable();
        return false;
    }
    let same = |a: &Field, b: &Field| match (a, b) {
        (Field::Known(a), Field::Known(b)) => a.equals(b.as_ref()),
        (Field::None, Field::None) => true,
        _ => false,
    };
    one.len() == other.len() && one.iter().all(|(name, field)| other.get(name).is_some_and(|other| same(field, other)))
}

fn readable(value: &dyn Val) -> bool {
    if let Some(fields) = value.downcast_ref::<Fields>() {
        fields.readable()
    } else if let Some(entries) = value.downcast_ref::<Entries>() {
        let (fields, whole) = entries.fields();
        whole && are_readable(fields)
    } else if let Some(list) = value.downcast_ref::<CelList>() {
        list.inner().iter().all(|item| readable(item.as_ref()))
    } else {
        value.downcast_ref::<PartialList>().is_none() && !is_not_read(value)
    }
}

impl Val for Fields {
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

    fn equals(&self, other: &dyn Val) -> bool {
        let Some(other) = other.downcast_ref::<Fields>() else { return false };
        if !self.whole || !other.whole {
            note_unreadable();
            return false;
        }
        same_fields(&self.fields, &other.fields)
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

/// The longest text of a value in a sentence, in bytes. A longer text is cut.
const SHOWN: usize = 4096;
/// How many bytes of displayed text count as one step. Displayed text is kept, unlike copies during evaluation.
const SHOWN_IN_A_STEP: usize = 8;

/// A value as a sentence displays it.
pub fn display(value: &dyn Val) -> Option<String> {
    let mut display = text(value, &|time| results::time(&rfc3339(time)))?;
    if display.len() > SHOWN {
        display.truncate(display.floor_char_boundary(SHOWN));
        display.push('…');
    }
    Some(display)
}

/// A value in the form in which it is remembered. Times have whole seconds.
pub fn exact(value: &dyn Val) -> Option<String> {
    text(value, &rfc3339)
}

/// A value as JSON: what an input of a call has. Records of evidence are none.
pub(crate) fn to_json(value: &dyn Val) -> Option<Value> {
    let json = if let Some(text) = value.downcast_ref::<CelString>() {
        spend(1 + (text.inner().len() / SHOWN_IN_A_STEP) as u64);
        Value::from(text.inner())
    } else if let Some(int) = value.downcast_ref::<CelInt>() {
        Value::from(*int.inner())
    } else if let Some(double) = value.downcast_ref::<CelDouble>() {
        Value::Number(serde_json::Number::from_f64(*double.inner())?)
    } else if let Some(is) = value.downcast_ref::<CelBool>() {
        Value::from(*is.inner())
    } else if let Some(time) = value.downcast_ref::<CelTimestamp>() {
        Value::from(rfc3339(time))
    } else if let Some(list) = value.downcast_ref::<CelList>() {
        list.inner().iter().map(|item| to_json(item.as_ref())).collect::<Option<Vec<Value>>>()?.into()
    } else {
        return None;
    };
    spend(1);
    Some(json)
}

/// A time in RFC 3339, in UTC and whole seconds.
pub fn rfc3339(time: &CelTimestamp) -> String {
    time.inner().to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn text(value: &dyn Val, of_time: &dyn Fn(&CelTimestamp) -> String) -> Option<String> {
    let shown = if let Some(written) = value.downcast_ref::<CelString>() {
        written.inner().to_owned()
    } else if let Some(int) = value.downcast_ref::<CelInt>() {
        int.inner().to_string()
    } else if let Some(double) = value.downcast_ref::<CelDouble>() {
        // Two decimals are enough for money and percentages. 10.00 is displayed as 10.
        let rounded = format!("{:.2}", double.inner());
        rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else if let Some(is) = value.downcast_ref::<CelBool>() {
        if *is.inner() { "yes" } else { "no" }.to_owned()
    } else if let Some(time) = value.downcast_ref::<CelTimestamp>() {
        of_time(time)
    } else if let Some(list) = value.downcast_ref::<CelList>() {
        let items: Option<Vec<String>> = list.inner().iter().map(|item| text(item.as_ref(), of_time)).collect();
        items?.join(", ")
    } else {
        return None;
    };
    spend(1 + (shown.len() / SHOWN_IN_A_STEP) as u64);
    Some(shown)
}
