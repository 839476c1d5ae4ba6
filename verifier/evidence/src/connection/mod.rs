//! Whose credentials: from what an account is bound to, to an SDK configuration, or the reason why there is none.
//!
//! Only the exchange of credentials happens here, outside the guard: everything else is `evidence`.

pub mod http;
mod login;
mod profile;
mod role;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider};
use course::results::{Reason, ReasonCode};
use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::time::Duration;

use crate::bindings::{Bindings, Source};

pub use profile::profile_names;
pub use role::{MfaCodes, NoMfaCodes, assume};

/// How long one attempt of a call may take.
pub const ATTEMPT: Duration = Duration::from_secs(10);
/// How long a call may take with the SDK's retries.
const CALL: Duration = Duration::from_secs(40);
/// How long the exchange of credentials may take.
const CREDENTIALS: Duration = Duration::from_secs(30);

/// An AWS account, ready for calls.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The SDK configuration, with its credentials already exchanged.
    pub sdk: SdkConfig,
    /// What to do when AWS does not accept the credentials.
    pub sign_in: String,
    /// Whether it is a practice account, in this process.
    pub practice: bool,
}

/// How an account is reached.
#[derive(Debug, Clone)]
pub enum Connection {
    /// Through the SDK.
    Sdk(Box<Connected>),
    /// Not at all, and why.
    None(Vec<Reason>),
}

/// Connects to accounts by what they are bound to: first those with credentials of their own, then the roles that are
/// assumed from them, at every step all at the same time.
///
/// `accounts` are the ones that are wanted; those that their roles are assumed from are connected for them.
pub async fn connect<'a>(
    bindings: &Bindings,
    accounts: impl IntoIterator<Item = &'a String>,
    codes: &dyn MfaCodes,
) -> BTreeMap<String, Connection> {
    let wanted: Vec<&String> = accounts.into_iter().filter(|name| bindings.contains_key(*name)).collect();
    let mut connections: BTreeMap<String, Connection> = BTreeMap::new();
    for round in rounds(bindings, &wanted) {
        let connecting = round.into_iter().map(async |name| {
            let source = &bindings[name].source;
            let connected = match source {
                Source::Role(role) => match connections.get(&role.from) {
                    Some(Connection::Sdk(from)) => {
                        let base = format!("the {} account", role.from);
                        assume(name, &base, from, role, codes).await
                    }
                    Some(Connection::None(reasons)) => Err(role::without_base(name, role, reasons)),
                    None => Err(role::unbound_base(name, role)),
                },
                own => connect_one(name, own, codes).await,
            };
            let connection = match connected {
                Ok(connected) => Connection::Sdk(Box::new(connected)),
                Err(reasons) => Connection::None(reasons),
            };
            (name.clone(), connection)
        });
        connections.extend(futures_util::future::join_all(connecting).await);
    }
    connections.retain(|name, _| wanted.contains(&name));
    connections
}

/// Connects to an account by credentials of its own.
///
/// # Errors
/// Why there are none, and what to do.
pub async fn connect_one(name: &str, source: &Source, codes: &dyn MfaCodes) -> Result<Connected, Vec<Reason>> {
    match source {
        Source::Profile(profile) => profile::connect(name, profile, codes).await,
        Source::Environment => environment(name).await,
        Source::Role(role) => Err(role::unbound_base(name, role)),
    }
}

/// The accounts to connect, each after the one that its role is assumed from.
fn rounds<'b>(bindings: &'b Bindings, wanted: &[&String]) -> Vec<Vec<&'b String>> {
    // How many roles lie between an account and credentials of its own; a circle counts as long as all bindings.
    let depth = |name: &str| {
        let mut depth = 0;
        let mut at = name;
        while let Some(Source::Role(role)) = bindings.get(at).map(|binding| &binding.source)
            && depth < bindings.len()
        {
            depth += 1;
            at = &role.from;
        }
        depth
    };
    let needed = |name: &&String| {
        let stands_behind = |wanted: &&&String| chain(bindings, wanted).any(|behind| behind == name.as_str());
        wanted.iter().any(|wanted| stands_behind(&wanted))
    };
    let mut rounds: BTreeMap<usize, Vec<&String>> = BTreeMap::new();
    for name in bindings.keys().filter(needed) {
        rounds.entry(depth(name)).or_default().push(name);
    }
    rounds.into_values().collect()
}

