//! The environment's credentials.

use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use course::results::{Reason, ReasonCode};

use super::sdk::{Connected, exchange, loader, why, with_credentials};

/// The credentials that the SDK finds by itself, as the AWS CLI does without a profile: environment variables, a web
/// identity, CloudShell's and a container's endpoint, an instance's.
pub(super) async fn connect(account: &str) -> Result<Connected, Vec<Reason>> {
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
