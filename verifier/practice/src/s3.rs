//! Amazon S3: winterbaume's emulator, with the default settings of a new bucket and its region.

use winterbaume_core::MockResponse;

use super::accounts::REGION;
use super::cloud::Exchange;
use super::path;

/// The default settings of a new bucket since April 2023 (S3 User Guide, "Blocking public access").
const NEW_BUCKET: &str = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
    <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>\
    <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

pub(super) async fn answer(exchange: &Exchange<'_>) -> MockResponse {
    let s3 = &exchange.state.emulators.s3;
    let response = exchange.forward(s3).await;
    match exchange.call.operation.as_str() {
        "CreateBucket" if response.status == 200 => {
            let mut request = exchange.request.clone();
            let address = request.uri.split('?').next().unwrap_or_default();
            request.uri = format!("{address}?publicAccessBlock");
            request.body = NEW_BUCKET.into();
            let blocked = Exchange { request: &request, ..*exchange }.forward(s3).await;
            exchange.state.buckets().insert(bucket(exchange), exchange.call.region.clone());
            if blocked.status == 200 { response } else { blocked }
        }
        "ListBuckets" => with_regions(exchange, response),
        "GetBucketLocation" if response.status == 200 => location(exchange),
        _ => response,
    }
}

/// The list with each bucket's region, which the emulator leaves out.
fn with_regions(exchange: &Exchange<'_>, mut response: MockResponse) -> MockResponse {
    let text = String::from_utf8_lossy(&response.body).into_owned();
    let regions = exchange.state.buckets();
    let with_region = |bucket: &str| {
        let name = bucket.split_once("<Name>").and_then(|(_, rest)| rest.split_once("</Name>"));
        let region = name.and_then(|(name, _)| regions.get(name)).map_or(REGION, String::as_str);
        bucket.replace("</Bucket>", &format!("<BucketRegion>{region}</BucketRegion></Bucket>"))
    };
    response.body = text.split_inclusive("</Bucket>").map(with_region).collect::<String>().into();
    response
}

/// The region of a bucket. The one in us-east-1 has no name here (API reference of GetBucketLocation).
fn location(exchange: &Exchange<'_>) -> MockResponse {
    let region = exchange.state.buckets().get(&bucket(exchange)).filter(|region| *region != REGION).cloned();
    let (open, close) =
        ("<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">", "</LocationConstraint>");
    MockResponse::xml(200, format!("{open}{}{close}", region.unwrap_or_default()))
}

/// The name of the bucket in a request's path.
fn bucket(exchange: &Exchange<'_>) -> String {
    path::of(&exchange.request.uri).trim_matches('/').split('/').next().unwrap_or_default().to_owned()
}
