//! Why a call is not made.

use std::fmt;

/// A value that a call may not have, or a region where it cannot be made. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The input, as in `Filters[0].Name`; empty if it is about the call as a whole.
    pub at: String,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The operation has no such input.
    Unknown {
        /// The input that was probably meant.
        near: Option<String>,
    },
    /// The operation needs it.
    Missing,
    /// It has a value of another type.
    Type {
        /// The type that it has to have.
        expected: &'static str,
    },
    /// `verify` sets it.
    Program,
    /// The value cannot be part of a path, a host or a header.
    Form,
    /// The value is not an ARN, an account id or an address.
    Unparsed {
        /// What it has to be.
        expected: &'static str,
    },
    /// The value names somebody else's account.
    Foreign,
    /// The value looks like an ARN or an address, where neither can be.
    Suspicious,
    /// The account has no such bucket.
    NoSuchBucket {
        /// Its name.
        name: String,
    },
    /// The service is not offered in this region.
    Region {
        /// The region.
        region: String,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.at;
        match &self.why {
            Why::Unknown { near: Some(near) } => write!(f, "there is no input `{at}`: did you mean `{near}`?"),
            Why::Unknown { near: None } => write!(f, "there is no input `{at}`"),
            Why::Missing => write!(f, "the input `{at}` is required"),
            Why::Type { expected } => write!(f, "the input `{at}` must be {expected}"),
            Why::Program => write!(f, "a course cannot set the input `{at}`"),
            Why::Form => write!(f, "the input `{at}` has characters that are not allowed in a request"),
            Why::Unparsed { expected } => write!(f, "the input `{at}` must be {expected}"),
            Why::Foreign => write!(f, "the input `{at}` belongs to another account"),
            Why::Suspicious => write!(f, "the input `{at}` cannot have an ARN, an account or an address"),
            Why::NoSuchBucket { name } => write!(f, "the account has no bucket `{name}`"),
            Why::Region { region } => write!(f, "the service is not offered in the region `{region}`"),
        }
    }
}

impl std::error::Error for Refused {}
