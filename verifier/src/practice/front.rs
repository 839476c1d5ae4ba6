//! The front: takes the SDK's requests to one of two accounts, by the access key that signed them, and in the account
//! to our own answers first and to winterbaume's otherwise.
//!
//! winterbaume keeps one state for a process's default account. So each account has its own instance of each service,
//! and the default account id in answers is replaced by the account's own.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use winterbaume_core::{DEFAULT_ACCOUNT_ID, MockRequest, MockResponse, MockService};

use super::console::{self, Console};
use super::{GENERAL, PRODUCTION};

/// Both accounts behind one HTTP client.
#[derive(Clone)]
pub(super) struct Front(Arc<Inner>);

struct Inner {
    general: Account,
    production: Account,
    state: Mutex<State>,
}

/// What both accounts share.
struct State {
    console: Console,
    taken: BTreeSet<String>,
    denied: BTreeSet<String>,
}

/// The emulated services of one account, by the name that requests are signed for.
struct Account {
    id: &'static str,
    services: Vec<(&'static str, Box<dyn MockService>)>,
}

/// The access key of a practice account.
pub(super) fn access_key(account: &str) -> Option<&'static str> {
    match account {
        GENERAL => Some("AKIAPRACTICEGENERAL0"),
        PRODUCTION => Some("AKIAPRACTICEPRODUCT0"),
        _ => None,
    }
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Front")
    }
}

