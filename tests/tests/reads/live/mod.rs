//! Reads from two emulators, as `verify` makes them and as boto3 does: each answer, all pages of it, each error.
//!
//! `account.py` makes an account with boto3, and `calls.py` has the calls. What an emulator does otherwise than AWS, so
//! that a strict client finds something else than boto3, is an exception with its reason.

mod actions;
mod compared;
mod endpoints;

use crate::common::{Emulator, Machine, binary, boto3, boto3_with, ministack, moto};
use compared::Compared;
use evidence::reads::Protocol;
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

/// A difference of an emulator: a call, where in its answer or nowhere, and the reason.
type Exception = (&'static str, &'static str, &'static str);

const MOTO: &[Exception] = &[
    ("rds:DescribeDBInstances", "DBInstances[0].LatestRestorableTime", "it is always now"),
    ("efs:DescribeFileSystems", "FileSystems[0].SizeInBytes.Timestamp", "it is always now"),
    ("cloudtrail:GetTrailStatus", "LatestDeliveryTime", "it is always now"),
    ("cloudtrail:GetTrailStatus", "LatestDeliveryAttemptTime", "it is always now"),
    ("s3:GetBucketVersioning", "", "the answer's element is GetBucketVersioningResponse, not VersioningConfiguration"),
    ("cloudwatch:DescribeAlarms", "", "there is no CBOR"),
    ("cloudwatch:ListMetrics", "", "there is no CBOR"),
    ("cloudwatch:ListDashboards", "", "there is no CBOR"),
    ("cloudwatch:GetDashboard", "", "there is no CBOR"),
    ("codebuild:ListProjects", "", "there is no CBOR"),
    ("codebuild:BatchGetProjects", "", "there is no CBOR"),
];

const MINISTACK: &[Exception] = &[
    ("s3:GetBucketPolicyStatus", "", "the answer is the list of objects, in which boto3 finds no members"),
    ("cloudwatch:ListDashboards", "", "the answer is JSON, and says that it is CBOR"),
    ("codebuild:ListProjects", "", "there is no CBOR"),
    ("codebuild:BatchGetProjects", "", "there is no CBOR"),
];

/// What `verify` reads, for each of these calls, through a profile, or without one with the environment's credentials.
fn read(machine: &Machine, profile: Option<&str>, calls: &[Value]) -> Vec<Value> {
    let mut command = machine.command(&binary("examples/read"));
    command.args(profile).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines: String = calls.iter().map(|call| format!("{call}\n")).collect();
    let mut input = child.stdin.take().unwrap();
    // It answers each line, so nobody waits for the other.
    let writes = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    writes.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Makes the account, and runs all calls with boto3 and with `verify`.
fn compared(emulator: &Emulator, machine: &mut Machine, exceptions: &'static [Exception]) -> Compared {
    let made = boto3(machine, include_str!("account.py"), &[&emulator.endpoint]);
    let seen = boto3_with(machine, include_str!("calls.py"), &[&emulator.endpoint], &made["ids"]);
    let calls = seen.as_array().unwrap();
    machine.bind(&[("general", "123456789012", "secret", "")]);
    machine.set("AWS_ENDPOINT_URL", &emulator.endpoint);
    let ours = read(machine, Some("general"), calls);
    assert_eq!(calls.len(), ours.len());
    let mut compared = Compared::new(exceptions, &made["refused"]);
    calls.iter().zip(&ours).for_each(|(theirs, ours)| compared.add(theirs, ours));
    compared
}

#[test]
fn moto_says_the_same_to_verify_and_to_boto3() {
    let mut machine = Machine::empty();
    let moto = moto(&machine);
    let compared = compared(&moto, &mut machine, MOTO);
    insta::assert_snapshot!("moto", compared.summary());
    assert_eq!(compared.differences(), [""; 0]);
    assert!(compared.values > 10_000 && compared.services.len() >= 35, "{} {:?}", compared.values, compared.services);
}

#[test]
fn ministack_says_the_same_to_verify_and_to_boto3() {
    let mut machine = Machine::empty();
    let ministack = ministack(&machine);
    let compared = compared(&ministack, &mut machine, MINISTACK);
    insta::assert_snapshot!("ministack", compared.summary());
    assert_eq!(compared.differences(), [""; 0]);
    assert!(compared.values > 10_000 && compared.services.len() >= 35, "{} {:?}", compared.values, compared.services);
    let protocols =
        [Protocol::Json, Protocol::RestJson, Protocol::RestXml, Protocol::Query, Protocol::Ec2, Protocol::RpcV2Cbor];
    assert_eq!(compared.protocols, protocols.into());
}
