//! `identity`: the identity of the credentials.

use super::answer::present;
use super::arn::Arn;
use super::reader::{client, row};
use super::reads::partitions;
use super::{Read, Reader, Section, error};
use course::results::{Reason, ReasonCode};
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
    let failed = |failed| {
        let reasons = error::reason_with_sign_in(reader.account(), call, &failed, reader.sign_in());
        reasons.into_iter().map(|reason| where_it_was_asked(reader, reason)).collect::<Vec<Reason>>()
    };
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

/// The regions that every account may use. All others of AWS's standard partition have to be enabled first: those that were
/// introduced after March 20, 2019 (AWS Account Management Reference Guide, "Enable or disable AWS Regions").
const ENABLED: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// A reason, with what may be wrong with the place where the identity was asked: its region or its endpoint.
fn where_it_was_asked(reader: &Reader, reason: Reason) -> Reason {
    let region = reader.profile_region();
    let is_known = partitions().values().flatten().any(|known| known == region);
    let advice = match (reason.code, reader.endpoint()) {
        (ReasonCode::Unreachable, Some(endpoint)) => format!(
            "All calls go to {endpoint}, which AWS_ENDPOINT_URL or endpoint_url in the profile sets: remove that to call AWS."
        ),
        (ReasonCode::Unreachable, None) if !is_known => format!(
            "The region {region}, which AWS_REGION or the profile sets, is none that this version of verify knows. If it is \
             misspelt, correct it: `aws configure set region us-east-1 --profile NAME`."
        ),
        (ReasonCode::Unreachable, None) => match proxy() {
            Some(variable) => format!("Calls go through the proxy in {variable}: make sure that it is right."),
            None => "Make sure that this computer is connected to the internet. If it needs a proxy, set HTTPS_PROXY."
                .to_owned(),
        },
        (ReasonCode::ExpiredCredentials, None)
            if reader.in_aws_partition() && is_known && !ENABLED.contains(&region) =>
        {
            format!(
                "If they work elsewhere, the region {region} is not enabled in this account: enable it, or use another one, \
                 `aws configure set region us-east-1 --profile NAME`."
            )
        }
        _ => return reason,
    };
    Reason { message: format!("{} {advice}", reason.message), ..reason }
}

/// The variable that sets a proxy for calls to AWS.
fn proxy() -> Option<&'static str> {
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].into_iter().find(is_set)
}
