//! Verdicts, outcomes and reasons, with their labels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The result of a step's expectations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Evidence shows that an expectation is false.
    NotYet,
    /// Something could not be read, seen or confirmed.
    Unknown,
    /// Never checked, or checked for another account, with other parameters, or with another version of the check.
    Unchecked,
    /// Evidence shows that every expectation with evidence is true, and the learner confirmed the others.
    Confirmed,
    /// Evidence shows that every expectation that applies is true, and at least one applies.
    Verified,
    /// Evidence shows that no expectation applies.
    NotApplicable,
}

impl Verdict {
    /// All verdicts, worst first.
    pub const ALL: [Verdict; 6] = [
        Verdict::NotYet,
        Verdict::Unknown,
        Verdict::Unchecked,
        Verdict::Confirmed,
        Verdict::Verified,
        Verdict::NotApplicable,
    ];

    /// Whether the step counts as done.
    pub fn is_done(self) -> bool {
        matches!(self, Verdict::Verified | Verdict::Confirmed)
    }

    /// Whether the step prevents completion.
    pub fn blocks(self) -> bool {
        !self.is_done() && self != Verdict::NotApplicable
    }

    /// The name in documents and pages' attributes.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::NotYet => "not-yet",
            Verdict::Unknown => "unknown",
            Verdict::Unchecked => "unchecked",
            Verdict::Confirmed => "confirmed",
            Verdict::Verified => "verified",
            Verdict::NotApplicable => "not-applicable",
        }
    }

    /// The label that readers see.
    pub fn label(self) -> &'static str {
        match self {
            Verdict::NotYet => "Not yet",
            Verdict::Unknown => "Unknown",
            Verdict::Unchecked => "Not checked",
            Verdict::Confirmed => "Confirmed by you",
            Verdict::Verified => "Verified",
            Verdict::NotApplicable => "Does not apply",
        }
    }

    /// One character for lists. It is never shown without the label.
    pub fn icon(self) -> &'static str {
        match self {
            Verdict::NotYet => "✗",
            Verdict::Unknown => "?",
            Verdict::Unchecked => "○",
            Verdict::Confirmed => "✎",
            Verdict::Verified => "✓",
            Verdict::NotApplicable => "–",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why something is unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The kind of reason.
    pub code: ReasonCode,
    /// The course's name for the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The IAM action that is needed, for `denied`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What happened and what to do, for the learner.
    pub message: String,
}

/// The words before a command that creates a practice account.
const TO_CREATE_IT: &str = " To create it, run `";

impl Reason {
    /// That the practice accounts do not have this one yet. `sign_up`: the step that creates it.
    pub fn no_practice_account(account: &str, sign_up: Option<&str>) -> Reason {
        let then = sign_up.map_or_else(String::new, |step| format!("{TO_CREATE_IT}verify practice do {step}`."));
        Reason {
            code: ReasonCode::NoCredentials,
            account: Some(account.to_owned()),
            action: None,
            message: format!("The practice accounts have no {account} account yet.{then}"),
        }
    }

    /// The message for a terminal.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The message for a page, which has a button for what a terminal has a command for.
    ///
    /// ```
    /// use course::results::Reason;
    ///
    /// let reason = Reason::no_practice_account("production", Some("account-created"));
    /// assert_eq!(reason.message_in_page(), "The practice accounts have no production account yet.");
    /// ```
    pub fn message_in_page(&self) -> &str {
        self.message.split_once(TO_CREATE_IT).map_or(self.message.as_str(), |(what, _)| what)
    }

    /// Whether it is about the access to an account, which all steps of the account have in common.
    pub fn is_about_access(&self) -> bool {
        let codes = [
            ReasonCode::NoCredentials,
            ReasonCode::ExpiredCredentials,
            ReasonCode::WrongAccount,
            ReasonCode::Denied,
            ReasonCode::Throttled,
            ReasonCode::Unreachable,
        ];
        self.account.is_some() && codes.contains(&self.code)
    }
}

/// The kinds of reason for `unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonCode {
    /// No credentials are bound to the account.
    NoCredentials,
    /// The credentials have expired or are not valid.
    ExpiredCredentials,
    /// The credentials belong to another account than the one seen before.
    WrongAccount,
    /// AWS refused the read.
    Denied,
    /// AWS throttled the calls.
    Throttled,
    /// AWS could not be reached.
    Unreachable,
    /// AWS returned an error.
    ServiceError,
    /// AWS's response is incomplete, or has a value that this version does not know.
    IncompleteAnswer,
    /// The result depends on more than AWS's response, such as who makes a request and from where.
    Undecided,
    /// The evidence arrives late and is not visible yet.
    NotVisibleYet,
    /// AWS is still working on it.
    InProgress,
    /// An input of the course is not given, or cannot be used.
    NeedsInput,
    /// What should be removed was never seen there.
    NeverSeen,
    /// The call does not exist in this partition, or only another account may make it.
    NotAvailableHere,
    /// What the check asks about is not in the account.
    NoSuchResource,
    /// The learner's confirmation is needed.
    NeedsConfirmation,
    /// The check has an error.
    CourseError,
}

impl ReasonCode {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            ReasonCode::NoCredentials => "no-credentials",
            ReasonCode::ExpiredCredentials => "expired-credentials",
            ReasonCode::WrongAccount => "wrong-account",
            ReasonCode::Denied => "denied",
            ReasonCode::Throttled => "throttled",
            ReasonCode::Unreachable => "unreachable",
            ReasonCode::ServiceError => "service-error",
            ReasonCode::IncompleteAnswer => "incomplete-answer",
            ReasonCode::Undecided => "undecided",
            ReasonCode::NotVisibleYet => "not-visible-yet",
            ReasonCode::InProgress => "in-progress",
            ReasonCode::NeedsInput => "needs-input",
            ReasonCode::NeverSeen => "never-seen",
            ReasonCode::NotAvailableHere => "not-available-here",
            ReasonCode::NoSuchResource => "no-such-resource",
            ReasonCode::NeedsConfirmation => "needs-confirmation",
            ReasonCode::CourseError => "course-error",
        }
    }
}

/// The outcome of an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Evidence shows that it is true.
    Met,
    /// Evidence shows that it is false.
    NotMet,
    /// Could not be read or seen.
    Unknown,
    /// The learner confirmed it.
    Confirmed,
    /// The learner has not confirmed it yet.
    Unconfirmed,
    /// It does not apply.
    NotApplicable,
}

impl Outcome {
    /// Whether the learner has something to do about it.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Outcome::NotMet | Outcome::Unknown | Outcome::Unconfirmed)
    }

    /// The name in documents and pages' attributes.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Met => "met",
            Outcome::NotMet => "not-met",
            Outcome::Unknown => "unknown",
            Outcome::Confirmed => "confirmed",
            Outcome::Unconfirmed => "unconfirmed",
            Outcome::NotApplicable => "not-applicable",
        }
    }

    /// One character for lists. It is never shown without the label.
    pub fn icon(self) -> &'static str {
        match self {
            Outcome::Met => "✓",
            Outcome::NotMet => "✗",
            Outcome::Unknown | Outcome::Unconfirmed => "?",
            Outcome::Confirmed => "✎",
            Outcome::NotApplicable => "–",
        }
    }

    /// The label that readers see.
    pub fn label(self) -> &'static str {
        match self {
            Outcome::Met => "yes",
            Outcome::NotMet => "no",
            Outcome::Unknown => "unknown",
            Outcome::Confirmed => "confirmed by you",
            Outcome::Unconfirmed => "needs your confirmation",
            Outcome::NotApplicable => "not needed",
        }
    }
}
