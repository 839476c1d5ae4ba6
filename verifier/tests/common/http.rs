//! A layer between the SDK and the practice accounts: requests and responses pass through a function of the test.

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use std::fmt;
use std::sync::Arc;

type Middle = Arc<dyn Fn(HttpRequest, SharedHttpConnector) -> HttpConnectorFuture + Send + Sync>;

#[derive(Clone)]
struct Between<T> {
    inner: T,
    middle: Middle,
}

impl<T> fmt::Debug for Between<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Between")
    }
}

impl HttpClient for Between<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Between { inner, middle: Arc::clone(&self.middle) })
    }
}

impl HttpConnector for Between<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        (self.middle)(request, self.inner.clone())
    }
}

/// The same configuration, with a function between the SDK and the server.
pub fn through(
    sdk: &SdkConfig,
    middle: impl Fn(HttpRequest, SharedHttpConnector) -> HttpConnectorFuture + Send + Sync + 'static,
) -> SdkConfig {
    let inner = sdk.http_client().unwrap();
    sdk.to_builder().http_client(Between { inner, middle: Arc::new(middle) }).build()
}

/// The protocol of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Query,
    Json,
    RestJson,
    RestXml,
    Cbor,
}

pub fn protocol(request: &HttpRequest) -> Protocol {
    let headers = request.headers();
    if headers.get("smithy-protocol").is_some() {
        Protocol::Cbor
    } else if headers.get("x-amz-target").is_some() {
        Protocol::Json
    } else if headers.get("authorization").is_some_and(|signature| signature.contains("/s3/aws4_request")) {
        Protocol::RestXml
    } else if body(request).contains("Action=") {
        Protocol::Query
    } else {
        Protocol::RestJson
    }
}

pub fn body(request: &HttpRequest) -> String {
    request.body().bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

/// The operation of a request, by its name in the API reference.
pub fn operation(request: &HttpRequest) -> String {
    match protocol(request) {
        Protocol::Json => {
            request.headers().get("x-amz-target").unwrap_or_default().rsplit('.').next().unwrap().to_owned()
        }
        Protocol::Query => {
            let body = body(request);
            let action = body.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap();
            action.to_owned()
        }
        // Only reads are sent here.
        Protocol::RestXml => {
            let asked = request.uri().split_once('?').map_or("", |(_, asked)| asked);
            let settings = [
                ("publicAccessBlock", "GetPublicAccessBlock"),
                ("policy", "GetBucketPolicy"),
                ("versioning", "GetBucketVersioning"),
                ("encryption", "GetBucketEncryption"),
            ];
            settings.iter().find(|(setting, _)| *setting == asked).map_or("ListBuckets", |(_, name)| name).to_owned()
        }
        Protocol::Cbor | Protocol::RestJson => {
            let last = request.uri().split('?').next().unwrap().rsplit('/').next().unwrap();
            last[..1].to_uppercase() + &last[1..]
        }
    }
}

/// A response of AWS.
pub fn answer(protocol: Protocol, status: u16, body: impl Into<Vec<u8>>) -> HttpResponse {
    let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.into()));
    if protocol == Protocol::Cbor {
        response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
    }
    response
}

/// The form of AWS's errors.
pub fn error(protocol: Protocol, status: u16, code: &str, message: &str) -> HttpResponse {
    match protocol {
        Protocol::Query => {
            let body = format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
            );
            answer(protocol, status, body)
        }
        Protocol::Json | Protocol::RestJson => {
            answer(protocol, status, serde_json::json!({ "__type": code, "message": message }).to_string())
        }
        Protocol::RestXml => {
            answer(protocol, status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
        }
        Protocol::Cbor => {
            let entries = [cbor_text("__type"), cbor_text(code), cbor_text("message"), cbor_text(message)];
            answer(protocol, status, [vec![0xA2], entries.concat()].concat())
        }
    }
}

/// A text in CBOR (RFC 8949), with a header that has its length in two bytes.
pub fn cbor_text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    [&[0x79], &length[..], text.as_bytes()].concat()
}
