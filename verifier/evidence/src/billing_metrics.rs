//! `billing_metrics`: the metrics that billing alerts create.

use super::answer::listed;
use super::client::ask;
use super::read::incomplete;
use super::reader::row;
use super::{Read, Reader, Section, error};
use serde::Deserialize;
use serde_json::json;

/// Names of the metrics in the namespace `AWS/Billing` in us-east-1 (`cloudwatch:ListMetrics`), each once. They appear
/// some hours after billing alerts are turned on, so an empty list proves nothing.
pub type BillingMetrics = Vec<String>;

/// AWS's response.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    metrics: Option<Vec<Metric>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    metric_name: Option<String>,
}

pub(super) async fn read(reader: &Reader) -> Read<BillingMetrics> {
    let call = row!(Section::BillingMetrics, "CloudWatch", "ListMetrics");
    let region = &reader.regions(call)[0];
    let metrics = reader
        .pages(call, async |token| {
            let input = json!({ "Namespace": "AWS/Billing", "NextToken": token });
            let answer: Response = ask(reader, call, region, input)
                .await
                .map_err(|failed| error::reason(reader.account(), call, &failed))?;
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
