//! JSON Schemas of the files that authors write in TOML, for editors.

use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::Value;

/// The JSON Schema of a TOML file, from the type that parses it.
pub fn toml_schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft07().with_transform(NoNull);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// TOML has no null: a key that may be absent is a key that is not required.
#[derive(Debug, Clone)]
struct NoNull;

impl Transform for NoNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(Value::Array(kinds)) = schema.get_mut("type") {
            kinds.retain(|kind| kind != "null");
            if let [kind] = kinds.as_slice() {
                let kind = kind.clone();
                schema.insert("type".to_owned(), kind);
            }
        }
        if let Some(Value::Array(any)) = schema.get_mut("anyOf") {
            any.retain(|one| one["type"] != "null");
            if let [Value::Object(only)] = any.as_slice() {
                let only = only.clone();
                schema.remove("anyOf");
                only.into_iter().for_each(|(key, value)| drop(schema.insert(key, value)));
            }
        }
        if schema.get("default").is_some_and(|default| default.is_null()) {
            schema.remove("default");
        }
        if let Some(Value::Array(values)) = schema.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
    }
}
