//! A bucket's policy as AWS answers it, with the verdict that a person would give: from its JSON to the step.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod common;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use common::{gather_through, http, in_words, judge, world};
use mdbook_verify::results::StepResult;
use serde_json::{Value, json};
use verify::practice::{Start, World};

const STEP: &str = "shared-bucket-policy";
const BUCKET: &str = "arn:aws:s3:::learner-production-shared";
const GENERAL: &str = "arn:aws:iam::111122223333:root";

/// The step, with this for the bucket's policy.
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
    judge(gather_through(world, &through).await, false).steps.remove(STEP).unwrap()
}

/// The lesson's policy, and one statement more.
fn with(more: &[(&str, Value)]) -> String {
    let statement = |action: &str, resource: String| json!({ "Effect": "Allow", "Principal": { "AWS": GENERAL }, "Action": action, "Resource": resource });
    let mut statements =
        vec![statement("s3:ListBucket", BUCKET.into()), statement("s3:GetObject", format!("{BUCKET}/*"))];
    if !more.is_empty() {
        let mut added = json!({ "Effect": "Deny", "Principal": "*" });
        more.iter().for_each(|(key, value)| added[*key] = value.clone());
        statements.push(added);
    }
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
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
    ];
    for (what, statement, verdict) in cases {
        assert_eq!(in_words(&judged(&world, with(&statement)).await), verdict, "{what} is denied");
    }
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_is_unknown() {
    let world = world(Start::Done, &[]).await;
    for policy in ["<html>", "{}", r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}"#] {
        assert_eq!(in_words(&judged(&world, policy.into()).await), "unknown (incomplete-answer)", "{policy}");
    }
    world.deny("s3:GetBucketPolicy");
    let denied = judge(gather_through(&world, &|sdk| sdk).await, false);
    assert_eq!(in_words(&denied.steps[STEP]), "unknown (denied s3:GetBucketPolicy)");
}
