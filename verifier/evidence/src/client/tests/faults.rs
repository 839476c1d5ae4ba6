//! Every protocol with every fault that a response can have: what is not read whole is not read.

use serde_json::{Value, json};

use super::responses::{cbor, in_cbor};
use super::samples::{Sample, samples};
use super::{Aws, Response};
use crate::client::Failure;
use crate::reads::Protocol;

/// What a fault has to lead to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Then {
    /// Nothing is read, and nothing says that there is nothing.
    Unread,
    /// Nothing is read; AWS's code is known if it refused the first page.
    Refused(&'static str),
}

const UNREAD: Then = Then::Unread;

fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    (status, headers.collect(), body.into())
}

/// Responses that have nothing to do with the operation.
fn strangers(sample: &Sample) -> Vec<(String, Response, Then)> {
    let html = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Wi-Fi<br></body></html>";
    let xhtml =
        "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>x</title></head><body><p>x</p></body></html>";
    let error = "<Error><Code>NoSuchThing</Code><Message>m</Message></Error>";
    let error_response = format!("<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>");
    let (json_error, refused) = (r#"{"__type":"a.b#NoSuchThing","message":"m"}"#, Then::Refused("NoSuchThing"));
    let mut all: Vec<(String, Response, Then)> = Vec::new();
    let mut add = |name: &str, response: Response, then: Then| all.push((name.to_owned(), response, then));
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("HTML", html.into()),
        ("XHTML", xhtml.into()),
        ("HTML with an error in it", format!("<html><body>{error}</body></html>").into()),
        ("nothing", vec![]),
        ("space", b" \n".to_vec()),
        ("[]", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("a text", b"\"x\"".to_vec()),
        ("0", b"0".to_vec()),
        ("<Error>", error.into()),
        ("<ErrorResponse>", error_response.clone().into()),
        ("an error of JSON", json_error.into()),
        ("a bare error of JSON", br#"{"__type":"a.b#NoSuchThing"}"#.to_vec()),
        ("a message", br#"{"message":"Forbidden"}"#.to_vec()),
        ("a gateway's message", br#"{"message":null,"error":"x"}"#.to_vec()),
        ("bytes of gzip", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 4, 0]),
        ("UTF-16", html.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("deep lists", "[".repeat(10_000).into()),
        ("deep objects", r#"{"a":"#.repeat(10_000).into()),
        ("deep elements", "<a>".repeat(10_000).into()),
        ("deep elements that end", ["<a>".repeat(10_000), "</a>".repeat(10_000)].concat().into()),
    ];
    for (name, body) in bodies {
        // Nothing describes what a bucket's policy has: a document is one.
        let is_document = serde_json::from_slice::<serde_json::Map<String, Value>>(&body).is_ok();
        if sample.read != "s3:GetBucketPolicy" || !is_document {
            add(&format!("{name} at 200"), response(200, &[], body.clone()), UNREAD);
            add(&format!("{name} in CBOR at 200"), in_cbor(body.clone()), UNREAD);
        }
        let has_code = match sample.protocol() {
            Protocol::RestXml | Protocol::Query | Protocol::Ec2 => name.starts_with("<Error"),
            Protocol::Json | Protocol::RestJson => name.ends_with("of JSON"),
            Protocol::RpcV2Cbor => false,
        };
        for status in [400, 404] {
            let then = if has_code { refused } else { UNREAD };
            add(&format!("{name} at {status}"), response(status, &[], body.clone()), then);
        }
        for status in [301, 307, 500, 503] {
            let headers = [("location", "https://evil.example/")];
            add(&format!("{name} at {status}"), response(status, &headers, body.clone()), UNREAD);
        }
    }
    let own_error = match sample.protocol() {
        Protocol::RpcV2Cbor => cbor(&json!({ "__type": "a.b#NoSuchThing", "message": "m" }), false),
        Protocol::Json | Protocol::RestJson => json_error.into(),
        _ => error_response.into_bytes(),
    };
    let headers = [("smithy-protocol", "rpc-v2-cbor")];
    add("the protocol's error", response(404, &headers, own_error.clone()), refused);
    add("the protocol's error at 200", response(200, &headers, own_error.clone()), UNREAD);
    for end in 1..own_error.len() {
        add(&format!("an error cut at {end}"), response(400, &headers, &own_error[..end]), UNREAD);
    }
    all
}

/// A good body that is spoilt.
fn spoilt(sample: &Sample, good: &str) -> Vec<(String, Response, Then)> {
    let (_, headers, body) = sample.response(good);
    let with = |status: u16, more: &[(&str, &str)], body: Vec<u8>| {
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        (status, headers.clone().into_iter().chain(more).collect(), body)
    };
    let mut all = Vec::new();
    let mut add = |name: String, response: Response| all.push((name, response, UNREAD));
    for end in 0..body.len() {
        add(format!("cut at {end}"), with(200, &[], body[..end].to_vec()));
    }
    for garbage in ["x", "}", "{}", "<a/>", "</a>", "\u{0}", "\u{ff}", good] {
        add(format!("{garbage} after it"), with(200, &[], [&body[..], garbage.as_bytes()].concat()));
    }
    for at in (0..body.len()).filter(|at| body[*at].is_ascii_alphanumeric() && sample.protocol() != Protocol::RpcV2Cbor)
    {
        let mut body = body.clone();
        body[at] = 0xff;
        add(format!("invalid UTF-8 at {at}"), with(200, &[], body));
    }
    for status in [201, 202, 203, 204, 205, 206, 226, 301, 304, 307, 400, 500] {
        add(format!("whole at {status}"), with(status, &[("location", "https://evil.example/")], body.clone()));
    }
    add("with an error's header".into(), with(200, &[("x-amzn-errortype", "AccessDenied")], body.clone()));
    add("with a query error's header".into(), with(200, &[("x-amzn-query-error", "NotFound;Sender")], body.clone()));
    if sample.protocol() == Protocol::RpcV2Cbor {
        let value: Value = serde_json::from_str(good).unwrap();
        let indefinite = cbor(&value, true);
        for end in 1..indefinite.len() {
            add(format!("of unknown length, cut at {end}"), with(200, &[], indefinite[..end].to_vec()));
        }
        let pairs = [&body[1..], &body[1..]].concat();
        add("each member twice".into(), with(200, &[], [vec![0xbf], pairs, vec![0xff]].concat()));
        add("without its header".into(), (200, vec![], body.clone()));
        let longer = [vec![0xba, 0xff, 0xff, 0xff, 0xff], body[1..].to_vec()].concat();
        add("a map that says it is enormous".into(), with(200, &[], longer));
    }
    for (from, to) in sample.wrong.iter().filter(|(from, _)| good.contains(from)) {
        let changed =
            good.replacen(from, to, if from.starts_with('<') || from.starts_with('"') { 1 } else { usize::MAX });
        assert_ne!(changed, good, "{from}");
        let spoilt = match sample.protocol() {
            // JSON text that is spoilt as text is nothing in CBOR.
            Protocol::RpcV2Cbor => sample.response(&changed),
            _ => (200, vec![], changed.into_bytes()),
        };
        add(format!("{from} → {to}"), spoilt);
    }
    all
}

/// How many faults there were, and those that led to something else.
#[derive(Default)]
struct Count(usize, Vec<String>);

impl Count {
    async fn take(&mut self, sample: &Sample, name: &str, responses: Vec<Response>, then: Then, is_first: bool) {
        let code = match then {
            Then::Refused(code) if is_first => Some(code),
            _ => None,
        };
        self.0 += 1;
        let is_right = |failure: &Failure| match failure {
            Failure::Failed { code: found, reasons } => found.as_deref() == code && !reasons.is_empty(),
            Failure::Refused(_) => false,
        };
        match sample.read(responses).await {
            Err(failure) if is_right(&failure) => {}
            other => self.1.push(format!("{} ({name}, first: {is_first}): {other:?}", sample.read)),
        }
    }

    fn finish(self, least: usize) {
        assert!(self.1.is_empty(), "{} of {}:\n{}", self.1.len(), self.0, self.1[..self.1.len().min(60)].join("\n"));
        assert!(self.0 >= least, "{}", self.0);
    }
}

#[tokio::test]
async fn the_samples_are_read() {
    for sample in samples() {
        let pages: Vec<_> = sample.pages().iter().map(|page| sample.response(page)).collect();
        let items: &[&str] = if sample.is_paged() { &["a", "b", "c", "d", "e"] } else { &[] };
        let answer = sample.read(pages).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", sample.read));
        assert_eq!(answer.value, (sample.answer)(items), "{}", sample.read);
        assert!(answer.differing.is_empty(), "{:?}", answer.differing);
        for (from, to) in sample.same {
            let changed = sample.whole().replacen(from, to, 1);
            assert_ne!(changed, sample.whole(), "{from}");
            let answer = sample.read(vec![sample.response(&changed)]).await;
            let answer = answer.unwrap_or_else(|failure| panic!("{}: {from} → {to}: {failure:?}", sample.read));
            assert_eq!(answer.value, (sample.answer)(&["a", "b"]), "{}: {to}", sample.read);
        }
    }
}

#[tokio::test]
async fn a_response_that_is_not_the_operations_is_not_read() {
    let mut count = Count::default();
    for sample in samples() {
        let pages: Vec<Response> = sample.pages().iter().map(|page| sample.response(page)).collect();
        for (name, bad, then) in strangers(&sample) {
            for at in 0..pages.len() {
                let mut responses = pages[..at].to_vec();
                responses.push(bad.clone());
                count.take(&sample, &name, responses, then, at == 0).await;
            }
        }
    }
    count.finish(6_000);
}

#[tokio::test]
async fn a_response_that_is_spoilt_is_not_read() {
    let mut count = Count::default();
    for sample in samples() {
        let pages = sample.pages();
        let good: Vec<Response> = pages.iter().map(|page| sample.response(page)).collect();
        for at in [0, pages.len() - 1] {
            for (name, bad, then) in spoilt(&sample, &pages[at]) {
                let mut responses = good[..at].to_vec();
                responses.push(bad);
                // What comes after a page whose token is spoilt would make it whole.
                responses.extend(good[at + 1..].iter().cloned());
                count.take(&sample, &name, responses, then, at == 0).await;
            }
        }
    }
    count.finish(6_000);
}

#[tokio::test]
async fn a_bucket_is_read_only_as_far_as_the_list_of_buckets_is() {
    let root = super::responses::root("s3:ListBuckets");
    let nameless = format!("<{root}><Buckets><Bucket><Name>other</Name></Bucket><Bucket/></Buckets></{root}>");
    let listless = format!("<{root}></{root}>");
    let bodies = ["<html/>", "", nameless.as_str(), listless.as_str()];
    for bad in bodies.map(|body| response(200, &[], body)).into_iter().chain([response(403, &[], "")]) {
        let aws = Aws::new(move |_, _| bad.clone());
        let failed = aws.read("s3:GetBucketPolicy", "us-east-1", json!({ "Bucket": "mine" })).await.unwrap_err();
        assert!(matches!(failed, Failure::Failed { code: None, .. }), "{failed:?}");
        assert_eq!(aws.sent().len(), 1);
    }
}
