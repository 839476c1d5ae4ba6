//! The errors of a run that the program distinguishes.

use course::results::Reason;

/// Why a run has no result. The command line gives each error its exit status.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The course has no such step.
    #[error("this course has no step `{name}`{hint}")]
    UnknownStep {
        /// The name that was given.
        name: String,
        /// The nearest name, or some of the others.
        hint: String,
    },
    /// The course has no such account.
    #[error("the course has no account `{name}`{hint}")]
    UnknownAccount {
        /// The name that was given.
        name: String,
        /// The nearest name, or all names.
        hint: String,
    },
    /// No account of the course is bound.
    #[error("no AWS account is bound to this course yet. Bind your own: {}. Or practice without AWS: verify --practice", bind(.accounts))]
    NothingBound {
        /// The course's names for its accounts.
        accounts: Vec<String>,
    },
    /// The learner pressed Ctrl-C before the evidence had arrived. No verdict was written.
    #[error("interrupted; the results of the steps were not changed")]
    Interrupted,
    /// A confirmation is about an account, but the step's account cannot be identified.
    #[error("the step cannot be confirmed, because the {account} account cannot be identified. {}", messages(.reasons))]
    NotIdentified {
        /// The course's name for the account.
        account: String,
        /// The reasons.
        reasons: Vec<Reason>,
    },
    /// Evidence decides the step.
    #[error("`{0}` needs no confirmation. It is verified in your account: `verify {0}`")]
    NeedsNoConfirmation(String),
    /// The step combines other steps, which are confirmed one by one.
    #[error("`{step}` combines other steps. Confirm those: {}", .members.join(", "))]
    ConfirmMembers {
        /// The step.
        step: String,
        /// The steps that it combines.
        members: Vec<String>,
    },
}

/// The command that binds accounts.
pub fn bind(accounts: &[String]) -> String {
    let pairs: Vec<String> = accounts.iter().map(|name| format!("{name}=PROFILE")).collect();
    format!("verify accounts {}", pairs.join(" "))
}

fn messages(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.message.as_str()).collect::<Vec<_>>().join(" ")
}
