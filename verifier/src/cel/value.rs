//! Evidence as CEL values: maps whose fields are known, known to be absent, or unreadable.
//!
//! Plain values would give wrong results: `null == 'x'` is `false`, and so is `has()` of a missing key. Here, the
//! look-up of an unreadable field fails, with `.x`, `[…]`, `has(x)` and `in` alike, and CEL's own logic handles the
//! error.

use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelString, CelTimestamp};
use cel::common::value::Val;
use course::results;
use serde_json::Value;

use super::budget::spend;
use super::partial::PartialList;
use super::records::Entries;
pub use super::records::{Field, Fields};
use super::types::Type;
use evidence::{OTHERS, REST, UNREADABLE, unescaped};

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
                let own = own.map(|(name, field)| (unescaped(name), field));
                let own = own.map(|(name, field)| (name.to_owned(), Field::from_json(field, kind(name)))).collect();
                match is_map {
                    true => Box::new(Entries::new(own, !fields.contains_key(REST))),
                    false if fields.contains_key(OTHERS) => Box::new(Fields::new(own).among_others()),
                    false => Box::new(Fields::new(own)),
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

/// The longest text of a value in a sentence, in bytes. A longer text is cut.
const SHOWN: usize = 4096;
/// How many bytes of displayed text count as one step. Displayed text is kept, unlike copies during evaluation.
const SHOWN_IN_A_STEP: usize = 8;

/// A value as a sentence displays it.
pub fn display(value: &dyn Val) -> Option<String> {
    let mut display = text(value)?;
    if display.len() > SHOWN {
        display.truncate(display.floor_char_boundary(SHOWN));
        display.push('…');
    }
    Some(display)
}

/// A value in the form in which it is remembered: a text as it is, numbers and times with all their digits, and a list as JSON.
pub fn exact(value: &dyn Val) -> Option<String> {
    if let Some(list) = value.downcast_ref::<CelList>() {
        let items: Option<Vec<String>> = list.inner().iter().map(|item| exact(item.as_ref())).collect();
        return serde_json::to_string(&items?).ok();
    }
    if let Some(double) = value.downcast_ref::<CelDouble>() {
        return Some(double.inner().to_string());
    }
    match value.downcast_ref::<CelTimestamp>() {
        Some(time) => Some(time.inner().to_utc().to_rfc3339()),
        None => text(value),
    }
}

/// Whether records may be values of a call's inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Records {
    /// They may not: what was read of AWS is not sent back whole.
    None,
    /// They may: the call goes to an emulator.
    Whole,
}

/// A value as JSON: what an input of a call has.
pub(crate) fn to_json(value: &dyn Val, records: Records) -> Option<Value> {
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
        list.inner().iter().map(|item| to_json(item.as_ref(), records)).collect::<Option<Vec<Value>>>()?.into()
    } else if let Some(record) = value.downcast_ref::<Fields>().filter(|_| records == Records::Whole) {
        let json = |(name, field): (&String, &Field)| match field {
            Field::Known(value) => Some(Some((name.clone(), to_json(value.as_ref(), records)?))),
            Field::None => Some(None),
            Field::Unreadable => None,
        };
        let members: Option<Vec<Option<(String, Value)>>> = record.fields().0.iter().map(json).collect();
        Value::Object(members?.into_iter().flatten().collect())
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

fn text(value: &dyn Val) -> Option<String> {
    let shown = if let Some(written) = value.downcast_ref::<CelString>() {
        written.inner().to_owned()
    } else if let Some(int) = value.downcast_ref::<CelInt>() {
        int.inner().to_string()
    } else if let Some(double) = value.downcast_ref::<CelDouble>() {
        // Two decimals are enough for money and percentages. 10.00 is displayed as 10.
        format!("{:.2}", double.inner()).trim_end_matches('0').trim_end_matches('.').to_owned()
    } else if let Some(is) = value.downcast_ref::<CelBool>() {
        if *is.inner() { "yes" } else { "no" }.to_owned()
    } else if let Some(time) = value.downcast_ref::<CelTimestamp>() {
        results::time(&rfc3339(time))
    } else if let Some(list) = value.downcast_ref::<CelList>() {
        let items: Option<Vec<String>> = list.inner().iter().map(|item| text(item.as_ref())).collect();
        items?.join(", ")
    } else {
        return None;
    };
    spend(1 + (shown.len() / SHOWN_IN_A_STEP) as u64);
    Some(shown)
}
