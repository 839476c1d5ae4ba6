//! Amazon S3: winterbaume's emulator, with the default settings of a new bucket and its region.

use winterbaume_core::MockResponse;

use super::cloud::Exchange;

/// The default settings of a new bucket since April 2023 (S3 User Guide, "Blocking public access").
const NEW_BUCKET: &str = "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>\
    <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>\
    <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

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

/// The list with each bucket's region, which the emulator leaves out. It keeps buckets by region, and lists those of
/// the request's region.
fn with_regions(exchange: &Exchange<'_>, mut response: MockResponse) -> MockResponse {
    let region = format!("<BucketRegion>{}</BucketRegion></Bucket>", exchange.call.region);
    response.body = String::from_utf8_lossy(&response.body).replace("</Bucket>", &region).into();
    response
}
