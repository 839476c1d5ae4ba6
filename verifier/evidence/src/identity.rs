//! `identity`: the identity of the credentials.

use super::answer::present;
use super::arn::Arn;
use super::reader::{client, row};
use super::{Read, Reader, Section, error};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The identity of the credentials (`sts:GetCallerIdentity`, which no identity policy can deny).
// Not read: the unique id of the user or role, which its ARN identifies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The account id, twelve digits.
    pub account: Read<String>,
    /// The ARN of the caller.
    pub arn: Read<String>,
    /// Whether the caller is the account's root user.
    pub root: Read<bool>,
}

pub(super) async fn read(reader: &Reader) -> Read<Identity> {
    let call = row!(Section::Identity, "STS", "GetCallerIdentity");
    let client = client!(aws_sdk_sts, reader, Section::Identity, reader.profile_region());
    let answer = client.get_caller_identity().send().await;
    let failed = |failed| error::reason_with_sign_in(reader.account(), call, &failed, reader.sign_in());
    let result = answer.map_err(failed).map(|answer| {
        let text =
            |text: Option<String>, what: &str| present(text.filter(|text| !text.is_empty()), reader.account(), what);
        let root = answer.arn.as_deref().and_then(Arn::parse).map(|arn| arn.is_root());
        Identity {
            account: text(answer.account, "the account id"),
            root: present(root, reader.account(), "the caller's ARN"),
            arn: text(answer.arn, "the caller's ARN"),
        }
    });
    result.into()
}
