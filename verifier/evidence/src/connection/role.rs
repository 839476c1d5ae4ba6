//! Assumes roles with the credentials of another account, with an external id or an MFA code if the role's trust policy
//! requires it.

use aws_credential_types::Credentials;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use course::results::{Reason, ReasonCode};
use std::future::Future;
use std::pin::Pin;
use std::time::SystemTime;

use super::sdk::{CREDENTIALS, Connected, chain_of, why, with_credentials};
use crate::bindings::Role;

/// The name that CloudTrail shows for the session.
const SESSION: &str = "mdbook-verify";

/// Provides the codes of MFA devices.
pub trait MfaCodes: Sync {
    /// The device's code for this account's role, if there is one.
    fn code<'a>(
        &'a self,
        account: &'a str,
        serial: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<String>> + Send + 'a>>;
}

/// Provides no codes.
#[derive(Debug)]
pub struct NoMfaCodes;

impl MfaCodes for NoMfaCodes {
    fn code<'a>(
        &'a self,
        _account: &'a str,
        _serial: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<String>> + Send + 'a>> {
        Box::pin(async { None })
    }
}

/// Assumes an account's role with these credentials. `base` names them in messages.
///
/// # Errors
/// Why it was not assumed, and what to do.
pub async fn assume(
    account: &str,
    base: &str,
    from: &Connected,
    role: &Role,
    codes: &dyn MfaCodes,
) -> Result<Connected, Vec<Reason>> {
    let credentials = session(account, base, from, role, codes).await?;
    let sign_in = from.sign_in.clone();
    Ok(Connected { sdk: with_credentials(&from.sdk, credentials), sign_in, practice: false })
}

/// The credentials of a role's session. `base` names the credentials that assume it.
pub(super) async fn session(
    account: &str,
    base: &str,
    from: &Connected,
    role: &Role,
    codes: &dyn MfaCodes,
) -> Result<Credentials, Vec<Reason>> {
    let client = aws_sdk_sts::Client::new(&from.sdk);
    let mut request = client.assume_role().role_arn(&role.arn).role_session_name(SESSION);
    request = request.set_external_id(role.external_id.clone());
    if let Some(serial) = &role.mfa_serial {
        let Some(code) = codes.code(account, serial).await else {
            let message = format!(
                "The role {} requires a code of the MFA device {serial}: run verify in a terminal to enter it.",
                role.arn
            );
            return Err(why(account, ReasonCode::NoCredentials, message));
        };
        request = request.serial_number(serial).token_code(code);
    }
    let answer = match tokio::time::timeout(CREDENTIALS, request.send()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(failed)) => return Err(refused(account, base, from, role, &failed)),
        Err(_) => {
            let message = format!("Assuming the role {} took longer than {CREDENTIALS:?}.", role.arn);
            return Err(why(account, ReasonCode::Unreachable, message));
        }
    };
    let Some(given) = answer.credentials else {
        let message = format!("AWS's response does not contain the credentials of the role {}.", role.arn);
        return Err(why(account, ReasonCode::IncompleteAnswer, message));
    };
    let expires = SystemTime::try_from(given.expiration).ok();
    let (key, secret) = (given.access_key_id, given.secret_access_key);
    Ok(Credentials::new(key, secret, Some(given.session_token), expires, "role"))
}

/// Why a role was not assumed.
fn refused<R: std::fmt::Debug + 'static>(
    account: &str,
    base: &str,
    from: &Connected,
    role: &Role,
    failed: &SdkError<AssumeRoleError, R>,
) -> Vec<Reason> {
    let arn = &role.arn;
    let SdkError::ServiceError(service) = failed else {
        let message = format!("AWS could not be reached to assume the role {arn}: {}.", chain_of(failed));
        return why(account, ReasonCode::Unreachable, message);
    };
    let (code, message) = (service.err().code().unwrap_or_default(), service.err().message().unwrap_or_default());
    match code {
        "AccessDenied" | "AccessDeniedException" if message.contains("MultiFactorAuthentication") => why(
            account,
            ReasonCode::Denied,
            format!("AWS did not accept the MFA code for the role {arn}: try again with the next one."),
        ),
        "AccessDenied" | "AccessDeniedException" => may_not_assume(account, base, arn, role.external_id.as_deref()),
        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch" => {
            let message = format!("AWS does not accept the credentials of {base} ({code}). {}", from.sign_in);
            why(account, ReasonCode::ExpiredCredentials, message.trim_end())
        }
        "Throttling" | "ThrottlingException" => why(
            account,
            ReasonCode::Throttled,
            format!("AWS throttled sts:AssumeRole for {arn}: verify again in a minute."),
        ),
        code => why(account, ReasonCode::ServiceError, format!("Assuming the role {arn} failed: {code}.")),
    }
}

/// Why a role was not assumed that AWS did not let these credentials assume.
pub(super) fn may_not_assume(account: &str, base: &str, arn: &str, external_id: Option<&str>) -> Vec<Reason> {
    let external_id = match external_id {
        None => "and requires no external id (if it does, bind the role with --external-id)",
        Some(_) => "with the external id that you gave",
    };
    let message = format!(
        "The credentials of {base} may not assume the role {arn}. Three things are necessary: the role exists; its trust \
         policy allows them, {external_id}; and they are allowed sts:AssumeRole on it. OrganizationAccountAccessRole exists \
         only in accounts that the organization created."
    );
    let action = Some("sts:AssumeRole".to_owned());
    vec![Reason { code: ReasonCode::Denied, account: Some(account.to_owned()), action, message }]
}

/// Why a role cannot be assumed if its source account has no credentials.
pub(super) fn without_base(account: &str, role: &Role, reasons: &[Reason]) -> Vec<Reason> {
    let because = |reason: &Reason| Reason {
        account: Some(account.to_owned()),
        message: format!("Its role is assumed from the {} account. {}", role.from, reason.message),
        ..reason.clone()
    };
    reasons.iter().map(because).collect()
}

/// Why a role cannot be assumed if its source account is not bound.
pub(super) fn unbound_base(account: &str, role: &Role) -> Vec<Reason> {
    let from = &role.from;
    let message = format!(
        "Its role is assumed from the {from} account, which is not bound: run `verify accounts {from}=PROFILE`."
    );
    why(account, ReasonCode::NoCredentials, message)
}
