//! Takes practice actions: each does a step of the lesson in the production account, with the SDK's write calls, or, where
//! AWS has only a console for it, by setting what the console would.

use aws_sdk_account::types::ContactInformation;

use super::accounts::Account;
use super::actions::{Operation, find};
use super::console::SupportPlan;
use super::error::PracticeError;
use super::practice_cloud::PracticeCloud;

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
