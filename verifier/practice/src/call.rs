//! Parses requests of the SDK to services and operations, and creates responses and errors in each service's protocol.
//!
//! Protocols and their errors: the Smithy specifications of `awsQuery`, `awsJson1.0` and `1.1`, `restJson1` and
//! `rpcv2Cbor`. Codes that all services share: "Common Error Types" in each service's API reference.

mod s3;

use evidence::table;
use serde_json::json;
use winterbaume_core::{MockRequest, MockResponse, extract_path, parse_query_string, xml_escape};

use super::accounts::{Account, Caller};

/// The services of the practice accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Account,
    Billing,
    Budgets,
    CloudTrail,
    CloudWatch,
    Iam,
    Organizations,
    S3,
    Sts,
    Support,
}

/// The protocol of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Query,
    Json,
    RestJson,
    RestXml,
    Cbor,
}

impl Service {
    /// The service by its signing name.
    fn signed_as(name: &str) -> Option<Service> {
        Some(match name {
            "account" => Service::Account,
            "billing" => Service::Billing,
            "budgets" => Service::Budgets,
            "cloudtrail" => Service::CloudTrail,
            "monitoring" => Service::CloudWatch,
            "iam" => Service::Iam,
            "organizations" => Service::Organizations,
            "s3" => Service::S3,
            "sts" => Service::Sts,
            "support" => Service::Support,
            _ => return None,
        })
    }

    /// The prefix of its IAM actions, which is also the first label of its CloudTrail event source.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Service::Account => "account",
            Service::Billing => "billing",
            Service::Budgets => "budgets",
            Service::CloudTrail => "cloudtrail",
            Service::CloudWatch => "cloudwatch",
            Service::Iam => "iam",
            Service::Organizations => "organizations",
            Service::S3 => "s3",
            Service::Sts => "sts",
            Service::Support => "support",
        }
    }

    fn protocol(self) -> Protocol {
        match self {
            Service::Account => Protocol::RestJson,
            Service::CloudWatch => Protocol::Cbor,
            Service::Iam | Service::Sts => Protocol::Query,
            Service::S3 => Protocol::RestXml,
            Service::Billing | Service::Budgets | Service::CloudTrail | Service::Organizations | Service::Support => {
                Protocol::Json
            }
        }
    }
}

/// The parts of a request that are needed to route it.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) operation: String,
    pub(super) region: String,
    pub(super) access_key: String,
}

impl Call {
    /// Parses a request; `None` if it is not signed, or is signed for a service that the practice accounts do not have.
    pub(super) fn of(request: &MockRequest) -> Option<Call> {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        // `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=…`
        let (_, credential) = header("authorization")?.split_once("Credential=")?;
        let mut scope = credential.split([',', ' ']).next()?.split('/');
        let (access_key, _date, region, name) = (scope.next()?, scope.next()?, scope.next()?, scope.next()?);
        let service = Service::signed_as(name)?;
        let operation = match service.protocol() {
            Protocol::Query => {
                let body = std::str::from_utf8(&request.body).ok()?;
                parse_query_string(body).remove("Action")?
            }
            Protocol::Json => header("x-amz-target")?.rsplit('.').next()?.to_owned(),
            // `/getAccountInformation`
            Protocol::RestJson => {
                let path = extract_path(&request.uri);
                let mut letters = path.trim_matches('/').chars();
                letters.next()?.to_uppercase().chain(letters).collect()
            }
            Protocol::RestXml => s3::operation(request)?,
            // `/service/GraniteServiceVersion20100801/operation/ListMetrics`
            Protocol::Cbor => extract_path(&request.uri).rsplit_once("/operation/")?.1.to_owned(),
        };
        Some(Call { service, operation, region: region.to_owned(), access_key: access_key.to_owned() })
    }

    /// Whether it only reads, according to the name of the operation.
    pub(super) fn reads(&self) -> bool {
        ["Describe", "Get", "List", "Lookup"].iter().any(|verb| self.operation.starts_with(verb))
    }

    /// Whether the body's encoding is text.
    pub(super) fn is_text(&self) -> bool {
        self.service.protocol() != Protocol::Cbor
    }

