//! Evidence as CEL sees it: maps whose fields are known, known to be none, or unreadable.
//!
//! Plain values would lie: `null == 'x'` is `false`, and `has()` of a missing key is `false`. Here a field that could
//! not be read makes the look-up itself fail, through `.x`, `[…]`, `has(x)` and `in` alike, and CEL's own error logic
//! does the rest.

use cel::ExecutionError;
use cel::common::traits::{self, Container, Indexer, Iterable};
use cel::common::types::{self, CelBool, CelDouble, CelInt, CelList, CelString, CelTimestamp};
use cel::common::value::{CowVal, StaticVal, Val};
use mdbook_verify::results;
use serde_json::Value;
use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::budget;
use super::types::Type;
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
    /// A field from evidence as JSON. Of its type, only where times are counts: JSON has none.
    pub fn from_json(json: &Value, kind: &Type) -> Field {
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
                let kind = |name: &str| match kind {
                    Type::Record(record) => record.fields.get(name).unwrap_or(&Type::Any),
                    _ => &Type::Any,
                };
                let fields = fields.iter().map(|(name, field)| (name.clone(), Field::from_json(field, kind(name))));
                Box::new(Fields::new(fields.collect()))
            }
        };
        Field::Known(known)
    }
}

/// A list. Where an element could not be read, or the list could not be read to its end, what was read still counts.
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
        value.downcast_ref::<PartialList>().is_none() && value.downcast_ref::<NotRead>().is_none()
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
    fn get_type(&self) -> &types::Type {
        <Self as Val>::cel_type()
    }

    fn cel_type() -> &'static types::Type {
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

/// A list of which a part could not be read. `exists` may find what it looks for in the part that was; whatever asks for
/// the whole of it fails: its size, an element behind those that were read, whether something is not in it.
#[derive(Debug, Clone)]
pub struct PartialList {
    known: Arc<Vec<Box<dyn Val>>>,
    /// How many of them are known to stand at their places in the list: those before the first that was not read.
    placed: usize,
}

/// What stands for the part of a list that was not read.
#[derive(Debug, Clone)]
struct NotRead;

/// The one of its kind, which lists lend to loops.
static NOT_READ: NotRead = NotRead;

impl PartialList {
    /// A list of which these could be read, the first of them at their places.
    pub fn new(known: Vec<Box<dyn Val>>, placed: usize) -> PartialList {
        PartialList { known: Arc::new(known), placed }
    }
}

/// Lends each element to a loop, and makes it fail for what is not read, see [`super::rewrite::EACH`].
///
/// # Errors
/// For what could not be read.
pub fn each(element: &dyn Val) -> Result<(), ExecutionError> {
    budget::spend(1 + weight(element));
    match element.downcast_ref::<NotRead>() {
        Some(NotRead) => Err(failed("read", "a part of the list could not be read".to_owned())),
        None => Ok(()),
    }
}

/// Adds two values; a part of a list that was not read would count as one element in the sum.
///
/// # Errors
/// For what cannot be added, or could not be read.
pub fn add<'b, 'v>(one: &'b (dyn Val + 'v), other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError> {
    if other.downcast_ref::<PartialList>().is_some() {
        return Err(failed("read", "a part of the list could not be read".to_owned()));
    }
    budget::spend(1 + weight(one) + weight(other));
    let adder = one.as_adder().ok_or_else(|| failed("add", format!("{} has no sum", one.get_type().name())))?;
    adder.add(other)
}

/// Whether two values are the same.
pub fn equals(one: &dyn Val, other: &dyn Val) -> bool {
    // To weigh them is as much work as to compare them.
    budget::spend(1 + weight(one) + weight(other));
    one.equals(other)
}

/// Whether something is in a list or a record.
///
/// # Errors
/// For what nothing can be in, or what could not be read.
pub fn is_in(one: &dyn Val, other: &dyn Val) -> Result<bool, ExecutionError> {
    budget::spend(1 + weight(other));
    let container = other.as_container();
    container.ok_or_else(|| failed("in", format!("nothing is in {}", other.get_type().name())))?.contains(one)
}

