//! The SDK's configuration for the practice accounts.

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::accounts::{Caller, REGION};
use super::cloud::Cloud;

/// The accounts' clock, for SDK clients. If the date of a response differs from an SDK client's time, it assumes a
/// wrong clock, and retries.
struct Emulated(Arc<Cloud>);

impl fmt::Debug for Emulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Emulated").field(&self.0.now()).finish()
    }
}

impl TimeSource for Emulated {
    fn now(&self) -> SystemTime {
        let since = Duration::from_secs(u64::try_from(self.0.now()).unwrap_or_default());
        SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

/// Built without the environment, so that no profile, region or endpoint from it is used.
pub(super) fn config(caller: Caller, http: SharedHttpClient, cloud: &Arc<Cloud>) -> SdkConfig {
    let session = match caller {
        Caller::Reader(_) => None,
        Caller::Root(_) => Some("practice".to_owned()),
    };
    let credentials = Credentials::new(caller.access_key(), "practice", session, None, "practice account");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .http_client(http)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .time_source(SharedTimeSource::new(Emulated(Arc::clone(cloud))))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        // A retry never helps here.
        .retry_config(RetryConfig::disabled())
        .build()
}
