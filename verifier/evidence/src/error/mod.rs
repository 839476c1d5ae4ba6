//! Converts SDK errors to reasons for learners.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use course::results::{Reason, ReasonCode};
use course::terminal::is_hidden;
use std::error::Error;

use super::guard::Refused;
use super::table::Call;
use crate::fold::spaces;

/// AWS error codes with the same meaning for a learner, from the lists of common errors in the API references.
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
    "AuthFailure",
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

/// AWS's error code, if there is one.
pub fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    match error {
        SdkError::ServiceError(service) => service.err().code(),
        _ => None,
    }
}

/// A call that may fail.
pub(crate) trait Asked {
    /// The service and the operation, as in `budgets:DescribeBudgets`.
    fn name(&self) -> String;

    /// The action that a policy must allow.
    fn permission(&self) -> String;

    /// Whether a code says that AWS refuses the call to everybody in the account, with any permissions.
    fn is_refused_to_everybody(&self, code: &str) -> bool;
}

impl Asked for Call {
    fn name(&self) -> String {
        Call::name(self)
    }

    fn permission(&self) -> String {
        Call::permission(self)
    }

    fn is_refused_to_everybody(&self, code: &str) -> bool {
        self.everybody.contains(&code)
    }
}

/// The reasons of a failed call.
pub(crate) fn reason<E>(account: &str, call: &dyn Asked, error: &SdkError<E, HttpResponse>) -> Vec<Reason>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    reason_with_sign_in(account, call, error, "")
}

/// The reasons of a failed call. If AWS does not accept the credentials, `sign_in` is added as advice.
pub(crate) fn reason_with_sign_in<E>(
    account: &str,
    call: &dyn Asked,
    error: &SdkError<E, HttpResponse>,
    sign_in: &str,
) -> Vec<Reason>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let name = call.name();
    let why = match error {
        SdkError::ServiceError(service) => Answer {
            account,
            call,
            code: service.err().code(),
            message: service.err().message().unwrap_or_default(),
            status: service.raw().status().as_u16(),
        }
        .why(),
        SdkError::TimeoutError(_) => Why::new(ReasonCode::Unreachable, format!("AWS did not answer {name} in time.")),
        SdkError::ResponseError(_) => Why::new(
            ReasonCode::IncompleteAnswer,
            format!("The response to {name} was truncated or did not come from AWS."),
        ),
        other => not_sent(&name, other),
    };
    let message = match why.renew && !sign_in.is_empty() {
        true => format!("{} {sign_in}", why.message),
        false => why.message,
    };
    let action = (why.code == ReasonCode::Denied).then(|| call.permission());
    vec![Reason { code: why.code, account: Some(account.to_owned()), action, message }]
}

/// A reason without its account.
struct Why {
    code: ReasonCode,
    message: String,
    /// Whether other credentials would help.
    renew: bool,
}

impl Why {
    fn new(code: ReasonCode, message: String) -> Why {
        Why { code, message, renew: false }
    }
}

/// A service's error response.
struct Answer<'a> {
    account: &'a str,
    call: &'a dyn Asked,
    code: Option<&'a str>,
    message: &'a str,
    status: u16,
}

impl Answer<'_> {
    fn is(&self, codes: &[&str]) -> bool {
        self.code.is_some_and(|code| codes.contains(&code))
    }

    fn says(&self, phrase: &str) -> bool {
        self.message.contains(phrase)
    }

    fn why(&self) -> Why {
        let name = self.call.name();
        if self.is(CLOCK) || self.is(BAD_CREDENTIALS) && SKEWED.iter().any(|words| self.says(words)) {
            let message = "AWS rejected the time of the request: set this computer's clock, then verify again. \
                           `verify doctor` shows how far it is off.";
            return Why::new(ReasonCode::ExpiredCredentials, message.to_owned());
        }
        if self.code.is_some_and(|code| self.call.is_refused_to_everybody(code)) {
            let refused =
                format!("AWS allows nobody in this account to call {name} ({}).", self.code.unwrap_or_default());
            return Why::new(ReasonCode::NotAvailableHere, format!("{refused}{}", self.aws_message()));
        }
        if self.is(DENIED) {
            return self.denied();
        }
        if self.is(BAD_CREDENTIALS) {
            let message = format!("AWS does not accept these credentials ({}).", self.code.unwrap_or_default());
            return Why { code: ReasonCode::ExpiredCredentials, message, renew: true };
        }
        if self.is(THROTTLED) || self.status == 429 {
            let message = format!("AWS throttled {name}: verify again in a minute.");
            return Why::new(ReasonCode::Throttled, message);
        }
        match self.code {
            None if self.status < 300 => {
                let message = format!("The response to {name} does not have the documented format.");
                Why::new(ReasonCode::IncompleteAnswer, message)
            }
            None => {
                let status = self.status;
                let message = format!("{name} failed with HTTP status {status} and without an AWS error code.");
                Why::new(ReasonCode::ServiceError, message)
            }
            Some(code) => {
                let failed = format!("{name} failed: {code} (HTTP status {}).", self.status);
                let advice = ADVICE.iter().find(|(known, _)| *known == code).map_or("", |(_, advice)| advice);
                Why::new(ReasonCode::ServiceError, sentences(&[&failed, self.aws_message().trim(), advice]))
            }
        }
    }

    /// A denial: AWS's message, and what to do if it has the cause.
    fn denied(&self) -> Why {
        let action = self.call.permission();
        let denied = format!("The {} account's credentials may not call {action}.", self.account);
        let advice = if self.says(BUDGETS_ARE_OFF) {
            "AWS Budgets is not enabled for this member account: open Cost Explorer or Budgets once in \
             the organization's management account. This may take a day."
                .to_owned()
        } else if self.says("no identity-based policy allows") {
            "Allow it for the role or user that verify reads with.".to_owned()
        } else {
            let named = POLICIES.iter().find(|(policy, _)| {
                self.says(&format!("no {policy} allows")) || self.says("explicit deny in a") && self.says(policy)
            });
            named.map_or_else(String::new, |(policy, who)| format!("The {policy} does not allow it: {who}."))
        };
        Why::new(ReasonCode::Denied, sentences(&[&denied, self.aws_message().trim(), &advice]))
    }

    /// AWS's message as a sentence; empty if there is none.
    fn aws_message(&self) -> String {
        let words = bounded(self.message);
        if words.is_empty() { String::new() } else { format!(" AWS says: “{words}”") }
    }
}

