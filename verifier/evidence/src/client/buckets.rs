//! The account's buckets: a call about a bucket is made only if it is one of them, in its own region.

use course::results::Reason;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::call::{Call, Failure, all_pages};
use crate::read::incomplete;
use crate::reader::Reader;
use crate::reads;

/// The regions of the account's buckets by their names. An emulator may not say a region.
pub(super) type Buckets = BTreeMap<String, Option<String>>;

/// The largest number of buckets on a page. With this input, AWS also returns the region of each bucket (API reference of
/// Bucket).
const PAGE: i32 = 1000;

/// The account's buckets.
///
/// # Errors
/// Why they are not known.
pub(super) async fn list(reader: &Reader) -> Result<Buckets, Vec<Reason>> {
    let found =
        reads::operation("s3", "ListBuckets").map_err(|error| incomplete(reader.account(), &error.to_string()))?;
    let region = reader.profile_region().to_owned();
    let input = Map::from_iter([("MaxBuckets".to_owned(), json!(PAGE))]);
    let call = Call { found, region: &region, input: &input };
    let answer = all_pages(reader, call, &region, input.clone()).await.map_err(|failure| match failure {
        Failure::Failed { reasons, .. } => reasons,
        Failure::Refused(refused) => {
            incomplete(reader.account(), &format!("Your buckets cannot be listed: {refused}."))
        }
    })?;
    let listed = answer.value.get("Buckets").and_then(Value::as_array);
    let listed =
        listed.ok_or_else(|| incomplete(reader.account(), "AWS's response does not contain the list of buckets."))?;
    let text = |bucket: &Value, name: &str| bucket.get(name).and_then(Value::as_str).map(str::to_owned);
    let named = listed.iter().map(|bucket| Some((text(bucket, "Name")?, text(bucket, "BucketRegion"))));
    let nameless = || incomplete(reader.account(), "AWS's list of buckets has one without a name.");
    named.collect::<Option<Buckets>>().ok_or_else(nameless)
}
