//! Bucket policies as AWS returns them, with the verdicts that a person would give: from the JSON to the step.

mod generated;

use crate::common::{COURSE, Start, World, gather_plan, gather_through, http, in_words, judge, world};
use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use course::results::{ReasonCode, StepResult};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use verify::recording;

const STEP: &str = "shared-bucket-policy";
const BUCKET: &str = "arn:aws:s3:::learner-production-shared";
const GENERAL: &str = "arn:aws:iam::111122223333:root";
const OWN: &str = "444455556666";
const ORGANIZATION: &str = "o-ca824b8674";

/// The result of the step with this bucket policy.
async fn judged(world: &World, policy: String) -> StepResult {
    let through = |sdk: SdkConfig| {
        let policy = policy.clone();
        http::through(&sdk, move |request, inner| {
            if http::operation(&request) != "GetBucketPolicy" {
                return inner.call(request);
            }
            let answer = http::answer(http::protocol(&request), 200, policy.clone());
            HttpConnectorFuture::ready(Ok(answer))
        })
    };
    let (course, compiled) = &*COURSE;
    let plan = compiled.plan(course, course.step(STEP));
    judge(gather_plan(world, &plan, &BTreeMap::new(), &through).await, false).steps.remove(STEP).unwrap()
}

/// The lesson's policy with another statement.
fn with(more: &[(&str, Value)]) -> String {
    let more = (!more.is_empty()).then(|| {
        let mut added = json!({ "Effect": "Deny", "Principal": "*" });
        more.iter().for_each(|(key, value)| added[*key] = value.clone());
        added
    });
    policy(lessons().into_iter().chain(more).collect())
}

fn lessons() -> Vec<Value> {
    vec![allow("s3:ListBucket", BUCKET), allow("s3:GetObject", &format!("{BUCKET}/*"))]
}

fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Principal": { "AWS": GENERAL }, "Action": action, "Resource": resource })
}

fn policy(statements: Vec<Value>) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// A statement about the whole bucket.
fn whole(effect: &str, principal: Value, condition: Value) -> Value {
    let mut statement = json!({
        "Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": [BUCKET, format!("{BUCKET}/*")],
    });
    if !condition.is_null() {
        statement["Condition"] = condition;
    }
    statement
}

#[tokio::test]
async fn a_denial_of_any_reading_is_seen_and_one_of_something_else_is_not() {
    let world = world(Start::Done, &[]).await;
    let read = || ("Action", json!("s3:GetObject"));
    let on = |path: &str| json!(format!("{BUCKET}{path}"));
    let insecure = json!({ "Bool": { "aws:SecureTransport": "false" } });
    let cases = [
        ("the lesson's", vec![], "verified"),
        ("every object", vec![read(), ("Resource", on("/*"))], "not-yet"),
        ("some objects", vec![read(), ("Resource", on("/reports/*"))], "not-yet"),
        ("one object", vec![read(), ("Resource", on("/one"))], "not-yet"),
        ("all but some objects", vec![read(), ("NotResource", on("/public/*"))], "not-yet"),
        ("the list", vec![("Action", json!("s3:List*")), ("Resource", on(""))], "not-yet"),
        ("all that is not writing", vec![("NotAction", json!("s3:PutObject")), ("Resource", on("/a*"))], "not-yet"),
        ("what is written", vec![("Action", json!("s3:PutObject")), ("Resource", on("/*"))], "verified"),
        ("another bucket", vec![read(), ("Resource", json!("arn:aws:s3:::another/*"))], "verified"),
        ("without TLS", vec![read(), ("Resource", on("/*")), ("Condition", insecure)], "verified"),
        ("a user's own folder", vec![read(), ("Resource", on("/${aws:username}/*"))], "unknown (undecided)"),
        ("another bucket's", vec![read(), ("Resource", json!("arn:aws:s3:::x/${aws:username}/*"))], "verified"),
        ("all but a user's own", vec![read(), ("NotResource", on("/${aws:username}/*"))], "not-yet"),
        ("no object's name", vec![read(), ("Resource", on("/"))], "verified"),
        ("a letter", vec![("Action", json!("s3:GetObjec?")), ("Resource", on("/?"))], "not-yet"),
    ];
    for (what, statement, verdict) in cases {
        assert_eq!(in_words(&judged(&world, with(&statement)).await), verdict, "{what} is denied");
    }
}

