//! AWS's errors, and the reasons for learners.

use super::super::Section;
use super::super::table::{self, Call};
use super::*;

const DENIED_BY: &str = "User: arn:aws:iam::111122223333:user/lee is not authorized to perform: budgets:ViewBudget on \
    resource: arn:aws:budgets::111122223333:budget/* ";

fn reason_of(call: &Call, code: &str, message: &str) -> (ReasonCode, String, bool) {
    let why = Answer { account: "production", call, code: Some(code), message, status: 400 }.why();
    (why.code, why.message, why.renew)
}

fn reason(code: &str, message: &str) -> (ReasonCode, String, bool) {
    reason_of(table::find(Section::Budgets, "Budgets", "DescribeBudgets").unwrap(), code, message)
}

#[test]
fn advice_on_a_denial_is_given_only_if_aws_says_why() {
    let (code, message, _) = reason("AccessDeniedException", "");
    assert_eq!(
        (code, message.as_str()),
        (ReasonCode::Denied, "The production account's credentials may not call budgets:ViewBudget.")
    );
    for (why, advice) in [
        ("", None),
        (
            "because no identity-based policy allows the budgets:ViewBudget action",
            Some("Allow it for the role or user"),
        ),
        (
            "with an explicit deny in an identity-based policy",
            Some("if the Deny is for sessions without MFA, sign in with MFA"),
        ),
        ("with an explicit deny in a service control policy", Some("the organization's administrator")),
        ("with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p", Some("administrator")),
        (
            "because no service control policy allows the budgets:ViewBudget action",
            Some("the organization's administrator"),
        ),
        ("with an explicit deny in a resource control policy", Some("The resource control policy")),
        ("because no permissions boundary allows the budgets:ViewBudget action", Some("The permissions boundary")),
        ("with an explicit deny in a permissions boundary", Some("The permissions boundary")),
        ("because no session policy allows the budgets:ViewBudget action", Some("The session policy")),
        ("because no VPC endpoint policy allows the budgets:ViewBudget action", Some("The VPC endpoint policy")),
        ("with an explicit deny in a resource-based policy", Some("The resource-based policy")),
    ] {
        let (code, message, renew) = reason("AccessDeniedException", &format!("{DENIED_BY}{why}"));
        assert_eq!((code, renew), (ReasonCode::Denied, false));
        assert!(message.contains(DENIED_BY.trim()) && message.contains(why), "AWS's own words are shown: {message}");
        match advice {
            Some(advice) => assert!(message.contains(advice), "{why}: {message}"),
            None => assert!(message.ends_with('”'), "{message}"),
        }
        assert!(why.contains("no identity-based") || !message.contains("Allow it for the role"), "{why}: {message}");
    }
}

#[test]
fn a_member_account_without_budgets_gets_advice_to_enable_them() {
    let words = "Account 111122223333 is a linked account. To enable budgets for your account, ask the payer account to \
        enable budgets first.";
    let (code, message, _) = reason("AccessDeniedException", words);
    assert_eq!(code, ReasonCode::Denied);
    assert!(message.contains(words) && message.contains("the organization's management account"), "{message}");
}

#[test]
fn errors_whose_code_shows_the_cause_have_advice() {
    for (error, advice) in [
        ("OptInRequired", "not activated yet"),
        ("SubscriptionRequiredException", "not activated yet"),
        ("PendingVerification", "still verifying"),
        ("RegionDisabledException", "Enable the region"),
        ("FromTomorrow", "FromTomorrow (HTTP status 400). AWS says: “words”"),
    ] {
        let (code, message, _) = reason(error, "words");
        assert_eq!(code, ReasonCode::ServiceError);
        assert!(message.contains(advice) && message.contains("AWS says: “words”"), "{message}");
    }
}

#[test]
fn a_call_that_aws_allows_nobody_is_not_available_here() {
    let list = table::find(Section::Organization, "Organizations", "ListAccounts").unwrap();
    assert_eq!(reason_of(list, "AWSOrganizationsNotInUseException", "").0, ReasonCode::NotAvailableHere);
    assert_eq!(reason_of(list, "AccessDeniedException", "").0, ReasonCode::Denied);
    // The same code of another call does not have this meaning.
    assert_eq!(reason("SubscriptionRequiredException", "").0, ReasonCode::ServiceError);
}

#[test]
fn a_clock_that_is_off_needs_no_other_credentials() {
    let (code, message, renew) = reason("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2");
    assert_eq!((code, renew), (ReasonCode::ExpiredCredentials, false), "{message}");
    assert!(!reason("RequestTimeTooSkewed", "").2);
    assert!(reason("ExpiredToken", "").2);
}

#[test]
fn aws_words_are_bounded_and_harmless() {
    let (_, message, _) = reason("AccessDeniedException", "a\u{1b}[31mb\r\n\u{202e}c\u{7}");
    assert!(message.ends_with("AWS says: “a [31mb c”"), "{message:?}");
    let (_, message, _) = reason("AccessDeniedException", &"é".repeat(10_000));
    assert!(message.chars().count() < 600 && message.ends_with("…”"), "{message}");
}
