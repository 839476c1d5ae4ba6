//! Tables of policies and what they are parsed to.

use super::*;
use serde_json::json;

const MINE: Owned<'_> = Owned { who: "production", account: "444455556666", bucket: "mine" };

fn parsed(statement: &Value) -> Option<Statement> {
    let json = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
    statements(MINE, &json).map(|mut all| all.remove(0))
}

/// A complete statement, with some elements changed or left out.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": { "AWS": "111122223333" },
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::mine", "arn:aws:s3:::mine/*"],
    });
    for (key, value) in changes {
        statement[key] = value.clone();
    }
    statement.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    statement
}

#[test]
fn principals_are_listed_by_account() {
    let cases = [
        (json!("*"), &["*"][..], &[][..], &["*"][..]),
        (json!({ "AWS": "*" }), &["*"], &[], &["*"]),
        (json!({ "AWS": "111122223333" }), &["arn:aws:iam::111122223333:root"], &["111122223333"], &[]),
        (
            json!({ "AWS": ["arn:aws:iam::111122223333:root", "arn:aws:sts::111122223333:assumed-role/a/b"] }),
            &["arn:aws:iam::111122223333:root", "arn:aws:sts::111122223333:assumed-role/a/b"],
            &["111122223333"],
            &[],
        ),
        // What AWS shows for a principal that was deleted.
        (json!({ "AWS": "AIDAEXAMPLE" }), &["AIDAEXAMPLE"], &[], &["AIDAEXAMPLE"]),
        (
            json!({ "Service": "logging.s3.amazonaws.com" }),
            &["logging.s3.amazonaws.com"],
            &[],
            &["logging.s3.amazonaws.com"],
        ),
        (
            json!({ "Federated": "arn:aws:iam::111122223333:saml-provider/x" }),
            &["arn:aws:iam::111122223333:saml-provider/x"],
            &[],
            &["arn:aws:iam::111122223333:saml-provider/x"],
        ),
        // A canonical id may look like an account.
        (json!({ "CanonicalUser": "111122223333" }), &["111122223333"], &[], &["111122223333"]),
    ];
    for (written, principals, accounts, others) in cases {
        let statement = parsed(&with(&[("Principal", written.clone())])).unwrap();
        assert_eq!(statement.principals, principals, "{written}");
        assert_eq!(statement.accounts, accounts, "{written}");
        assert_eq!(statement.others, others, "{written}");
    }
}

#[test]
fn reading_is_derived_from_actions_and_resources() {
    let both = ["s3:ListBucket", "s3:GetObject"];
    let (list, get) = (&both[..1], &both[1..]);
    let (bucket, objects) = ("arn:aws:s3:::mine", "arn:aws:s3:::mine/*");
    let cases = [
        (vec![], &both[..], &both[..]),
        (vec![("Resource", json!(bucket))], list, list),
        (vec![("Resource", json!(objects))], get, get),
        (vec![("Resource", json!("arn:aws:s3:::mine/reports/*"))], &[], get),
        (vec![("Resource", json!("arn:aws:s3:::mine/one"))], &[], get),
        (vec![("Resource", json!("arn:aws:s3:::*/secret"))], &[], get),
        (vec![("Resource", json!("arn:aws:s3:::yours*"))], &[], &[]),
        (vec![("Resource", json!("arn:aws-cn:s3:::mine*"))], &both, &both),
        (vec![("Resource", json!("arn:aws-iso-b:s3:::mine*"))], &both, &both),
        (vec![("Resource", json!("arn:aws-eusc:s3:::mine*"))], &both, &both),
        (vec![("Resource", json!("arn:aws-iso:s3:::yours*"))], &[], &[]),
        (vec![("Resource", json!("*"))], &both, &both),
        (vec![("Action", json!("s3:getobject"))], get, get),
        (vec![("Action", json!(["s3:PutObject", "s3:List*"]))], list, list),
        (vec![("Action", json!("s3:GetObjectVersion"))], &[], &[]),
        (vec![("Action", Value::Null), ("NotAction", json!("s3:GetObject"))], list, list),
        (vec![("Resource", Value::Null), ("NotResource", json!(bucket))], get, get),
        (vec![("Resource", Value::Null), ("NotResource", json!("arn:aws:s3:::mine/secret/*"))], list, &both),
        (vec![("Resource", Value::Null), ("NotResource", json!(objects))], list, list),
        (vec![("Resource", Value::Null), ("NotResource", json!("*"))], &[], &[]),
    ];
    for (changes, reads, touches) in cases {
        let statement = parsed(&with(&changes)).unwrap();
        assert_eq!(statement.reads, reads, "{changes:?}");
        assert_eq!(statement.touches, touches, "{changes:?}");
    }
}

#[test]
fn a_statement_without_a_list_around_it_and_values_of_all_kinds_are_read() {
    let condition =
        json!({ "Bool": { "aws:SecureTransport": true }, "NumericLessThan": { "s3:max-keys": [10, "20"] } });
    let statement = parsed(&with(&[("Sid", json!("Read")), ("Condition", condition)])).unwrap();
    assert_eq!(statement.sid.as_deref(), Some("Read"));
    let conditions: Vec<_> = statement.conditions.iter().map(|one| (one.key.as_str(), one.values.clone())).collect();
    let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    assert_eq!(conditions, [("aws:SecureTransport", values(&["true"])), ("s3:max-keys", values(&["10", "20"]))]);
}

#[test]
fn an_invalid_policy_is_unreadable() {
    let wrong = [
        with(&[("Effect", json!("Maybe"))]),
        with(&[("Effect", Value::Null)]),
        with(&[("Principal", Value::Null)]),
        with(&[("Principal", json!({ "Tomorrow": "*" }))]),
        with(&[("Principal", json!(7))]),
        with(&[("NotPrincipal", json!("*"))]),
        with(&[("Action", Value::Null)]),
        with(&[("Action", json!([7]))]),
        with(&[("NotAction", json!("s3:*"))]),
        with(&[("Resource", json!([]))]),
        with(&[("Condition", json!({ "Bool": "true" }))]),
        with(&[("Condition", json!({ "Bool": { "aws:SecureTransport": {} } }))]),
        with(&[("Tomorrow", json!("*"))]),
    ];
    for statement in wrong {
        assert_eq!(parsed(&statement), None, "{statement}");
    }
    for policy in ["", "[]", "{}", "<html>", r#"{"Statement": 7}"#, r#"{"Statement": [], "Tomorrow": 1}"#] {
        assert!(matches!(parse(MINE, policy), Read::Unreadable(_)), "{policy}");
    }
}
