//! Finds the operation of a request to Amazon S3.

use winterbaume_core::{MockRequest, extract_path};

/// The settings of a bucket, by query parameter, with the operations that read and set them.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("publicAccessBlock", "GetPublicAccessBlock", "PutPublicAccessBlock"),
    ("policy", "GetBucketPolicy", "PutBucketPolicy"),
    ("versioning", "GetBucketVersioning", "PutBucketVersioning"),
    ("encryption", "GetBucketEncryption", "PutBucketEncryption"),
];

/// The operation of a request, which S3 determines from the method, the bucket, and the query.
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

/// Whether a request is about a bucket, in the host (`https://BUCKET.s3.REGION.amazonaws.com/`) or in the path.
fn has_bucket(request: &MockRequest) -> bool {
    let host = request.uri.split("://").nth(1).unwrap_or_default();
    !host.starts_with("s3.") || !extract_path(&request.uri).trim_matches('/').is_empty()
}