/// How many steps it takes to copy a value, or to compare it with another.
fn weight(value: &dyn Val) -> u64 {
    let bytes = if let Some(text) = value.downcast_ref::<CelString>() {
        text.inner().len()
    } else if let Some((elements, _)) = elements(value) {
        return elements.iter().map(|element| 1 + weight(element.as_ref())).sum();
    } else {
        0
    };
    (bytes / budget::BYTES) as u64
}

/// The elements of a list, and whether they are all; none of anything else.
pub fn elements<'e, 'v>(value: &'e (dyn Val + 'v)) -> Option<(&'e [Box<dyn Val + 'v>], bool)> {
    let whole = value.downcast_ref::<CelList>().map(|list| (list.inner(), true));
    whole.or_else(|| value.downcast_ref::<PartialList>().map(|list| (list.known.as_slice(), false)))
}

impl Val for PartialList {
    fn get_type(&self) -> &types::Type {
        <Self as Val>::cel_type()
    }

    fn cel_type() -> &'static types::Type {
        &types::LIST_TYPE
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

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn equals(&self, _: &dyn Val) -> bool {
        COMPARED_UNREADABLE.set(true);
        false
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for PartialList {}

impl Iterable for PartialList {
    fn iter<'b, 'v>(&'b self) -> Box<dyn traits::Iterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Elements { known: self.known.iter(), ended: false })
    }
}

/// The elements of a list that were read, and what stands for the others.
struct Elements<'b> {
    known: std::slice::Iter<'b, Box<dyn Val>>,
    ended: bool,
}

impl<'b, 'v> traits::Iterator<'b, 'v> for Elements<'b> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        if let Some(known) = self.known.next() {
            return Some(known.as_ref());
        }
        let first = !std::mem::replace(&mut self.ended, true);
        first.then_some(&NOT_READ)
    }
}

impl Container for PartialList {
    fn contains(&self, key: &dyn Val) -> Result<bool, ExecutionError> {
        match self.known.iter().any(|known| known.equals(key)) {
            true => Ok(true),
            false => Err(failed("read", "a part of the list could not be read".to_owned())),
        }
    }
}

impl Indexer for PartialList {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let at = key.downcast_ref::<CelInt>().and_then(|at| usize::try_from(*at.inner()).ok());
        match at.filter(|at| *at < self.placed).and_then(|at| self.known.get(at)) {
            Some(value) => Ok(CowVal::Borrowed(value.as_ref())),
            None => Err(failed("read", "a part of the list could not be read".to_owned())),
        }
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

impl Val for NotRead {
    fn get_type(&self) -> &types::Type {
        <Self as Val>::cel_type()
    }

    fn cel_type() -> &'static types::Type {
        &types::DYN_TYPE
    }

    fn equals(&self, _: &dyn Val) -> bool {
        COMPARED_UNREADABLE.set(true);
        false
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for NotRead {}

/// A value as a sentence shows it.
pub fn words(value: &dyn Val) -> Option<String> {
    text(value, &|time| results::time(&rfc3339(time)))
}

/// A value as it is remembered: to the second, where it is a time.
pub fn exact(value: &dyn Val) -> Option<String> {
    text(value, &rfc3339)
}

/// A time in RFC 3339, in UTC and whole seconds.
pub fn rfc3339(time: &CelTimestamp) -> String {
    time.inner().to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn text(value: &dyn Val, of_time: &dyn Fn(&CelTimestamp) -> String) -> Option<String> {
    if let Some(written) = value.downcast_ref::<CelString>() {
        Some(written.inner().to_owned())
    } else if let Some(int) = value.downcast_ref::<CelInt>() {
        Some(int.inner().to_string())
    } else if let Some(double) = value.downcast_ref::<CelDouble>() {
        // Two decimals are what money and percentages need; 10.00 reads as 10.
        let rounded = format!("{:.2}", double.inner());
        Some(rounded.trim_end_matches('0').trim_end_matches('.').to_owned())
    } else if let Some(is) = value.downcast_ref::<CelBool>() {
        Some(if *is.inner() { "yes" } else { "no" }.to_owned())
    } else if let Some(time) = value.downcast_ref::<CelTimestamp>() {
        Some(of_time(time))
    } else if let Some(list) = value.downcast_ref::<CelList>() {
        let items: Option<Vec<String>> = list.inner().iter().map(|item| text(item.as_ref(), of_time)).collect();
        items.map(|items| items.join(", "))
    } else {
        None
    }
}
