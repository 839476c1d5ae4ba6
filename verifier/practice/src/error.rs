//! Why the practice accounts can't do something.

use std::error::Error;
use std::fmt;

/// Why the practice account can't do something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PracticeError {
    /// No action does this step.
    UnknownStep {
        /// The step.
        step: String,
    },
    /// No account can be at this time.
    Time {
        /// What is wrong with it.
        why: String,
    },
    /// Another step must come first.
    Needs {
        /// The step.
        step: String,
        /// The one that comes first.
        first: String,
    },
    /// The account refused what an action did.
    Refused {
        /// What it said.
        why: String,
    },
}

impl PracticeError {
    pub(super) fn aws(error: impl Error) -> PracticeError {
        let mut why = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            why = format!("{why}: {inner}");
            cause = inner.source();
        }
        PracticeError::Refused { why }
    }
}

impl fmt::Display for PracticeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PracticeError::UnknownStep { step } => write!(f, "the practice account has no action for `{step}`"),
            PracticeError::Time { why } => write!(f, "the practice account cannot be at this time: {why}"),
            PracticeError::Needs { step, first } => write!(f, "`{first}` comes before `{step}`"),
            PracticeError::Refused { why } => write!(f, "the practice account refused: {why}"),
        }
    }
}

impl Error for PracticeError {}
