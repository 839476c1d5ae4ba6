//! Errors of the practice accounts.

use std::error::Error;
use std::fmt;

/// An error of the practice accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PracticeError {
    /// The accounts cannot have this time.
    Time {
        /// What is wrong with it.
        why: String,
    },
    /// The account does not exist.
    NoAccount {
        /// The course's name for it.
        account: String,
    },
    /// The account has no IAM user of this name.
    NoUser {
        /// The course's name for the account.
        account: String,
        /// The user's name.
        user: String,
    },
    /// The practice accounts cannot do this.
    Lacking {
        /// What they lack, and what to do.
        why: String,
    },
    /// An account refused a call.
    Refused {
        /// The operation.
        call: String,
        /// AWS's code and message.
        why: String,
    },
    /// An emulator that runs already cannot be used.
    Emulator {
        /// What is wrong with it.
        why: String,
    },
}

impl fmt::Display for PracticeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PracticeError::Time { why } => write!(f, "the practice accounts cannot have this time: {why}"),
            PracticeError::NoAccount { account } => {
                write!(f, "the practice accounts have no {account} account yet: an earlier step signs up for it")
            }
            PracticeError::NoUser { account, user } => write!(f, "the {account} account has no IAM user “{user}”"),
            PracticeError::Lacking { why } | PracticeError::Emulator { why } => f.write_str(why),
            PracticeError::Refused { call, why } => write!(f, "{call} failed: {why}"),
        }
    }
}

impl Error for PracticeError {}
