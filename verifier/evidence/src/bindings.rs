//! Bindings: the credentials for the course's names for accounts.
//!
//! They are stored in the learner's configuration folder, by the course's folder. They are never stored in the course,
//! because a cloned course must not contain bindings. They contain names and the account ids that were seen, but no
//! secrets.

use crate::arn::Arn;
use anyhow::Result;
use course::learner_file::BINDINGS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// The bindings of one course, by the course's name for the account.
pub type Bindings = BTreeMap<String, Binding>;

/// The binding of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Where its credentials come from.
    pub source: Source,
    /// The account id that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Whether the learner was told that its credentials can do anything.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub warned: bool,
}

impl Binding {
    /// A binding of an account that was not seen yet.
    pub fn new(source: Source) -> Binding {
        Binding { source, account_id: None, warned: false }
    }
}

/// Where an account's credentials come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// An AWS profile.
    Profile(String),
    /// A role that is assumed from another of the course's accounts.
    Role(Role),
    /// The credentials that the SDK finds without a profile, as in CloudShell.
    Environment,
}

/// A role to assume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The role's ARN.
    pub arn: String,
    /// The course's name for the account whose credentials assume it.
    pub from: String,
    /// The external id that the role's trust policy requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The MFA device that the role's trust policy requires: a serial number or an ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mfa_serial: Option<String>,
}

impl Role {
    /// The id of its account; empty if its ARN is not valid.
    pub fn account_id(&self) -> &str {
        Arn::parse(&self.arn).and_then(|arn| arn.account_id()).unwrap_or_default()
    }
}

/// The word for [`Source::Environment`] on the command line.
pub const ENVIRONMENT: &str = "environment";

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Profile(profile) => write!(f, "profile {profile}"),
            Source::Environment => f.write_str("the environment's credentials"),
            Source::Role(role) => {
                write!(f, "role {}, assumed from the {} account", role.arn, role.from)?;
                role.external_id.iter().try_for_each(|id| write!(f, ", external id {id}"))?;
                role.mfa_serial.iter().try_for_each(|serial| write!(f, ", MFA device {serial}"))
            }
        }
    }
}

/// Checks that a text is the ARN of an IAM role, `arn:PARTITION:iam::ACCOUNT:role/NAME`.
///
/// # Errors
/// The message, with an example.
pub fn role_arn(text: &str) -> Result<&str, String> {
    let is_role = |arn: &Arn<'_>| {
        let global = arn.service == "iam" && arn.region.is_empty();
        global
            && arn.account_id().is_some()
            && arn.named("role").is_some()
            && text.chars().all(|c| c.is_ascii_graphic())
    };
    match Arn::parse(text).filter(is_role) {
        Some(_) => Ok(text),
        None => Err(format!("`{text}` is not the ARN of a role, such as arn:aws:iam::111122223333:role/NAME")),
    }
}

/// The bindings of a course.
///
/// # Errors
/// When the file cannot be read.
pub fn read(course_root: &Path) -> Result<Bindings> {
    BINDINGS.read(course_root)
}

/// Changes the bindings of a course.
///
/// # Errors
/// When the file cannot be read or written, or when `change` fails. The bindings are unchanged then.
pub fn update(course_root: &Path, change: impl FnOnce(&mut Bindings) -> Result<()>) -> Result<()> {
    BINDINGS.update(course_root, change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_recognised_by_its_arn() {
        for good in ["arn:aws:iam::111122223333:role/r", "arn:aws-cn:iam::111122223333:role/path/to/r"] {
            assert_eq!(role_arn(good), Ok(good));
        }
        for bad in [
            "arn:aws:iam::111122223333:user/u",
            "arn:aws:iam::1:role/r",
            "arn:aws:iam::111122223333:role/",
            "role/r",
            "arn:aws:sts::111122223333:role/r",
        ] {
            assert!(role_arn(bad).unwrap_err().contains("such as arn:aws:iam"), "{bad}");
        }
    }
}
