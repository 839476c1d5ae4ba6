//! Errors in the file of a check, or in a shared file.

use std::ops::Range;

use crate::places::KeyPath;
use crate::toml_error::{self, Explained};

/// An error in a check's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong.
    pub message: String,
    /// Where it is.
    pub place: Place,
    /// What to do, if the message does not say it.
    pub help: Option<String>,
}

impl Malformed {
    /// An error at a key.
    pub(super) fn at(part: KeyPath, message: String) -> Malformed {
        Malformed { message, place: Place::KeyPath(part), help: None }
    }

    /// An error of the TOML parser.
    pub(super) fn toml(text: &str, error: &toml::de::Error, top: &[&str]) -> Malformed {
        let Explained { range, message, help } = toml_error::explain(text, error, top);
        // A key that is missing has no place but the file.
        let range = range.filter(|range| range.start > 0 || !error.message().starts_with("missing field"));
        Malformed { message, place: Place::Bytes(range), help }
    }
}

/// The place of an error in a check's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A range of bytes, if it is known.
    Bytes(Option<Range<usize>>),
    /// A key.
    KeyPath(KeyPath),
}
