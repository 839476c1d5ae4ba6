//! Explains why a profile of `aws login` has no credentials, and which command helps.
//!
//! `aws login` stores credentials that are valid for some minutes, and a token that renews them for up to twelve hours.
//! It has a known fault: sometimes, AWS refuses renewals from about ten minutes after the sign-in on, or reports new
//! tokens as expired. Signing in again fixes both.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_signin::operation::create_o_auth2_token::CreateOAuth2TokenError;
use aws_sdk_signin::types::OAuth2ErrorCode;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use course::results::ReasonCode;
use std::env;
use std::error::Error;
use std::io;

/// The variable that sets the folder in which `aws login` stores sign-ins.
const CACHE: &str = "AWS_LOGIN_CACHE_DIRECTORY";

/// The command that signs in to a profile. Over SSH, the browser cannot connect to this machine.
pub(super) fn command(profile: &str) -> String {
    let remote = if env::var_os("SSH_CONNECTION").is_some() { " --remote" } else { "" };
    format!("aws login --profile {profile}{remote}")
}

/// What happened to the sign-in of a profile, and the command that fixes it.
pub(super) fn explain(profile: &str, error: &CredentialsError) -> (ReasonCode, String) {
    let again = format!("run `{}`, then verify again.", command(profile));
    if let Some(refused) = cause::<CreateOAuth2TokenError>(error) {
        return renewal(profile, refused, &again);
    }
    let nothing_kept = cause::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
    let happened = match (nothing_kept, env::var_os(CACHE).is_some()) {
        (true, false) => format!("Profile `{profile}` is not signed in"),
        (true, true) => {
            format!("Profile `{profile}` has no sign-in in the folder in {CACHE}")
        }
        (false, _) => format!("The stored sign-in of profile `{profile}` cannot be used"),
    };
    (ReasonCode::ExpiredCredentials, format!("{happened}: {again}"))
}

/// Why AWS did not renew a sign-in.
fn renewal(profile: &str, refused: &CreateOAuth2TokenError, again: &str) -> (ReasonCode, String) {
    let expired = |happened: String| (ReasonCode::ExpiredCredentials, format!("{happened}: {again}"));
    match refused {
        CreateOAuth2TokenError::AccessDeniedException(denied) => match denied.error() {
            OAuth2ErrorCode::TokenExpired | OAuth2ErrorCode::AuthcodeExpired => expired(format!(
                "The sign-in of profile `{profile}` has expired (after up to 12 hours, or sooner because of a known \
                 fault of `aws login`)"
            )),
            OAuth2ErrorCode::UserCredentialsChanged => {
                expired(format!("The password for profile `{profile}` has changed since the sign-in"))
            }
            OAuth2ErrorCode::InsufficientPermissions => expired(format!(
                "The user or role of profile `{profile}` is not allowed to renew its sign-in. Attach AWS's policy \
                 SignInLocalDevelopmentAccess to it, and sign in again"
            )),
            _ => expired(format!("AWS did not renew the sign-in of profile `{profile}` (access denied)")),
        },
        CreateOAuth2TokenError::ValidationException(_) => expired(format!(
            "AWS did not renew the sign-in of profile `{profile}`, which is a known fault of `aws login` about \
             ten minutes after signing in"
        )),
        CreateOAuth2TokenError::InternalServerException(_) => {
            let message = format!("AWS failed to renew the sign-in of profile `{profile}`: verify again in a minute.");
            (ReasonCode::ServiceError, message)
        }
        CreateOAuth2TokenError::TooManyRequestsError(_) => {
            let message =
                format!("AWS throttled the renewal of profile `{profile}`'s sign-in: verify again in a minute.");
            (ReasonCode::Throttled, message)
        }
        other => {
            let code = other.code().map(|code| format!(" ({code})")).unwrap_or_default();
            expired(format!("The sign-in of profile `{profile}` could not be renewed{code}"))
        }
    }
}

/// The cause with this type among an error's causes.
pub(super) fn cause<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    std::iter::successors(Some(error), |error| (**error).source()).find_map(|error| error.downcast_ref())
}
