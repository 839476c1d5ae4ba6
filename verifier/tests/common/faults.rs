//! Faults between the SDK and AWS, for one read at a time.

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame};
use serde_json::Value;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use super::http::{self, Protocol, answer, cbor_text, error, operation, protocol};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Denied,
    ThrottledForAWhile,
    Throttled,
    ServerError,
    Timeout,
    Refused,
    CutMidBody,
    Malformed,
    EmptyPageWithToken,
    EndlessPages,
    Expired,
    ClockSkew,
    UnknownValue,
    MissingField,
}

impl Fault {
    pub const ALL: [Fault; 14] = [
        Fault::Denied,
        Fault::ThrottledForAWhile,
        Fault::Throttled,
        Fault::ServerError,
        Fault::Timeout,
        Fault::Refused,
        Fault::CutMidBody,
        Fault::Malformed,
        Fault::EmptyPageWithToken,
        Fault::EndlessPages,
        Fault::Expired,
        Fault::ClockSkew,
        Fault::UnknownValue,
        Fault::MissingField,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Fault::Denied => "access denied",
            Fault::ThrottledForAWhile => "throttled for a while",
            Fault::Throttled => "throttled for good",
            Fault::ServerError => "500s",
            Fault::Timeout => "no answer",
            Fault::Refused => "connection refused",
            Fault::CutMidBody => "cut mid-body",
            Fault::Malformed => "malformed body",
            Fault::EmptyPageWithToken => "empty page with a token",
            Fault::EndlessPages => "endless pages",
            Fault::Expired => "expired token",
            Fault::ClockSkew => "clock skew",
            Fault::UnknownValue => "unknown value",
            Fault::MissingField => "missing field",
        }
    }

    /// The expected reason; `None` if the fault must make no difference.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Fault::ThrottledForAWhile | Fault::EmptyPageWithToken => None,
            Fault::Denied => Some("denied"),
            Fault::Throttled => Some("throttled"),
            Fault::ServerError => Some("service-error"),
            Fault::Timeout | Fault::Refused => Some("unreachable"),
            Fault::CutMidBody | Fault::Malformed | Fault::EndlessPages | Fault::UnknownValue | Fault::MissingField => {
                Some("incomplete-answer")
            }
            Fault::Expired | Fault::ClockSkew => Some("expired-credentials"),
        }
    }

    /// Whether an operation can have this fault.
    pub fn fits(self, operation: &str) -> bool {
        match self {
            Fault::EmptyPageWithToken | Fault::EndlessPages => empty_page(operation, "token").is_some(),
            _ => true,
        }
    }
}

/// An operation with a fault.
#[derive(Debug, Clone)]
pub struct Faulty {
    operation: String,
    fault: Fault,
    asked: Arc<AtomicUsize>,
}

impl Faulty {
    pub fn new(operation: &str, fault: Fault) -> Faulty {
        Faulty { operation: operation.to_owned(), fault, asked: Arc::default() }
    }

    pub fn between(self, sdk: &SdkConfig) -> SdkConfig {
        http::through(sdk, move |request, inner| {
            if operation(&request) == self.operation { self.answer(request, inner) } else { inner.call(request) }
        })
    }

