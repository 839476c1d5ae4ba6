//! What came of reading something: a value, or the reasons why there is none.

use course::results::{Reason, ReasonCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that was read, or could not be. It is never mistaken for absent: absence is a known `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Read_{T}")]
pub enum Read<T> {
    /// It could not be read.
    Unreadable(Unreadable),
    /// It was read.
    Known(T),
}

/// The mark of something unreadable, as it stands in recordings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unreadable {
    /// Why. Never empty.
    #[serde(rename = "$unreadable")]
    pub reasons: Vec<Reason>,
}

/// The key of [`Unreadable`] in JSON.
pub const UNREADABLE: &str = "$unreadable";

impl<T> Read<T> {
    /// Something unreadable for one reason.
    pub fn unreadable(code: ReasonCode, account: &str, message: impl Into<String>) -> Read<T> {
        Read::Unreadable(Unreadable {
            reasons: vec![Reason { code, account: Some(account.to_owned()), action: None, message: message.into() }],
        })
    }

    /// Keeps the reasons, changes the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Read::Known(value) => Read::Known(change(value)),
            Read::Unreadable(unreadable) => Read::Unreadable(unreadable),
        }
    }

    /// The value, if it was read.
    pub fn known(&self) -> Option<&T> {
        match self {
            Read::Known(value) => Some(value),
            Read::Unreadable(_) => None,
        }
    }
}

impl<T> From<Result<T, Vec<Reason>>> for Read<T> {
    fn from(result: Result<T, Vec<Reason>>) -> Read<T> {
        match result {
            Ok(value) => Read::Known(value),
            Err(reasons) => Read::Unreadable(Unreadable { reasons }),
        }
    }
}