    /// The operation, as in `budgets:DescribeBudgets`.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.service.prefix(), self.operation)
    }

    /// The IAM action that the operation needs, from the table of reads, or for other operations, from the Service
    /// Authorization Reference.
    pub(super) fn iam_action(&self) -> String {
        if let Some(read) = table::permission(&self.name()) {
            return read;
        }
        match (self.service, self.operation.as_str()) {
            (Service::Budgets, _) if self.reads() => "budgets:ViewBudget".to_owned(),
            (Service::Budgets, _) => "budgets:ModifyBudget".to_owned(),
            (Service::S3, "PutPublicAccessBlock") => "s3:PutBucketPublicAccessBlock".to_owned(),
            (Service::S3, "PutBucketEncryption") => "s3:PutEncryptionConfiguration".to_owned(),
            _ => self.name(),
        }
    }

    /// A successful response in JSON.
    pub(super) fn json(&self, body: &serde_json::Value) -> MockResponse {
        match self.service.protocol() {
            Protocol::RestJson => MockResponse::rest_json(200, body.to_string()),
            _ => MockResponse::json(200, body.to_string()),
        }
    }

    /// A successful response in XML. `result` is the content of the `…Result` element.
    pub(super) fn xml(&self, result: &str) -> MockResponse {
        let namespace = match self.service {
            Service::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
            _ => "https://iam.amazonaws.com/doc/2010-05-08/",
        };
        winterbaume_core::aws_query_response(&self.operation, namespace, result)
    }

    /// An error in the service's protocol.
    pub(super) fn error(&self, status: u16, code: &str, message: &str) -> MockResponse {
        match self.service.protocol() {
            Protocol::Query => MockResponse::error(status, &xml_escape(code), &xml_escape(message)),
            // awsJson services return 400 for all client errors. Most of their models name the member `message`, these
            // two `Message`.
            Protocol::Json => {
                let member = match self.service {
                    Service::Budgets | Service::Organizations => "Message",
                    _ => "message",
                };
                let body = json!({ "__type": code, member: message });
                MockResponse::json(400, body.to_string())
            }
            Protocol::RestJson => {
                let mut response = MockResponse::rest_json(status, json!({ "message": message }).to_string());
                insert(&mut response, "x-amzn-errortype", code);
                response
            }
            // S3's errors have no surrounding element (API reference, "Error Responses").
            Protocol::RestXml => {
                let (code, message) = (xml_escape(code), xml_escape(message));
                MockResponse::xml(status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
            }
            Protocol::Cbor => {
                let mut response = MockResponse::cbor(status, cbor_error(code, message));
                // CloudWatch used awsQuery before, and still returns its error codes.
                insert(&mut response, "x-amzn-query-error", &format!("{code};Sender"));
                response
            }
        }
    }

    /// AWS's error for keys that do not exist.
    pub(super) fn unknown_keys(&self) -> MockResponse {
        let code = match self.service.protocol() {
            Protocol::Query | Protocol::Cbor => "InvalidClientTokenId",
            Protocol::Json | Protocol::RestJson => "UnrecognizedClientException",
            Protocol::RestXml => "InvalidAccessKeyId",
        };
        self.error(403, code, "The security token included in the request is invalid.")
    }

    /// AWS's error for a caller without the permission.
    pub(super) fn denied(&self, caller: Caller) -> MockResponse {
        let code = match self.service.protocol() {
            Protocol::Query | Protocol::RestXml | Protocol::Cbor => "AccessDenied",
            Protocol::Json | Protocol::RestJson => "AccessDeniedException",
        };
        let (who, action) = (caller.arn(), self.iam_action());
        let resource = self.resource(caller.account());
        let message = format!(
            "User: {who} is not authorized to perform: {action} on resource: {resource} because no identity-based \
             policy allows the {action} action"
        );
        self.error(403, code, &message)
    }

    /// AWS's error for an operation that a service does not have.
    pub(super) fn unknown_operation(&self) -> MockResponse {
        let message = format!("The practice accounts have no operation {}.", self.name());
        match self.service.protocol() {
            Protocol::Query | Protocol::Cbor => self.error(400, "InvalidAction", &message),
            Protocol::RestXml => self.error(405, "MethodNotAllowed", &message),
            Protocol::Json | Protocol::RestJson => self.error(404, "UnknownOperationException", &message),
        }
    }

    /// The resource in the message of a denial.
    fn resource(&self, account: Account) -> String {
        let id = account.id();
        match (self.service, self.operation.as_str()) {
            (Service::Account, _) => format!("arn:aws:account::{id}:account"),
            (Service::Budgets, _) => format!("arn:aws:budgets::{id}:budget/*"),
            (Service::Iam, "ListVirtualMFADevices") => format!("arn:aws:iam::{id}:mfa/*"),
            _ => "*".to_owned(),
        }
    }
}

/// The error for a request to another service. The SDK recognises its code, and does not retry.
pub(super) fn unknown_service() -> MockResponse {
    winterbaume_core::rest_json_error(
        404,
        "UnknownOperationException",
        "The practice accounts do not have this service.",
    )
}

fn insert(response: &mut MockResponse, name: &'static str, value: &str) {
    if let Ok(value) = http::HeaderValue::from_str(value) {
        response.headers.insert(name, value);
    }
}

/// `{"__type": code, "message": message}` in CBOR (RFC 8949): the head of a map of two, then texts, each after a head
/// with its length in two bytes.
fn cbor_error(code: &str, message: &str) -> Vec<u8> {
    let mut body = vec![0xA2];
    for text in ["__type", code, "message", message] {
        let length = u16::try_from(text.len()).unwrap_or(0);
        body.push(0x79);
        body.extend(length.to_be_bytes());
        body.extend(&text.as_bytes()[..usize::from(length)]);
    }
    body
}
