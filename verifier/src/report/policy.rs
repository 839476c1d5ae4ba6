//! `verify policy`: the least-privilege IAM policy for a course, and a CloudFormation template of a role with this
//! policy.

use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::plan::Source;

/// The name of the role and of its policy.
const NAME: &str = "course-reader";

/// An IAM policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: [Statement; 1],
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: &'static str,
    action: BTreeSet<String>,
    resource: &'static str,
}

/// The IAM policy that allows reading these sources, and nothing else.
pub fn document(sources: &BTreeSet<Source>) -> Policy {
    let action = sources.iter().flat_map(Source::calls).flat_map(|(_, actions)| actions).collect();
    // Many actions do not support resources, or are about the account itself; and checks find out what there is.
    Policy { version: "2012-10-17", statement: [Statement { effect: "Allow", action, resource: "*" }] }
}

/// A CloudFormation template that creates a role with that policy. The role can be assumed from the same account or
/// from another account, with an external id if one is given.
pub fn cloudformation(account: &str, sources: &BTreeSet<Source>) -> Value {
    let given = |parameter: &str| json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": parameter }, ""] }] });
    let trusted = json!({ "Fn::If": ["OtherAccount", { "Ref": "TrustedAccount" }, { "Ref": "AWS::AccountId" }] });
    let external_id = json!({ "StringEquals": { "sts:ExternalId": { "Ref": "ExternalId" } } });
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": format!("A role that reads what the course's steps about the {account} account need, and nothing else."),
        "Parameters": {
            "RoleName": { "Type": "String", "Default": NAME, "Description": "The role's name." },
            "TrustedAccount": {
                "Type": "String",
                "Default": "",
                "AllowedPattern": "([0-9]{12})?",
                "Description": "The id of the account whose credentials assume the role. If empty, this account.",
            },
            "ExternalId": {
                "Type": "String",
                "Default": "",
                "Description": "The external id that is required to assume the role. If empty, none is required.",
            },
        },
        "Conditions": { "OtherAccount": given("TrustedAccount"), "HasExternalId": given("ExternalId") },
        "Resources": {
            "Reader": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": { "Ref": "RoleName" },
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{
                            "Effect": "Allow",
                            "Principal": {
                                "AWS": { "Fn::Sub": ["arn:${AWS::Partition}:iam::${Account}:root", { "Account": trusted }] },
                            },
                            "Action": "sts:AssumeRole",
                            "Condition": { "Fn::If": ["HasExternalId", external_id, { "Ref": "AWS::NoValue" }] },
                        }],
                    },
                    "Policies": [{ "PolicyName": NAME, "PolicyDocument": document(sources) }],
                },
            },
        },
        "Outputs": {
            "RoleArn": { "Description": "The ARN of the role, to bind the account to.", "Value": { "Fn::GetAtt": ["Reader", "Arn"] } },
        },
    })
}
