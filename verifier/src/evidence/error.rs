//! From an SDK error to the reason that a learner is told.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use mdbook_verify::results::{Reason, ReasonCode};
use std::error::Error;

use super::guard::Refused;
use super::table::Call;

/// Error codes of AWS that mean the same to a learner. From the API references' lists of common errors.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AccessDeniedForDependencyException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    "NotAuthorizedException",
];
const BAD_CREDENTIALS: &[&str] = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "InvalidToken",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
];
const CLOCK: &[&str] = &["RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"];
const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
];

/// The error code that AWS answered, if it answered one.
pub fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    match error {
        SdkError::ServiceError(service) => service.err().code(),
        _ => None,
    }
}

/// Why a call told nothing.
pub fn reason<E>(account: &str, call: &Call, error: &SdkError<E, HttpResponse>) -> Vec<Reason>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let name = call.name();
    let (code, message) = match error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            answered(account, &name, call, service.err().code(), service.err().message().unwrap_or_default(), status)
        }
        SdkError::TimeoutError(_) => (ReasonCode::Unreachable, format!("AWS did not answer {name} in time.")),
        SdkError::ResponseError(_) => {
            (ReasonCode::IncompleteAnswer, format!("The answer to {name} broke off or was not AWS's."))
        }
        other => not_sent(&name, other),
    };
    let action = (code == ReasonCode::Denied).then(|| call.action.map_or_else(|| call.name(), str::to_owned));
    vec![Reason { code, account: Some(account.to_owned()), action, message }]
}

/// A reason from what a service answered.
fn answered(
    account: &str,
    name: &str,
    call: &Call,
    code: Option<&str>,
    message: &str,
    status: u16,
) -> (ReasonCode, String) {
    let is = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    let skewed = is(CLOCK)
        || is(BAD_CREDENTIALS)
            && ["Signature expired", "Signature not yet current", "is now later than", "is now earlier than"]
                .iter()
                .any(|words| message.contains(words));
    if skewed {
        return (
            ReasonCode::ExpiredCredentials,
            "AWS refused the request's time: set this computer's clock, then verify again.".into(),
        );
    }
    if is(DENIED) {
        let action = call.action.map_or_else(|| call.name(), str::to_owned);
        let message = if message.contains("service control policy") {
            format!(
                "A service control policy of the organization denies {action}: only its administrator can allow it."
            )
        } else {
            format!(
                "The {account} account's credentials may not call {action}: allow it for the role or user that verify reads with."
            )
        };
        return (ReasonCode::Denied, message);
    }
    if is(BAD_CREDENTIALS) {
        return (
            ReasonCode::ExpiredCredentials,
            format!("AWS does not accept these credentials ({}).", code.unwrap_or_default()),
        );
    }
    if is(THROTTLED) || status == 429 {
        return (ReasonCode::Throttled, format!("AWS asked to slow down at {name}: verify again in a minute."));
    }
    match code {
        None if status < 300 => {
            (ReasonCode::IncompleteAnswer, format!("The answer to {name} was not in the form that AWS documents."))
        }
        None => (
            ReasonCode::ServiceError,
            format!("{name} was answered with HTTP status {status}, without an error code of AWS's."),
        ),
        Some(code) => (ReasonCode::ServiceError, format!("{name} failed: {code} (HTTP status {status}).")),
    }
}

/// A reason for a request that never reached a service.
fn not_sent<E: Error + 'static>(name: &str, error: &SdkError<E, HttpResponse>) -> (ReasonCode, String) {
    let mut deepest: &dyn Error = error;
    loop {
        if let Some(refused) = deepest.downcast_ref::<Refused>() {
            return (ReasonCode::CourseError, format!("{name} was {refused}."));
        }
        if deepest.is::<aws_credential_types::provider::error::CredentialsError>() {
            return (
                ReasonCode::ExpiredCredentials,
                format!("The credentials could not be used for {name}: {deepest}."),
            );
        }
        match deepest.source() {
            Some(source) => deepest = source,
            None => return (ReasonCode::Unreachable, format!("AWS could not be reached for {name}: {deepest}.")),
        }
    }
}
