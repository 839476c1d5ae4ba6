//! Parts of the document that are read only where somebody needs them.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

/// A part that most runs only carry from the old document into the new one. It stays the text that it is until it is used.
#[derive(Clone)]
pub struct Kept<T> {
    /// The text, if the value was not made here.
    text: Option<Box<RawValue>>,
    value: OnceLock<T>,
}

impl<T: DeserializeOwned> Kept<T> {
    /// Reads it.
    ///
    /// # Errors
    /// When the text is not such a value.
    pub(super) fn read(&self) -> serde_json::Result<Option<&T>> {
        if let (None, Some(text)) = (self.value.get(), &self.text) {
            // Another thread may have read it meanwhile.
            let _ = self.value.set(serde_json::from_str(text.get())?);
        }
        Ok(self.value.get())
    }

    /// Reads it, to change it.
    ///
    /// # Errors
    /// When the text is not such a value.
    pub(super) fn read_mut(&mut self) -> serde_json::Result<Option<&mut T>> {
        self.read()?;
        // It would be older than the value.
        self.text = None;
        Ok(self.value.get_mut())
    }

    /// The value, if it can be read.
    pub(super) fn into_value(self) -> Option<T> {
        let _ = self.read();
        self.value.into_inner()
    }
}

impl<T> Kept<T> {
    /// How many bytes it is as text, if it was not made or changed here.
    pub(super) fn text_len(&self) -> usize {
        self.text.as_ref().map_or(0, |text| text.get().len())
    }
}

impl<T> Kept<Vec<T>> {
    /// Whether the document leaves it out: it is empty.
    pub(super) fn is_left_out(&self) -> bool {
        self.text.is_none() && self.value.get().is_none_or(Vec::is_empty)
    }
}

/// The list. [`super::Results::of_anybody`] has made sure that there is one; a sealed document was written by this program.
impl<T: DeserializeOwned> Deref for Kept<Vec<T>> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.read().ok().flatten().map(Vec::as_slice).unwrap_or_default()
    }
}

impl<T: Default> Default for Kept<T> {
    fn default() -> Kept<T> {
        Kept::from(T::default())
    }
}

impl<T> From<T> for Kept<T> {
    fn from(value: T) -> Kept<T> {
        Kept { text: None, value: OnceLock::from(value) }
    }
}

impl<T: DeserializeOwned + PartialEq> PartialEq for Kept<T> {
    fn eq(&self, other: &Kept<T>) -> bool {
        matches!((self.read(), other.read()), (Ok(one), Ok(other)) if one == other)
    }
}

impl<T: DeserializeOwned + fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.read() {
            Ok(Some(value)) => value.fmt(f),
            Ok(None) => f.write_str("null"),
            Err(error) => error.fmt(f),
        }
    }
}

impl<T: Serialize> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (&self.text, self.value.get()) {
            // What was only read is still what the text says.
            (Some(text), _) => text.serialize(serializer),
            (None, value) => value.serialize(serializer),
        }
    }
}

impl<'de, T> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kept<T>, D::Error> {
        Ok(Kept { text: Some(Box::deserialize(deserializer)?), value: OnceLock::new() })
    }
}

impl<T: JsonSchema> JsonSchema for Kept<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use crate::key::Key;
    use crate::results::{Results, Unusable, VERSION, Verdict};

    fn document(step: &str) -> String {
        format!(
            r#"{{"version":{VERSION},"practice":false,"written":"","by":"","accounts":{{}},"steps":{{"a":{step}}},"confirmations":[],"seen":[],"seal":""}}"#
        )
    }

    fn step(calls: &str) -> String {
        format!(r#"{{"verdict":"verified","evidence":{calls},"checked":"","by":"","check_hash":""}}"#)
    }

    #[test]
    fn what_is_kept_is_the_same_and_what_is_damaged_is_refused() {
        let call = r#"[{"account":"a","section":"s","operation":"o","region":"r","time":"t"}]"#;
        let read = Results::of_anybody(document(&step(call)).as_bytes()).unwrap();
        assert_eq!(read.steps.get("a").unwrap().evidence[0].operation, "o");
        let key = Key::new([1; 32]);
        let (_, sealed) = read.clone().sealed(&key).unwrap();
        let again = Results::parse(&sealed, false, Some(&key)).unwrap();
        // It was not read here, and is written as it was.
        let (_, unread) = again.clone().sealed(&key).unwrap();
        assert_eq!((unread, &again.steps), (sealed, &read.steps));
        let damaged = [r#"[{"account":1}]"#, "{}", r#"["a"]"#, "null"].map(step);
        for damaged in damaged.iter().map(String::as_str).chain(["{}", "[]", "null", r#""verified""#]) {
            let refused = Results::of_anybody(document(damaged).as_bytes());
            assert!(matches!(refused, Err(Unusable::Damaged(_))), "{damaged}: {refused:?}");
        }
        // What is changed is written as it is then.
        let mut changed = again;
        changed.steps.get_mut("a").unwrap().verdict = Verdict::NotYet;
        let (changed, text) = changed.sealed(&key).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(r#""verdict":"not-yet""#) && text.contains(call), "{text}");
        assert_eq!(Results::parse(text.as_bytes(), false, Some(&key)).unwrap(), changed);
    }
}
