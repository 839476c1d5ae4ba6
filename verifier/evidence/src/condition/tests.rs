//! Tables of conditions: every operator, on keys that are known, undecided and missing.

use super::*;

const GENERAL: &str = "111122223333";
const OTHER: &str = "999999999999";

fn condition(operator: &str, key: &str, values: &[&str]) -> Condition {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    let owner = key.to_ascii_lowercase().ends_with(":resourceaccount").then(|| "444455556666".to_owned());
    Condition { operator: operator.to_owned(), key: key.to_owned(), values, value: owner }
}

fn general(operator: &str, key: &str, values: &[&str], organization: Organization<'_>) -> Option<bool> {
    holds(&condition(operator, key, values), Caller { account: Some(GENERAL), organization })
}

/// A condition's key, the general account's value for it, and another value.
const KNOWN: &[(&str, &str, &str)] = &[
    ("aws:PrincipalAccount", GENERAL, OTHER),
    ("AWS:principalaccount", GENERAL, OTHER),
    ("aws:PrincipalOrgID", "o-abc", "o-xyz"),
    ("aws:SecureTransport", "true", "false"),
    ("aws:PrincipalIsAWSService", "false", "true"),
    ("aws:ResourceAccount", "444455556666", OTHER),
    ("s3:ResourceAccount", "444455556666", GENERAL),
];

