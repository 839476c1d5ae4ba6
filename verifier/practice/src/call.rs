//! Parses requests to services and operations, and creates responses and errors in each service's protocol.
//!
//! Protocols and their errors: the Smithy specifications of `awsQuery`, `awsJson1.0` and `1.1`, `restJson1` and
//! `rpcv2Cbor`. Codes that all services share: "Common Error Types" in each service's API reference.

use evidence::reads::{self, Protocol, Service};
use evidence::table;
use serde_json::json;
use winterbaume_core::{MockRequest, MockResponse, parse_query_string, xml_escape};

use super::accounts::{Account, Caller};
use super::embedded::{self, Embedded};
use super::{path, writes};

/// The parts of a request that are needed to route it.
#[derive(Debug)]
pub(super) struct Call {
    /// The service, as the table of reads has it.
    pub(super) service: &'static Service,
    /// What answers it here; `None` for a service that the practice accounts do not have.
    pub(super) embedded: Option<Embedded>,
    pub(super) operation: String,
    pub(super) region: String,
    pub(super) access_key: String,
    protocol: Protocol,
}

impl Call {
    /// The call that a request makes, which its signature and its protocol say; `None` if it is none of AWS's.
    pub(super) fn of(request: &MockRequest) -> Option<Call> {
        let header = |name: &str| request.headers.get(name)?.to_str().ok();
        // `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …`
        let (_, scope) = header("authorization")?.split_once("Credential=")?;
        let mut scope = scope.split(['/', ',']);
        let (access_key, _, region, signed) = (scope.next()?, scope.next()?, scope.next()?, scope.next()?);
        let in_path = path::of(&request.uri);
        let service = match in_path.starts_with(path::S3_CONTROL) {
            true => reads::service(Embedded::S3Control.name()).ok()?,
            false => service(signed)?,
        };
        let protocol = match header("x-amz-target") {
            _ if in_path.contains("/operation/") => Protocol::RpcV2Cbor,
            Some(_) => Protocol::Json,
            None => {
                *service.protocols.iter().find(|protocol| !matches!(protocol, Protocol::RpcV2Cbor | Protocol::Json))?
            }
        };
        let operation = match protocol {
            Protocol::Query | Protocol::Ec2 => {
                parse_query_string(std::str::from_utf8(&request.body).ok()?).remove("Action")?
            }
            Protocol::Json => header("x-amz-target")?.rsplit('.').next()?.to_owned(),
            Protocol::RestJson | Protocol::RestXml => {
                path::operation(service, &request.method, &request.uri).unwrap_or("this operation").to_owned()
            }
            // `/service/GraniteServiceVersion20100801/operation/ListMetrics`
            Protocol::RpcV2Cbor => in_path.rsplit_once("/operation/")?.1.to_owned(),
        };
        let (region, access_key) = (region.to_owned(), access_key.to_owned());
        Some(Call { service, embedded: Embedded::of(&service.name), operation, region, access_key, protocol })
    }

    /// Whether it only reads.
    pub(super) fn reads(&self) -> bool {
        let verbs = ["BatchGet", "Describe", "Get", "Head", "List", "Lookup", "Search"];
        !writes::writes(&self.service.name, &self.operation)
            && verbs.iter().any(|verb| self.operation.starts_with(verb))
    }

