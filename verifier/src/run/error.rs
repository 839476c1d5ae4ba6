//! Why a run has no result, as far as the program can tell the causes apart.

use course::results::Reason;

/// Why a run has no result. The command line gives each its exit status.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The course has no such step.
    #[error("this course has no step `{name}`{hint}")]
    UnknownStep {
        /// What was asked for.
        name: String,
        /// The nearest, or all that there are.
        hint: String,
    },
    /// The course has no such account.
    #[error("the course has no account `{name}`{hint}")]
    UnknownAccount {
        /// What was asked for.
        name: String,
        /// The nearest, or all that there are.
        hint: String,
    },
    /// No account of the course is bound.
    #[error("no AWS account is bound to this course yet. Bind your own: {}. Or practice without AWS: verify --practice", bind(.accounts))]
    NothingBound {
        /// The course's names for its accounts.
        accounts: Vec<String>,
    },
    /// Somebody pressed Ctrl-C before the evidence was there. Nothing was written.
    #[error("interrupted; the results are as they were")]
    Interrupted,
    /// A confirmation is about an account, and the step's cannot be identified.
    #[error("a confirmation is about an account, and the {account} account cannot be identified. {}", messages(.reasons))]
    NotIdentified {
        /// The course's name for it.
        account: String,
        /// Why not.
        reasons: Vec<Reason>,
    },
    /// Evidence decides the step.
    #[error("`{0}` needs no confirmation: AWS can tell whether it is done. Verify it with `verify {0}`")]
    NeedsNoConfirmation(String),
    /// The step consists of others, which are confirmed one by one.
    #[error("`{step}` consists of other steps; confirm those: {}", .members.join(", "))]
    ConfirmMembers {
        /// The step.
        step: String,
        /// Those that it consists of.
        members: Vec<String>,
    },
    /// Practice actions do not act in the account that the step is about.
    #[error("practice actions act in the {acts_in} account, and `{step}` is about {about}")]
    PracticeElsewhere {
        /// The step.
        step: String,
        /// Where the action acts.
        acts_in: String,
        /// The step's account.
        about: String,
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
