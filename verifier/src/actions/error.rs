//! Why a practice action was not taken.

use std::fmt;

/// Why a practice action was not taken. In accounts of this process, nothing is changed then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionError {
    /// The course has no action for the step.
    None {
        /// The step.
        step: String,
    },
    /// The log names a step that the course does not have, or that has no action any more.
    Forgotten {
        /// The step.
        step: String,
    },
    /// An action that was taken before does something else now.
    Changed {
        /// The step.
        step: String,
        /// What happens now.
        why: String,
    },
    /// The action depends on an input that the learner has not given.
    NeedsInput {
        /// The step.
        step: String,
        /// The input.
        input: String,
        /// What it is, for learners.
        label: String,
    },
    /// An operation failed.
    Failed {
        /// The step.
        step: String,
        /// Whether it is about what is there before the course begins.
        is_given: bool,
        /// The operation, counted from 1.
        operation: usize,
        /// What happened: the call and AWS's code and message, or what is wrong with a hole.
        why: String,
    },
    /// The accounts do not have a service or an operation that the action uses.
    Lacking {
        /// The step.
        step: String,
        /// What they lack, and what to do.
        why: String,
    },
    /// The accounts cannot be used.
    Accounts {
        /// What happened.
        why: String,
    },
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ActionError::None { step } => {
                write!(f, "the course has no practice action for `{step}`: do it in your own account")
            }
            ActionError::Forgotten { step } => write!(
                f,
                "`{step}` was done in the practice accounts, but the course has no action for it any more. Start again \
                 with `verify practice reset`"
            ),
            ActionError::Changed { step, why } => write!(
                f,
                "`{step}` was done in the practice accounts, and cannot be done again since the course, an input or an \
                 earlier step has changed: {why}. Take it back with `verify practice undo {step}`, or start again with \
                 `verify practice reset`"
            ),
            ActionError::NeedsInput { step, input, label } => write!(
                f,
                "doing `{step}` depends on what only you know, “{label}”: give it with `verify set {input}=VALUE`"
            ),
            ActionError::Failed { step, is_given, operation, why } => {
                let of = if *is_given { "what is there before the course, for" } else { "the practice action of" };
                write!(f, "{of} `{step}`, operation {operation}: {why}")
            }
            ActionError::Lacking { step, why } => write!(f, "`{step}` cannot be done here. {why}"),
            ActionError::Accounts { why } => f.write_str(why),
        }
    }
}

impl std::error::Error for ActionError {}