    fn answer(&self, request: HttpRequest, inner: SharedHttpConnector) -> HttpConnectorFuture {
        let protocol = protocol(&request);
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let (denied, throttled, expired) = match protocol {
            Protocol::Query => ("AccessDenied", "Throttling", "ExpiredToken"),
            Protocol::RestXml => ("AccessDenied", "SlowDown", "ExpiredToken"),
            _ => ("AccessDeniedException", "ThrottlingException", "ExpiredTokenException"),
        };
        let at_once = |response| HttpConnectorFuture::ready(Ok(response));
        match self.fault {
            Fault::Denied => at_once(error(protocol, 403, denied, "User: somebody is not authorized to perform this")),
            Fault::ThrottledForAWhile if asked >= 2 => inner.call(request),
            Fault::ThrottledForAWhile | Fault::Throttled => at_once(error(protocol, 400, throttled, "Rate exceeded")),
            Fault::ServerError => at_once(error(protocol, 500, "InternalFailure", "Something went wrong")),
            Fault::Timeout => HttpConnectorFuture::new(std::future::pending()),
            Fault::Refused => {
                let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
                HttpConnectorFuture::ready(Err(ConnectorError::io(refused.into())))
            }
            Fault::CutMidBody => changed(inner.call(request), cut),
            Fault::Malformed => at_once(answer(protocol, 200, "<html>Welcome to this hotel's network</html>")),
            Fault::EmptyPageWithToken if asked % 2 == 1 => inner.call(without_token(request)),
            Fault::EmptyPageWithToken | Fault::EndlessPages => {
                let token = format!("page {asked}");
                at_once(answer(protocol, 200, empty_page(&self.operation, &token).unwrap()))
            }
            Fault::Expired => {
                at_once(error(protocol, 403, expired, "The security token included in the request is expired"))
            }
            Fault::ClockSkew => {
                let message = "Signature expired: 20200101T000000Z is now earlier than 20261124T000000Z";
                at_once(error(protocol, 403, "InvalidSignatureException", message))
            }
            Fault::UnknownValue => changed(inner.call(request), move |response| {
                edited(protocol, response, &unknown_value, &|xml| {
                    xml.replace("<value>0<", "<value>7<")
                        .replace("<value>1<", "<value>7<")
                        .replace("<EvalDecision>", "<EvalDecision>tomorrow-")
                        .replace("<Status>", "<Status>tomorrow-")
                        .replace("<SSEAlgorithm>", "<SSEAlgorithm>tomorrow-")
                })
            }),
            Fault::MissingField => changed(inner.call(request), move |response| {
                if protocol == Protocol::Cbor {
                    // {"Metrics": [{}]}
                    let body = [vec![0xA1], cbor_text("Metrics"), vec![0x81, 0xA0]].concat();
                    return answer(protocol, 200, body);
                }
                edited(protocol, response, &missing, &without_elements)
            }),
        }
    }
}

fn changed(
    answer: HttpConnectorFuture,
    change: impl FnOnce(HttpResponse) -> HttpResponse + Send + 'static,
) -> HttpConnectorFuture {
    HttpConnectorFuture::new(async move { Ok(change(answer.await?)) })
}

/// Changes a response's JSON or XML.
fn edited(
    protocol: Protocol,
    response: HttpResponse,
    json: &dyn Fn(&mut Value),
    xml: &dyn Fn(&str) -> String,
) -> HttpResponse {
    if !response.status().is_success() {
        // The error for something that does not exist is not a field of the response.
        return response;
    }
    let body = response.body().bytes().unwrap_or_default();
    let body = match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            json(&mut value);
            value.to_string().into_bytes()
        }
        Err(_) if matches!(protocol, Protocol::Query | Protocol::RestXml) => {
            xml(&String::from_utf8_lossy(body)).into_bytes()
        }
        Err(_) => body.to_vec(),
    };
    let mut edited = answer(protocol, response.status().as_u16(), body);
    if let Some(date) = response.headers().get("date") {
        edited.headers_mut().insert("date", date.to_owned());
    }
    edited
}

/// The fields that AWS omits when they are empty. Their absence has a meaning.
const MAY_BE_ABSENT: &[&str] = &["CompanyName", "StateOrRegion", "ThresholdType", "NextToken", "nextToken"];

/// Removes every field that is not a list or an object.
fn missing(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|key, field| field.is_object() || field.is_array() || MAY_BE_ABSENT.contains(&key.as_str()));
            fields.values_mut().for_each(missing);
        }
        Value::Array(items) => items.iter_mut().for_each(missing),
        _ => {}
    }
}

/// Fields that have one of some known values.
pub const ENUMERATIONS: &[&str] = &[
    "State",
    "Status",
    "AccountState",
    "JoinedMethod",
    "FeatureSet",
    "BudgetType",
    "TimeUnit",
    "NotificationType",
    "ComparisonOperator",
    "ThresholdType",
    "SubscriptionType",
    "value",
];

