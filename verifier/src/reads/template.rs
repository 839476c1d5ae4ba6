//! The inputs of a call, with holes.

use serde_json::{Map, Value};

use crate::cel::value::Records;
use crate::cel::{Expression, Scope};
use crate::sentence::Sentence;

/// A value with holes.
#[derive(Debug)]
pub enum Template {
    /// A value without holes.
    Fixed(Value),
    /// A text with holes.
    Text(Sentence),
    /// A list.
    List(Vec<Template>),
    /// An object.
    Map(Vec<(String, Template)>),
}

impl Template {
    /// The value with its holes filled.
    ///
    /// # Errors
    /// CEL's message about a hole that has no value.
    pub(crate) fn fill(&self, scope: &Scope, records: Records) -> Result<Value, String> {
        Ok(match self {
            Template::Fixed(value) => value.clone(),
            Template::Text(sentence) => sentence.value(scope, records)?,
            Template::List(values) => {
                values.iter().map(|value| value.fill(scope, records)).collect::<Result<Vec<_>, _>>()?.into()
            }
            Template::Map(values) => {
                let filled = values.iter().map(|(name, value)| Ok((name.clone(), value.fill(scope, records)?)));
                Value::Object(filled.collect::<Result<Map<_, _>, String>>()?)
            }
        })
    }

    /// The expressions in its holes.
    pub fn holes(&self) -> Vec<&Expression> {
        match self {
            Template::Fixed(_) => Vec::new(),
            Template::Text(sentence) => sentence.holes().collect(),
            Template::List(values) => values.iter().flat_map(Template::holes).collect(),
            Template::Map(values) => values.iter().flat_map(|(_, value)| value.holes()).collect(),
        }
    }
}
