//! The practice actions, and what each does to an account.

use super::accounts::PRODUCTION;
use super::error::PracticeError;

/// An action that does a step of the lesson.
#[derive(Debug)]
#[non_exhaustive]
pub struct ActionSpec {
    /// The name of the check whose step it does.
    pub step: &'static str,
    /// What it does, for learners.
    pub title: &'static str,
    /// Steps that must be done before.
    pub needs: &'static [&'static str],
    /// The account that it acts in.
    pub for_account: &'static str,
    pub(super) operations: &'static [Operation],
}

/// An operation on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    SignUp,
    NameAccount,
    MatchContact,
    ChoosePlan,
    EnableRootMfa,
    SignInWithMfa,
    PdfInvoice,
    FreeTierAlerts,
    BillingAlerts,
    CreateBudget,
    IamBillingAccess,
    AlternateContacts,
    CreateBucket,
    EnableVersioning,
    ShareBucket,
    TryBucket,
}

impl Operation {
    /// All operations, in an order in which they can be done.
    pub(super) const ALL: [Operation; 16] = [
        Operation::SignUp,
        Operation::NameAccount,
        Operation::MatchContact,
        Operation::ChoosePlan,
        Operation::EnableRootMfa,
        Operation::SignInWithMfa,
        Operation::PdfInvoice,
        Operation::FreeTierAlerts,
        Operation::BillingAlerts,
        Operation::CreateBudget,
        Operation::IamBillingAccess,
        Operation::AlternateContacts,
        Operation::CreateBucket,
        Operation::EnableVersioning,
        Operation::ShareBucket,
        Operation::TryBucket,
    ];

    /// Whether it is a part of setting up an account, and so done for the general account from the start. The contact
    /// is excluded, because the production account's contact is compared with it, and so is the bucket, which belongs
    /// to the production account.
    pub(super) fn sets_an_account_up(self) -> bool {
        let others = [
            Operation::MatchContact,
            Operation::CreateBucket,
            Operation::EnableVersioning,
            Operation::ShareBucket,
            Operation::TryBucket,
        ];
        !others.contains(&self)
    }
}

/// The step whose action signs up for the production account.
pub(super) const SIGN_UP: &str = "account-created";
const SIGNED_UP: &[&str] = &[SIGN_UP];
const BUCKET: &[&str] = &["shared-bucket"];

const fn action(
    step: &'static str,
    title: &'static str,
    needs: &'static [&'static str],
    operations: &'static [Operation],
) -> ActionSpec {
    ActionSpec { step, title, needs, for_account: PRODUCTION, operations }
}

const ACTIONS: &[ActionSpec] = &[
    action("unique-email", "Sign up with a separate e-mail address", &[], &[Operation::SignUp]),
    action(SIGN_UP, "Sign up for the production account", &[], &[Operation::SignUp]),
    action("account-name", "Name the account as in the lesson", SIGNED_UP, &[Operation::NameAccount]),
    action("contact-matches", "Enter the general account's name and address", SIGNED_UP, &[Operation::MatchContact]),
    action("support-plan", "Choose the general account's Support plan", SIGNED_UP, &[Operation::ChoosePlan]),
    action("root-mfa", "Enable a virtual MFA device for root", SIGNED_UP, &[Operation::EnableRootMfa]),
    action(
        "mfa-sign-in",
        "Sign out, and sign in again with the MFA device",
        &["root-mfa"],
        &[Operation::SignInWithMfa],
    ),
    action(
        "mfa",
        "Enable MFA for root and sign in with it",
        SIGNED_UP,
        &[Operation::EnableRootMfa, Operation::SignInWithMfa],
    ),
    action("pdf-invoice", "Turn on PDF invoices by e-mail", SIGNED_UP, &[Operation::PdfInvoice]),
    action("free-tier-alerts", "Turn on Free Tier usage alerts", SIGNED_UP, &[Operation::FreeTierAlerts]),
    action("billing-alerts", "Turn on billing alerts", SIGNED_UP, &[Operation::BillingAlerts]),
    action(
        "billing-preferences",
        "Turn on the three billing preferences",
        SIGNED_UP,
        &[Operation::PdfInvoice, Operation::FreeTierAlerts, Operation::BillingAlerts],
    ),
    action("cost-budget", "Create the lesson's cost budget, with an alert", SIGNED_UP, &[Operation::CreateBudget]),
    action("iam-billing-access", "Activate IAM access to billing", SIGNED_UP, &[Operation::IamBillingAccess]),
    action("alternate-contacts", "Add a billing and a security contact", SIGNED_UP, &[Operation::AlternateContacts]),
    action("shared-bucket", "Create the bucket to share", SIGNED_UP, &[Operation::CreateBucket]),
    // A new bucket is private and encrypted.
    action(
        "shared-bucket-private",
        "Create the bucket with AWS's default settings",
        SIGNED_UP,
        &[Operation::CreateBucket],
    ),
    action(
        "shared-bucket-encryption",
        "Create the bucket with AWS's default settings",
        SIGNED_UP,
        &[Operation::CreateBucket],
    ),
    action("shared-bucket-versioning", "Turn on the bucket's versioning", BUCKET, &[Operation::EnableVersioning]),
    action("shared-bucket-policy", "Allow the general account to read the bucket", BUCKET, &[Operation::ShareBucket]),
    action(
        "shared-bucket-tried",
        "Read the bucket from the general account",
        &["shared-bucket-policy"],
        &[Operation::TryBucket],
    ),
];

/// All actions, in the lesson's order.
pub fn actions() -> &'static [ActionSpec] {
    ACTIONS
}

/// The action of a step.
///
/// # Errors
/// When there is none.
pub fn find(step: &str) -> Result<&'static ActionSpec, PracticeError> {
    let found = ACTIONS.iter().find(|action| action.step == step);
    found.ok_or_else(|| PracticeError::UnknownStep { step: step.to_owned() })
}
