//! Responses that tests make.

use serde_json::{Value, json};

use super::{Response, Sent};

pub(super) fn in_cbor(body: Vec<u8>) -> Response {
    (200, vec![("smithy-protocol".to_owned(), "rpc-v2-cbor".to_owned())], body)
}

pub(super) fn is_list_of_buckets(sent: &Sent) -> bool {
    sent.method == "GET" && sent.url.starts_with("https://s3.") && sent.url.contains("/?max-buckets=")
}

/// The account's only bucket is `mine`.
pub(super) fn buckets() -> Response {
    let root = root("s3:ListBuckets");
    let body = format!(
        "<{root}><Buckets><Bucket><Name>mine</Name><BucketRegion>us-east-1</BucketRegion></Bucket></Buckets></{root}>"
    );
    (200, vec![], body.into_bytes())
}

/// The element that an answer in XML is.
pub(super) fn root(read: &str) -> String {
    let found = crate::reads::find(read).unwrap();
    found.operation.answer.clone().or(found.operation.output.clone()).unwrap()
}

/// A value in CBOR, with or without the lengths of its lists and maps.
pub(super) fn cbor(value: &Value, indefinite: bool) -> Vec<u8> {
    let head = |major: u8, size: usize| match u8::try_from(size).unwrap() {
        size @ ..24 => vec![major << 5 | size],
        size => vec![major << 5 | 24, size],
    };
    let around = |major: u8, size: usize, inside: Vec<u8>| match indefinite {
        true => [vec![major << 5 | 31], inside, vec![0xff]].concat(),
        false => [head(major, size), inside].concat(),
    };
    match value {
        Value::Null => vec![0xf6],
        Value::Bool(value) => vec![0xf4 + u8::from(*value)],
        Value::Number(number) => head(0, number.as_u64().unwrap().try_into().unwrap()),
        Value::String(text) => [head(3, text.len()), text.clone().into_bytes()].concat(),
        Value::Array(list) => around(4, list.len(), list.iter().flat_map(|one| cbor(one, indefinite)).collect()),
        Value::Object(map) => {
            let pairs =
                map.iter().flat_map(|(key, value)| [cbor(&json!(key), false), cbor(value, indefinite)].concat());
            around(5, map.len(), pairs.collect())
        }
    }
}
