//! A bucket's policy: from the JSON that its owner wrote to statements that checks can ask about.
//!
//! The grammar is that of "Grammar of the IAM JSON policy language" in the IAM User Guide. A policy that doesn't follow
//! it is unreadable, not empty. What a statement does for an account is for `statement` to say; where that cannot be told,
//! it stands here as unreadable, with the reason.
//!
//! What stands elsewhere can take away what a bucket's policy gives, and is not read: the policies of who asks, those of
//! organizations, and Block Public Access. `RestrictPublicBuckets`, the bucket's or the account's, shuts other accounts
//! out of a bucket whose policy is public. One whose Allow statements name accounts is not, nor is one whose conditions
//! pin everybody to fixed principals (S3 User Guide, "The meaning of public"), so that it takes nothing away from a
//! policy that allows nobody else.

use super::arn::Arn;
mod parse;

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

/// A statement of a policy. What a statement leaves out is an empty list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: String,
    /// Whom it is about: ARNs, names of services, or * for everybody. An account stands as its root's ARN, however it
    /// was written.
    pub principals: Vec<String>,
    /// The ids of the accounts that these belong to: whole accounts, and those of single users and roles.
    pub accounts: Vec<String>,
    /// Those of the principals that belong to no account.
    pub others: Vec<String>,
    /// It is about everybody but these (NotPrincipal).
    pub not_principals: Vec<String>,
    /// Which actions it is about, as patterns.
    pub actions: Vec<String>,
    /// It is about every action but these (NotAction).
    pub not_actions: Vec<String>,
    /// Which ARNs it is about, as patterns.
    pub resources: Vec<String>,
    /// It is about every ARN but these (NotResource).
    pub not_resources: Vec<String>,
    /// Which kinds of reading it is about in full, worked out from its actions and resources: s3:ListBucket on the
    /// bucket, and s3:GetObject on every object in it.
    pub reads: Vec<String>,
    /// Which kinds of reading it is about at all: s3:ListBucket on the bucket, and s3:GetObject on any object in it.
    pub touches: Vec<String>,
    /// For which kinds of reading that hangs on a variable, which only a request fills: if it allows, whether it is about
    /// them in full, and if it denies, at all.
    #[serde(default)]
    pub unclear: Vec<String>,
    /// Whether its resources are neither the bucket nor anything in it.
    #[serde(default)]
    pub elsewhere: bool,
    /// When it applies. Without conditions, always.
    pub conditions: Vec<Condition>,
    /// Whether one of the conditions asks for the organization of who asks.
    #[serde(default)]
    pub by_organization: bool,
    /// Yes where it is decided by the account, and the organization, of who asks over TLS. Unreadable where it also hangs
    /// on something that only a request brings, with what that is.
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

/// One condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The operator, such as StringEquals.
    pub operator: String,
    /// The key, such as aws:SourceVpc.
    pub key: String,
    /// The values.
    pub values: Vec<String>,
    /// What every request has for the key, where the bucket decides it: the id of the account that owns it, for
    /// aws:ResourceAccount.
    #[serde(default)]
    pub value: Option<String>,
}

/// The account that a principal belongs to by its ARN.
pub(super) fn account(principal: &str) -> Option<&str> {
    Arn::parse(principal)?.account_id()
}
