//! Buckets: a possible denial is either decided or unknown, and a bucket that does not exist has no properties.

use super::table::{State, check, state};
use crate::common::aws::Aws;
use crate::common::aws::s3::Bucket;
use serde_json::{Value, json};

const POLICY: &str = "shared-bucket-policy";
const GENERAL: &str = "111122223333";
const PRODUCTION: &str = "444455556666";
const OF_BUCKET: [&str; 4] =
    ["shared-bucket-policy", "shared-bucket-private", "shared-bucket-encryption", "shared-bucket-versioning"];

/// The bucket's policy denies everything under a condition, in addition to the right Allow.
fn denies(name: &'static str, condition: Value) -> State {
    state(name).with(move |aws| {
        let statement = json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": condition });
        bucket(aws).state(statement);
    })
}

fn bucket(aws: &mut Aws) -> &mut Bucket {
    &mut aws.production.buckets[0]
}

#[test]
fn a_condition_that_can_be_decided_is_decided() {
    let caller = |operator: &str, accounts: &[&str]| json!({ operator: { "aws:PrincipalAccount": accounts } });
    check(vec![
        denies("07: all but the bucket's own account are denied", caller("StringNotEquals", &[PRODUCTION]))
            .not_yet(POLICY),
        denies("all but a third account are denied", caller("StringNotEquals", &["999900001111"])).not_yet(POLICY),
        denies("all but the two accounts are denied", caller("StringNotEquals", &[PRODUCTION, GENERAL]))
            .verified(POLICY),
        denies("the general account is denied by its id", caller("StringEquals", &[GENERAL])).not_yet(POLICY),
        denies("a stranger is denied by its id", caller("StringEquals", &["999900001111"])).verified(POLICY),
        denies(
            "07, as aws:PrincipalAccount is spelled by others",
            json!({ "StringNotEquals": { "AWS:principalaccount": PRODUCTION } }),
        )
        .not_yet(POLICY),
        denies(
            "07, with another operator for the same",
            json!({ "StringNotLike": { "aws:PrincipalAccount": PRODUCTION } }),
        )
        .not_yet(POLICY),
        denies("what is not encrypted on its way is denied", json!({ "Bool": { "aws:SecureTransport": "false" } }))
            .verified(POLICY),
        denies("not encrypted, as a JSON boolean", json!({ "Bool": { "aws:SecureTransport": false } }))
            .verified(POLICY),
        denies("what is encrypted on its way is denied", json!({ "Bool": { "aws:SecureTransport": "true" } }))
            .not_yet(POLICY),
        denies(
            "two conditions, one of which can never hold",
            json!({ "Bool": { "aws:SecureTransport": "false" }, "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
        )
        .verified(POLICY),
        state("what is denied under a condition is no reading")
            .with(|aws| {
                bucket(aws).state(json!({
                    "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
                    "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } },
                }));
            })
            .verified(POLICY),
        state("a stranger alone is denied under a condition")
            .with(|aws| {
                bucket(aws).state(json!({
                    "Effect": "Deny", "Principal": { "AWS": "arn:aws:iam::999900001111:root" }, "Action": "s3:*",
                    "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } },
                }));
            })
            .verified(POLICY),
    ]);
}

#[test]
fn a_condition_that_cannot_be_decided_leaves_it_unknown() {
    check(vec![
        denies("denied from some addresses", json!({ "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } }))
            .unknown(POLICY, ""),
        denies("denied outside of a network", json!({ "StringNotEquals": { "aws:SourceVpc": "vpc-0a1b2c3d" } }))
            .unknown(POLICY, ""),
        denies("denied without MFA", json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } }))
            .unknown(POLICY, ""),
        denies("denied by a key from tomorrow", json!({ "StringEquals": { "aws:Tomorrow": "1" } })).unknown(POLICY, ""),
        denies(
            "denied by an operator from tomorrow",
            json!({ "StringResembles": { "aws:PrincipalAccount": PRODUCTION } }),
        )
        .unknown(POLICY, ""),
        denies("denied before a time", json!({ "DateLessThan": { "aws:CurrentTime": "2030-01-01T00:00:00Z" } }))
            .not_done(POLICY),
        denies(
            "all but one role of the bucket's own account are denied",
            json!({ "ArnNotLike": { "aws:PrincipalArn": format!("arn:aws:iam::{PRODUCTION}:role/admin") } }),
        )
        .not_done(POLICY),
        state("reading is denied under a condition in one folder")
            .with(|aws| {
                bucket(aws).state(json!({
                    "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::ada-production-shared/secret/*",
                    "Condition": { "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } },
                }));
            })
            .unknown(POLICY, ""),
        state("reading is allowed under a condition alone")
            .with(|aws| {
                bucket(aws).statement(1)["Condition"] = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } })
            })
            .not_done(POLICY),
        state("a condition that cannot be decided, beside one that bites")
            .with(|aws| {
                for condition in [
                    json!({ "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
                    json!({ "StringNotEquals": { "aws:PrincipalAccount": PRODUCTION } }),
                ] {
                    let statement =
                        json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": condition });
                    bucket(aws).state(statement);
                }
            })
            .not_yet(POLICY),
        state("denied without a condition")
            .with(|aws| bucket(aws).state(json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject" })))
            .not_yet(POLICY),
    ]);
}

/// Nothing is said about a bucket that does not exist.
fn of_no_bucket(state: State) -> State {
    let state = OF_BUCKET.iter().fold(state.not_yet("shared-bucket"), |state, step| state.not_yet(step));
    state
        .expectation("shared-bucket-versioning", "Versioning is on", "not-applicable")
        .expectation("shared-bucket-encryption", "New objects are encrypted", "not-applicable")
        .expectation("shared-bucket-private", "Public access control lists", "not-applicable")
        .expectation("shared-bucket-private", "Public bucket policies", "not-applicable")
        .expectation("shared-bucket-policy", "The general account, or somebody in it, may read", "not-applicable")
}

#[test]
fn what_is_not_there_has_no_properties() {
    check(vec![
        of_no_bucket(state("08: no bucket").with(|aws| aws.production.buckets.clear())),
        of_no_bucket(state("a bucket of another name").with(|aws| bucket(aws).name = "ada-production-logs".to_owned())),
        state("versioning was never on")
            .with(|aws| bucket(aws).versioning = None)
            .not_yet("shared-bucket-versioning")
            .expectation("shared-bucket-versioning", "Versioning is on", "not-met"),
        state("versioning is suspended")
            .with(|aws| bucket(aws).versioning = Some("Suspended".to_owned()))
            .not_yet("shared-bucket-versioning"),
        state("no policy").with(|aws| bucket(aws).policy = None).not_yet(POLICY),
        state("public access is not blocked").with(|aws| bucket(aws).block = None).not_yet("shared-bucket-private"),
        state("a key of KMS")
            .with(|aws| bucket(aws).encryption = Some(("aws:kms".to_owned(), None)))
            .not_yet("shared-bucket-encryption"),
        state("a name in the account's own namespace").with(|aws| {
            let name = "ada-production-shared-444455556666-eu-west-1-an";
            aws.production.buckets = vec![Bucket::shared(name, GENERAL)];
        }),
    ]);
}

#[test]
fn one_bucket_that_cannot_be_read_hides_no_other() {
    let private = "s3:GetBucketPolicy/ada-private";
    check(vec![
        state("another bucket's policy is denied").with(move |aws| {
            aws.production.buckets.insert(0, Bucket::plain("ada-private"));
            aws.production.deny(private, "s3:GetBucketPolicy");
        }),
        state("another bucket's region is not told").with(|aws| {
            aws.production
                .buckets
                .insert(0, Bucket { region: "me-south-1".to_owned(), ..Bucket::plain("ada-private") });
            aws.production.rewrite("s3:ListBuckets", "<BucketRegion>me-south-1</BucketRegion>", "");
        }),
        state("another bucket's name is not told")
            .with(|aws| {
                aws.production.buckets.insert(0, Bucket::plain("ada-private"));
                aws.production.rewrite("s3:ListBuckets", "<Name>ada-private</Name>", "");
            })
            .verified("shared-bucket")
            .others_may_differ(),
        state("the shared bucket's policy is denied")
            .with(|aws| aws.production.deny("s3:GetBucketPolicy", "s3:GetBucketPolicy"))
            .unknown(POLICY, "denied"),
        state("one of two shared buckets is not as it should be")
            .with(|aws| {
                let other = Bucket { versioning: None, ..Bucket::shared("grace-shared", GENERAL) };
                aws.production.buckets.push(other);
            })
            .not_yet("shared-bucket-versioning"),
    ]);
}
