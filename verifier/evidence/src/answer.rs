//! What an answer of AWS must have: without it, what was read is unreadable.

use aws_smithy_types::DateTime;
use course::results::{Reason, ReasonCode};

use super::read::{Read, incomplete};
use super::reader::Reader;
use super::table::Call;
use super::time::Time;

/// A page of a list: an answer without its list is not an empty one.
pub(crate) fn listed<T>(reader: &Reader, call: &Call, items: Option<Vec<T>>) -> Result<Vec<T>, Vec<Reason>> {
    let message = || format!("The answer to {} lacks its list.", call.name());
    items.ok_or_else(|| incomplete(reader.account(), &message()))
}

/// A required text: the SDK fills in an empty one where AWS sent none.
pub(crate) fn required(text: &str, account: &str, what: &str) -> Read<String> {
    if text.is_empty() {
        Read::unreadable(ReasonCode::IncompleteAnswer, account, format!("AWS's answer lacks {what}."))
    } else {
        Read::Known(text.to_owned())
    }
}

/// A required value.
pub(crate) fn present<T>(value: Option<T>, account: &str, what: &str) -> Read<T> {
    match value {
        Some(value) => Read::Known(value),
        None => Read::unreadable(ReasonCode::IncompleteAnswer, account, format!("AWS's answer lacks {what}.")),
    }
}

/// A required time.
pub(crate) fn time_of(value: Option<&DateTime>, account: &str, what: &str) -> Read<Time> {
    present(value.and_then(Time::of), account, what)
}

/// One of the values that this version knows.
pub(crate) fn known_value(value: &str, known: &[&str], account: &str, what: &str) -> Read<String> {
    if known.contains(&value) {
        Read::Known(value.to_owned())
    } else {
        Read::unreadable(
            ReasonCode::IncompleteAnswer,
            account,
            format!("AWS's answer has a value for {what} that this version of verify does not know."),
        )
    }
}
