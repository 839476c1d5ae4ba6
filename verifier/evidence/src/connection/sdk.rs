//! SDK configurations with credentials that are already exchanged.

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, SharedCredentialsProvider};
use course::results::{Reason, ReasonCode};
use std::error::Error;
use std::future::Future;
use std::time::Duration;

use super::http;

/// How long one attempt of a call may take.
pub const ATTEMPT: Duration = Duration::from_secs(10);

/// How long a call may take with the SDK's retries.
const CALL: Duration = Duration::from_secs(40);

/// How long the exchange of credentials may take.
pub(super) const CREDENTIALS: Duration = Duration::from_secs(30);

/// A connected AWS account.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The SDK configuration, whose credentials are already exchanged.
    pub sdk: SdkConfig,
    /// The advice for credentials that AWS does not accept.
    pub sign_in: String,
    /// Whether it is a practice account in this process.
    pub practice: bool,
}

pub(super) fn loader() -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest()).http_client(http::client()).timeout_config(timeouts())
}

/// The timeouts of calls.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(CALL).build()
}

/// A configuration with exchanged credentials, so that no read waits for the exchange.
pub(super) fn with_credentials(sdk: &SdkConfig, credentials: Credentials) -> SdkConfig {
    let region = sdk.region().cloned().unwrap_or(Region::new("us-east-1"));
    sdk.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).region(region).build()
}

/// Waits for credentials, until the timeout.
pub(super) async fn exchange(provided: impl Future<Output = provider::Result>) -> provider::Result {
    tokio::time::timeout(CREDENTIALS, provided)
        .await
        .unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(CREDENTIALS)))
}

pub(super) fn why(account: &str, code: ReasonCode, message: impl Into<String>) -> Vec<Reason> {
    vec![Reason { code, account: Some(account.to_owned()), action: None, message: message.into() }]
}

/// An error with its causes, which have the useful part.
pub(super) fn chain_of(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !words.contains(&text) {
            words = format!("{words}: {text}");
        }
        cause = inner.source();
    }
    words
}
