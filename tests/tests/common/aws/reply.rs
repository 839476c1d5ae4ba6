//! The responses of services, in each protocol.

use super::http::{Call, Protocol};
use aws_smithy_cbor::Encoder;
use serde_json::{Value, json};

/// A response.
#[derive(Debug, Clone)]
pub enum Reply {
    Json(Value),
    Xml(String),
    Cbor(Vec<u8>),
    /// An error of the service.
    Error {
        status: u16,
        code: String,
        message: String,
    },
    /// Raw bytes.
    Raw {
        status: u16,
        content_type: &'static str,
        body: Vec<u8>,
    },
    /// The connection ends in the middle of the body.
    CutOff,
    /// The connection ends without a response.
    HangUp,
}

/// A service's error, written in the protocol of the call.
pub fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::Error { status, code: code.to_owned(), message: message.to_owned() }
}

/// A response with only this body, in any protocol.
pub fn raw(body: &str) -> Reply {
    Reply::Raw { status: 200, content_type: "application/octet-stream", body: body.as_bytes().to_vec() }
}

const UNKNOWN: &str = "UnknownOperationException";

/// AWS's response for an operation that does not exist.
pub fn unknown() -> Reply {
    error(400, UNKNOWN, "The stub of AWS does not have this operation.")
}

/// Text, escaped for XML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A response of a query service.
pub fn query(operation: &str, result: &str) -> Reply {
    Reply::Xml(format!("<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>"))
}

/// One page of a list, and the token of the next page. Tokens are positions in the list.
pub fn page<'t, T>(items: &'t [T], size: usize, token: Option<&str>) -> (&'t [T], Option<String>) {
    let start = token.and_then(|token| token.strip_prefix("from-")?.parse().ok()).unwrap_or(0).min(items.len());
    let end = items.len().min(start + size);
    (&items[start..end], (end < items.len()).then(|| format!("from-{end}")))
}

/// Adds a page's token, if there is one.
pub fn with_token(mut answer: Value, member: &str, token: Option<String>) -> Reply {
    if let Some(token) = token {
        answer[member] = token.into();
    }
    Reply::Json(answer)
}

impl Reply {
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Reply::Error { code, .. } if code == UNKNOWN)
    }

    /// The status, headers and body of the response to a call.
    pub(super) fn written(self, call: &Call) -> (u16, String, Vec<u8>) {
        let json = |value: &Value| value.to_string().into_bytes();
        match self {
            Reply::Json(value) => (200, format!("content-type: {}", call.protocol.content_type()), json(&value)),
            Reply::Xml(text) => (200, "content-type: text/xml".to_owned(), text.into_bytes()),
            Reply::Cbor(body) => (200, CBOR.to_owned(), body),
            Reply::Raw { status, content_type, body } => (status, format!("content-type: {content_type}"), body),
            Reply::CutOff | Reply::HangUp => (200, "content-type: text/plain".to_owned(), Vec::new()),
            Reply::Error { status, code, message } => {
                let (code_in_xml, message_in_xml) = (escaped(&code), escaped(&message));
                let error = format!("<Code>{code_in_xml}</Code><Message>{message_in_xml}</Message>");
                match call.protocol {
                    Protocol::Query => {
                        let body = format!("<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>");
                        (status, "content-type: text/xml".to_owned(), body.into_bytes())
                    }
                    Protocol::RestXml => {
                        let body = format!("<Error>{error}</Error>");
                        (status, "content-type: application/xml".to_owned(), body.into_bytes())
                    }
                    Protocol::Cbor => (status, CBOR.to_owned(), cbor(&[("__type", &code), ("message", &message)])),
                    Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => {
                        let headers =
                            format!("content-type: {}\r\nx-amzn-errortype: {code}", call.protocol.content_type());
                        (status, headers, json(&json!({ "__type": code, "message": message, "Message": message })))
                    }
                }
            }
        }
    }
}

const CBOR: &str = "content-type: application/cbor\r\nsmithy-protocol: rpc-v2-cbor";

fn cbor(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    encoder.map(entries.len());
    for (key, value) in entries {
        encoder.str(key).str(value);
    }
    encoder.into_writer()
}
