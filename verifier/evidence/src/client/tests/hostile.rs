//! Hostile inputs: what is sent differs from a harmless request in the hostile value alone, or nothing is sent.

use aws_smithy_types::config_bag::{ConfigBag, Layer};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

use super::responses::{buckets, is_list_of_buckets};
use super::{ACCOUNT, Aws};
use crate::client::prepared::Prepared;
use crate::client::reach::Own;
use crate::client::{Call, input};
use crate::reads::{Found, Kind, Member, Reach, Service, of};

/// What a course may try to write into an input.
fn values() -> Vec<String> {
    let short = [
        "../",
        "..",
        ".",
        "",
        "/",
        "//",
        "%2e%2e",
        "%2e%2e%2f",
        "a/../b",
        "..\\",
        "?x=y",
        "&x=y",
        "a=b",
        "#",
        "a#b",
        ";x",
        "&Action=DeleteVpc",
        "\r\nX-Evil: 1",
        "\nHost: evil.example",
        "\r\n\r\nGET / HTTP/1.1",
        "\0",
        "\t",
        "\u{7f}",
        "\"",
        "'",
        "`",
        "\\",
        "\\\"",
        "\"}",
        "\"],\"x\":[\"",
        "<![CDATA[",
        "]]>",
        "</X>",
        "<X/>",
        "<!--",
        "&lt;",
        "&amp;",
        "{{",
        "}}",
        "{Bucket}",
        "{region}",
        "${x}",
        "$(x)",
        "%",
        "%00",
        "%0d%0a",
        "%zz",
        "+",
        " ",
        " a ",
        "*",
        "|",
        "^",
        "~",
        "@evil.example",
        "//evil.example/",
        "evil.example:443",
        "\u{202e}x",
        "\u{200f}",
        "\u{feff}",
        "é",
        "\u{1f600}",
        "\u{2028}",
        "\u{ff0f}\u{ff0f}",
        "null",
        "true",
        "-1",
        "[]",
        "{}",
    ];
    short.map(str::to_owned).into()
}

fn long_values() -> Vec<String> {
    vec!["x".repeat(100_000), "é/".repeat(50_000)]
}

pub(super) const ACCOUNTS: [&str; 2] = [ACCOUNT, "444455556666"];

pub(super) fn accounts() -> BTreeSet<String> {
    ACCOUNTS.map(str::to_owned).into()
}

/// A harmless value for a member.
fn harmless(service: &Service, member: &Member, around: Option<Reach>) -> Value {
    let shape = service.shape(&member.shape).unwrap();
    let reach = member.reach.or(around);
    match shape.kind {
        Kind::Structure => minimal(service, &member.shape).into(),
        Kind::List => json!([harmless(service, shape.of.as_ref().unwrap(), reach)]),
        Kind::Map => json!({ named(reach): harmless(service, shape.of.as_ref().unwrap(), reach) }),
        Kind::Boolean => json!(true),
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => json!(7),
        Kind::Timestamp => json!("2026-01-31T12:00:00Z"),
        Kind::Blob => json!("aGFybWxlc3M="),
        Kind::Document => json!({}),
        Kind::String => json!(shape.values.first().cloned().unwrap_or_else(|| named(reach))),
    }
}

fn named(reach: Option<Reach>) -> String {
    match reach {
        Some(Reach::Arn) => format!("arn:aws:iam::{ACCOUNT}:role/harmless"),
        Some(Reach::Account | Reach::Owner) => ACCOUNT.to_owned(),
        Some(Reach::Bucket) => "mine".to_owned(),
        Some(Reach::Queue) => format!("https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/harmless"),
        _ => "harmless".to_owned(),
    }
}

/// The members that a structure must have.
fn minimal(service: &Service, name: &str) -> Map<String, Value> {
    let shape = service.shape(name).unwrap();
    shape.required.iter().map(|name| (name.clone(), harmless(service, &shape.members[name], None))).collect()
}

