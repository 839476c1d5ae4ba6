//! Generated policies.

use super::*;
use proptest::prelude::*;

/// A condition that the account does not decide.
fn left_open() -> impl Strategy<Value = Value> {
    let operators = ["StringNotEquals", "StringLike", "NotIpAddress", "Null", "NumericLessThanIfExists", "ArnNotLike"];
    let keys =
        ["aws:SourceIp", "aws:SourceVpce", "aws:userid", "s3:prefix", "aws:PrincipalTag/team", "aws:PrincipalOrgPaths"];
    (prop::sample::select(operators.to_vec()), prop::sample::select(keys.to_vec()), "[a-z0-9*]{1,8}")
        .prop_map(|(operator, key, value)| json!({ operator: { key: value } }))
}

/// A condition that holds for the general account.
fn holding() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
        json!({ "StringNotEquals": { "aws:PrincipalAccount": OWN } }),
        json!({ "Null": { "aws:PrincipalArn": "false" } }),
        json!({}),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_denial_that_may_bite_is_never_verified(
        open in left_open(),
        certain in holding(),
        action in prop::sample::select(vec!["s3:*", "s3:Get*", "*", "s3:ListBucket"]),
        principal in prop::sample::select(vec![json!("*"), json!({ "AWS": GENERAL })]),
        first in any::<bool>(),
    ) {
        let mut condition = certain;
        for (operator, keys) in open.as_object().unwrap() {
            for (key, value) in keys.as_object().unwrap() {
                condition[operator][key] = value.clone();
            }
        }
        let mut denial = whole("Deny", principal, condition);
        denial["Action"] = json!(action);
        let mut statements = lessons();
        statements.insert(if first { 0 } else { 2 }, denial);
        let policy = policy(statements);
        let verdict = runtime().block_on(async {
            let world = world(Start::Done, &[]).await;
            in_words(&judged(&world, policy.clone()).await)
        });
        prop_assert_eq!(verdict, "unknown (undecided)", "{}", policy);
    }

    #[test]
    fn what_is_about_something_else_changes_nothing(
        effect in prop::sample::select(vec!["Allow", "Deny"]),
        open in left_open(),
        elsewhere in any::<bool>(),
        harmful in any::<bool>(),
    ) {
        let mut more = whole(effect, json!("*"), open);
        if elsewhere {
            more["Resource"] = json!(["arn:aws:s3:::another", "arn:aws:s3:::another/*"]);
        } else {
            more["Effect"] = json!("Deny");
            more["Action"] = json!(["s3:PutObject", "s3:Delete*"]);
        }
        let mut base = lessons();
        if harmful {
            base.remove(0);
        }
        let more = policy(base.iter().cloned().chain([more]).collect());
        let (before, after) = runtime().block_on(async {
            let world = world(Start::Done, &[]).await;
            (in_words(&judged(&world, policy(base)).await), in_words(&judged(&world, more.clone()).await))
        });
        prop_assert_eq!(before, after, "{}", more);
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
