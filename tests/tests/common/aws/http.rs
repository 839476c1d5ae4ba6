//! The stub's server: converts the SDK's requests to calls, in every protocol.

use super::times::{http_date, now};
use super::{Aws, Reply};
use aws_smithy_cbor::Decoder;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The protocol of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Query,
    Json10,
    Json11,
    RestJson,
    RestXml,
    Cbor,
}

impl Protocol {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Protocol::Json10 => "application/x-amz-json-1.0",
            Protocol::Json11 => "application/x-amz-json-1.1",
            Protocol::RestJson => "application/json",
            Protocol::Query | Protocol::RestXml => "text/xml",
            Protocol::Cbor => "application/cbor",
        }
    }
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The access key.
    pub key: String,
    /// The service, as the SDK names it, in lower case.
    pub service: String,
    pub operation: String,
    pub region: String,
    pub protocol: Protocol,
    /// The bucket of an S3 call.
    pub bucket: String,
    /// The members of the input.
    pub input: Map<String, Value>,
    /// When it arrived, by AWS's clock.
    pub time: i64,
}

impl Call {
    /// Service and operation, such as `budgets:DescribeBudgets`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// A text of the input.
    pub fn text(&self, member: &str) -> Option<&str> {
        self.input.get(member).and_then(Value::as_str)
    }

    /// Whether it asks for a page after the first.
    pub(super) fn is_next_page(&self) -> bool {
        ["NextToken", "nextToken", "Marker", "continuation-token"].iter().any(|token| self.input.contains_key(*token))
    }

    fn read(head: &str, body: &[u8]) -> Option<Call> {
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        };
        let uri = head.split_whitespace().nth(1)?;
        let (path, asked) = uri.split_once('?').unwrap_or((uri, ""));
        // AWS4-HMAC-SHA256 Credential=KEY/20261124/us-east-1/budgets/aws4_request, …
        let scope = header("authorization")?.split_once("Credential=")?.1.split(',').next()?;
        let [key, _, region, signed, _] = scope.split('/').collect::<Vec<_>>()[..] else { return None };
        let target = header("x-amz-target");
        let protocol = match header("content-type").unwrap_or_default() {
            _ if header("smithy-protocol").is_some() => Protocol::Cbor,
            "application/x-amz-json-1.0" => Protocol::Json10,
            _ if target.is_some() => Protocol::Json11,
            _ if signed == "s3" => Protocol::RestXml,
            "application/x-www-form-urlencoded" => Protocol::Query,
            _ => Protocol::RestJson,
        };
        let input = match protocol {
            Protocol::Query => pairs(&String::from_utf8_lossy(body)),
            Protocol::RestXml => pairs(asked),
            Protocol::Cbor => texts_of_cbor(body).unwrap_or_default(),
            Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => {
                serde_json::from_slice(body).unwrap_or_default()
            }
        };
        let operation = match protocol {
            Protocol::Query => input.get("Action")?.as_str()?.to_owned(),
            Protocol::Json10 | Protocol::Json11 => target?.rsplit('.').next()?.to_owned(),
            Protocol::RestXml => bucket_operation(&input).to_owned(),
            Protocol::Cbor | Protocol::RestJson => {
                let last = path.rsplit('/').next().filter(|last| !last.is_empty())?;
                last[..1].to_uppercase() + &last[1..]
            }
        };
        let service = if signed == "monitoring" { "cloudwatch" } else { signed };
        let bucket = if protocol == Protocol::RestXml { path.trim_matches('/') } else { "" };
        Some(Call {
            key: key.to_owned(),
            service: service.to_owned(),
            operation,
            region: region.to_owned(),
            protocol,
            bucket: bucket.to_owned(),
            input,
            time: now(),
        })
    }
}

fn bucket_operation(asked: &Map<String, Value>) -> &'static str {
    let settings = [
        ("publicAccessBlock", "GetPublicAccessBlock"),
        ("policy", "GetBucketPolicy"),
        ("policyStatus", "GetBucketPolicyStatus"),
        ("versioning", "GetBucketVersioning"),
        ("encryption", "GetBucketEncryption"),
        ("location", "GetBucketLocation"),
    ];
    settings.iter().find(|(setting, _)| asked.contains_key(*setting)).map_or("ListBuckets", |(_, name)| name)
}

/// The pairs in `name=value&…`.
fn pairs(text: &str) -> Map<String, Value> {
    let plain = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (plain(name), plain(value).into()))
        .collect()
}

/// The texts of a map in CBOR.
fn texts_of_cbor(body: &[u8]) -> Option<Map<String, Value>> {
    let mut decoder = Decoder::new(body);
    let length = decoder.map().ok()?;
    let mut texts = Map::new();
    while length.is_none_or(|length| (texts.len() as u64) < length) {
        let Ok(key) = decoder.string() else { break };
        texts.insert(key, decoder.string().ok()?.into());
    }
    Some(texts)
}

/// A stub that is served until this is dropped.
pub struct Served {
    aws: Arc<Mutex<Aws>>,
    address: SocketAddr,
    over: Arc<AtomicBool>,
}

impl Served {
    /// Serves a stub on a port of loopback.
    pub fn new(aws: Aws) -> Served {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let (aws, over) = (Arc::new(Mutex::new(aws)), Arc::new(AtomicBool::new(false)));
        let (shared, ends) = (Arc::clone(&aws), Arc::clone(&over));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::Relaxed) {
                    return;
                }
                let aws = Arc::clone(&shared);
                std::thread::spawn(move || answer(stream, &aws));
            }
        });
        Served { aws, address, over }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The stub, to read or change it.
    pub fn aws(&self) -> MutexGuard<'_, Aws> {
        self.aws.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // A last connection ends the server's wait.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers the requests of one connection.
fn answer(stream: TcpStream, aws: &Mutex<Aws>) {
    let mut reader = BufReader::new(stream);
    while let Some((head, body)) = request(&mut reader) {
        let Some(mut call) = Call::read(&head, &body) else { return };
        let reply = {
            let mut aws = aws.lock().unwrap_or_else(PoisonError::into_inner);
            call.time += aws.clock;
            aws.reply(&call)
        };
        let (missing, silent) = (matches!(reply, Reply::CutOff), matches!(reply, Reply::HangUp));
        let (status, headers, body) = reply.written(&call);
        let length = body.len() + if missing { 1000 } else { 0 };
        let date = http_date(call.time);
        let head = format!("HTTP/1.1 {status} Answer\r\ndate: {date}\r\n{headers}\r\ncontent-length: {length}\r\n\r\n");
        if silent || reader.get_mut().write_all(&[head.as_bytes(), &body].concat()).is_err() || missing {
            return;
        }
    }
}

/// The next request of a connection; `None` at its end.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
    while reader.read_line(&mut line).ok()? > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&line);
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    (!head.is_empty()).then_some((head, body))
}