/// Ways into an input that end at a text: an input, and the way to the text in it.
pub(super) fn texts(found: Found) -> Vec<(Map<String, Value>, String, Option<Reach>)> {
    let Some(root) = found.operation.input.as_deref() else { return vec![] };
    let service = found.service;
    let required =
        |limit: &String| found.operation.pages.as_ref().and_then(|pages| pages.limit.as_ref()) == Some(limit);
    let minimal = |name: &str| {
        let mut input = minimal(service, name);
        input.retain(|name, _| !required(name));
        input
    };
    let pages: Vec<&String> =
        found.operation.pages.iter().flat_map(|pages| pages.input.iter().chain(&pages.limit)).collect();
    let mut all = Vec::new();
    for (name, member) in &service.shape(root).unwrap().members {
        if pages.contains(&name) || member.reach == Some(Reach::Program) {
            continue;
        }
        for (value, at, reach) in below(service, member, None, 4) {
            let mut input = minimal(root);
            input.insert(name.clone(), value);
            all.push((input, format!("/{name}{at}"), reach));
        }
    }
    all
}

fn below(
    service: &Service,
    member: &Member,
    around: Option<Reach>,
    deep: usize,
) -> Vec<(Value, String, Option<Reach>)> {
    let shape = service.shape(&member.shape).unwrap();
    let reach = member.reach.or(around);
    if deep == 0 || reach == Some(Reach::Program) {
        return vec![];
    }
    match shape.kind {
        Kind::String => vec![(json!(named(reach)), String::new(), reach)],
        Kind::List => {
            let inside = below(service, shape.of.as_ref().unwrap(), reach, deep).into_iter();
            inside.map(|(value, at, reach)| (json!([value]), format!("/0{at}"), reach)).collect()
        }
        Kind::Map => {
            let inside = below(service, shape.of.as_ref().unwrap(), reach, deep).into_iter();
            inside.map(|(value, at, reach)| (json!({ "k": value }), format!("/k{at}"), reach)).collect()
        }
        Kind::Structure => {
            let members = shape.members.iter();
            let inside = members.flat_map(|(name, member)| {
                below(service, member, None, deep - 1).into_iter().map(move |(value, at, reach)| {
                    let mut map = Map::new();
                    map.insert(name.clone(), value);
                    (map, format!("/{name}{at}"), reach)
                })
            });
            inside
                .map(|(map, at, reach)| {
                    let mut whole = minimal(service, &member.shape);
                    whole.extend(map);
                    (Value::Object(whole), at, reach)
                })
                .collect()
        }
        _ => vec![],
    }
}

/// A request as what AWS reads: its method, the segments of its path, its parameters, headers, and its body's own.
#[derive(Debug, PartialEq)]
struct Read {
    method: String,
    path: Vec<String>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Value,
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let split =
        |pair: &str| pair.split_once('=').map_or((decoded(pair), String::new()), |(k, v)| (decoded(k), decoded(v)));
    query.split('&').filter(|pair| !pair.is_empty()).map(split).collect()
}

