//! One request of a section, whose response is read into the section's own types.

use aws_smithy_runtime_api::client::result::SdkError;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::endpoint;
use super::prepared::Prepared;
use super::send::{self, Failed};
use crate::reader::Reader;
use crate::reads;
use crate::table::Call;

/// Makes a section's call in a region, once: a list has more calls, one for each page.
///
/// # Errors
/// As the SDK's clients, and also when the response is not whole or the service is not in the region.
pub(crate) async fn ask<T: DeserializeOwned>(
    reader: &Reader,
    call: &Call,
    region: &str,
    input: Value,
) -> Result<T, Failed> {
    let found = reads::find(&call.name()).map_err(SdkError::construction_failure)?;
    let input = match input {
        Value::Object(input) => input,
        _ => return Err(SdkError::construction_failure("the input is not an object")),
    };
    let sdk = reader.sdk(region);
    let Some(target) = endpoint::target(found, &sdk, region, &input) else {
        return Err(SdkError::construction_failure(format!("this version of verify knows no {found} in {region}")));
    };
    let Some(protocol) = found.service.protocols.first().copied() else {
        return Err(SdkError::construction_failure(format!("{found} has no protocol")));
    };
    let guard = reader.guard(call.section, region);
    let response = send::send(Prepared::of(found, protocol), &sdk, &target, guard, input).await?;
    serde_json::from_value(response).map_err(SdkError::construction_failure)
}
