//! Tests of the client against responses that they make, without a network.

mod contents;
mod differ;
mod faults;
mod hostile;
mod limits;
mod paging;
mod responses;
mod samples;
mod sending;
mod strangers;
mod tokens;
mod waiting;
mod writes;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::{Arc, Mutex};

use super::{Answer, Call, Client, Failure};
use crate::CallLog;
use crate::reader::Reader;
use crate::reads::Found;

pub(super) const ACCOUNT: &str = "111122223333";

/// A request that was sent.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Sent {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// A response: status, headers and body.
pub(super) type Response = (u16, Vec<(String, String)>, Vec<u8>);

type Respond = dyn Fn(&Sent, usize) -> Response + Send + Sync;

/// AWS, as far as a test needs it: it keeps requests and answers them.
#[derive(Clone)]
pub(super) struct Aws {
    pub(super) sent: Arc<Mutex<Vec<Sent>>>,
    respond: Arc<Respond>,
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Aws")
    }
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let sent = Sent {
            method: request.method().to_owned(),
            url: request.uri().to_owned(),
            headers,
            body: request.body().bytes().unwrap_or_default().to_vec(),
        };
        let mut all = self.sent.lock().unwrap();
        let (status, headers, body) = (self.respond)(&sent, all.len());
        all.push(sent);
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        for (name, value) in headers {
            response.headers_mut().append(name, value);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Aws {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl Aws {
    pub(super) fn new(respond: impl Fn(&Sent, usize) -> Response + Send + Sync + 'static) -> Aws {
        Aws { sent: Arc::default(), respond: Arc::new(respond) }
    }

    /// The same response to all requests.
    pub(super) fn answering(body: &str) -> Aws {
        let body = body.as_bytes().to_vec();
        Aws::new(move |_, _| (200, vec![], body.clone()))
    }

    pub(super) fn sdk(&self) -> SdkConfig {
        let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::standard().with_max_attempts(1))
            .http_client(SharedHttpClient::new(self.clone()))
            .build()
    }

    pub(super) fn client(&self) -> Client {
        let reader = Reader::new("general", self.sdk(), CallLog::default()).with_account_id(ACCOUNT);
        Client::new(reader, [])
    }

    /// Calls an operation with an input in JSON.
    pub(super) async fn read(&self, name: &str, region: &str, input: Value) -> Result<Answer, Failure> {
        let Value::Object(input) = input else { panic!("an input is an object") };
        self.read_with(crate::reads::find(name).unwrap(), region, &input).await
    }

    pub(super) async fn read_with(
        &self,
        found: Found,
        region: &str,
        input: &Map<String, Value>,
    ) -> Result<Answer, Failure> {
        self.client().read(Call { found, region, input }).await
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }
}
