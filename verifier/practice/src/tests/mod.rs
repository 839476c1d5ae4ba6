//! Reads the practice accounts with the SDK's clients.

use aws_config::Region;
use aws_sdk_account::types::AlternateContactType;
use aws_sdk_billing::types::{BillingFeature, PreferenceValue};
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use aws_sdk_iam::types::{AssignmentStatusType, SummaryKeyType};
use aws_smithy_types::DateTime;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use course::param::Params;
use serde_json::Value;
use std::fmt;

use super::accounts::{Account, Caller};
use super::actions::Operation;
use super::cloud::DAY;
use super::sdk::config;
use super::*;

mod events;
mod refusals;
mod steps;

const NOW: i64 = 1_790_000_000;
const THEN: i64 = NOW - 3 * DAY;
const GENERAL_ID: &str = "111122223333";
const PRODUCTION_ID: &str = "444455556666";

/// The reading clients of an account.
struct Reads {
    id: &'static str,
    account: aws_sdk_account::Client,
    billing: aws_sdk_billing::Client,
    budgets: aws_sdk_budgets::Client,
    cloudtrail: aws_sdk_cloudtrail::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    iam: aws_sdk_iam::Client,
    organizations: aws_sdk_organizations::Client,
    sts: aws_sdk_sts::Client,
    support: aws_sdk_support::Client,
}

fn general(practice: &PracticeCloud) -> Reads {
    reads(practice, GENERAL)
}

fn production_of(practice: &PracticeCloud) -> Reads {
    reads(practice, PRODUCTION)
}

fn reads(practice: &PracticeCloud, account: &str) -> Reads {
    let config = practice.sdk_config(account).unwrap();
    Reads {
        id: if account == GENERAL { GENERAL_ID } else { PRODUCTION_ID },
        account: aws_sdk_account::Client::new(&config),
        billing: aws_sdk_billing::Client::new(&config),
        budgets: aws_sdk_budgets::Client::new(&config),
        cloudtrail: aws_sdk_cloudtrail::Client::new(&config),
        cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
        iam: aws_sdk_iam::Client::new(&config),
        organizations: aws_sdk_organizations::Client::new(&config),
        sts: aws_sdk_sts::Client::new(&config),
        support: aws_sdk_support::Client::new(&config),
    }
}

async fn fresh(steps: &[&str]) -> PracticeCloud {
    let step = |(at, step): (i64, &&str)| TakenAction { step: (*step).to_owned(), time: THEN + at * 60 };
    let taken: Vec<TakenAction> = (0i64..).zip(steps).map(step).collect();
    PracticeCloud::open(Start::Fresh, &taken, &Params::new(), NOW).await.unwrap()
}

/// Reads the production account after the sign-up and these steps.
async fn production(steps: &[&str]) -> Reads {
    let steps: Vec<&str> = ["account-created"].iter().chain(steps).copied().collect();
    reads(&fresh(&steps).await, PRODUCTION)
}

/// The code of an error, and whether it came from the account, not from the SDK.
fn code<E: ProvideErrorMetadata>(result: Result<impl fmt::Debug, E>) -> String {
    result.unwrap_err().code().unwrap_or("no code").to_owned()
}

impl Reads {
    async fn events(&self, key: LookupAttributeKey, value: &str) -> Vec<Event> {
        let attribute = LookupAttribute::builder().attribute_key(key).attribute_value(value).build().unwrap();
        let request = self.cloudtrail.lookup_events().lookup_attributes(attribute);
        request.send().await.unwrap().events.unwrap()
    }

    async fn event(&self, name: &str) -> Option<Value> {
        let events = self.events(LookupAttributeKey::EventName, name).await;
        events.first().map(|event| serde_json::from_str(event.cloud_trail_event().unwrap()).unwrap())
    }

    async fn name(&self) -> String {
        self.account.get_account_information().send().await.unwrap().account_name.unwrap()
    }

    async fn contact(&self) -> aws_sdk_account::types::ContactInformation {
        self.account.get_contact_information().send().await.unwrap().contact_information.unwrap()
    }

    async fn plan(&self) -> String {
        let request = self.billing.list_business_support_subscription_history().account_id(self.id);
        let contracts = request.send().await.unwrap().subscription_contracts;
        assert_eq!(contracts.len(), 1);
        assert_eq!(contracts[0].account_id, self.id);
        contracts[0].plan_name.clone()
    }

    async fn root_mfa(&self) -> i32 {
        let summary = self.iam.get_account_summary().send().await.unwrap().summary_map.unwrap();
        assert_eq!(summary[&SummaryKeyType::from("AccountPasswordPresent")], 1);
        assert_eq!(summary[&SummaryKeyType::AccountAccessKeysPresent], 0);
        assert_eq!(summary[&SummaryKeyType::UsersQuota], 5000, "winterbaume's own entries stay");
        summary[&SummaryKeyType::AccountMfaEnabled]
    }

    async fn devices(&self, status: AssignmentStatusType) -> Vec<aws_sdk_iam::types::VirtualMfaDevice> {
        self.iam.list_virtual_mfa_devices().assignment_status(status).send().await.unwrap().virtual_mfa_devices
    }

    async fn metrics(&self) -> usize {
        self.cloudwatch.list_metrics().namespace("AWS/Billing").send().await.unwrap().metrics.unwrap_or_default().len()
    }

    async fn billing_alerts(&self) -> PreferenceValue {
        let request = self.billing.get_billing_preferences().features(BillingFeature::BillingAlerts);
        request.send().await.unwrap().billing_preferences[0].value.clone()
    }

    async fn budgets(&self) -> Vec<aws_sdk_budgets::types::Budget> {
        self.budgets.describe_budgets().account_id(self.id).send().await.unwrap().budgets.unwrap()
    }

    async fn alternate_contact(&self, kind: AlternateContactType) -> Option<String> {
        match self.account.get_alternate_contact().alternate_contact_type(kind).send().await {
            Ok(answer) => answer.alternate_contact.unwrap().email_address,
            Err(error) => {
                assert_eq!(error.code(), Some("ResourceNotFoundException"));
                None
            }
        }
    }

    /// Everything that the course reads, to compare accounts.
    async fn everything(&self) -> String {
        let events = self.cloudtrail.lookup_events().send().await.unwrap().events;
        let mut summary: Vec<_> =
            self.iam.get_account_summary().send().await.unwrap().summary_map.unwrap().into_iter().collect();
        summary.sort_by_key(|(key, _)| key.as_str().to_owned());
        let organization = self.organizations.describe_organization().send().await.unwrap().organization;
        let accounts = self.organizations.list_accounts().send().await.ok().and_then(|answer| answer.accounts);
        let alerts = self.budgets.describe_budget_notifications_for_account().account_id(self.id).send().await.unwrap();
        let information = self.account.get_account_information().send().await.unwrap();
        format!(
            "{:?} {:?} {:?} {:?} {summary:?} {:?} {} {:?} {events:?} {organization:?} {accounts:?} {:?} {:?} {:?}",
            information.account_name,
            information.account_created_date,
            self.contact().await,
            self.plan().await,
            self.devices(AssignmentStatusType::Any).await,
            self.metrics().await,
            self.budgets().await,
            alerts.budget_notifications_for_account,
            self.billing_alerts().await,
            self.alternate_contact(AlternateContactType::Security).await,
        )
    }
}
