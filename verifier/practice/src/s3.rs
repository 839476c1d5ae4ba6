//! Amazon S3: winterbaume's, with what a new bucket has and which region it is in.

use winterbaume_core::{MockRequest, MockResponse, extract_path};

use super::router::Exchange;

/// The settings of a bucket, by what is asked for behind the question mark, with the operations that read and set them.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("publicAccessBlock", "GetPublicAccessBlock", "PutPublicAccessBlock"),
    ("policy", "GetBucketPolicy", "PutBucketPolicy"),
    ("versioning", "GetBucketVersioning", "PutBucketVersioning"),
    ("encryption", "GetBucketEncryption", "PutBucketEncryption"),
];

/// What a new bucket has since April 2023 (S3 User Guide, "Blocking public access").
const NEW_BUCKET: &str = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
    <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>\
    <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

/// The operation of a request: S3 tells them apart by method, by whether there is a bucket, and by what is asked for.
pub(super) fn operation(request: &MockRequest) -> Option<String> {
    let setting = |asked: &str| SETTINGS.iter().find(|(setting, ..)| *setting == asked);
    let asked = request.uri.split_once('?').map_or("", |(_, query)| query);
    let setting = asked.split('&').find_map(|part| setting(part.split('=').next().unwrap_or_default()));
    let name = match (request.method.as_str(), setting) {
        ("GET", Some((_, get, _))) => get,
        ("PUT", Some((_, _, put))) => put,
        ("GET", None) if !has_bucket(request) => "ListBuckets",
        ("PUT", None) if has_bucket(request) => "CreateBucket",
        _ => return None,
    };
    Some(name.to_owned())
}

/// Whether a request is about a bucket: `https://BUCKET.s3.REGION.amazonaws.com/`, or its name is the path.
fn has_bucket(request: &MockRequest) -> bool {
    let host = request.uri.split("://").nth(1).unwrap_or_default();
    !host.starts_with("s3.") || !extract_path(&request.uri).trim_matches('/').is_empty()
}

pub(super) async fn answer(exchange: &Exchange<'_>) -> MockResponse {
    let s3 = &exchange.host.services.s3;
    let response = exchange.forward(s3).await;
    match exchange.call.operation.as_str() {
        "CreateBucket" if response.status == 200 => {
            let mut request = exchange.request.clone();
            let address = request.uri.split('?').next().unwrap_or_default();
            request.uri = format!("{address}?publicAccessBlock");
            request.body = NEW_BUCKET.into();
            let blocked = Exchange { request: &request, ..*exchange }.forward(s3).await;
            if blocked.status == 200 { response } else { blocked }
        }
        "ListBuckets" => with_regions(exchange, response),
        _ => response,
    }
}

/// The list with each bucket's region, which the emulator leaves out; it keeps buckets by region, and lists those of the
/// region that is asked.
fn with_regions(exchange: &Exchange<'_>, mut response: MockResponse) -> MockResponse {
    let region = format!("<BucketRegion>{}</BucketRegion></Bucket>", exchange.call.region);
    response.body = String::from_utf8_lossy(&response.body).replace("</Bucket>", &region).into();
    response
}
