//! Writes to a practice account, with write calls of the SDK.
//!
//! A [`Writer`] is built only from the practice accounts' HTTP client and keys, so it can never reach a real account.

use aws_sdk_account::types::{AlternateContactType, ContactInformation};
use aws_sdk_budgets::types::{
    Budget, BudgetType, ComparisonOperator, Notification, NotificationType, NotificationWithSubscribers, Spend,
    Subscriber, SubscriptionType, ThresholdType, TimeUnit,
};
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::DateTime;
use serde_json::json;
use std::sync::Arc;

use super::accounts::{Account, Caller, ROOT_MFA_DEVICE};
use super::cloud::Cloud;
use super::error::PracticeError;
use super::lesson::Lesson;
use super::sdk::config;

/// Clients of one account that act as its root user.
pub(super) struct Writer {
    account: Account,
    lesson: Lesson,
    accounts: aws_sdk_account::Client,
    budgets: aws_sdk_budgets::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
    iam: aws_sdk_iam::Client,
    s3: aws_sdk_s3::Client,
}

impl Writer {
    /// The writer of an account.
    pub(super) fn new(account: Account, http: SharedHttpClient, cloud: &Arc<Cloud>, lesson: &Lesson) -> Writer {
        let config = config(Caller::Root(account), http, cloud);
        Writer {
            account,
            lesson: lesson.clone(),
            accounts: aws_sdk_account::Client::new(&config),
            budgets: aws_sdk_budgets::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
            s3: aws_sdk_s3::Client::new(&config),
        }
    }

    /// Names the account.
    pub(super) async fn put_account_name(&self, name: &str) -> Result<(), PracticeError> {
        self.accounts.put_account_name().account_name(name).send().await.map(drop).map_err(PracticeError::aws)
    }

    /// The account's name and address.
    pub(super) async fn contact_information(&self) -> Result<Option<ContactInformation>, PracticeError> {
        let answer = self.accounts.get_contact_information().send().await.map_err(PracticeError::aws)?;
        Ok(answer.contact_information)
    }

    /// Sets the account's name and address.
    pub(super) async fn put_contact_information(&self, contact: ContactInformation) -> Result<(), PracticeError> {
        let request = self.accounts.put_contact_information().contact_information(contact);
        request.send().await.map(drop).map_err(PracticeError::aws)
    }

    /// Sets the billing and the security contact, as in the lesson.
    pub(super) async fn put_alternate_contacts(&self) -> Result<(), PracticeError> {
        for kind in [AlternateContactType::Billing, AlternateContactType::Security] {
            let request = self
                .accounts
                .put_alternate_contact()
                .alternate_contact_type(kind)
                .name("Lee Learner")
                .title("Owner")
                .email_address(self.account.email())
                .phone_number("+1 206 555 0100");
            request.send().await.map_err(PracticeError::aws)?;
        }
        Ok(())
    }

    /// Creates the virtual MFA device that the console then enables for root.
    pub(super) async fn create_root_mfa_device(&self) -> Result<(), PracticeError> {
        let request = self.iam.create_virtual_mfa_device().virtual_mfa_device_name(ROOT_MFA_DEVICE);
        request.send().await.map(drop).map_err(PracticeError::aws)
    }

    /// Creates the lesson's budget, with an e-mail alert at the lesson's threshold.
    pub(super) async fn create_budget(&self) -> Result<(), PracticeError> {
        let amount = format!("{:?}", self.lesson.budget_amount);
        let limit = Spend::builder().amount(amount).unit("USD").build().map_err(PracticeError::aws)?;
        let budget = Budget::builder()
            .budget_name("My Monthly Cost Budget")
            .budget_type(BudgetType::Cost)
            .time_unit(TimeUnit::Monthly)
            .budget_limit(limit)
            .build()
            .map_err(PracticeError::aws)?;
        let notification = Notification::builder()
            .notification_type(NotificationType::Actual)
            .comparison_operator(ComparisonOperator::GreaterThan)
            .threshold(self.lesson.alert_threshold)
            .threshold_type(ThresholdType::Percentage)
            .build()
            .map_err(PracticeError::aws)?;
        let subscriber = Subscriber::builder()
            .subscription_type(SubscriptionType::Email)
            .address(self.account.email())
            .build()
            .map_err(PracticeError::aws)?;
        let alert = NotificationWithSubscribers::builder()
            .notification(notification)
            .subscribers(subscriber)
            .build()
            .map_err(PracticeError::aws)?;
        let request = self.budgets.create_budget().account_id(self.account.id()).budget(budget);
        request.notifications_with_subscribers(alert).send().await.map(drop).map_err(PracticeError::aws)
    }

    /// The bucket that the production account shares.
    fn bucket(&self) -> String {
        format!("learner-production{}", self.lesson.bucket_suffix)
    }

    /// Creates the bucket with the default settings.
    pub(super) async fn create_bucket(&self) -> Result<(), PracticeError> {
        self.s3.create_bucket().bucket(self.bucket()).send().await.map(drop).map_err(PracticeError::aws)
    }

    /// Enables versioning for the bucket.
    pub(super) async fn enable_versioning(&self) -> Result<(), PracticeError> {
        let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let request = self.s3.put_bucket_versioning().bucket(self.bucket()).versioning_configuration(enabled);
        request.send().await.map(drop).map_err(PracticeError::aws)
    }

    /// Allows another account to list and read the bucket, with the lesson's policy.
    pub(super) async fn share_bucket(&self, reader: Account) -> Result<(), PracticeError> {
        let arn = format!("arn:aws:s3:::{}", self.bucket());
        let statement = |sid: &str, action: &str, resource: &str| {
            let principal = json!({ "AWS": reader.root_arn() });
            json!({ "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource })
        };
        let statements =
            [statement("List", "s3:ListBucket", &arn), statement("Read", "s3:GetObject", &format!("{arn}/*"))];
        let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        let request = self.s3.put_bucket_policy().bucket(self.bucket()).policy(policy);
        request.send().await.map(drop).map_err(PracticeError::aws)
    }

    /// Publishes the metric that AWS publishes when billing alerts are on. In a real account, only AWS can do this, but
    /// the emulator accepts names that start with `AWS/` from anybody.
    pub(super) async fn put_estimated_charges(&self, time: i64) -> Result<(), PracticeError> {
        let datum = MetricDatum::builder()
            .metric_name("EstimatedCharges")
            .dimensions(Dimension::builder().name("Currency").value("USD").build())
            .timestamp(DateTime::from_secs(time))
            .unit(StandardUnit::None)
            .value(0.0)
            .build();
        let request = self.cloudwatch.put_metric_data().namespace("AWS/Billing").metric_data(datum);
        request.send().await.map(drop).map_err(PracticeError::aws)
    }
}
