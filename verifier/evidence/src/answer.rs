//! Requires the parts of AWS's responses without which a value is unreadable.

use aws_smithy_types::DateTime;
use course::results::{Reason, ReasonCode};

use super::read::{Read, incomplete};
use super::reader::Reader;
use super::table::Call;
use super::time::Time;

/// A page of a list. A response without its list is not an empty list.
pub(crate) fn listed<T>(reader: &Reader, call: &Call, items: Option<Vec<T>>) -> Result<Vec<T>, Vec<Reason>> {
    let message = || format!("The response to {} does not contain its list.", call.name());
    items.ok_or_else(|| incomplete(reader.account(), &message()))
}

/// A required text. The SDK fills in an empty text if AWS sent none.
pub(crate) fn required(text: &str, account: &str, what: &str) -> Read<String> {
    if text.is_empty() {
        Read::unreadable(ReasonCode::IncompleteAnswer, account, format!("Missing in AWS's response: {what}."))
    } else {
        Read::Known(text.to_owned())
    }
}

/// A required value.
pub(crate) fn present<T>(value: Option<T>, account: &str, what: &str) -> Read<T> {
    match value {
        Some(value) => Read::Known(value),
        None => Read::unreadable(ReasonCode::IncompleteAnswer, account, format!("Missing in AWS's response: {what}.")),
    }
}

/// A required time.
pub(crate) fn time_of(value: Option<&DateTime>, account: &str, what: &str) -> Read<Time> {
    present(value.and_then(Time::of), account, what)
}

/// A value that this version must know.
pub(crate) fn known_value(value: &str, known: &[impl AsRef<str>], account: &str, what: &str) -> Read<String> {
    if known.iter().any(|known| known.as_ref() == value) {
        Read::Known(value.to_owned())
    } else {
        Read::unreadable(
            ReasonCode::IncompleteAnswer,
            account,
            format!("AWS's response has a value for {what} that this version of verify does not know."),
        )
    }
}
