//! Practice actions: each does a step of the lesson in the production account, with the SDK's write calls, or, where
//! AWS has only a console for it, by setting what the console would.

use aws_sdk_account::types::ContactInformation;

use super::accounts::Account;
use super::console::SupportPlan;
use super::{PracticeCloud, PracticeError};

/// What does a step of the lesson.
#[derive(Debug)]
#[non_exhaustive]
pub struct ActionSpec {
    /// The name of the check whose step it does.
    pub step: &'static str,
    /// What it does, for whoever takes it.
    pub title: &'static str,
    /// Steps that must have been done before.
    pub needs: &'static [&'static str],
    /// The account that it acts in.
    pub for_account: &'static str,
    pub(super) deeds: &'static [Operation],
}

/// One thing done to an account.
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
    /// All of them, in an order in which they can be done.
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

    /// Whether it is a part of setting an account up, which the general account has behind it. Its contact is what
    /// the production account's is compared with, and the bucket is the production account's.
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
    deeds: &'static [Operation],
) -> ActionSpec {
    ActionSpec { step, title, needs, for_account: super::PRODUCTION, deeds }
}

const ACTIONS: &[ActionSpec] = &[
    action("unique-email", "Sign up with an e-mail address of its own", &[], &[Operation::SignUp]),
    action(SIGN_UP, "Sign up for the production account", &[], &[Operation::SignUp]),
    action("account-name", "Name the account as the lesson asks", SIGNED_UP, &[Operation::NameAccount]),
    action("contact-matches", "Enter the general account's name and address", SIGNED_UP, &[Operation::MatchContact]),
    action("support-plan", "Choose the general account's Support plan", SIGNED_UP, &[Operation::ChoosePlan]),
    action("root-mfa", "Enable a virtual MFA device for root", SIGNED_UP, &[Operation::EnableRootMfa]),
    action("mfa-sign-in", "Sign out, and in again with the MFA device", &["root-mfa"], &[Operation::SignInWithMfa]),
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
    action("shared-bucket-private", "Create the bucket, as AWS suggests it", SIGNED_UP, &[Operation::CreateBucket]),
    action("shared-bucket-encryption", "Create the bucket, as AWS suggests it", SIGNED_UP, &[Operation::CreateBucket]),
    action("shared-bucket-versioning", "Turn the bucket's versioning on", BUCKET, &[Operation::EnableVersioning]),
    action("shared-bucket-policy", "Let the general account read the bucket", BUCKET, &[Operation::ShareBucket]),
    action("shared-bucket-tried", "Read from the general account", &["shared-bucket-policy"], &[Operation::TryBucket]),
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

/// The steps that must still be done before this one, the first first.
///
/// # Errors
/// When no action does the step.
pub fn steps_before(world: &PracticeCloud, step: &str) -> Result<Vec<&'static str>, PracticeError> {
    let mut before = Vec::new();
    for need in find(step)?.needs {
        if !world.has_done(need) {
            before.extend(steps_before(world, need)?);
            before.push(*need);
        }
    }
    Ok(before)
}

/// Does a step. What was done before stays as it is: an action taken twice changes nothing.
///
/// # Errors
/// When no action does the step, when another step must come first, or when the account refuses.
pub async fn take(world: &PracticeCloud, step: &str, time: i64) -> Result<(), PracticeError> {
    let action = find(step)?;
    if let Some(first) = steps_before(world, step)?.first() {
        return Err(PracticeError::Needs { step: step.to_owned(), first: (*first).to_owned() });
    }
    for deed in action.deeds {
        if !world.is_done(*deed) {
            perform(world, Account::Production, *deed, time).await?;
            world.note_done(*deed);
        }
    }
    Ok(())
}

/// Does one thing to an account.
pub(super) async fn perform(
    world: &PracticeCloud,
    account: Account,
    deed: Operation,
    time: i64,
) -> Result<(), PracticeError> {
    world.cloud.set_clock(time);
    let host = world.cloud.host(account);
    let writer = world.writer(account);
    match deed {
        Operation::SignUp => sign_up(world, account, time).await,
        Operation::NameAccount => {
            let name = match account {
                Account::General => "learner-general".to_owned(),
                Account::Production => format!("learner{}", world.lesson.account_suffix),
            };
            writer.put_account_name(&name).await
        }
        Operation::MatchContact => match world.writer(Account::General).contact_information().await? {
            Some(contact) => writer.put_contact_information(contact).await,
            None => Err(PracticeError::Refused { why: "the general account has no contact information".to_owned() }),
        },
        Operation::ChoosePlan => {
            host.console().plan = SupportPlan::Business;
            Ok(())
        }
        Operation::EnableRootMfa => {
            writer.create_root_mfa_device().await?;
            host.console().enable_root_mfa(time);
            Ok(())
        }
        Operation::SignInWithMfa => {
            host.console().sign_in(time);
            Ok(())
        }
        // AWS has neither an operation nor a documented event for it.
        Operation::PdfInvoice => Ok(()),
        Operation::FreeTierAlerts => {
            host.console().billing("SetFreetierBudgetsPreference", time);
            Ok(())
        }
        Operation::BillingAlerts => {
            {
                let mut console = host.console();
                console.billing_alerts = true;
                console.billing("EnableBillingAlerts", time);
            }
            writer.put_estimated_charges(time).await
        }
        Operation::CreateBudget => writer.create_budget().await,
        Operation::IamBillingAccess => {
            host.console().billing("SetIAMAccessPreference", time);
            Ok(())
        }
        Operation::AlternateContacts => writer.put_alternate_contacts().await,
        Operation::CreateBucket => writer.create_bucket().await,
        Operation::EnableVersioning => writer.enable_versioning().await,
        Operation::ShareBucket => writer.share_bucket(Account::General).await,
        // Reading leaves no trace in the account: CloudTrail's event history has no data events.
        Operation::TryBucket => Ok(()),
    }
}

/// Signs up. The form takes a name for the account and a contact; those of the production account are not what the
/// lesson asks for yet.
async fn sign_up(world: &PracticeCloud, account: Account, time: i64) -> Result<(), PracticeError> {
    let host = world.cloud.host(account);
    host.console().sign_up(time);
    let contact = ContactInformation::builder().city("Seattle").country_code("US").phone_number("+1 206 555 0100");
    let contact = match account {
        Account::General => contact.full_name("Lee Learner").address_line1("1 Practice Street").postal_code("98101"),
        Account::Production => contact.full_name("L. Learner").address_line1("99 Other Avenue").postal_code("98199"),
    };
    let writer = world.writer(account);
    writer.put_account_name("learner").await?;
    writer.put_contact_information(contact.build().map_err(PracticeError::aws)?).await?;
    let mut console = host.console();
    console.forget_events();
    console.sign_in(time);
    Ok(())
}
