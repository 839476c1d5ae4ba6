//! Where a call goes: the table's endpoint of a region, or the one that the profile or the environment sets.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use serde_json::{Map, Value};

use crate::reads::{Found, Variant};

/// Where a call goes, and what it is signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The URL of the service.
    pub(super) url: String,
    /// What comes before its host, as in `my-bucket.`.
    pub(super) prefix: Option<String>,
    /// The bucket that the host names, which the path then does not.
    pub(super) bucket_in_host: bool,
    /// The region that requests are signed for.
    pub(super) region: String,
    /// The service that requests are signed for.
    pub(super) name: String,
}

/// Where an operation is called in a region; `None` if the table says that the service is not there.
pub(super) fn target(found: Found, sdk: &SdkConfig, region: &str, input: &Map<String, Value>) -> Option<Target> {
    let variant = Variant::of(sdk.use_fips().unwrap_or_default(), sdk.use_dual_stack().unwrap_or_default());
    let endpoint = found.service.endpoint(region, variant)?;
    let signed_region = endpoint.region.unwrap_or_else(|| region.to_owned());
    let name = endpoint.name.unwrap_or_else(|| found.service.signing.clone());
    // Emulators have one host: what AWS has in the host is in the path there, or is left out.
    if let Some(url) = custom(found, sdk) {
        return Some(Target { url, prefix: None, bucket_in_host: false, region: signed_region, name });
    }
    let bucket = (found.service.name == "s3").then(|| input.get("Bucket")?.as_str().filter(|name| is_host_label(name)));
    let bucket = bucket.flatten();
    let prefix = match &found.operation.host {
        Some(host) => Some(filled(host, input)),
        None => bucket.map(|bucket| format!("{bucket}.")),
    };
    Some(Target { url: endpoint.url, prefix, bucket_in_host: bucket.is_some(), region: signed_region, name })
}

/// The endpoint that the environment or the profile sets for a service, or for all.
fn custom(found: Found, sdk: &SdkConfig) -> Option<String> {
    let of_all = || sdk.endpoint_url().map(str::to_owned);
    if sdk.get_origin("endpoint_url").is_client_config() {
        return of_all();
    }
    // In a profile's services, the SDK would look for `elastic-load-balancing-v2`, but AWS's name for it has no hyphens
    // (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
    let service = found.service.sdk.replace(' ', "_");
    let key = ServiceConfigKey::builder().service_id(&service).env("AWS_ENDPOINT_URL").profile("endpoint_url");
    let of_service = key.build().ok().and_then(|key| sdk.service_config()?.load_config(key));
    of_service.or_else(of_all)
}

/// Whether a bucket's name can be part of a host that AWS's certificate is for: lower case, and without dots.
fn is_host_label(name: &str) -> bool {
    let edges = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let inside = name.bytes().all(|byte| edges(byte) || byte == b'-');
    (3..=63).contains(&name.len())
        && inside
        && name.bytes().next().is_some_and(edges)
        && name.bytes().last().is_some_and(edges)
}

/// The table's text with members in braces.
fn filled(template: &str, input: &Map<String, Value>) -> String {
    let values = input.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    values.fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}
