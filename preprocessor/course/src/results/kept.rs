//! A list of the document that is read only where somebody needs it.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

/// A list that most runs only carry from the old document into the new one. It is more than half of a document, so it
/// stays the text that it is until it is used.
#[derive(Clone)]
pub struct Kept<T> {
    text: Option<Box<RawValue>>,
    list: OnceLock<Vec<T>>,
}

impl<T: DeserializeOwned> Kept<T> {
    /// Reads it.
    ///
    /// # Errors
    /// When the text is not such a list.
    pub(super) fn read(&self) -> serde_json::Result<&[T]> {
        if let (None, Some(text)) = (self.list.get(), &self.text) {
            // Another thread may have read it meanwhile.
            let _ = self.list.set(serde_json::from_str(text.get())?);
        }
        Ok(self.list.get().map(Vec::as_slice).unwrap_or_default())
    }
}

impl<T> Kept<T> {
    /// Whether the document leaves it out: it is empty.
    pub(super) fn is_left_out(&self) -> bool {
        self.text.is_none() && self.list.get().is_none_or(Vec::is_empty)
    }
}

/// The list. [`super::Results::of_anybody`] has made sure that there is one; a sealed document was written by this program.
impl<T: DeserializeOwned> Deref for Kept<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.read().unwrap_or_default()
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Kept<T> {
        Kept { text: None, list: OnceLock::new() }
    }
}

impl<T> From<Vec<T>> for Kept<T> {
    fn from(list: Vec<T>) -> Kept<T> {
        Kept { text: None, list: OnceLock::from(list) }
    }
}

impl<T: DeserializeOwned + PartialEq> PartialEq for Kept<T> {
    fn eq(&self, other: &Kept<T>) -> bool {
        **self == **other
    }
}

impl<T: DeserializeOwned + fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Serialize> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.list.get(), &self.text) {
            (Some(list), _) => list.serialize(serializer),
            (None, Some(text)) => text.serialize(serializer),
            (None, None) => serializer.collect_seq::<[T; 0]>([]),
        }
    }
}

impl<'de, T> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kept<T>, D::Error> {
        Ok(Kept { text: Some(Box::deserialize(deserializer)?), list: OnceLock::new() })
    }
}

impl<T: JsonSchema> JsonSchema for Kept<T> {
    fn inline_schema() -> bool {
        Vec::<T>::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use crate::key::Key;
    use crate::results::{Results, Unusable, VERSION};

    fn document(calls: &str) -> String {
        format!(
            r#"{{"version":{VERSION},"practice":false,"written":"","by":"","accounts":{{}},"steps":{{"a":{{"verdict":"verified","evidence":{calls},"checked":"","by":"","check_hash":""}}}},"confirmations":[],"seen":[],"seal":""}}"#
        )
    }

    #[test]
    fn what_is_kept_is_the_same_and_what_is_damaged_is_refused() {
        let call = r#"[{"account":"a","section":"s","operation":"o","region":"r","time":"t"}]"#;
        let read = Results::of_anybody(document(call).as_bytes()).unwrap();
        assert_eq!(read.steps["a"].evidence[0].operation, "o");
        let key = Key::new([1; 32]);
        let (_, sealed) = read.clone().sealed(&key).unwrap();
        let again = Results::parse(sealed.as_bytes(), false, Some(&key)).unwrap();
        // It was not read here, and is written as it was.
        let (_, unread) = again.clone().sealed(&key).unwrap();
        assert_eq!((unread, again.steps), (sealed, read.steps));
        for damaged in [r#"[{"account":1}]"#, "{}", r#"["a"]"#] {
            let refused = Results::of_anybody(document(damaged).as_bytes());
            assert!(matches!(refused, Err(Unusable::Damaged(_))), "{damaged}: {refused:?}");
        }
    }
}