#[test]
fn text_operators_decide_every_key_that_is_known() {
    for (key, is, other) in KNOWN {
        for positive in ["StringEquals", "stringequals", "StringEqualsIgnoreCase", "StringLike"] {
            let (head, name) = positive.split_at(6);
            let negated = format!("{head}Not{name}");
            for suffix in ["", "IfExists", "ifexists"] {
                for set in ["", "ForAllValues:", "forAnyValue:"] {
                    let is_one = |operator: &str, values: &[&str]| {
                        general(&format!("{set}{operator}{suffix}"), key, values, Organization::Is("o-abc"))
                    };
                    for (values, matched) in [
                        (&[*is][..], true),
                        (&[other], false),
                        (&[other, is], true),
                        (&[is, other], true),
                        (&[other, other], false),
                    ] {
                        assert_eq!(is_one(positive, values), Some(matched), "{positive} {key} {values:?}");
                        assert_eq!(is_one(&negated, values), Some(!matched), "{negated} {key} {values:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_depends_on_the_request_is_undecided() {
    let operators = [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
        "Null",
    ];
    let keys = [
        "aws:SourceIp",
        "aws:SourceVpce",
        "aws:SourceVpc",
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:userid",
        "aws:username",
        "aws:PrincipalTag/team",
        "aws:PrincipalOrgPaths",
        "aws:MultiFactorAuthPresent",
        "aws:SourceArn",
        "aws:Referer",
        "s3:prefix",
        "s3:max-keys",
        "s3:ExistingObjectTag/a",
        "aws:Tomorrow",
        "",
    ];
    for key in keys {
        for operator in operators {
            for form in [operator.to_owned(), format!("{operator}IfExists"), format!("ForAnyValue:{operator}")] {
                let condition = condition(&form, key, &["true"]);
                let caller = Caller { account: Some(GENERAL), organization: Organization::Is("o-abc") };
                assert_eq!(holds(&condition, caller), None, "{form} {key}");
                assert!(leaves_open(&condition), "{form} {key}");
            }
        }
    }
}

#[test]
fn other_conditions_on_known_keys() {
    let cases = [
        ("Bool", "aws:SecureTransport", vec!["TRUE"], Some(true)),
        ("Bool", "aws:SecureTransport", vec!["false"], Some(false)),
        ("BoolIfExists", "aws:SecureTransport", vec!["false"], Some(false)),
        ("Bool", "aws:SecureTransport", vec!["perhaps"], None),
        ("Bool", "aws:SecureTransport", vec!["${aws:SecureTransport}"], None),
        ("Bool", "aws:PrincipalIsAWSService", vec!["true"], Some(false)),
        ("Bool", "aws:PrincipalAccount", vec!["true"], None),
        ("StringEquals", "aws:SecureTransport", vec!["True"], None),
        ("NumericEquals", "aws:PrincipalAccount", vec![GENERAL], None),
        ("DateLessThan", "aws:PrincipalAccount", vec!["2030-01-01"], None),
        ("IpAddress", "aws:SecureTransport", vec!["10.0.0.0/8"], None),
        ("StringLike", "aws:PrincipalAccount", vec!["*"], Some(true)),
        ("StringLike", "aws:PrincipalAccount", vec!["????????????"], Some(true)),
        ("StringLike", "aws:PrincipalAccount", vec!["o-*"], Some(false)),
        // In a recording, digits are different.
        ("StringLike", "aws:PrincipalAccount", vec!["1111*"], None),
        ("StringEquals", "aws:PrincipalAccount", vec!["*"], Some(false)),
        ("StringEquals", "aws:PrincipalAccount", vec!["${aws:ResourceAccount}"], None),
        ("StringEquals", "aws:PrincipalAccount", vec!["x-${aws:ResourceAccount}"], Some(false)),
        ("StringEquals", "aws:PrincipalAccount", vec!["${aws:ResourceAccount}", GENERAL], Some(true)),
        ("StringNotEquals", "aws:PrincipalAccount", vec!["${aws:ResourceAccount}", OTHER], None),
        ("StringEquals", "aws:PrincipalAccount", vec![], None),
        ("StringResembles", "aws:PrincipalAccount", vec![GENERAL], None),
        ("ForSomeValues:StringEquals", "aws:PrincipalAccount", vec![GENERAL], None),
        ("NullIfExists", "aws:PrincipalAccount", vec!["true"], None),
        ("Null", "aws:PrincipalAccount", vec!["true"], Some(false)),
        ("Null", "aws:PrincipalAccount", vec!["false"], Some(true)),
        ("Null", "aws:PrincipalArn", vec!["false"], Some(true)),
        ("Null", "aws:PrincipalAccount", vec!["perhaps"], None),
        ("StringEquals", "aws:PrincipalType", vec!["Anonymous"], Some(false)),
        ("StringEquals", "aws:PrincipalType", vec!["User"], None),
        ("StringNotEquals", "aws:PrincipalType", vec!["Anonymous"], Some(true)),
        ("StringEquals", "aws:PrincipalType", vec!["Account", "User", "FederatedUser", "AssumedRole"], None),
        ("ArnLike", "aws:PrincipalArn", vec!["arn:aws:iam::111122223333:*"], Some(true)),
        ("ArnEquals", "aws:PrincipalArn", vec!["arn:aws:iam::111122223333:*"], Some(true)),
        ("ArnNotLike", "aws:PrincipalArn", vec!["arn:aws:iam::111122223333:*"], Some(false)),
        ("ArnLike", "aws:PrincipalArn", vec!["arn:*:iam::111122223333:*"], Some(true)),
        ("ArnLike", "aws:PrincipalArn", vec!["arn:aws:iam::*:*"], Some(true)),
        ("ArnLike", "aws:PrincipalArn", vec!["arn:aws:iam::111122223333:role/*"], None),
        ("ArnLike", "aws:PrincipalArn", vec!["arn:aws:iam::111122223333:root"], None),
        ("ArnLike", "aws:PrincipalArn", vec!["arn:aws:iam::*:role/reader"], None),
        ("ArnLike", "aws:PrincipalArn", vec!["arn:aws:iam::1111*:*"], None),
        ("ArnLike", "aws:PrincipalArn", vec!["arn:aws:iam::999999999999:role/team1*"], Some(false)),
        ("ArnNotEquals", "aws:PrincipalArn", vec!["arn:aws:iam::999999999999:role/x"], Some(true)),
        ("ArnNotEquals", "aws:PrincipalArn", vec!["arn:aws:iam::111122223333:role/x"], None),
        ("ArnLike", "aws:PrincipalArn", vec!["arn:aws:iam::${aws:PrincipalAccount}:*"], None),
        ("ArnLike", "aws:PrincipalArn", vec!["*"], None),
        ("StringLike", "aws:PrincipalArn", vec!["*"], Some(true)),
        ("StringLike", "aws:PrincipalArn", vec!["arn:aws:iam::*"], Some(true)),
        ("StringLike", "aws:PrincipalArn", vec!["arn:aws:sts*"], Some(false)),
        ("StringLike", "aws:PrincipalArn", vec!["arn:aws-cn:*"], None),
        ("StringLike", "aws:PrincipalArn", vec!["arn:aws-iso-b:sts*"], Some(false)),
        ("StringLike", "aws:PrincipalArn", vec!["arn:aws-eusc:iam::*"], None),
        ("StringLike", "aws:PrincipalArn", vec!["arn:aws-iso-f:kms*"], Some(false)),
        ("StringLike", "aws:PrincipalArn", vec!["*:role/x"], None),
        ("StringLike", "aws:PrincipalArn", vec!["*2222*"], None),
        ("StringEquals", "aws:PrincipalArn", vec!["arn:aws:iam::111122223333:*"], None),
        ("StringEquals", "aws:PrincipalArn", vec!["arn:aws:iam::999999999999:user/x"], Some(false)),
        ("Bool", "aws:PrincipalArn", vec!["true"], None),
    ];
    for (operator, key, values, expected) in cases {
        let found = general(operator, key, &values, Organization::Is("o-abc"));
        assert_eq!(found, expected, "{operator} {key} {values:?}");
        // A condition that is undecided for one account is marked as undecided.
        assert!(expected.is_some() || leaves_open(&condition(operator, key, &values)), "{operator} {key}");
    }
}

#[test]
fn a_key_that_a_request_lacks() {
    let cases = [
        ("StringEquals", Some(false)),
        ("StringLike", Some(false)),
        ("StringNotEquals", Some(true)),
        ("StringNotLike", Some(true)),
        ("StringEqualsIfExists", Some(true)),
        ("StringNotEqualsIfExists", Some(true)),
        ("ForAllValues:StringEquals", Some(true)),
        ("ForAllValues:StringNotEquals", Some(true)),
        ("ForAnyValue:StringEquals", Some(false)),
        ("ForAnyValue:StringNotEquals", Some(false)),
        ("ForAllValues:StringEqualsIfExists", Some(true)),
        ("ForAnyValue:StringEqualsIfExists", None),
        ("ArnLike", Some(false)),
        ("ArnNotLike", Some(true)),
        ("Bool", Some(false)),
        ("BoolIfExists", Some(true)),
        ("NumericLessThan", Some(false)),
        ("NumericNotEquals", Some(true)),
        ("DateNotEquals", Some(true)),
        ("IpAddress", Some(false)),
        ("NotIpAddress", Some(true)),
    ];
    for (operator, expected) in cases {
        let found = general(operator, "aws:PrincipalOrgID", &["o-abc"], Organization::None);
        assert_eq!(found, expected, "{operator} without an organization");
        assert_eq!(general(operator, "aws:PrincipalOrgID", &["o-abc"], Organization::Unknown), None, "{operator}");
        for key in ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalIsAWSService"] {
            let anonymous = Caller { account: None, organization: Organization::Unknown };
            assert_eq!(holds(&condition(operator, key, &["x"]), anonymous), expected, "{operator} {key}, anonymous");
        }
    }
    for (value, expected) in [("true", true), ("false", false)] {
        assert_eq!(general("Null", "aws:PrincipalOrgID", &[value], Organization::None), Some(expected));
    }
    assert_eq!(general("Null", "aws:PrincipalOrgID", &["true"], Organization::Unknown), None);
}

#[test]
fn what_depends_on_an_undecided_part_is_undecided() {
    assert_eq!(all([Some(true), None]), None);
    assert_eq!(all([None, Some(false)]), Some(false));
    assert_eq!(all([]), Some(true));
    assert_eq!(any([None, Some(true)]), Some(true));
    assert_eq!(any([Some(false), None]), None);
    assert_eq!(any([]), Some(false));
}

#[test]
fn what_the_account_decides_leaves_nothing_open() {
    for (operator, key, value) in [
        ("StringNotEquals", "aws:PrincipalAccount", GENERAL),
        ("Bool", "aws:SecureTransport", "false"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:*"),
        ("StringEquals", "aws:ResourceAccount", GENERAL),
    ] {
        assert!(!leaves_open(&condition(operator, key, &[value])), "{operator} {key}");
    }
    // An organization may be unknown, so the reason is at hand.
    assert!(leaves_open(&condition("StringEquals", "aws:PrincipalOrgID", &["o-abc"])));
    // Decided for every account but the one that it names a role of.
    assert!(leaves_open(&condition("ArnLike", "aws:PrincipalArn", &["arn:aws:iam::999999999999:role/x"])));
}