/// What a prepared request is; `None` if it cannot be written.
fn written(found: Found, input: &Map<String, Value>) -> Option<Read> {
    let protocol = found.service.protocols[0];
    let mut layer = Layer::new("test");
    layer.store_put(aws_smithy_schema::protocol::ServiceShapeName::new("S".to_owned()));
    layer.store_put(aws_smithy_schema::protocol::ServiceVersion::new(found.service.version.clone()));
    layer.store_put(aws_smithy_runtime_api::client::orchestrator::Metadata::new(found.name, "S"));
    let request = Prepared::of(found, protocol).request(input, &ConfigBag::of_layers(vec![layer])).ok()?;
    let (path, query) = request.uri().split_once('?').unwrap_or((request.uri(), ""));
    assert!(path.starts_with('/') && !path.contains('#') && !query.contains('#'), "{}", request.uri());
    assert!(request.uri().bytes().all(|byte| (33..127).contains(&byte)), "{}", request.uri());
    let headers = request.headers().iter().filter(|(name, _)| *name != "content-length");
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let body = request.body().bytes().unwrap_or_default();
    use crate::reads::Protocol::{Ec2, Json, Query, RestJson, RestXml, RpcV2Cbor};
    let body = match protocol {
        _ if body.is_empty() => Value::Null,
        Json | RestJson => serde_json::from_slice(body).unwrap(),
        Query | Ec2 => json!(pairs(std::str::from_utf8(body).unwrap())),
        // The structure, with what is in each element.
        RestXml => json!(elements(std::str::from_utf8(body).unwrap())),
        RpcV2Cbor => json!(body.len()),
    };
    // All that comes after a bucket is the key of an object.
    let parts = if found.service.name == "s3" { 2 } else { usize::MAX };
    let path = path[1..].splitn(parts, '/');
    let path = path.map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect();
    Some(Read { method: request.method().to_owned(), path, query: pairs(query), headers, body })
}

fn elements(xml: &str) -> Vec<String> {
    let tokens = xmlparser::Tokenizer::from(xml).map(Result::unwrap);
    let name = |token| match token {
        xmlparser::Token::ElementStart { local, .. } => Some(local.as_str().to_owned()),
        xmlparser::Token::Cdata { .. } | xmlparser::Token::Comment { .. } => Some("not an element".to_owned()),
        _ => None,
    };
    tokens.filter_map(name).collect()
}

/// How many texts of two values differ, if the values are alike but for texts.
fn differing(one: &Value, other: &Value) -> Option<usize> {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            one.iter().zip(other).map(|(one, other)| differing(one, other)).sum()
        }
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            one.values().zip(other.values()).map(|(one, other)| differing(one, other)).sum()
        }
        (Value::String(one), Value::String(other)) => Some(usize::from(one != other)),
        (one, other) => (one == other).then_some(0),
    }
}

/// Whether two requests differ in one value alone.
fn differ_in_one(one: &Read, other: &Read, is_binary: bool) -> bool {
    let pairs = |one: &[(String, String)], other: &[(String, String)]| {
        let same_names = one.iter().map(|(name, _)| name).eq(other.iter().map(|(name, _)| name));
        same_names.then(|| one.iter().zip(other).filter(|(one, other)| one.1 != other.1).count())
    };
    let path = (one.path.len() == other.path.len())
        .then(|| one.path.iter().zip(&other.path).filter(|(one, other)| one != other).count());
    let body = if is_binary { Some(0) } else { differing(&one.body, &other.body) };
    let parts = [path, pairs(&one.query, &other.query), pairs(&one.headers, &other.headers), body];
    one.method == other.method && parts.into_iter().sum::<Option<usize>>().is_some_and(|count| count <= 1)
}

#[derive(Default)]
struct Tried {
    texts: usize,
    sent: usize,
    refused: usize,
    wrong: Vec<String>,
}

impl Tried {
    fn operation(&mut self, found: Found) {
        let (accounts, mine) = (accounts(), BTreeSet::from(["mine".to_owned()]));
        let own = Own { accounts: &accounts, buckets: Some(&mine) };
        let is_binary = found.service.protocols[0] == crate::reads::Protocol::RpcV2Cbor;
        for (harmless, at, reach) in texts(found) {
            self.texts += 1;
            let name = format!("{}:{}{at}", found.service.name, found.name);
            input::check(found, &harmless, Some(&own))
                .unwrap_or_else(|refused| panic!("{name}: {refused} {harmless:?}"));
            let plain = written(found, &harmless).unwrap_or_else(|| panic!("{name}: {harmless:?}"));
            // Long ones take long.
            let long = if self.texts.is_multiple_of(20) { long_values() } else { vec![] };
            for value in values().into_iter().chain(long) {
                let mut hostile = Value::Object(harmless.clone());
                *hostile.pointer_mut(&at).unwrap() = json!(value);
                let hostile = hostile.as_object().unwrap();
                if input::check(found, hostile, Some(&own)).is_err() {
                    self.refused += 1;
                    continue;
                }
                self.sent += 1;
                // What cannot be written is not sent.
                let written = written(found, hostile);
                if written.as_ref().is_some_and(|written| !differ_in_one(&plain, written, is_binary)) {
                    let wrong = format!("{name} ({reach:?}) {value:?}: {written:?}");
                    self.wrong.push(wrong.chars().take(600).collect());
                }
            }
        }
    }
}

