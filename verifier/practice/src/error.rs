//! Errors of the practice accounts.

use std::error::Error;
use std::fmt;

/// An error of the practice accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PracticeError {
    /// No action does this step.
    UnknownStep {
        /// The step.
        step: String,
    },
    /// The accounts cannot have this time.
    Time {
        /// What is wrong with it.
        why: String,
    },
    /// Another step must come first.
    Needs {
        /// The step.
        step: String,
        /// The step that must come first.
        first: String,
    },
    /// An account refused an action.
    Refused {
        /// The error.
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
            PracticeError::UnknownStep { step } => {
                write!(f, "the practice accounts have no action for `{step}`: do it in your own account")
            }
            PracticeError::Time { why } => write!(f, "the practice accounts cannot have this time: {why}"),
            PracticeError::Needs { step, first } => write!(f, "do `{first}` before `{step}`"),
            PracticeError::Refused { why } => write!(f, "the practice account refused the action: {why}"),
        }
    }
}

impl Error for PracticeError {}