impl Front {
    pub(super) fn new(now: i64) -> Front {
        let account = |id| Account {
            id,
            services: vec![
                ("account", Box::new(winterbaume_account::AccountService::new()) as Box<dyn MockService>),
                ("budgets", Box::new(winterbaume_budgets::BudgetsService::new())),
                ("monitoring", Box::new(winterbaume_cloudwatch::CloudWatchService::new())),
                ("iam", Box::new(winterbaume_iam::IamService::new())),
                ("organizations", Box::new(winterbaume_organizations::OrganizationsService::new())),
                ("sts", Box::new(winterbaume_sts::StsService::new())),
            ],
        };
        let state = State { console: Console::new(now), taken: BTreeSet::new(), denied: BTreeSet::new() };
        Front(Arc::new(Inner {
            general: account(console::GENERAL_ID),
            production: account(console::PRODUCTION_ID),
            state: Mutex::new(state),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what AWS's console would.
    pub(super) fn in_console(&self, change: impl FnOnce(&mut Console)) {
        change(&mut self.state().console);
    }

    pub(super) fn has_taken(&self, step: &str) -> bool {
        self.state().taken.contains(step)
    }

    pub(super) fn note_taken(&self, step: &str) {
        self.state().taken.insert(step.to_owned());
    }

    pub(super) fn signed_up(&self) -> bool {
        self.state().console.signed_up()
    }

    pub(super) fn deny(&self, operation: &str) {
        self.state().denied.insert(operation.to_lowercase());
    }

    async fn answer(self, request: MockRequest) -> MockResponse {
        let call = Call::of(&request);
        let inner = &self.0;
        let account = match call.access_key.as_str() {
            key if Some(key) == access_key(GENERAL) => Some(&inner.general),
            key if Some(key) == access_key(PRODUCTION) && self.state().console.signed_up() => Some(&inner.production),
            _ => None,
        };
        let Some(account) = account else {
            // How AWS answers keys that it doesn't know.
            let code = match call.protocol {
                Protocol::Query => "InvalidClientTokenId",
                _ => "UnrecognizedClientException",
            };
            return call.error(403, code, "The security token included in the request is invalid.");
        };
        if self.state().denied.contains(&format!("{}:{}", call.sdk_service(), call.operation).to_lowercase()) {
            let message = format!(
                "User: {} is not authorized to perform: {}:{}",
                console::reader_arn(account.id),
                call.service,
                call.operation
            );
            let code = if matches!(call.protocol, Protocol::Query | Protocol::Cbor) {
                "AccessDenied"
            } else {
                "AccessDeniedException"
            };
            return call.error(403, code, &message);
        }
        if let Some(answer) = self.state().console.answer(account.id, &call, &request.body) {
            return answer;
        }
        // The organization is one: its members see the general account's.
        let home = if call.service == "organizations" { &inner.general } else { account };
        let Some((_, service)) = home.services.iter().find(|(name, _)| *name == call.service) else {
            return call.error(400, "UnknownOperationException", "The practice account has no such service.");
        };
        let mut response = service.handle(request.clone()).await;
        if response.status == 501 {
            // An SDK retries what failed with 5xx.
            return call.error(400, "UnknownOperationException", "The practice account has no such operation.");
        }
        if !matches!(call.protocol, Protocol::Cbor) {
            let text = String::from_utf8_lossy(&response.body).replace(DEFAULT_ACCOUNT_ID, home.id);
            let text = self.state().console.amend(account.id, &call, &request.body, text);
            response.body = Bytes::from(text);
        }
        response
    }
}

/// Which operation of which service a request calls.
pub(super) struct Call {
    /// The service that it was signed for.
    pub(super) service: String,
    pub(super) operation: String,
    pub(super) region: String,
    access_key: String,
    protocol: Protocol,
}

/// How a service writes its requests and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Query,
    Json,
    RestJson,
    Cbor,
}

impl Call {
    fn of(request: &MockRequest) -> Call {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …
        let scope = header("authorization").split("Credential=").nth(1).unwrap_or_default();
        let scope: Vec<&str> = scope.split([',', ' ']).next().unwrap_or_default().split('/').collect();
        let part = |at: usize| scope.get(at).copied().unwrap_or_default().to_owned();
        let target = header("x-amz-target");
        let path = winterbaume_core::extract_path(&request.uri);
        let (protocol, operation) = if !target.is_empty() {
            (Protocol::Json, target.rsplit('.').next().unwrap_or_default().to_owned())
        } else if let Some((_, operation)) = path.split_once("/operation/") {
            (Protocol::Cbor, operation.to_owned())
        } else if path.len() > 1 {
            // `/getAccountInformation`
            let name = path.trim_start_matches('/');
            let first = name.chars().next().map(|c| c.to_ascii_uppercase()).into_iter();
            (Protocol::RestJson, first.chain(name.chars().skip(1)).collect())
        } else {
            let body = String::from_utf8_lossy(&request.body);
            let action = body.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap_or_default().to_owned();
            (Protocol::Query, action)
        };
        Call { access_key: part(0), region: part(2), service: part(3), operation, protocol }
    }

    /// The service as the SDK names it.
    fn sdk_service(&self) -> &str {
        if self.service == "monitoring" { "cloudwatch" } else { &self.service }
    }

    /// An error in the shape of the service's protocol.
    pub(super) fn error(&self, status: u16, code: &str, message: &str) -> MockResponse {
        match self.protocol {
            Protocol::Query => MockResponse::error(status, code, message),
            Protocol::Json | Protocol::RestJson => {
                let status = if self.protocol == Protocol::Json { 400 } else { status };
                let body = serde_json::json!({ "__type": code, "message": message }).to_string();
                let mut response = MockResponse::rest_json(status, body);
                if let Ok(code) = code.parse() {
                    response.headers.insert("x-amzn-errortype", code);
                }
                response
            }
            Protocol::Cbor => {
                // A map of two texts (RFC 8949): 0xA2, then each text with its length in two bytes.
                let mut body = vec![0xA2];
                for text in ["__type", code, "message", message] {
                    let length = u16::try_from(text.len()).unwrap_or_default();
                    body.push(0x79);
                    body.extend(length.to_be_bytes());
                    body.extend(&text.as_bytes()[..usize::from(length)]);
                }
                MockResponse::cbor(status, body)
            }
        }
    }
}

impl HttpConnector for Front {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut headers = http::HeaderMap::new();
        for (name, value) in request.headers() {
            let name = http::HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, http::HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
        let request = MockRequest {
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            headers,
            body: request.body().bytes().map(Bytes::copy_from_slice).unwrap_or_default(),
        };
        let front = self.clone();
        HttpConnectorFuture::new(async move {
            let answer = front.answer(request).await;
            let status = StatusCode::try_from(answer.status);
            let status = status.map_err(|error| ConnectorError::other(Box::new(error), None))?;
            let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
            for (name, value) in &answer.headers {
                if let Ok(value) = value.to_str() {
                    response.headers_mut().insert(name.as_str().to_owned(), value.to_owned());
                }
            }
            Ok(response)
        })
    }
}

impl HttpClient for Front {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