/// Each text of each operation, with each hostile value.
#[test]
fn a_hostile_value_changes_nothing_but_itself() {
    let all: Vec<Found> = crate::reads::all().unwrap().into_values().flat_map(of).collect();
    let tried: Vec<Tried> = std::thread::scope(|scope| {
        let (one, other) = all.split_at(all.len() / 2);
        let try_all = |some: &[Found]| {
            let mut tried = Tried::default();
            some.iter().for_each(|found| tried.operation(*found));
            tried
        };
        let threads = [one, other].map(|some| scope.spawn(move || try_all(some)));
        threads.map(|thread| thread.join().unwrap()).into()
    });
    let wrong: Vec<&String> = tried.iter().flat_map(|tried| &tried.wrong).collect();
    assert!(wrong.is_empty(), "{}: {:#?}", wrong.len(), &wrong[..wrong.len().min(40)]);
    let count = |of: fn(&Tried) -> usize| tried.iter().map(of).sum::<usize>();
    let (texts, sent, refused) = (count(|one| one.texts), count(|one| one.sent), count(|one| one.refused));
    assert!(texts > 4_000 && sent > 200_000 && refused > 20_000, "{texts} {sent} {refused}");
}

#[tokio::test]
async fn what_is_checked_is_what_is_sent() {
    let respond =
        |sent: &super::Sent, _: usize| if is_list_of_buckets(sent) { buckets() } else { (400, vec![], vec![]) };
    let mut operations = 0;
    for service in crate::reads::all().unwrap().values() {
        let region = ["us-east-1", "us-west-2"]
            .into_iter()
            .find(|region| service.endpoint(region, crate::reads::Variant::Plain).is_some());
        let region = region.unwrap_or_else(|| panic!("{}", service.name));
        for found in of(service) {
            let Some((harmless, at, _)) = texts(found).into_iter().last() else { continue };
            operations += 1;
            let aws = Aws::new(respond);
            let client = aws.client();
            let with = |value: &str| {
                let mut input = Value::Object(harmless.clone());
                *input.pointer_mut(&at).unwrap() = json!(value);
                input.as_object().unwrap().clone()
            };
            let hostile = ["a/b?x=y#z&Action=DeleteVpc@evil.example:1", "//evil.example/"].map(with);
            for input in [&harmless].into_iter().chain(&hostile) {
                let _ = client.read(Call { found, region, input }).await;
            }
            let sent: Vec<_> = aws.sent().into_iter().filter(|sent| !is_list_of_buckets(sent)).collect();
            let host = |url: &str| url.split('/').nth(2).unwrap().to_owned();
            assert!(sent.iter().all(|one| host(&one.url) == host(&sent[0].url)), "{}: {sent:?}", found.name);
            assert!(
                sent.iter()
                    .all(|one| host(&one.url).ends_with(".amazonaws.com") || host(&one.url).ends_with(".api.aws"))
            );
            let parts = |url: &str| if service.name == "s3" { 0 } else { url.split('/').count() };
            assert!(sent.iter().all(|one| parts(&one.url) == parts(&sent[0].url)), "{sent:?}");
            assert!((1..=3).contains(&sent.len()), "{}:{} {sent:?}", service.name, found.name);
        }
    }
    assert!(operations > 1_200, "{operations}");
}