/// The verdict that a person would give if everybody is denied access under a condition.
#[tokio::test]
async fn a_denial_under_a_condition_is_decided_or_unknown() {
    let world = world(Start::Done, &[]).await;
    let (bites, harmless, open) = ("not-yet", "verified", "unknown (undecided)");
    let cases = [
        // The general account is always denied.
        (json!({ "StringNotEquals": { "aws:PrincipalAccount": OWN } }), bites),
        (json!({ "StringNotEquals": { "aws:PrincipalAccount": "111122223333" } }), harmless),
        (json!({ "StringNotEquals": { "aws:PrincipalAccount": [OWN, "111122223333"] } }), harmless),
        (json!({ "stringnotequals": { "AWS:PRINCIPALACCOUNT": OWN } }), bites),
        (json!({ "StringEquals": { "aws:PrincipalAccount": "111122223333" } }), bites),
        (json!({ "StringEquals": { "aws:PrincipalAccount": "999999999999" } }), harmless),
        (json!({ "StringLike": { "aws:PrincipalAccount": "*" } }), bites),
        (json!({ "StringNotLike": { "aws:PrincipalAccount": "1111*" } }), open),
        (json!({ "StringNotEqualsIfExists": { "aws:PrincipalAccount": OWN } }), bites),
        (json!({ "ForAnyValue:StringNotEquals": { "aws:PrincipalAccount": OWN } }), bites),
        (json!({ "ForAllValues:StringEquals": { "aws:PrincipalAccount": OWN } }), harmless),
        (json!({ "Null": { "aws:PrincipalAccount": "true" } }), harmless),
        (json!({ "Null": { "aws:PrincipalAccount": "false" } }), bites),
        (json!({ "StringNotEquals": { "aws:PrincipalOrgID": ORGANIZATION } }), harmless),
        (json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-another001" } }), bites),
        (json!({ "StringNotEqualsIfExists": { "aws:PrincipalOrgID": ORGANIZATION } }), harmless),
        (json!({ "ForAnyValue:StringNotLike": { "aws:PrincipalOrgPaths": "o-ca824b8674/*" } }), open),
        (json!({ "Bool": { "aws:SecureTransport": false } }), harmless),
        (json!({ "Bool": { "aws:SecureTransport": "true" } }), bites),
        (json!({ "BoolIfExists": { "aws:SecureTransport": "false" } }), harmless),
        (json!({ "Bool": { "aws:PrincipalIsAWSService": "false" } }), bites),
        (json!({ "Bool": { "aws:PrincipalIsAWSService": "true" } }), harmless),
        (json!({ "Bool": { "aws:ViaAWSService": "false" } }), open),
        (json!({ "NumericLessThan": { "s3:TlsVersion": 1.2 } }), open),
        (json!({ "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:*" } }), harmless),
        (json!({ "ArnNotEquals": { "aws:PrincipalArn": "arn:aws:iam::444455556666:role/admin" } }), bites),
        (json!({ "ArnNotEquals": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/reader" } }), open),
        (json!({ "ArnEquals": { "aws:PrincipalArn": "arn:aws:iam::444455556666:user/bob" } }), harmless),
        (json!({ "StringNotLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:*" } }), harmless),
        (json!({ "StringEquals": { "aws:PrincipalType": "Anonymous" } }), harmless),
        (json!({ "StringNotEquals": { "aws:PrincipalType": "AssumedRole" } }), open),
        (json!({ "StringNotEquals": { "aws:ResourceAccount": OWN } }), harmless),
        (json!({ "StringEquals": { "s3:ResourceAccount": OWN } }), bites),
        (json!({ "StringNotEquals": { "s3:ResourceAccount": "${aws:PrincipalAccount}" } }), open),
        (json!({ "StringNotLike": { "aws:userId": ["AROAEXAMPLE:*", OWN] } }), open),
        (json!({ "NotIpAddress": { "aws:SourceIp": "192.0.2.0/24" } }), open),
        (json!({ "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } }), open),
        (json!({ "StringNotEquals": { "aws:SourceVpce": "vpce-1" } }), open),
        (json!({ "StringNotEquals": { "aws:SourceVpc": "vpc-1" } }), open),
        (json!({ "DateGreaterThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }), open),
        (json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } }), open),
        (json!({ "NumericGreaterThan": { "s3:max-keys": 10 } }), open),
        (json!({ "StringNotEquals": { "aws:PrincipalTag/team": "data" } }), open),
        (json!({ "Null": { "aws:TokenIssueTime": "true" } }), open),
        // One condition that certainly does not hold is enough. Otherwise, all keys and operators must hold.
        (
            json!({ "Bool": { "aws:SecureTransport": "false" }, "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }),
            harmless,
        ),
        (json!({ "Bool": { "aws:SecureTransport": "true" }, "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }), open),
        (json!({ "StringNotEquals": { "aws:PrincipalAccount": "111122223333", "aws:SourceVpc": "vpc-1" } }), harmless),
        (json!({ "StringResembles": { "aws:PrincipalAccount": OWN } }), open),
    ];
    for (condition, verdict) in cases {
        let denied = lessons().into_iter().chain([whole("Deny", json!("*"), condition.clone())]).collect();
        assert_eq!(in_words(&judged(&world, policy(denied)).await), verdict, "{condition}");
    }
}

/// The verdict that a person would give for a statement about these principals, without a condition.
#[tokio::test]
async fn principals_are_decided_or_unknown() {
    let world = world(Start::Done, &[]).await;
    let canonical = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    let cases = [
        ("Deny", json!("*"), "not-yet"),
        ("Deny", json!({ "AWS": "*" }), "not-yet"),
        ("Deny", json!({ "AWS": "111122223333" }), "not-yet"),
        ("Deny", json!({ "AWS": "arn:aws:iam::111122223333:user/ada" }), "not-yet"),
        ("Deny", json!({ "AWS": OWN }), "verified"),
        ("Deny", json!({ "AWS": ["999999999999", "arn:aws:iam::444455556666:role/x"] }), "verified"),
        ("Deny", json!({ "AWS": "AIDAJQABLZS4A3QDU576Q" }), "verified"),
        ("Deny", json!({ "Service": "logging.s3.amazonaws.com" }), "verified"),
        ("Deny", json!({ "CanonicalUser": canonical }), "unknown (undecided)"),
        ("Deny", json!({ "Federated": "cognito-identity.amazonaws.com" }), "unknown (undecided)"),
        ("Deny", json!({ "Federated": "arn:aws:iam::111122223333:saml-provider/x" }), "unknown (undecided)"),
        ("Deny", json!({ "Federated": "arn:aws:iam::444455556666:saml-provider/x" }), "verified"),
        ("Allow", json!("*"), "not-yet"),
        ("Allow", json!({ "AWS": [OWN, GENERAL] }), "verified"),
        ("Allow", json!({ "AWS": "999999999999" }), "not-yet"),
        ("Allow", json!({ "AWS": "AROAJQABLZS4A3QDU576Q" }), "verified"),
        ("Allow", json!({ "Service": "logging.s3.amazonaws.com" }), "not-yet"),
        ("Allow", json!({ "CanonicalUser": canonical }), "unknown (undecided)"),
        ("Allow", json!({ "Federated": "accounts.google.com" }), "not-yet"),
        ("Allow", json!({ "Federated": "cognito-identity.amazonaws.com" }), "not-yet"),
    ];
    for (effect, principal, verdict) in cases {
        let more = lessons().into_iter().chain([whole(effect, principal.clone(), Value::Null)]).collect();
        assert_eq!(in_words(&judged(&world, policy(more)).await), verdict, "{effect} {principal}");
    }
    let all_but = [
        ("Deny", json!({ "AWS": "arn:aws:iam::444455556666:root" }), "not-yet"),
        ("Deny", json!({ "AWS": "arn:aws:iam::111122223333:user/ada" }), "not-yet"),
        ("Deny", json!({ "AWS": [GENERAL, "arn:aws:iam::444455556666:root"] }), "unknown (undecided)"),
        ("Deny", json!("*"), "verified"),
        ("Allow", json!({ "AWS": "999999999999" }), "not-yet"),
    ];
    for (effect, principal, verdict) in all_but {
        let mut statement = whole(effect, Value::Null, Value::Null);
        let fields = statement.as_object_mut().unwrap();
        fields.remove("Principal");
        fields.insert("NotPrincipal".into(), principal.clone());
        let more = lessons().into_iter().chain([statement]).collect();
        assert_eq!(in_words(&judged(&world, policy(more)).await), verdict, "{effect} NotPrincipal {principal}");
    }
}

/// The verdict that a person would give for a policy whose only statement allows everything under a condition.
#[tokio::test]
async fn only_what_surely_allows_counts_and_everybody_may_be_pinned_to_our_accounts() {
    let world = world(Start::Done, &[]).await;
    let ours = json!(["111122223333", OWN]);
    let everybody = json!("*");
    let general = json!({ "AWS": GENERAL });
    let cases = [
        (&general, json!({ "Bool": { "aws:SecureTransport": "true" } }), "verified"),
        (&general, json!({ "Bool": { "aws:SecureTransport": "false" } }), "not-yet"),
        (&general, json!({ "StringEquals": { "aws:PrincipalOrgID": ORGANIZATION } }), "verified"),
        (&general, json!({ "StringEquals": { "aws:PrincipalOrgID": "o-another001" } }), "not-yet"),
        (&general, json!({ "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } }), "unknown (undecided)"),
        (&general, json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:*" } }), "verified"),
        (
            &general,
            json!({ "ArnEquals": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/r" } }),
            "unknown (undecided)",
        ),
        (&everybody, json!({ "StringEquals": { "aws:PrincipalAccount": ours } }), "verified"),
        (&everybody, json!({ "StringEquals": { "aws:PrincipalAccount": "111122223333" } }), "verified"),
        (&everybody, json!({ "StringEquals": { "aws:PrincipalAccount": OWN } }), "not-yet"),
        (
            &everybody,
            json!({ "StringEquals": { "aws:PrincipalAccount": ["111122223333", "999999999999"] } }),
            "not-yet",
        ),
        (&everybody, json!({ "StringEqualsIfExists": { "aws:PrincipalAccount": ours } }), "not-yet"),
        (&everybody, json!({ "StringNotEquals": { "aws:PrincipalAccount": "999999999999" } }), "not-yet"),
        (&everybody, json!({ "StringEquals": { "aws:PrincipalOrgID": ORGANIZATION } }), "verified"),
        (&everybody, json!({ "StringEquals": { "aws:PrincipalOrgID": [ORGANIZATION, "o-another001"] } }), "not-yet"),
        (&everybody, json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:*" } }), "verified"),
        (&everybody, json!({ "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } }), "not-yet"),
        (&everybody, json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } }), "not-yet"),
        (&everybody, json!({ "StringLike": { "aws:userid": "AROAEXAMPLE:*" } }), "unknown (undecided)"),
        (
            &everybody,
            json!({ "StringEquals": { "aws:PrincipalAccount": ours }, "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }),
            "unknown (undecided)",
        ),
    ];
    for (principal, condition, verdict) in cases {
        let one = policy(vec![whole("Allow", principal.clone(), condition.clone())]);
        assert_eq!(in_words(&judged(&world, one).await), verdict, "{principal} {condition}");
    }
    // One statement that certainly allows access is enough, whatever the others say.
    let beside = whole("Allow", general, json!({ "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } }));
    let both = [vec![beside], lessons()].concat();
    assert_eq!(in_words(&judged(&world, policy(both)).await), "verified");
    for (what, statements, verdict) in [
        (
            "a user's own folder",
            vec![allow("s3:ListBucket", BUCKET), allow("s3:GetObject", &format!("{BUCKET}/${{aws:username}}/*"))],
            "not-yet",
        ),
        (
            "what a variable begins",
            vec![allow("s3:ListBucket", BUCKET), allow("s3:GetObject", &format!("{BUCKET}/${{aws:username}}*"))],
            "unknown (undecided)",
        ),
        (
            "every key has a letter",
            vec![allow("s3:ListBucket", BUCKET), allow("s3:GetObject", &format!("{BUCKET}/?*"))],
            "verified",
        ),
        ("nothing", vec![], "not-yet"),
    ] {
        assert_eq!(in_words(&judged(&world, policy(statements)).await), verdict, "{what}");
    }
}

/// The reason is given as a sentence and has its own code. It is not reported as a mistake of the course.
#[tokio::test]
async fn what_is_undecided_says_on_what_it_hangs() {
    let world = world(Start::Done, &[]).await;
    let denied = whole("Deny", json!("*"), json!({ "NotIpAddress": { "aws:SourceIp": "192.0.2.0/24" } }));
    let result = judged(&world, policy(lessons().into_iter().chain([denied]).collect())).await;
    let told: Vec<_> = result.reasons.iter().map(|reason| (reason.code, reason.message.as_str())).collect();
    let why = "A statement of the bucket's policy has a condition on aws:SourceIp, which the caller's account does not decide.";
    assert_eq!(told, [(ReasonCode::Undecided, why)]);
}

/// An organization that cannot be read matters only if the policy depends on it.
#[tokio::test]
async fn an_organization_is_asked_for_only_where_the_policy_does() {
    let world = world(Start::Done, &[]).await;
    world.deny_only(["organizations:DescribeOrganization"]);
    let with = |condition: Value| policy(lessons().into_iter().chain([whole("Deny", json!("*"), condition)]).collect());
    let account = json!({ "StringNotEquals": { "aws:PrincipalAccount": "111122223333" } });
    assert_eq!(in_words(&judged(&world, with(account)).await), "verified");
    let asked =
        in_words(&judged(&world, with(json!({ "StringNotEquals": { "aws:PrincipalOrgID": ORGANIZATION } }))).await);
    assert_eq!(asked, "unknown (denied organizations:DescribeOrganization, undecided)");
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_is_unknown() {
    let world = world(Start::Done, &[]).await;
    for policy in ["<html>", "{}", r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}"#] {
        assert_eq!(in_words(&judged(&world, policy.into()).await), "unknown (incomplete-answer)", "{policy}");
    }
    world.deny_only(["s3:GetBucketPolicy"]);
    let denied = judge(gather_through(&world, &|sdk| sdk).await, false);
    assert_eq!(in_words(denied.steps.get(STEP).unwrap()), "unknown (denied s3:GetBucketPolicy)");
}

/// A recording contains everything that a policy is judged by: with pseudonymised accounts, the verdict is the same.
#[tokio::test]
async fn a_recorded_policy_is_judged_alike() {
    let world = world(Start::Done, &[]).await;
    let folder = tempfile::tempdir().unwrap();
    for condition in [
        json!({ "StringNotEquals": { "aws:PrincipalAccount": OWN } }),
        json!({ "StringNotLike": { "aws:PrincipalAccount": "1111*" } }),
        json!({ "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:*" } }),
        json!({ "StringLike": { "aws:PrincipalArn": "*1111*" } }),
        json!({ "StringNotEquals": { "aws:ResourceAccount": OWN } }),
        json!({ "StringNotEquals": { "aws:PrincipalOrgID": ORGANIZATION } }),
    ] {
        let denied = policy(lessons().into_iter().chain([whole("Deny", json!("*"), condition.clone())]).collect());
        let through = |sdk: SdkConfig| {
            let denied = denied.clone();
            http::through(&sdk, move |request, inner| {
                if http::operation(&request) != "GetBucketPolicy" {
                    return inner.call(request);
                }
                HttpConnectorFuture::ready(Ok(http::answer(http::protocol(&request), 200, denied.clone())))
            })
        };
        let live = gather_through(&world, &through).await;
        let path = folder.path().join("run.json");
        recording::write(&path, &live, &Default::default(), BTreeSet::new(), false).unwrap();
        let replayed = judge(recording::read(&path).unwrap().gathered, false);
        assert_eq!(
            in_words(judge(live, false).steps.get(STEP).unwrap()),
            in_words(replayed.steps.get(STEP).unwrap()),
            "{condition}"
        );
    }
}
