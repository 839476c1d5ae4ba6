//! Practice actions: each does a step of the lesson in the practice account, with the SDK's write calls, or, where
//! AWS has only a console for it, by setting what the console would.

use aws_sdk_account::types::{AlternateContactType, ContactInformation};
use aws_sdk_budgets::types::{
    Budget, BudgetType, ComparisonOperator, Notification, NotificationType, NotificationWithSubscribers, Spend,
    Subscriber, SubscriptionType, ThresholdType, TimeUnit,
};
use aws_sdk_cloudwatch::types::MetricDatum;
use aws_sdk_organizations::types::OrganizationFeatureSet;
use std::error::Error;

use super::{PracticeError, Writer};

/// What does a step.
#[derive(Debug)]
pub struct Action {
    /// The name of the check.
    pub step: &'static str,
    /// What it does, for whoever takes it.
    pub title: &'static str,
    /// Steps whose actions come first.
    pub needs: &'static [&'static str],
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    SignUp,
    RenameAccount,
    MatchContact,
    MatchSupportPlan,
    EnableRootMfa,
    SignInWithMfa,
    TurnOnPdfInvoices,
    TurnOnFreeTierAlerts,
    TurnOnBillingAlerts,
    CreateBudget,
    AllowIamBillingAccess,
    AddAlternateContacts,
    /// Its members' actions do it.
    Nothing,
}

const fn action(step: &'static str, title: &'static str, needs: &'static [&'static str], kind: Kind) -> Action {
    Action { step, title, needs, kind }
}

/// The actions in the order of the lesson.
pub const ALL: &[Action] = &[
    action("account-created", "Signs up for the production account", &[], Kind::SignUp),
    action("unique-email", "Signs up with an e-mail address of its own", &["account-created"], Kind::Nothing),
    action(
        "contact-matches",
        "Enters the general account's name and address",
        &["account-created"],
        Kind::MatchContact,
    ),
    action("account-name", "Names the account learner-production", &["account-created"], Kind::RenameAccount),
    action("support-plan", "Chooses the general account's Support plan", &["account-created"], Kind::MatchSupportPlan),
    action("root-mfa", "Enables a virtual MFA device for root", &["account-created"], Kind::EnableRootMfa),
    action("mfa-sign-in", "Signs out and in again with the device", &["root-mfa"], Kind::SignInWithMfa),
    action("mfa", "Enables MFA for root and signs in with it", &["root-mfa", "mfa-sign-in"], Kind::Nothing),
    action("pdf-invoice", "Ticks “PDF invoices by e-mail”", &["account-created"], Kind::TurnOnPdfInvoices),
    action("free-tier-alerts", "Ticks “Free Tier usage alerts”", &["account-created"], Kind::TurnOnFreeTierAlerts),
    action("billing-alerts", "Ticks “CloudWatch billing alerts”", &["account-created"], Kind::TurnOnBillingAlerts),
    action(
        "billing-preferences",
        "Ticks the three billing preferences",
        &["pdf-invoice", "free-tier-alerts", "billing-alerts"],
        Kind::Nothing,
    ),
    action("cost-budget", "Creates a cost budget with an alert", &["account-created"], Kind::CreateBudget),
    action("iam-billing-access", "Activates IAM access to billing", &["account-created"], Kind::AllowIamBillingAccess),
    action(
        "alternate-contacts",
        "Adds billing and security contacts",
        &["account-created"],
        Kind::AddAlternateContacts,
    ),
];

/// The action of a step.
///
/// # Errors
/// When no action does it.
pub fn find(step: &str) -> Result<&'static Action, PracticeError> {
    ALL.iter().find(|action| action.step == step).ok_or_else(|| PracticeError::NoAction(step.to_owned()))
}

/// A step's action with those that come first and haven't been taken, in the order to take them.
///
/// # Errors
/// When no action does the step.
pub fn with_those_before(step: &str, taken: &[String]) -> Result<Vec<&'static Action>, PracticeError> {
    let mut order = Vec::new();
    collect(find(step)?, taken, &mut order)?;
    Ok(order)
}

fn collect(action: &'static Action, taken: &[String], order: &mut Vec<&'static Action>) -> Result<(), PracticeError> {
    for first in action.needs {
        collect(find(first)?, taken, order)?;
    }
    let known = taken.iter().any(|taken| taken == action.step) || order.iter().any(|other| other.step == action.step);
    if !known {
        order.push(action);
    }
    Ok(())
}

fn failed(error: impl Error) -> PracticeError {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    PracticeError::Emulator(words)
}

/// The name and address that the general account was signed up with.
fn general_contact() -> Result<ContactInformation, PracticeError> {
    ContactInformation::builder()
        .full_name("Lee Arner")
        .address_line1("1 Practice Street")
        .city("Springfield")
        .postal_code("12345")
        .country_code("US")
        .phone_number("+1 555 0100 100")
        .build()
        .map_err(failed)
}

