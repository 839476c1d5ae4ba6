//! A response without an expected field does not mean that there is nothing.

use super::table::{State, check, state};
use crate::common::aws::{Reply, error, reply::raw};
use serde_json::json;

/// The production account answers a call with this.
fn answers(name: &'static str, call: &'static str, reply: Reply) -> State {
    state(name).with(move |aws| aws.production.answer(call, reply))
}

#[test]
fn an_answer_without_its_list_is_incomplete() {
    let empty = || Reply::Json(json!({}));
    check(vec![
        answers("no budgets in the answer", "budgets:DescribeBudgets", empty()).unknown("cost-budget", "incomplete-answer"),
        answers("no answer about budgets", "budgets:DescribeBudgets", raw("")).unknown("cost-budget", "incomplete-answer"),
        answers("null in place of budgets", "budgets:DescribeBudgets", Reply::Json(json!({ "Budgets": null })))
            .unknown("cost-budget", "incomplete-answer"),
        answers("a list of no budgets", "budgets:DescribeBudgets", Reply::Json(json!({ "Budgets": [] }))).not_yet("cost-budget"),
        answers("no alerts in the answer", "budgets:DescribeBudgetNotificationsForAccount", empty())
            .unknown("cost-budget", "incomplete-answer"),
        answers("no subscribers in the answer", "budgets:DescribeSubscribersForNotification", empty())
            .unknown("cost-budget", "incomplete-answer"),
        answers("no events in the answer", "cloudtrail:LookupEvents", empty()).unknown("mfa-sign-in", "incomplete-answer"),
        answers("no metrics in the answer", "cloudwatch:ListMetrics", Reply::Cbor(vec![0xA0]))
            .unknown("billing-alerts", "incomplete-answer"),
        answers("no buckets in the answer", "s3:ListBuckets", Reply::Xml("<ListAllMyBucketsResult/>".to_owned()))
            .unknown("shared-bucket", "incomplete-answer")
            .unknown("shared-bucket-policy", "incomplete-answer")
            .unknown("shared-bucket-private", "incomplete-answer")
            .unknown("shared-bucket-encryption", "incomplete-answer")
            .unknown("shared-bucket-versioning", "incomplete-answer"),
        answers("no policy in the answer", "s3:GetBucketPolicy", raw("")).unknown("shared-bucket-policy", "incomplete-answer"),
        answers("no settings in the answer", "s3:GetPublicAccessBlock", Reply::Xml("<PublicAccessBlockConfiguration/>".to_owned()))
            .unknown("shared-bucket-private", "incomplete-answer"),
        answers("no contact in the answer", "account:GetContactInformation", empty())
            .unknown("contact-matches", "incomplete-answer")
            .unknown("alternate-contacts", "incomplete-answer"),
        answers("no alternate contact in the answer", "account:GetAlternateContact", empty())
            .unknown("alternate-contacts", "incomplete-answer"),
        answers("no name and state in the answer", "account:GetAccountInformation", empty())
            .unknown("account-name", "incomplete-answer")
            .unknown("account-created", "incomplete-answer"),
        state("no devices in the answer")
            .with(|aws| {
                let answer = "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><IsTruncated>false</IsTruncated></ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>";
                aws.production.answer("iam:ListVirtualMFADevices", Reply::Xml(answer.to_owned()));
            })
            .unknown("root-mfa", "incomplete-answer")
            .unknown("mfa-sign-in", "incomplete-answer"),
        answers("no severity levels in the answer", "support:DescribeSeverityLevels", empty())
            .unknown("support-plan", "incomplete-answer"),
    ]);
}

#[test]
fn an_account_without_an_id_is_not_known() {
    let steps = ["cost-budget", "root-mfa", "shared-bucket", "unique-email", "pdf-invoice", "support-plan"];
    let nobody = |name: &'static str, from: &'static str| {
        let state =
            state(name).with(move |aws| aws.production.rewrite("sts:GetCallerIdentity", from, "<Account></Account>"));
        steps.iter().fold(state.others_may_differ(), |state, step| state.unknown(step, "incomplete-answer"))
    };
    let none = state("no account id")
        .with(|aws| aws.production.rewrite("sts:GetCallerIdentity", "<Account>444455556666</Account>", ""));
    check(vec![
        nobody("an empty account id", "<Account>444455556666</Account>").verified("cost-budget@general"),
        steps.iter().fold(none.others_may_differ(), |state, step| state.unknown(step, "incomplete-answer")),
    ]);
}

#[test]
fn an_answer_that_breaks_off_or_is_not_awss_is_incomplete() {
    let budgets = "budgets:DescribeBudgets";
    check(vec![
        answers("cut off", budgets, Reply::CutOff).unknown("cost-budget", "incomplete-answer"),
        answers("no answer", budgets, Reply::HangUp).unknown("cost-budget", "unreachable"),
        answers("a hotel's page", budgets, raw("<html>Welcome</html>")).unknown("cost-budget", "incomplete-answer"),
        answers(
            "a proxy's page",
            budgets,
            Reply::Raw { status: 502, content_type: "text/html", body: b"<html>Bad gateway</html>".to_vec() },
        )
        .unknown("cost-budget", "service-error"),
        answers(
            "credentials that have run out",
            budgets,
            error(400, "ExpiredTokenException", "The security token included in the request is expired"),
        )
        .unknown("cost-budget", "expired-credentials"),
    ]);
}

#[test]
fn nothing_is_said_to_be_unreadable_that_only_this_version_does_not_read() {
    check(vec![
        state("words")
            .never_tells("free-tier-alerts", "AWS has no way to read this")
            .never_tells("iam-billing-access", "AWS has no way to read this")
            .never_tells("shared-bucket-tried", "AWS has no way to read this"),
        state("no billing metrics")
            .with(|aws| aws.production.metrics.clear())
            .unknown("billing-alerts", "needs-confirmation")
            .never_tells("billing-alerts", "AWS has no way to read this"),
        state("a passkey")
            .with(|aws| {
                aws.production.root.devices.clear();
                aws.production.events.retain(|event| event.name != "EnableMFADevice");
                let key = aws.production.passkey("A");
                aws.production
                    .events
                    .push(crate::common::aws::cloudtrail::Event::sign_in(&key, crate::common::aws::ago(60)));
            })
            .unknown("root-mfa", "needs-confirmation")
            .never_tells("root-mfa", "AWS has no way to read this"),
    ]);
}
