//! Writes to the practice accounts as actions do, and reads them with the SDK's clients.

use aws_config::SdkConfig;
use aws_sdk_account::types::AlternateContactType;
use aws_sdk_billing::types::{BillingFeature, PreferenceValue};
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use aws_sdk_iam::types::{AssignmentStatusType, SummaryKeyType};
use aws_smithy_types::DateTime;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use evidence::connection::Connection;
use serde_json::{Map, Value, json};
use std::fmt;

use super::cloud::DAY;
use super::*;

mod calls;
mod events;
mod organization;
mod refusals;
mod same;
mod switches;

const NOW: i64 = 1_790_000_000;
const THEN: i64 = NOW - 3 * DAY;

/// Accounts with these names, all of which were signed up for.
async fn accounts(names: &[&str]) -> PracticeCloud {
    let all: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let practice = PracticeCloud::new(&all, THEN).unwrap();
    for name in names {
        practice.switch(name, Switch::SignUp, &format!("sign-up {name}")).await.unwrap();
    }
    practice
}

/// Writes to an account, which must succeed. The ids are derived from the operation.
async fn write(practice: &PracticeCloud, account: &str, call: &str, input: Value) -> Value {
    let made = try_write(practice, account, call, None, input).await;
    made.unwrap_or_else(|error| panic!("{error}"))
}

async fn try_write(
    practice: &PracticeCloud,
    account: &str,
    call: &str,
    region: Option<&str>,
    input: Value,
) -> Result<Value, PracticeError> {
    let Value::Object(input) = input else { panic!("an input is an object") };
    let origin = format!("{call} {}", Value::Object(input.clone()));
    practice.call(account, writes::find(call).unwrap(), region, input, &origin).await
}

/// The configuration for reading an account.
fn reading(practice: &PracticeCloud, account: &str) -> SdkConfig {
    let name = account.to_owned();
    match practice.connections([&name], &|_| None).remove(account) {
        Some(Connection::Sdk(connected)) => connected.sdk,
        other => panic!("{other:?}"),
    }
}

/// The reading clients of an account.
struct Reads {
    id: String,
    account: aws_sdk_account::Client,
    billing: aws_sdk_billing::Client,
    budgets: aws_sdk_budgets::Client,
    cloudtrail: aws_sdk_cloudtrail::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    iam: aws_sdk_iam::Client,
    organizations: aws_sdk_organizations::Client,
    s3: aws_sdk_s3::Client,
    sts: aws_sdk_sts::Client,
    support: aws_sdk_support::Client,
}

fn reads(practice: &PracticeCloud, account: &str) -> Reads {
    let config = reading(practice, account);
    Reads {
        id: practice.account_id(account).unwrap().to_owned(),
        account: aws_sdk_account::Client::new(&config),
        billing: aws_sdk_billing::Client::new(&config),
        budgets: aws_sdk_budgets::Client::new(&config),
        cloudtrail: aws_sdk_cloudtrail::Client::new(&config),
        cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
        iam: aws_sdk_iam::Client::new(&config),
        organizations: aws_sdk_organizations::Client::new(&config),
        s3: aws_sdk_s3::Client::new(&config),
        sts: aws_sdk_sts::Client::new(&config),
        support: aws_sdk_support::Client::new(&config),
    }
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

    async fn plan(&self) -> String {
        let request = self.billing.list_business_support_subscription_history().account_id(&self.id);
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
        self.budgets.describe_budgets().account_id(&self.id).send().await.unwrap().budgets.unwrap_or_default()
    }
}

/// A read of the table, by the caller of any read.
async fn read(practice: &PracticeCloud, account: &str, call: &str, input: Value) -> Value {
    let Value::Object(input) = input else { panic!("an input is an object") };
    let found = evidence::reads::find(call).unwrap();
    let config = reading(practice, account);
    let region = config.region().unwrap().to_string();
    let reader = evidence::Reader::new(account, config, evidence::CallLog::default());
    let id = practice.account_id(account).unwrap();
    let client = evidence::client::Client::new(reader.with_account_id(id), []);
    let answer = client.read(evidence::client::Call { found, region: &region, input: &input }).await;
    answer.unwrap_or_else(|failure| panic!("{call}: {failure:?}")).value
}

/// An input of one member.
fn one(name: &str, value: impl Into<Value>) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value.into())]))
}
