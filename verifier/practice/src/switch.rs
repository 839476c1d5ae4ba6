//! Switches: what AWS has only a console or a sign-up for.

use course::diagnostic::did_you_mean;
use serde_json::Value;

/// A Support plan, as far as the API shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SupportPlan {
    /// Basic Support, the plan of a new account. It does not include the Support API.
    Basic,
    /// Business Support, now Business Support+.
    Business,
}

/// A switch and its new position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// `sign-up`: the account is created.
    SignUp,
    /// `root-mfa`: the root user's virtual MFA device.
    RootMfa(bool),
    /// `root-sign-in`: the root user signs in to the console, with the MFA device if there is one.
    RootSignIn,
    /// `user-sign-in`: an IAM user signs in to the console, with the MFA device if there is one.
    UserSignIn(String),
    /// `access-key-use`: an IAM user calls STS with each of their active access keys.
    AccessKeyUse(String),
    /// `bucket-list`: the root user opens the list of S3's buckets, which service control policies can deny.
    BucketList,
    /// `support-plan`: the account's Support plan.
    SupportPlan(SupportPlan),
    /// `pdf-invoice`: PDF invoices by e-mail. AWS has neither an operation nor a documented event for it.
    PdfInvoice(bool),
    /// `free-tier-alerts`: alerts of the Free Tier. CloudTrail has an event for it.
    FreeTierAlerts(bool),
    /// `billing-alerts`: CloudWatch billing alerts. CloudTrail has an event, and CloudWatch has metrics.
    BillingAlerts(bool),
    /// `iam-billing-access`: whether IAM users may see the billing console. CloudTrail has an event for it.
    IamBillingAccess(bool),
}

/// The switch that creates an account.
pub const SIGN_UP: &str = "sign-up";

/// The names of the switches.
pub const SWITCHES: [&str; 11] = [
    SIGN_UP,
    "root-mfa",
    "root-sign-in",
    "user-sign-in",
    "access-key-use",
    "bucket-list",
    "support-plan",
    "pdf-invoice",
    "free-tier-alerts",
    "billing-alerts",
    "iam-billing-access",
];

impl Switch {
    /// The switch with this name and position.
    ///
    /// # Errors
    /// When there is no such switch or position. The first value says whether it is about the position.
    pub fn read(name: &str, to: &Value) -> Result<Switch, (bool, String)> {
        let is_on = || to.as_bool().ok_or_else(|| (true, format!("`{name}` is turned to true or false")));
        let only_on = |switch| match to {
            Value::Bool(true) => Ok(switch),
            _ => Err((true, format!("`{name}` cannot be undone, so it has no `to` but true"))),
        };
        let user = || match to.as_str() {
            Some(user) if !user.is_empty() => Ok(user.to_owned()),
            _ => Err((true, format!("`{name}` has the name of an IAM user in `to`"))),
        };
        match name {
            SIGN_UP => only_on(Switch::SignUp),
            "root-sign-in" => only_on(Switch::RootSignIn),
            "bucket-list" => only_on(Switch::BucketList),
            "user-sign-in" => user().map(Switch::UserSignIn),
            "access-key-use" => user().map(Switch::AccessKeyUse),
            "root-mfa" => is_on().map(Switch::RootMfa),
            "pdf-invoice" => is_on().map(Switch::PdfInvoice),
            "free-tier-alerts" => is_on().map(Switch::FreeTierAlerts),
            "billing-alerts" => is_on().map(Switch::BillingAlerts),
            "iam-billing-access" => is_on().map(Switch::IamBillingAccess),
            "support-plan" => match to.as_str() {
                Some("basic") => Ok(Switch::SupportPlan(SupportPlan::Basic)),
                Some("business") => Ok(Switch::SupportPlan(SupportPlan::Business)),
                _ => Err((true, "a Support plan is \"basic\" or \"business\"".to_owned())),
            },
            _ => {
                let hint = match did_you_mean(name, SWITCHES.into_iter()) {
                    hint if hint.is_empty() => format!(": the switches are {}", SWITCHES.join(", ")),
                    hint => hint,
                };
                Err((false, format!("there is no switch `{name}`{hint}")))
            }
        }
    }
}

impl SupportPlan {
    /// The name in `billing:ListBusinessSupportSubscriptionHistory` (API reference).
    pub(super) fn api_name(self) -> &'static str {
        match self {
            SupportPlan::Basic => "AWSSupportEssential",
            SupportPlan::Business => "AWSSupportBusiness",
        }
    }
}
