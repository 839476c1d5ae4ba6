//! Parses JSON documents that others wrote, such as policies. What could be understood in two ways is refused.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The longest document, in bytes. The longest policy of AWS is a tenth of it.
pub const LONGEST: usize = 256 << 10;
/// How deep lists and objects can be nested.
pub const DEEPEST: usize = 64;

/// Parses a document.
///
/// # Errors
/// What is wrong with it: it is not JSON, it is too long or nested too deep, or an object has a key twice.
///
/// ```
/// use evidence::document::parse;
///
/// assert_eq!(parse(r#"{"Version": "2012-10-17"}"#).unwrap()["Version"], "2012-10-17");
/// assert!(parse(r#"{"Effect": "Deny", "Effect": "Allow"}"#).is_err());
/// ```
pub fn parse(text: &str) -> Result<Value, String> {
    if text.len() > LONGEST {
        return Err(format!("the document has {} bytes; {LONGEST} are allowed", text.len()));
    }
    let mut parser = serde_json::Deserializer::from_str(text);
    let document = Part { levels: DEEPEST }.deserialize(&mut parser);
    let document = document.and_then(|document| parser.end().map(|()| document));
    document.map_err(|error| format!("the text is not a JSON document that can be read: {error}"))
}

/// A part of a document that can have this many more levels.
#[derive(Clone, Copy)]
struct Part {
    levels: usize,
}

impl Part {
    fn within<E: Error>(self) -> Result<Part, E> {
        let levels = self.levels.checked_sub(1);
        levels.map(|levels| Part { levels }).ok_or_else(|| E::custom(format!("it is nested more than {DEEPEST} deep")))
    }
}

impl<'de> DeserializeSeed<'de> for Part {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let within = self.within()?;
        let mut elements = Vec::new();
        while let Some(element) = list.next_element_seed(within)? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let within = self.within()?;
        let mut entries = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            if entries.contains_key(&key) {
                return Err(A::Error::custom(format!("an object has the key {key:?} twice")));
            }
            entries.insert(key, object.next_value_seed(within)?);
        }
        Ok(Value::Object(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_parsed_as_it_is_written() {
        let text = r#" {"a": [1, -2, 18446744073709551615, 0.5, "é\n", true, null, {}], "b": {"a": []}} "#;
        assert_eq!(parse(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(parse("null").unwrap(), Value::Null);
    }

    #[test]
    fn what_is_ambiguous_too_long_or_too_deep_is_refused() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&nested(DEEPEST)).is_ok());
        for (text, why) in [
            (nested(DEEPEST + 1), "nested more than 64 deep"),
            ("[".repeat(100_000), "nested more than 64 deep"),
            (r#"{"a": 1, "a": 1}"#.to_owned(), "the key \"a\" twice"),
            (r#"[{"b": {"a": 1, "\u0061": 2}}]"#.to_owned(), "the key \"a\" twice"),
            (format!("\"{}\"", "x".repeat(LONGEST)), "262144 are allowed"),
            (String::new(), "not a JSON document"),
            ("{} {}".to_owned(), "not a JSON document"),
            ("%7B%7D".to_owned(), "not a JSON document"),
            ("[1,]".to_owned(), "not a JSON document"),
            ("1e999".to_owned(), "not a JSON document"),
        ] {
            let wrong = parse(&text).unwrap_err();
            assert!(wrong.contains(why), "{wrong}");
        }
    }
}
