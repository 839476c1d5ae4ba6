//! Reads answers to JSON values, through AWS's deserializers.
//!
//! Members that the table does not know are left out. A value of another type is an error, never a missing value.

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, ShapeDeserializer};
use aws_smithy_types::date_time::Format;
use aws_smithy_types::{Document, Number, base64};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::schema::Schemas;
use crate::reads::Kind;

/// Reads a value of a shape.
pub(super) fn parse(
    from: &mut dyn ShapeDeserializer,
    schema: &Schema<'_>,
    name: &str,
    schemas: &Schemas,
) -> Result<Value, SerdeError> {
    let missing = || SerdeError::custom(format!("the table has no shape {name}"));
    let shape = schemas.shape(name).ok_or_else(missing)?;
    Ok(match shape.kind {
        Kind::Structure => {
            let structure = schemas.structure_of(name).ok_or_else(missing)?;
            let mut map = Map::new();
            from.read_struct(structure.schema, &mut |schema, from| {
                // A member that the table does not know has no index.
                let Some((name, member)) = schema.member_index().and_then(|index| structure.members.get(index)) else {
                    return from.skip_value();
                };
                if from.is_null() {
                    return from.read_null();
                }
                let value = parse(from, schema, &member.shape, schemas)?;
                insert(&mut map, (*name).to_owned(), if member.encoded { decoded(value)? } else { value })
            })?;
            Value::Object(map)
        }
        Kind::List => {
            let (of, element) = (shape.of.as_ref().ok_or_else(missing)?, schema.member().ok_or_else(missing)?);
            let mut list = Vec::new();
            from.read_list(schema, &mut |from| {
                // None of AWS's lists has places without an element.
                if from.is_null() {
                    return Err(SerdeError::invalid_input("a list has null"));
                }
                list.push(parse(from, element, &of.shape, schemas)?);
                Ok(())
            })?;
            Value::Array(list)
        }
        Kind::Map => {
            let (of, element) = (shape.of.as_ref().ok_or_else(missing)?, schema.member().ok_or_else(missing)?);
            let mut map = Map::new();
            from.read_map(schema, &mut |key, from| {
                let value = nullable(from, |from| parse(from, element, &of.shape, schemas))?;
                insert(&mut map, key, value)
            })?;
            Value::Object(map)
        }
        Kind::Boolean => json!(from.read_boolean(schema)?),
        Kind::Integer => json!(from.read_integer(schema)?),
        Kind::Long => json!(from.read_long(schema)?),
        // As a float of 32 bits, 0.1 would become 0.10000000149011612.
        Kind::Float | Kind::Double => finite(from.read_double(schema)?)?,
        Kind::Blob => json!(base64::encode(from.read_blob(schema)?)),
        Kind::Timestamp => {
            let time = from.read_timestamp(schema)?.fmt(Format::DateTime);
            json!(time.map_err(|error| SerdeError::invalid_input(error.to_string()))?)
        }
        Kind::Document => document(&from.read_document(schema)?),
        Kind::String => json!(from.read_string(schema)?),
    })
}

/// Two values of one member are not an answer: either alone may be wrong.
fn insert(map: &mut Map<String, Value>, name: String, value: Value) -> Result<(), SerdeError> {
    match map.contains_key(&name) {
        true => Err(SerdeError::invalid_input(format!("{name} is there twice"))),
        false => {
            map.insert(name, value);
            Ok(())
        }
    }
}

fn nullable(
    from: &mut dyn ShapeDeserializer,
    read: impl FnOnce(&mut dyn ShapeDeserializer) -> Result<Value, SerdeError>,
) -> Result<Value, SerdeError> {
    if from.is_null() {
        from.read_null()?;
        return Ok(Value::Null);
    }
    read(from)
}

/// A text that was percent-encoded.
fn decoded(value: Value) -> Result<Value, SerdeError> {
    let text = percent_decode_str(value.as_str().unwrap_or_default()).decode_utf8();
    text.map(|text| json!(text)).map_err(|error| SerdeError::invalid_input(error.to_string()))
}

/// A number. JSON has none for infinity, and a null would be a value that is known to be missing.
fn finite(number: f64) -> Result<Value, SerdeError> {
    serde_json::Number::from_f64(number)
        .map(Value::Number)
        .ok_or_else(|| SerdeError::invalid_input(format!("{number} is not a finite number")))
}

fn document(document_: &Document) -> Value {
    match document_ {
        Document::Object(map) => {
            map.iter().map(|(key, value)| (key.clone(), document(value))).collect::<Map<_, _>>().into()
        }
        Document::Array(list) => list.iter().map(document).collect(),
        Document::Number(Number::PosInt(number)) => json!(number),
        Document::Number(Number::NegInt(number)) => json!(number),
        Document::Number(Number::Float(number)) => json!(number),
        Document::String(text) => json!(text),
        Document::Bool(value) => json!(value),
        Document::Null => Value::Null,
    }
}
