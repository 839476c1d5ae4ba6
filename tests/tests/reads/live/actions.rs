//! The table's IAM actions, under moto's IAM: a user who may do exactly these gets an answer, and a user who may do
//! everything else is denied.

use evidence::reads::{self, Protocol};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

use super::read;
use crate::common::{Machine, boto3, boto3_with, moto};

/// Services whose calls moto cannot authorize, and why: they are not tried.
const GAPS: &[(&str, &str)] = &[
    ("apigateway", SIGNATURES),
    ("apigatewayv2", SIGNATURES),
    ("backup", SIGNATURES),
    ("cloudfront", SIGNATURES),
    ("efs", SIGNATURES),
    ("eks", SIGNATURES),
    ("lambda", SIGNATURES),
    ("route53", SIGNATURES),
    ("scheduler", SIGNATURES),
    ("budgets", "AWS's action is budgets:ViewBudget; moto takes the operation's name for it"),
    ("cloudwatch", "moto has no CBOR"),
    ("codebuild", "moto has no CBOR"),
    ("sts", "everybody may call GetCallerIdentity"),
];
/// Operations of S3 that moto cannot answer, or authorizes by another action than AWS.
const S3_GAPS: &[(&str, &str)] = &[
    ("s3:GetBucketVersioning", "its answer has another element than AWS's"),
    ("s3:GetBucketEncryption", "it takes the operation's name for the action"),
    ("s3:GetPublicAccessBlock", "it takes the operation's name for the action"),
    ("s3:GetBucketOwnershipControls", "it has its own name for the action"),
    ("s3:HeadBucket", "it takes the operation's name for the action"),
];
const SIGNATURES: &str = "moto computes another signature for GET requests, also for those of boto3";

/// Operations that moto answers, with one call of each: two of a service, and all of S3, whose actions are called
/// differently.
fn sample(calls: &[Value]) -> Vec<&Value> {
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let answered = calls.iter().filter(|call| call.get("value").is_some());
    let chosen = answered.filter(|call| {
        let name = call["call"].as_str().unwrap();
        let service = name.split(':').next().unwrap();
        let of_service = seen.entry(service).or_default();
        let is_tried = GAPS.iter().chain(S3_GAPS).all(|(gap, _)| ![service, name].contains(gap));
        is_tried && (service == "s3" || of_service.len() < 2) && of_service.insert(name)
    });
    chosen.collect()
}

#[test]
fn an_operation_needs_its_actions_and_no_others() {
    let machine = Machine::empty();
    let moto = moto(&machine);
    let made = boto3(&machine, include_str!("account.py"), &[&moto.endpoint]);
    let seen = boto3_with(&machine, include_str!("calls.py"), &[&moto.endpoint], &made["ids"]);
    let sample = sample(seen.as_array().unwrap());
    let services: BTreeSet<&str> =
        sample.iter().map(|call| call["call"].as_str().unwrap().split(':').next().unwrap()).collect();
    assert!(sample.len() >= 40 && services.len() >= 20, "{} {services:?}", sample.len());

    let mut policies = Map::new();
    for (at, call) in sample.iter().enumerate() {
        let mut actions = reads::find(call["call"].as_str().unwrap()).unwrap().operation.actions.clone();
        policies.insert(format!("without{at}"), json!({ "Effect": "Allow", "NotAction": actions, "Resource": "*" }));
        if call["input"].get("Bucket").is_some() {
            // Before a bucket is asked, the account's buckets are listed.
            actions.push("s3:ListAllMyBuckets".to_owned());
        }
        policies.insert(format!("with{at}"), json!({ "Effect": "Allow", "Action": actions, "Resource": "*" }));
    }
    let keys = boto3_with(&machine, include_str!("users.py"), &[&moto.endpoint], &Value::Object(policies));
    let mut machine = machine;
    machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
    let keys: Vec<(&str, &str, &str, &str)> = keys
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, key)| (name.as_str(), key[0].as_str().unwrap(), key[1].as_str().unwrap(), ""))
        .collect();
    machine.bind(&keys);

    let mut wrong = Vec::new();
    for (at, call) in sample.iter().enumerate() {
        let name = call["call"].as_str().unwrap();
        let found = reads::find(name).unwrap();
        let ask = |user: &str| read(&machine, Some(&format!("{user}{at}")), &[(*call).clone()]).remove(0);
        let (with, without) = (ask("with"), ask("without"));
        let (reason, action) = (&without["reasons"][0], &found.operation.actions[0]);
        let says = |text: &str| reason["message"].as_str().is_some_and(|message| message.contains(text));
        let is_denied = match found.service.protocols[0] {
            // moto denies in XML, whatever the protocol.
            Protocol::Json | Protocol::RestJson => says("failed with HTTP status 403"),
            _ => reason["code"] == "denied" && reason["action"] == *action && says(action),
        };
        if with.get("value").is_none() || !is_denied {
            wrong.push(format!("{name}: with {action}: {with}; without: {without}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}
