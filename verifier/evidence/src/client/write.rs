//! Writes JSON values as the protocols want them, through AWS's serializers.

use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeSerializer};
use aws_smithy_schema::{Schema, ShapeType, prelude};
use aws_smithy_types::date_time::Format;
use aws_smithy_types::{Blob, DateTime, Document, Number, base64};
use serde_json::{Map, Value};

use super::schema::Schemas;
use crate::reads::Kind;

/// A structure with a JSON object as its value.
pub(super) struct Written<'a> {
    pub(super) schemas: &'a Schemas,
    pub(super) shape: &'a str,
    pub(super) schema: &'static Schema<'static>,
    pub(super) value: &'a Map<String, Value>,
}

/// A structure without members.
pub(super) struct Nothing(pub(super) &'static Schema<'static>);

impl SerializableStruct for Nothing {
    fn schema(&self) -> &Schema<'_> {
        self.0
    }

    fn serialize_members(&self, _: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        Ok(())
    }
}

impl SerializableStruct for Written<'_> {
    fn schema(&self) -> &Schema<'_> {
        self.schema
    }

    fn serialize_members(&self, to: &mut dyn ShapeSerializer) -> Result<(), SerdeError> {
        let structure = self.schemas.structure_of(self.shape).ok_or_else(|| missing(self.shape))?;
        for (schema, (name, member)) in structure.schema.members().iter().zip(&structure.members) {
            match self.value.get(*name) {
                None | Some(Value::Null) => {}
                Some(value) => write(to, schema, &member.shape, value, self.schemas)?,
            }
        }
        Ok(())
    }
}

fn missing(shape: &str) -> SerdeError {
    SerdeError::custom(format!("the table has no shape {shape}"))
}

fn write(
    to: &mut dyn ShapeSerializer,
    schema: &Schema<'_>,
    name: &str,
    value: &Value,
    schemas: &Schemas,
) -> Result<(), SerdeError> {
    let shape = schemas.shape(name).ok_or_else(|| missing(name))?;
    let mismatch = || SerdeError::type_mismatch(format!("{:?} expected", shape.kind));
    match shape.kind {
        Kind::Structure => {
            let structure = schemas.structure_of(name).ok_or_else(|| missing(name))?;
            let value = value.as_object().ok_or_else(mismatch)?;
            to.write_struct(schema, &Written { schemas, shape: name, schema: structure.schema, value })
        }
        Kind::List => {
            let (of, list) = (shape.of.as_ref().ok_or_else(mismatch)?, value.as_array().ok_or_else(mismatch)?);
            let element = element(schema, &of.shape, schemas)?;
            to.write_list_with_length(schema, list.len(), &|to| {
                list.iter().try_for_each(|value| write(to, element, &of.shape, value, schemas))
            })
        }
        Kind::Map => {
            let (of, map) = (shape.of.as_ref().ok_or_else(mismatch)?, value.as_object().ok_or_else(mismatch)?);
            let element = element(schema, &of.shape, schemas)?;
            to.write_map_with_length(schema, map.len(), &|to| {
                map.iter().try_for_each(|(key, value)| {
                    to.write_string(&prelude::STRING, key)?;
                    write(to, element, &of.shape, value, schemas)
                })
            })
        }
        Kind::Boolean => to.write_boolean(schema, value.as_bool().ok_or_else(mismatch)?),
        Kind::Integer => {
            let number = value.as_i64().and_then(|number| number.try_into().ok());
            to.write_integer(schema, number.ok_or_else(mismatch)?)
        }
        Kind::Long => to.write_long(schema, value.as_i64().ok_or_else(mismatch)?),
        Kind::Float => to.write_float(schema, value.as_f64().ok_or_else(mismatch)? as f32),
        Kind::Double => to.write_double(schema, value.as_f64().ok_or_else(mismatch)?),
        Kind::Blob => {
            let bytes = base64::decode(value.as_str().ok_or_else(mismatch)?).map_err(|_| mismatch())?;
            to.write_blob(schema, Blob::new(bytes))
        }
        Kind::Timestamp => {
            let time = value.as_str().and_then(|text| DateTime::from_str(text, Format::DateTime).ok());
            to.write_timestamp(schema, &time.ok_or_else(mismatch)?)
        }
        Kind::Document => to.write_document(schema, &document(value)),
        Kind::String => to.write_string(schema, value.as_str().ok_or_else(mismatch)?),
    }
}

/// The schema of what a list or a map has. AWS's serializers take an element's name from the list around it, and want
/// the element's own schema without a name, except for lists and maps, whose schemas say what is in them.
fn element<'a>(of: &'a Schema<'a>, shape: &str, schemas: &'a Schemas) -> Result<&'a Schema<'a>, SerdeError> {
    let member = of.member().ok_or_else(|| missing(shape))?;
    Ok(match member.shape_type() {
        ShapeType::List | ShapeType::Map => member,
        ShapeType::Structure => schemas.structure_of(shape).ok_or_else(|| missing(shape))?.schema,
        ShapeType::Boolean => &prelude::BOOLEAN,
        ShapeType::Integer => &prelude::INTEGER,
        ShapeType::Long => &prelude::LONG,
        ShapeType::Float => &prelude::FLOAT,
        ShapeType::Double => &prelude::DOUBLE,
        ShapeType::Blob => &prelude::BLOB,
        ShapeType::Timestamp => &prelude::TIMESTAMP,
        ShapeType::Document => &prelude::DOCUMENT,
        _ => &prelude::STRING,
    })
}

fn document(value: &Value) -> Document {
    match value {
        Value::Null => Document::Null,
        Value::Bool(value) => Document::Bool(*value),
        Value::String(text) => Document::String(text.clone()),
        Value::Array(list) => Document::Array(list.iter().map(document).collect()),
        Value::Object(map) => Document::Object(map.iter().map(|(key, value)| (key.clone(), document(value))).collect()),
        Value::Number(number) => Document::Number(match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Number::PosInt(number),
            (None, Some(number)) => Number::NegInt(number),
            (None, None) => Number::Float(number.as_f64().unwrap_or_default()),
        }),
    }
}
