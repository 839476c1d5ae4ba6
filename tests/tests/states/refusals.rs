//! AWS's own reason is shown, and advice is given only if the cause is known.

use super::table::{State, check, state};
use crate::common::aws::{Aws, error};

const BUDGETS: &str = "budgets:DescribeBudgets";
/// The advice if only the role's own policies can be the cause.
const ALLOW_IT: &str = "allow it for the role";

/// A call for the production account's budgets is refused, and AWS says why.
fn refused(name: &'static str, because: &'static str) -> State {
    state(name)
        .with(move |aws| aws.production.deny_because(BUDGETS, "budgets:ViewBudget", because))
        .unknown("cost-budget", "denied")
}

#[test]
fn the_policy_that_denies_a_call_is_reported() {
    check(vec![
        refused("no policy allows it", "because no identity-based policy allows the budgets:ViewBudget action")
            .tells("cost-budget", "budgets:ViewBudget"),
        refused("a permissions boundary", "because no permissions boundary allows the budgets:ViewBudget action")
            .tells("cost-budget", "permissions boundary")
            .never_tells("cost-budget", ALLOW_IT),
        refused("a service control policy", "with an explicit deny in a service control policy")
            .tells("cost-budget", "service control policy")
            .never_tells("cost-budget", ALLOW_IT),
        refused("no service control policy allows it", "because no service control policy allows the budgets:ViewBudget action")
            .tells("cost-budget", "service control policy")
            .never_tells("cost-budget", ALLOW_IT),
        refused("a resource control policy", "with an explicit deny in a resource control policy")
            .tells("cost-budget", "resource control policy")
            .never_tells("cost-budget", ALLOW_IT),
        refused("a session policy", "because no session policy allows the budgets:ViewBudget action")
            .tells("cost-budget", "session policy")
            .never_tells("cost-budget", ALLOW_IT),
        refused("a kind of policy from tomorrow", "with an explicit deny in a galactic policy")
            .tells("cost-budget", "galactic policy")
            .never_tells("cost-budget", ALLOW_IT),
        state("a resource control policy, about the bucket")
            .with(|aws| {
                let because = "on resource: \"arn:aws:s3:::ada-production-shared\" with an explicit deny in a resource control policy";
                aws.production.deny_because("s3:GetBucketPolicy", "s3:GetBucketPolicy", because);
            })
            .unknown("shared-bucket-policy", "denied")
            .tells("shared-bucket-policy", "resource control policy")
            .never_tells("shared-bucket-policy", ALLOW_IT),
        state("a permissions boundary, about root's summary")
            .with(|aws| {
                let because = "because no permissions boundary allows the iam:GetAccountSummary action";
                aws.production.deny_because("iam:GetAccountSummary", "iam:GetAccountSummary", because);
            })
            .unknown("root-mfa", "denied")
            .unknown("mfa-sign-in", "denied")
            .tells("root-mfa", "permissions boundary")
            .never_tells("root-mfa", ALLOW_IT),
    ]);
}

#[test]
fn what_aws_waits_for_is_told() {
    let member = |aws: &mut Aws| {
        let message = "Account 444455556666 is a linked account. To enable budgets for your account, ask the payer account to enable budgets first.";
        aws.production.answer(BUDGETS, error(400, "AccessDeniedException", message));
        aws.production
            .answer("budgets:DescribeBudgetNotificationsForAccount", error(400, "AccessDeniedException", message));
    };
    let activating = |aws: &mut Aws| {
        aws.production.state = "PENDING_ACTIVATION".to_owned();
        let message = "Your account is not signed up for the S3 service. You must sign up before you can use S3.";
        aws.production.answer("s3:ListBuckets", error(403, "NotSignedUp", message));
        let message = "The AWS Access Key Id needs a subscription for the service";
        aws.production.answer("cloudtrail:LookupEvents", error(403, "OptInRequired", message));
    };
    check(vec![
        state("a new member of an organization")
            .with(member)
            .unknown("cost-budget", "denied")
            .tells("cost-budget", "ask the payer account to enable budgets first")
            .never_tells("cost-budget", ALLOW_IT)
            .never_tells("cost-budget", "444455556666"),
        state("an account that is still activating")
            .with(activating)
            .not_yet("account-created")
            .tells("account-created", "PENDING_ACTIVATION")
            .unknown("shared-bucket", "")
            .tells("shared-bucket", "not signed up")
            .unknown("shared-bucket-policy", "")
            .unknown("mfa-sign-in", "")
            .tells("mfa-sign-in", "needs a subscription")
            .others_may_differ(),
        state("a region that is off")
            .region("ap-east-1")
            .with(|aws| {
                let message = "STS is not activated in this region for account:444455556666. Your account administrator can activate STS in this region using the IAM Console.";
                aws.production.answer("sts:GetCallerIdentity@ap-east-1", error(403, "RegionDisabledException", message));
            })
            .unknown("cost-budget", "")
            .tells("cost-budget", "not activated in this region")
            .never_tells("cost-budget", "444455556666")
            .verified("cost-budget@general")
            .others_may_differ(),
        state("the bucket's region is off")
            .with(|aws| {
                let message = "The region me-south-1 is disabled for this account.";
                for call in ["GetPublicAccessBlock", "GetBucketPolicy", "GetBucketVersioning", "GetBucketEncryption"] {
                    aws.production.answer(&format!("s3:{call}"), error(400, "RegionDisabled", message));
                }
            })
            .unknown("shared-bucket-policy", "service-error")
            .unknown("shared-bucket-private", "service-error")
            .unknown("shared-bucket-versioning", "service-error")
            .unknown("shared-bucket-encryption", "service-error")
            .tells("shared-bucket-versioning", "me-south-1 is disabled"),
        state("a service fails with words of its own")
            .with(|aws| aws.production.answer(BUDGETS, error(400, "BillingViewHealthStatusException", "The billing view is being rebuilt.")))
            .unknown("cost-budget", "service-error")
            .tells("cost-budget", "The billing view is being rebuilt."),
        state("a service fails without a word")
            .with(|aws| aws.production.answer(BUDGETS, error(500, "InternalErrorException", "")))
            .unknown("cost-budget", "service-error")
            .tells("cost-budget", "InternalErrorException"),
    ]);
}

#[test]
fn identifiers_in_awss_words_are_masked() {
    let words = |name: &'static str, message: &'static str| {
        state(name)
            .with(move |aws| aws.production.answer(BUDGETS, error(400, "ValidationException", message)))
            .unknown("cost-budget", "service-error")
    };
    check(vec![
        words("an account id", "Account 444455556666 has no payer.")
            .tells("cost-budget", "has no payer")
            .never_tells("cost-budget", "444455556666"),
        words("an e-mail address", "Ask ada+production@example.org about it.")
            .tells("cost-budget", "about it")
            .never_tells("cost-budget", "ada+production"),
        words("HTML and a line break", "<b>No</b>\n::error::yes")
            .tells("cost-budget", "No")
            .never_tells("cost-budget", "\n"),
    ]);
}