/// An account and those that stand behind it, as far as they are bound.
pub fn chain<'b>(bindings: &'b Bindings, name: &'b str) -> impl Iterator<Item = &'b str> {
    let next = |name: &&'b str| match bindings.get(*name).map(|binding| &binding.source) {
        Some(Source::Role(role)) => Some(role.from.as_str()),
        _ => None,
    };
    std::iter::successors(Some(name), next).take(bindings.len() + 1)
}

/// The credentials that the SDK finds by itself, as the AWS CLI does without a profile: environment variables, a web
/// identity, CloudShell's and a container's endpoint, an instance's.
async fn environment(account: &str) -> Result<Connected, Vec<Reason>> {
    let sdk = loader().load().await;
    let Some(provider) = sdk.credentials_provider() else {
        return Err(why(account, ReasonCode::NoCredentials, "There are no AWS credentials in the environment."));
    };
    let credentials = match exchange(provider.provide_credentials()).await {
        Ok(credentials) => credentials,
        Err(failed) => {
            // What a source of the environment answered may hold anything: it is not repeated.
            let (code, message) = match failed {
                CredentialsError::CredentialsNotLoaded(_) => (
                    ReasonCode::NoCredentials,
                    "There are no AWS credentials in the environment: set AWS_ACCESS_KEY_ID and its companions, or \
                     bind a profile instead.",
                ),
                CredentialsError::ProviderTimedOut(_) => {
                    (ReasonCode::Unreachable, "Getting the environment's AWS credentials took too long.")
                }
                _ => (
                    ReasonCode::NoCredentials,
                    "The AWS credentials of the environment cannot be used: `aws sts get-caller-identity` tells why.",
                ),
            };
            return Err(why(account, code, message));
        }
    };
    let sign_in = "They are those of the environment: renew them there, then verify again.".to_owned();
    Ok(Connected { sdk: with_credentials(&sdk, credentials), sign_in, practice: false })
}

fn loader() -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest()).http_client(http::client()).timeout_config(timeouts())
}

/// How long calls may take, to services that don't answer.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(CALL).build()
}

/// A configuration whose credentials were exchanged already, so that no read waits for it.
fn with_credentials(sdk: &SdkConfig, credentials: Credentials) -> SdkConfig {
    let region = sdk.region().cloned().unwrap_or(Region::new("us-east-1"));
    sdk.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).region(region).build()
}

/// Waits for credentials as long as that may take.
async fn exchange(provided: impl Future<Output = provider::Result>) -> provider::Result {
    tokio::time::timeout(CREDENTIALS, provided)
        .await
        .unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(CREDENTIALS)))
}

fn why(account: &str, code: ReasonCode, message: impl Into<String>) -> Vec<Reason> {
    vec![Reason { code, account: Some(account.to_owned()), action: None, message: message.into() }]
}

/// An error with its causes, which hold the useful part.
fn chain_of(error: &dyn Error) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings::{Binding, Role};

    fn bindings(of: &[(&str, Option<&str>)]) -> Bindings {
        let binding = |(name, from): &(&str, Option<&str>)| {
            let source = match from {
                None => Source::Profile("p".into()),
                Some(from) => Source::Role(Role {
                    arn: "arn:aws:iam::444455556666:role/r".into(),
                    from: (*from).to_owned(),
                    external_id: None,
                    mfa_serial: None,
                }),
            };
            ((*name).to_owned(), Binding { source, account_id: None })
        };
        of.iter().map(binding).collect()
    }

    #[test]
    fn roles_come_after_what_they_are_assumed_from() {
        let bindings = bindings(&[("a", Some("b")), ("b", Some("c")), ("c", None), ("d", None)]);
        let a = "a".to_owned();
        assert_eq!(rounds(&bindings, &[&a]), [["c"], ["b"], ["a"]]);
    }

    #[tokio::test]
    async fn a_circle_of_roles_ends_with_a_reason() {
        let bindings = bindings(&[("a", Some("b")), ("b", Some("a"))]);
        let connections = connect(&bindings, bindings.keys(), &NoMfaCodes).await;
        let Connection::None(reasons) = &connections["a"] else { panic!("a circle has no credentials") };
        assert_eq!(reasons[0].code, ReasonCode::NoCredentials);
    }
}