    /// The operation, as in `budgets:DescribeBudgets`.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.service.name, self.operation)
    }

    /// The region whose state it is about: the one of a global service, or its own.
    pub(super) fn region_of_state(&self) -> &str {
        self.service.global_region("aws").unwrap_or(&self.region)
    }

    /// The IAM action that the operation needs, from the tables.
    pub(super) fn iam_action(&self) -> String {
        let of = |service: &Service| service.operations.get(&self.operation)?.actions.first().cloned();
        let in_tables =
            || writes::service(&self.service.name).ok().flatten().into_iter().chain([self.service]).find_map(of);
        table::permission(&self.name()).or_else(in_tables).unwrap_or_else(|| self.name())
    }

    /// A successful response in JSON.
    pub(super) fn json(&self, body: &serde_json::Value) -> MockResponse {
        match self.protocol {
            Protocol::RestJson => MockResponse::rest_json(200, body.to_string()),
            _ => MockResponse::json(200, body.to_string()),
        }
    }

    /// A successful response in XML. `result` is the content of the `…Result` element.
    pub(super) fn xml(&self, result: &str) -> MockResponse {
        let namespace = self.service.namespace.as_deref().unwrap_or_default();
        winterbaume_core::aws_query_response(&self.operation, namespace, result)
    }

    /// An error in the service's protocol.
    pub(super) fn error(&self, status: u16, code: &str, message: &str) -> MockResponse {
        let (xml_code, xml_message) = (xml_escape(code), xml_escape(message));
        match self.protocol {
            Protocol::Query => MockResponse::error(status, &xml_code, &xml_message),
            Protocol::Ec2 => MockResponse::xml(
                status,
                format!(
                    "<Response><Errors><Error><Code>{xml_code}</Code><Message>{xml_message}</Message></Error></Errors>\
                     <RequestID>practice</RequestID></Response>"
                ),
            ),
            // awsJson services return 400 for all client errors. Most of their models name the member `message`, these
            // two `Message`.
            Protocol::Json => {
                let member = match self.embedded {
                    Some(Embedded::Budgets | Embedded::Organizations) => "Message",
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
                let error = format!("<Error><Code>{xml_code}</Code><Message>{xml_message}</Message></Error>");
                let wrapped =
                    if self.service.name == "s3" { error } else { format!("<ErrorResponse>{error}</ErrorResponse>") };
                MockResponse::xml(status, wrapped)
            }
            Protocol::RpcV2Cbor => {
                let mut response = MockResponse::cbor(status, cbor_error(code, message));
                // CloudWatch used awsQuery before, and still returns its error codes.
                insert(&mut response, "x-amzn-query-error", &format!("{code};Sender"));
                response
            }
        }
    }

    /// AWS's error for keys that do not exist.
    pub(super) fn unknown_keys(&self) -> MockResponse {
        let code = match self.protocol {
            Protocol::Query | Protocol::Ec2 | Protocol::RpcV2Cbor => "InvalidClientTokenId",
            Protocol::Json | Protocol::RestJson => "UnrecognizedClientException",
            Protocol::RestXml => "InvalidAccessKeyId",
        };
        self.error(403, code, "The security token included in the request is invalid.")
    }

    /// AWS's error for a caller without the permission.
    pub(super) fn denied(&self, caller: Caller, account: &Account) -> MockResponse {
        let code = match self.protocol {
            Protocol::Ec2 => "UnauthorizedOperation",
            Protocol::Query | Protocol::RestXml | Protocol::RpcV2Cbor => "AccessDenied",
            Protocol::Json | Protocol::RestJson => "AccessDeniedException",
        };
        let (who, action) = (caller.arn(account), self.iam_action());
        let resource = self.resource(account);
        let message = format!(
            "User: {who} is not authorized to perform: {action} on resource: {resource} because no identity-based \
             policy allows the {action} action"
        );
        self.error(403, code, &message)
    }

    /// AWS's error for an operation that a service does not have: here, for one that the practice accounts lack.
    pub(super) fn unknown_operation(&self) -> MockResponse {
        let message = embedded::lacks(self.service, &self.operation);
        match self.protocol {
            Protocol::Query | Protocol::Ec2 | Protocol::RpcV2Cbor => self.error(400, "InvalidAction", &message),
            Protocol::RestXml => self.error(405, "MethodNotAllowed", &message),
            Protocol::Json | Protocol::RestJson => self.error(404, "UnknownOperationException", &message),
        }
    }

    /// The resource in the message of a denial.
    fn resource(&self, account: &Account) -> String {
        let id = &account.id;
        match (self.embedded, self.operation.as_str()) {
            (Some(Embedded::Account), _) => format!("arn:aws:account::{id}:account"),
            (Some(Embedded::Budgets), _) => format!("arn:aws:budgets::{id}:budget/*"),
            (Some(Embedded::Iam), "ListVirtualMFADevices") => format!("arn:aws:iam::{id}:mfa/*"),
            _ => "*".to_owned(),
        }
    }
}

/// The service that requests are signed for: an embedded one, or the first of the table's that is called so.
fn service(signed: &str) -> Option<&'static Service> {
    let embedded = Embedded::ALL.into_iter().filter_map(|one| reads::service(one.name()).ok());
    if let Some(service) = embedded.into_iter().find(|service| service.signing == signed) {
        return Some(service);
    }
    let is_called =
        |(name, listed): &(&String, &reads::Listed)| *name == signed || listed.called.iter().any(|one| one == signed);
    let (name, _) = reads::services().iter().find(is_called)?;
    reads::service(name).ok()
}

/// The error for a request that is none of AWS's. The SDK recognises its code, and does not retry.
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
