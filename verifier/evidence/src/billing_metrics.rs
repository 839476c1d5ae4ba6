//! `billing_metrics`: the metrics that billing alerts create.

use super::answer::listed;
use super::read::incomplete;
use super::reader::{client, row};
use super::{Read, Reader, Section, error};

/// Names of the metrics in the namespace `AWS/Billing` in us-east-1 (`cloudwatch:ListMetrics`), each once. They appear
/// some hours after billing alerts are turned on, so an empty list proves nothing.
pub type BillingMetrics = Vec<String>;

pub(super) async fn read(reader: &Reader) -> Read<BillingMetrics> {
    let call = row!(Section::BillingMetrics, "CloudWatch", "ListMetrics");
    let client = client!(aws_sdk_cloudwatch, reader, Section::BillingMetrics, &reader.regions(call)[0]);
    let metrics = reader
        .pages(call, async |token| {
            let answer = client.list_metrics().namespace("AWS/Billing").set_next_token(token).send().await;
            let answer = answer.map_err(|failed| error::reason(reader.account(), call, &failed))?;
            Ok((listed(reader, call, answer.metrics)?, answer.next_token))
        })
        .await;
    let result = metrics.and_then(|metrics| {
        let names: Option<Vec<String>> = metrics.into_iter().map(|metric| metric.metric_name).collect();
        let mut names = names
            .ok_or_else(|| incomplete(reader.account(), "AWS's response does not contain the name of a metric."))?;
        names.sort();
        names.dedup();
        Ok(names)
    });
    result.into()
}
