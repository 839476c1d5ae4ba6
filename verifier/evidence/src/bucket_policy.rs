//! A bucket's policy: converts its JSON to statements for checks.
//!
//! The grammar is that of "Grammar of the IAM JSON policy language" in the IAM User Guide. A policy that doesn't follow
//! it is unreadable, not empty. `statement` decides what a statement does for an account. If that cannot be decided,
//! the statement is marked as unreadable, with the reason.
//!
//! Other policies can restrict what a bucket's policy allows, and are not read: the policies of the caller, those of
//! organizations, and Block Public Access. `RestrictPublicBuckets`, of the bucket or the account, denies other accounts
//! access to a bucket whose policy is public. A policy whose Allow statements name accounts is not public, and neither
//! is one whose conditions limit everybody to fixed principals (S3 User Guide, "The meaning of public"). So the setting
//! does not restrict a policy that allows only known accounts.

use super::arn::Arn;
pub(crate) mod parse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Read;
pub use parse::{Owned, parse};

/// A bucket's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketPolicy {
    /// Its statements, in the policy's order.
    pub statements: Vec<Statement>,
}

/// A statement of a policy. Elements that a statement does not have are empty lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: String,
    /// Its principals: ARNs, names of services, or * for everybody. An account is always the ARN of its root.
    pub principals: Vec<String>,
    /// The account ids of its principals: of whole accounts, and of single users and roles.
    pub accounts: Vec<String>,
    /// The principals without an account.
    pub others: Vec<String>,
    /// NotPrincipal: it applies to everybody except these.
    pub not_principals: Vec<String>,
    /// Its actions, as patterns.
    pub actions: Vec<String>,
    /// NotAction: it applies to every action except these.
    pub not_actions: Vec<String>,
    /// Its resources, as patterns for ARNs.
    pub resources: Vec<String>,
    /// NotResource: it applies to every ARN except these.
    pub not_resources: Vec<String>,
    /// The kinds of reading that it covers completely, derived from its actions and resources: s3:ListBucket on the
    /// bucket, and s3:GetObject on every object in it.
    pub reads: Vec<String>,
    /// The kinds of reading that it covers at least in part: s3:ListBucket on the bucket, and s3:GetObject on any
    /// object in it.
    pub touches: Vec<String>,
    /// The kinds of reading whose coverage depends on a policy variable, whose value is only known for a request: for
    /// Allow, whether they are covered completely, and for Deny, at all.
    #[serde(default)]
    pub unclear: Vec<String>,
    /// Whether its resources are neither the bucket nor anything in it.
    #[serde(default)]
    pub elsewhere: bool,
    /// Its conditions. Without conditions, it always applies.
    pub conditions: Vec<Condition>,
    /// Whether one of the conditions is about the organization of the caller.
    #[serde(default)]
    pub by_organization: bool,
    /// True if the account and the organization of a caller over TLS decide whether it applies. Unreadable, with the
    /// reason, if it also depends on something else in a request.
    #[serde(default = "clear")]
    pub clear: Read<bool>,
}

impl Default for Statement {
    fn default() -> Statement {
        Statement {
            sid: None,
            effect: String::new(),
            principals: Vec::new(),
            accounts: Vec::new(),
            others: Vec::new(),
            not_principals: Vec::new(),
            actions: Vec::new(),
            not_actions: Vec::new(),
            resources: Vec::new(),
            not_resources: Vec::new(),
            reads: Vec::new(),
            touches: Vec::new(),
            unclear: Vec::new(),
            elsewhere: false,
            conditions: Vec::new(),
            by_organization: false,
            clear: clear(),
        }
    }
}

fn clear() -> Read<bool> {
    Read::Known(true)
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The operator, such as StringEquals.
    pub operator: String,
    /// The key, such as aws:SourceVpc.
    pub key: String,
    /// The values.
    pub values: Vec<String>,
    /// The value that every request has for the key, if the bucket determines it: for aws:ResourceAccount, the id of
    /// the account that owns the bucket.
    #[serde(default)]
    pub value: Option<String>,
}

/// The account in a principal's ARN.
pub(super) fn account(principal: &str) -> Option<&str> {
    Arn::parse(principal)?.account_id()
}
