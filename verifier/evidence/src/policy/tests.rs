//! Tables of policy documents and what they are parsed to.

use super::*;
use serde_json::json;

fn parsed(statement: &Value) -> Option<PolicyStatement> {
    let json = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
    parse(&json).ok().map(|mut policy| policy.statements.remove(0))
}

/// A complete statement of an identity, with some elements changed or left out.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*" });
    for (key, value) in changes {
        statement[key] = value.clone();
    }
    statement.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    statement
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_trust_policy_names_services_and_providers() {
    let policy = parse(
        r#"{"Version": "2012-10-17", "Id": "x", "Statement": {
            "Sid": "Trust", "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {
                "Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"],
                "AWS": ["111122223333", "arn:aws:iam::444455556666:role/a", "*"],
                "Federated": "arn:aws:iam::111122223333:saml-provider/x"},
            "Condition": {"StringEquals": {"AWS:SourceAccount": "111122223333", "sts:ExternalId": ["a", 7, true]}}}}"#,
    )
    .unwrap();
    assert_eq!(policy.version.as_deref(), Some("2012-10-17"));
    let [statement] = policy.statements.as_slice() else { panic!("{policy:?}") };
    assert_eq!(statement.sid.as_deref(), Some("Trust"));
    assert_eq!(statement.actions, ["sts:AssumeRole"]);
    assert_eq!(statement.services, ["ec2.amazonaws.com", "lambda.amazonaws.com"]);
    assert_eq!(statement.federated, ["arn:aws:iam::111122223333:saml-provider/x"]);
    assert_eq!(statement.accounts, ["111122223333", "444455556666"]);
    let mut others = statement.others.clone();
    others.sort();
    let others_wanted = ["*", "arn:aws:iam::111122223333:saml-provider/x", "ec2.amazonaws.com", "lambda.amazonaws.com"];
    assert_eq!(others, others_wanted);
    assert_eq!(statement.principals.len(), 6);
    assert_eq!(statement.resources, [""; 0]);
    let condition = |key: &str, values: &[&str]| PolicyCondition {
        operator: "StringEquals".to_owned(),
        key: key.to_owned(),
        values: texts(values),
    };
    assert_eq!(
        statement.conditions,
        [condition("aws:sourceaccount", &["111122223333"]), condition("sts:externalid", &["a", "7", "true"])]
    );
}

#[test]
fn policies_of_identities_and_of_resources_are_read() {
    let statement = parsed(&with(&[])).unwrap();
    assert_eq!(statement.actions, ["ec2:Describe*"]);
    assert_eq!((statement.principals, statement.resources), (Vec::new(), texts(&["*"])));
    for changes in [
        // KMS, SNS, Lambda, and a repository of ECR.
        vec![("Principal", json!({ "AWS": "arn:aws:iam::111122223333:root" }))],
        vec![("Principal", json!("*")), ("Resource", json!("arn:aws:sns:eu-west-1:111122223333:x"))],
        vec![("Principal", json!({ "Service": "s3.amazonaws.com" })), ("Action", json!("lambda:InvokeFunction"))],
        vec![("Principal", json!({ "AWS": "111122223333" })), ("Resource", Value::Null)],
        vec![("NotPrincipal", json!({ "AWS": "111122223333" })), ("Effect", json!("Deny"))],
        vec![("Action", Value::Null), ("NotAction", json!(["iam:*"]))],
        vec![("Resource", Value::Null), ("NotResource", json!(["*"]))],
        vec![("Condition", json!({}))],
    ] {
        assert!(parsed(&with(&changes)).is_some(), "{changes:?}");
    }
    let written = r#"{"Statement": []}"#;
    assert_eq!(parse(written), Ok(PolicyDocument { version: None, statements: Vec::new() }));
}

#[test]
fn what_does_not_follow_the_grammar_is_an_error_and_never_empty() {
    for changes in [
        ("Effect", json!("allow")),
        ("Effect", Value::Null),
        ("Action", Value::Null),
        ("Action", json!([])),
        ("Action", json!([7])),
        ("NotAction", json!("ec2:*")),
        ("Resource", json!([])),
        ("NotResource", json!("*")),
        ("Principal", json!({})),
        ("Principal", json!({ "Service": [] })),
        ("Principal", json!({ "Service": "*" })),
        ("Principal", json!({ "Tomorrow": "x" })),
        ("Principal", json!("ec2.amazonaws.com")),
        ("Condition", json!([])),
        ("Condition", json!({ "Bool": { "aws:SecureTransport": null } })),
        ("Sid", json!(1)),
        ("Tomorrow", json!("x")),
    ] {
        assert_eq!(parsed(&with(std::slice::from_ref(&changes))), None, "{changes:?}");
    }
    for policy in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"Statement": 7}"#,
        r#"{"Statement": null}"#,
        r#"{"Statement": [[]]}"#,
        r#"{"Statement": [], "Tomorrow": 1}"#,
        r#"{"Statement": [], "Id": 1}"#,
        r#"{"Statement": [], "Version": "2030-01-01"}"#,
        r#"{"Statement": [], "Statement": []}"#,
        r#"{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
        "%7B%22Statement%22%3A%5B%5D%7D",
    ] {
        assert!(parse(policy).is_err(), "{policy}");
    }
}