impl Writer<'_> {
    fn sdk(&self) -> Result<aws_config::SdkConfig, PracticeError> {
        let config = self.world.sdk_config(self.account);
        config.ok_or_else(|| PracticeError::Emulator(format!("there is no {} account", self.account)))
    }

    /// The general account: its organization, its name and its contact data.
    pub(super) async fn set_up_general(&self) -> Result<(), PracticeError> {
        let sdk = self.sdk()?;
        let organizations = aws_sdk_organizations::Client::new(&sdk);
        organizations.create_organization().feature_set(OrganizationFeatureSet::All).send().await.map_err(failed)?;
        let account = aws_sdk_account::Client::new(&sdk);
        account.put_account_name().account_name("learner-general").send().await.map_err(failed)?;
        account.put_contact_information().contact_information(general_contact()?).send().await.map_err(failed)?;
        Ok(())
    }

    pub(super) async fn take(&self, action: &Action, time: i64) -> Result<(), PracticeError> {
        let front = &self.world.front;
        match action.kind {
            Kind::SignUp => {
                front.in_console(|console| console.sign_up(time));
                self.sign_up_data().await
            }
            Kind::RenameAccount => self.rename("learner-production").await,
            Kind::MatchContact => self.put_contact(general_contact()?).await,
            Kind::MatchSupportPlan => {
                front.in_console(|console| console.choose_business_support());
                Ok(())
            }
            Kind::EnableRootMfa => {
                front.in_console(|console| console.enable_root_mfa(time));
                Ok(())
            }
            Kind::SignInWithMfa => {
                front.in_console(|console| console.sign_in_with_mfa(time.saturating_add(1)));
                Ok(())
            }
            // AWS has neither an operation nor a documented event for it.
            Kind::TurnOnPdfInvoices | Kind::Nothing => Ok(()),
            Kind::TurnOnFreeTierAlerts => {
                front.in_console(|console| console.billing_console("SetFreetierBudgetsPreference", time));
                Ok(())
            }
            Kind::TurnOnBillingAlerts => {
                front.in_console(|console| console.turn_on_billing_alerts(time));
                self.put_billing_metric().await
            }
            Kind::CreateBudget => self.create_budget().await,
            Kind::AllowIamBillingAccess => {
                front.in_console(|console| console.billing_console("SetIAMAccessPreference", time));
                Ok(())
            }
            Kind::AddAlternateContacts => self.add_alternate_contacts().await,
        }
    }

    /// What the sign-up form takes down: a name and address that are not yet those of the general account.
    async fn sign_up_data(&self) -> Result<(), PracticeError> {
        self.rename("learner").await?;
        let mut contact = general_contact()?;
        contact.full_name = "L. Arner".to_owned();
        contact.address_line1 = "2 Other Street".to_owned();
        self.put_contact(contact).await
    }

    async fn rename(&self, name: &str) -> Result<(), PracticeError> {
        let account = aws_sdk_account::Client::new(&self.sdk()?);
        account.put_account_name().account_name(name).send().await.map(|_| ()).map_err(failed)
    }

    async fn put_contact(&self, contact: ContactInformation) -> Result<(), PracticeError> {
        let account = aws_sdk_account::Client::new(&self.sdk()?);
        account.put_contact_information().contact_information(contact).send().await.map(|_| ()).map_err(failed)
    }

    /// The metric that AWS writes once billing alerts are on.
    async fn put_billing_metric(&self) -> Result<(), PracticeError> {
        let cloudwatch = aws_sdk_cloudwatch::Client::new(&self.sdk()?);
        let datum = MetricDatum::builder().metric_name("EstimatedCharges").value(0.0).build();
        let request = cloudwatch.put_metric_data().namespace("AWS/Billing").metric_data(datum);
        request.send().await.map(|_| ()).map_err(failed)
    }

    async fn create_budget(&self) -> Result<(), PracticeError> {
        let budget = Budget::builder()
            .budget_name("My Monthly Cost Budget")
            .budget_type(BudgetType::Cost)
            .time_unit(TimeUnit::Monthly)
            .budget_limit(Spend::builder().amount("10.0").unit("USD").build().map_err(failed)?)
            .build()
            .map_err(failed)?;
        let alert = Notification::builder()
            .notification_type(NotificationType::Actual)
            .comparison_operator(ComparisonOperator::GreaterThan)
            .threshold(50.0)
            .threshold_type(ThresholdType::Percentage)
            .build()
            .map_err(failed)?;
        let subscriber = Subscriber::builder()
            .subscription_type(SubscriptionType::Email)
            .address("learner+production@example.com")
            .build()
            .map_err(failed)?;
        let alert = NotificationWithSubscribers::builder()
            .notification(alert)
            .subscribers(subscriber)
            .build()
            .map_err(failed)?;
        let budgets = aws_sdk_budgets::Client::new(&self.sdk()?);
        let request = budgets.create_budget().account_id(super::console::PRODUCTION_ID).budget(budget);
        request.notifications_with_subscribers(alert).send().await.map(|_| ()).map_err(failed)
    }

    async fn add_alternate_contacts(&self) -> Result<(), PracticeError> {
        let account = aws_sdk_account::Client::new(&self.sdk()?);
        for kind in [AlternateContactType::Billing, AlternateContactType::Security] {
            let request = account
                .put_alternate_contact()
                .alternate_contact_type(kind)
                .name("Lee Arner")
                .title("Owner")
                .email_address("learner+production@example.com")
                .phone_number("+1 555 0100 100");
            request.send().await.map_err(failed)?;
        }
        Ok(())
    }
}