/// AWS's messages about the time of a request, in errors about signatures.
const SKEWED: &[&str] = &["Signature expired", "Signature not yet current", "is now later than", "is now earlier than"];

/// The message of Budgets for a member account until its payer enables Budgets. The code is the same as for other
/// denials.
const BUDGETS_ARE_OFF: &str = "ask the payer account to enable budgets first";

/// The kinds of policies, as AWS names them in messages about denials, and who can change them. The forms are "because
/// no KIND allows the ACTION action" and "with an explicit deny in a KIND" (IAM User Guide, "Troubleshoot access denied
/// error messages").
const POLICIES: &[(&str, &str)] = &[
    ("service control policy", "the organization's administrator can change it, in the management account"),
    ("resource control policy", "the organization's administrator can change it, in the management account"),
    ("permissions boundary", "an administrator can change it for the role or user, in IAM"),
    ("session policy", "it belongs to the session, so start a session without it"),
    ("VPC endpoint policy", "the administrator of this computer's network can change it"),
    ("resource-based policy", "the owner of the resource can change it"),
    (
        "identity-based policy",
        "if the Deny is for sessions without MFA, sign in with MFA, or set mfa_serial in the profile of the role; \
         otherwise remove it from the policies of the role or user that verify reads with",
    ),
];

/// A new account, until AWS has verified its payment method.
const NOT_ACTIVATED: &str = "The account is not signed up for the service, or is not activated yet. Activation may take a \
                             day: finish the sign-up if AWS asks you to in an e-mail or in the console, and verify again \
                             later.";

/// The advice for errors whose code shows the cause.
const ADVICE: &[(&str, &str)] = &[
    // "The AWS access key ID needs a subscription for the service" (Common Error Types of the API references).
    ("OptInRequired", NOT_ACTIVATED),
    ("SubscriptionRequiredException", NOT_ACTIVATED),
    // "Your account is pending verification" (Amazon EC2's and others' error codes).
    ("PendingVerification", "AWS is still verifying the account. This may take some hours."),
    // "STS is not activated in the requested region for the account" (API reference of AWS STS).
    (
        "RegionDisabledException",
        "Enable the region under Account → AWS Regions, or use another one: `aws configure set region us-east-1 --profile NAME`.",
    ),
    ("AWSOrganizationsNotInUseException", "The account does not belong to an organization."),
];

/// Joins sentences, without empty ones.
fn sentences(all: &[&str]) -> String {
    all.iter().filter(|sentence| !sentence.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// The longest part of AWS's message that is shown.
const WORDS: usize = 400;

/// A foreign text on one line, without control characters and shortened.
fn bounded(text: &str) -> String {
    let shown = |letter: char| match letter {
        letter if letter.is_control() => Some(' '),
        letter => (!is_hidden(letter)).then_some(letter),
    };
    let words = spaces(&text.chars().filter_map(shown).collect::<String>());
    match words.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

/// A reason for a request that never reached a service.
fn not_sent<E: Error + 'static>(name: &str, error: &SdkError<E, HttpResponse>) -> Why {
    let mut deepest: &dyn Error = error;
    loop {
        if let Some(refused) = deepest.downcast_ref::<Refused>() {
            return Why::new(ReasonCode::CourseError, format!("{name} was {refused}."));
        }
        if deepest.is::<aws_credential_types::provider::error::CredentialsError>() {
            let message = format!("The credentials could not be used for {name}: {deepest}.");
            return Why { code: ReasonCode::ExpiredCredentials, message, renew: true };
        }
        match deepest.source() {
            Some(source) => deepest = source,
            None => {
                let message = format!("AWS could not be reached for {name}: {deepest}.");
                return Why::new(ReasonCode::Unreachable, message);
            }
        }
    }
}

#[cfg(test)]
mod tests;
