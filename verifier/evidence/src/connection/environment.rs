//! Credentials from the environment.

use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use course::results::{Reason, ReasonCode};

use super::sdk::{Connected, exchange, loader, why, with_credentials};

/// The credentials that the SDK finds without a profile, as the AWS CLI does: from environment variables, a web
/// identity, the endpoints of CloudShell and containers, or an instance.
pub(super) async fn connect(account: &str) -> Result<Connected, Vec<Reason>> {
    let sdk = loader().load().await;
    let Some(provider) = sdk.credentials_provider() else {
        return Err(why(account, ReasonCode::NoCredentials, "There are no AWS credentials in the environment."));
    };
    let credentials = match exchange(provider.provide_credentials()).await {
        Ok(credentials) => credentials,
        Err(failed) => {
            // The response of a source may contain anything, so it is not shown.
            let (code, message) = match failed {
                CredentialsError::CredentialsNotLoaded(_) => (
                    ReasonCode::NoCredentials,
                    "There are no AWS credentials in the environment: set AWS_ACCESS_KEY_ID and its related variables, or \
                     bind a profile instead.",
                ),
                CredentialsError::ProviderTimedOut(_) => {
                    (ReasonCode::Unreachable, "Getting the environment's AWS credentials took too long.")
                }
                _ => (
                    ReasonCode::NoCredentials,
                    "The AWS credentials of the environment cannot be used: run `aws sts get-caller-identity` to see why.",
                ),
            };
            return Err(why(account, code, message));
        }
    };
    let sign_in = "Renew the credentials in the environment, then verify again.".to_owned();
    Ok(Connected { sdk: with_credentials(&sdk, credentials), sign_in, practice: false })
}
