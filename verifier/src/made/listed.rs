//! What came of looking for what a step makes.

use course::results::Reason;

/// What came of looking for what a step makes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Listed {
    /// These ids are there.
    Ids(Vec<String>),
    /// This could not be read.
    Unread(Vec<Reason>),
}
