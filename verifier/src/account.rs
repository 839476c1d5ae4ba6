//! Whose credentials: from the course's name for an account to an SDK configuration, or the reason why there is none.
//!
//! Only the exchange of credentials happens here, outside the guard: everything else is `evidence`.

use aws_config::default_provider::region::DefaultRegionChain;
use aws_config::profile::{Profile, ProfileFileCredentialsProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use mdbook_verify::results::{Reason, ReasonCode};
use std::error::Error;
use std::time::Duration;

use crate::plan::did_you_mean;

/// How long one attempt of a call may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How long a call may take with the SDK's retries.
const CALL: Duration = Duration::from_secs(40);
/// How long the exchange of credentials may take.
const CREDENTIALS: Duration = Duration::from_secs(30);

/// An AWS profile, ready for calls.
#[derive(Debug)]
pub struct Connected {
    /// The SDK configuration, with its credentials already exchanged.
    pub sdk: SdkConfig,
    /// What to do when AWS does not accept the credentials.
    pub sign_in: String,
}

/// Connects to an account through an AWS profile.
///
/// # Errors
/// Why there are no credentials, with the command that gets some.
pub async fn connect(account: &str, profile: &str) -> Result<Connected, Vec<Reason>> {
    let why = |code, message: String| vec![Reason { code, account: Some(account.to_owned()), action: None, message }];
    let known = profiles().await.map_err(|message| why(ReasonCode::NoCredentials, message))?;
    let Some(found) = known.iter().find(|known| known.name() == profile) else {
        let hint = did_you_mean(profile, known.iter().map(Profile::name));
        let message =
            format!("There is no AWS profile `{profile}`{hint} Make it with `aws login --profile {profile}`.");
        return Err(why(ReasonCode::NoCredentials, message.replace("` Make", "`. Make")));
    };
    // The profile itself and nothing else: the SDK's default chain would prefer credentials in the environment.
    // Assuming a role takes a region; any will do.
    let region = DefaultRegionChain::builder().profile_name(profile).build().region().await;
    let config = ProviderConfig::without_region().with_region(region.or(Some(Region::new("us-east-1"))));
    let provider = ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build();
    let exchange = tokio::time::timeout(CREDENTIALS, provider.provide_credentials()).await;
    let credentials = match exchange {
        Ok(Ok(credentials)) => credentials,
        Ok(Err(error)) => {
            let (code, message) = explain(profile, found, &error);
            return Err(why(code, message));
        }
        Err(_) => {
            let message = format!("Getting credentials for profile `{profile}` took longer than {CREDENTIALS:?}.");
            return Err(why(ReasonCode::Unreachable, message));
        }
    };
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(CALL).build();
    let sdk = aws_config::defaults(BehaviorVersion::latest())
        .profile_name(profile)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(timeouts)
        .load()
        .await;
    let sign_in = match sign_in_command(profile, found) {
        Some(command) => format!("Run `{command}`, then verify again."),
        None => format!("They are those of profile `{profile}`: renew them, then verify again."),
    };
    Ok(Connected { sdk, sign_in })
}

/// The AWS profiles of this machine.
async fn profiles() -> Result<Vec<Profile>, String> {
    let (fs, env) = (aws_types::os_shim_internal::Fs::real(), aws_types::os_shim_internal::Env::real());
    let files = aws_runtime::env_config::file::EnvConfigFiles::default();
    let set = aws_config::profile::load(&fs, &env, &files, None).await;
    let set = set.map_err(|error| format!("Your AWS configuration files cannot be read: {}.", chain(&error)))?;
    Ok(set.profiles().filter_map(|name| set.get_profile(name).cloned()).collect())
}

/// The names of the AWS profiles of this machine, in order.
pub async fn profile_names() -> Vec<String> {
    let mut names: Vec<String> =
        profiles().await.unwrap_or_default().iter().map(|profile| profile.name().to_owned()).collect();
    names.sort();
    names
}

/// What is wrong with a profile's credentials, and the one command that mends it.
fn explain(profile: &str, found: &Profile, error: &CredentialsError) -> (ReasonCode, String) {
    let words = chain(error);
    let unreachable = ["dispatch failure", "timed out", "timeout", "dns error", "connect error", "connection"];
    let signed_out = ["expired", "invalid_grant", "no cached", "not found in cache", "token", "sign in", "login"];
    let says = |marks: &[&str]| marks.iter().any(|mark| words.to_lowercase().contains(mark));
    if matches!(error, CredentialsError::ProviderTimedOut(_)) || says(&unreachable) && !says(&["expired"]) {
        let message = format!("The credentials of profile `{profile}` could not be fetched: {words}.");
        return (ReasonCode::Unreachable, message);
    }
    if found.get("credential_process").is_some() {
        // What a program of the learner's printed may hold anything: it is not repeated.
        let message = format!("The credential_process of profile `{profile}` failed: run it by itself to see why.");
        return (ReasonCode::NoCredentials, message);
    }
    match sign_in_command(profile, found) {
        Some(command) => {
            let message = format!("Profile `{profile}` is not signed in: run `{command}`, then verify again.");
            (ReasonCode::ExpiredCredentials, message)
        }
        None if says(&signed_out) => {
            (ReasonCode::ExpiredCredentials, format!("The credentials of profile `{profile}` do not work: {words}."))
        }
        None if matches!(error, CredentialsError::CredentialsNotLoaded(_)) => {
            (ReasonCode::NoCredentials, format!("Profile `{profile}` holds no credentials."))
        }
        None => (ReasonCode::NoCredentials, format!("Profile `{profile}` has no usable credentials: {words}.")),
    }
}

/// The command that signs in to a profile, if one does.
fn sign_in_command(profile: &str, found: &Profile) -> Option<String> {
    if found.get("sso_session").or(found.get("sso_start_url")).is_some() {
        Some(format!("aws sso login --profile {profile}"))
    } else if found.get("login_session").is_some() {
        Some(format!("aws login --profile {profile}"))
    } else {
        None
    }
}

/// An error with its causes, which hold the useful part.
fn chain(error: &dyn Error) -> String {
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