fn unknown_value(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                if ENUMERATIONS.contains(&key.as_str()) && field.is_string() {
                    *field = "FROM_TOMORROW".into();
                }
                unknown_value(field);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(unknown_value),
        _ => {}
    }
}

/// Removes every XML element that contains only text, except for those of pagination and for a bucket's versioning,
/// which AWS omits if it was never enabled.
fn without_elements(xml: &str) -> String {
    let mut out = String::new();
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..].split(['>', ' ', '/']).next().unwrap_or_default();
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let text = rest.strip_prefix(open.as_str()).and_then(|inner| inner.split_once(close.as_str()));
        match text {
            Some((text, after)) if !text.contains('<') && !["IsTruncated", "RequestId", "Status"].contains(&name) => {
                rest = after
            }
            _ => {
                let end = rest.find('>').map_or(rest.len(), |end| end + 1);
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
    }
    out + rest
}

/// A page without entries that has a next page; `None` for operations without pages.
fn empty_page(operation: &str, token: &str) -> Option<Vec<u8>> {
    let list = match operation {
        "ListVirtualMFADevices" => {
            let page = format!(
                "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><IsTruncated>true</IsTruncated><Marker>{token}</Marker><VirtualMFADevices/></ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>"
            );
            return Some(page.into_bytes());
        }
        "ListMetrics" => {
            let entries = [cbor_text("Metrics"), vec![0x80], cbor_text("NextToken"), cbor_text(token)];
            return Some([vec![0xA2], entries.concat()].concat());
        }
        "ListBuckets" => {
            let page = format!(
                "<ListAllMyBucketsResult><Buckets/><ContinuationToken>{token}</ContinuationToken></ListAllMyBucketsResult>"
            );
            return Some(page.into_bytes());
        }
        "GetBillingPreferences" => return Some(page("billingPreferences", "nextToken", token)),
        "ListBusinessSupportSubscriptionHistory" => return Some(page("subscriptionContracts", "nextToken", token)),
        "ListAccounts" => "Accounts",
        "LookupEvents" => "Events",
        "DescribeBudgets" => "Budgets",
        "DescribeBudgetNotificationsForAccount" => "BudgetNotificationsForAccount",
        "DescribeSubscribersForNotification" => "Subscribers",
        _ => return None,
    };
    Some(page(list, "NextToken", token))
}

fn page(list: &str, next: &str, token: &str) -> Vec<u8> {
    serde_json::json!({ list: [], next: token }).to_string().into_bytes()
}

/// The same request for the first page, because the emulators don't know the token.
fn without_token(request: HttpRequest) -> HttpRequest {
    let body = match protocol(&request) {
        Protocol::Json => {
            let mut json: Value = serde_json::from_str(&http::body(&request)).unwrap();
            let fields = json.as_object_mut().unwrap();
            fields.retain(|key, _| !key.eq_ignore_ascii_case("nexttoken"));
            json.to_string().into_bytes()
        }
        Protocol::Query => {
            let body = http::body(&request);
            let kept = body.split('&').filter(|pair| !pair.starts_with("Marker="));
            kept.collect::<Vec<_>>().join("&").into_bytes()
        }
        // {"Namespace": "AWS/Billing"}
        Protocol::Cbor => [vec![0xA1], cbor_text("Namespace"), cbor_text("AWS/Billing")].concat(),
        Protocol::RestJson | Protocol::RestXml => return request,
    };
    request.map(|_| SdkBody::from(body.clone()))
}

/// A body that is truncated in the middle.
struct Cut(Option<Bytes>);

impl Body for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(half) => Ok(Frame::data(half)),
            None => Err(std::io::ErrorKind::UnexpectedEof.into()),
        }))
    }
}

fn cut(response: HttpResponse) -> HttpResponse {
    response.map(|body| {
        let bytes = body.bytes().unwrap_or_default();
        SdkBody::from_body_1_x(Cut(Some(Bytes::copy_from_slice(&bytes[..bytes.len() / 2]))))
    })
}
