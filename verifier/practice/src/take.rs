//! Takes practice actions. Each does a step of the lesson in the production account, with write calls of the SDK. If
//! AWS has only a console for it, the action changes the state of the console.

use aws_sdk_account::types::ContactInformation;

use super::accounts::Account;
use super::actions::{Operation, find};
use super::console::SupportPlan;
use super::error::PracticeError;
use super::practice_cloud::PracticeCloud;

/// The steps that must still be done before this one, in order.
///
/// # Errors
/// When no action does the step.
pub fn steps_before(practice: &PracticeCloud, step: &str) -> Result<Vec<&'static str>, PracticeError> {
    let mut before = Vec::new();
    for need in find(step)?.needs {
        if !practice.has_done(need) {
            before.extend(steps_before(practice, need)?);
            before.push(*need);
        }
    }
    Ok(before)
}

/// Does a step. Taking an action twice changes nothing.
///
/// # Errors
/// When no action does the step, when another step must come first, or when the account refuses.
pub async fn take(practice: &PracticeCloud, step: &str, time: i64) -> Result<(), PracticeError> {
    let action = find(step)?;
    if let Some(first) = steps_before(practice, step)?.first() {
        return Err(PracticeError::Needs { step: step.to_owned(), first: (*first).to_owned() });
    }
    for operation in action.operations {
        if !practice.is_done(*operation) {
            perform(practice, Account::Production, *operation, time).await?;
            practice.note_done(*operation);
        }
    }
    Ok(())
}

/// Does an operation on an account.
pub(super) async fn perform(
    practice: &PracticeCloud,
    account: Account,
    operation: Operation,
    time: i64,
) -> Result<(), PracticeError> {
    practice.cloud.set_clock(time);
    let host = practice.cloud.host(account);
    let writer = practice.writer(account);
    match operation {
        Operation::SignUp => sign_up(practice, account, time).await,
        Operation::NameAccount => {
            let name = match account {
                Account::General => "learner-general".to_owned(),
                Account::Production => format!("learner{}", practice.lesson.account_suffix),
            };
            writer.put_account_name(&name).await
        }
        Operation::MatchContact => match practice.writer(Account::General).contact_information().await? {
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
        // AWS has neither an API operation nor a documented event for it.
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

/// Signs up. The form has an account name and a contact. For the production account, these are not yet as in the
/// lesson.
async fn sign_up(practice: &PracticeCloud, account: Account, time: i64) -> Result<(), PracticeError> {
    let host = practice.cloud.host(account);
    host.console().sign_up(time);
    let contact = ContactInformation::builder().city("Seattle").country_code("US").phone_number("+1 206 555 0100");
    let contact = match account {
        Account::General => contact.full_name("Lee Learner").address_line1("1 Practice Street").postal_code("98101"),
        Account::Production => contact.full_name("L. Learner").address_line1("99 Other Avenue").postal_code("98199"),
    };
    let writer = practice.writer(account);
    writer.put_account_name("learner").await?;
    writer.put_contact_information(contact.build().map_err(PracticeError::aws)?).await?;
    let mut console = host.console();
    console.forget_events();
    console.sign_in(time);
    Ok(())
}
