//! Events from CloudTrail's event history, which the sections about events share.
//!
//! Event history reaches back 90 days and needs no trail. One attribute a look-up, 50 events a page, two look-ups a
//! second for an account and region (CloudTrail's API reference).

use super::reader::{Reader, client};
use super::table::Call;
use super::time::Time;
use super::{Read, error, listed, present};
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use mdbook_verify::results::{Reason, ReasonCode};
use serde_json::Value;
use std::time::Duration;

/// CloudTrail allows two look-ups a second.
const BETWEEN_PAGES: Duration = Duration::from_millis(500);

/// All events with this attribute in a region, the newest first.
pub(super) async fn look_up(
    reader: &Reader,
    call: &'static Call,
    region: &str,
    key: LookupAttributeKey,
    value: &str,
) -> Result<Vec<Event>, Vec<Reason>> {
    let client = client!(aws_sdk_cloudtrail, reader, call.section, region);
    let attribute = LookupAttribute::builder().attribute_key(key).attribute_value(value).build();
    let attribute = attribute.map_err(|broken| {
        vec![Reason {
            code: ReasonCode::CourseError,
            account: Some(reader.account().to_owned()),
            action: None,
            message: broken.to_string(),
        }]
    })?;
    reader
        .pages(call, async |token| {
            if token.is_some() {
                tokio::time::sleep(BETWEEN_PAGES).await;
            }
            let request = client.lookup_events().lookup_attributes(attribute.clone()).set_next_token(token);
            let answer = request.send().await.map_err(|failed| error::reason(reader.account(), call, &failed))?;
            Ok((listed(reader, call, answer.events)?, answer.next_token))
        })
        .await
}

/// The record inside an event: CloudTrail gives it as text.
pub(super) struct Record<'e> {
    pub(super) event: &'e Event,
    json: Option<Value>,
    account: &'e str,
}

impl<'e> Record<'e> {
    pub(super) fn new(event: &'e Event, account: &'e str) -> Record<'e> {
        let json = event.cloud_trail_event.as_deref().and_then(|text| serde_json::from_str(text).ok());
        Record { event, json, account }
    }

    /// A text of the record, by JSON pointer.
    pub(super) fn text(&self, pointer: &str, what: &str) -> Read<String> {
        let text = self.json.as_ref().and_then(|json| json.pointer(pointer)).and_then(Value::as_str);
        present(text.map(str::to_owned), self.account, what)
    }

    /// The event's time.
    pub(super) fn time(&self) -> Read<Time> {
        let own = self.event.event_time.as_ref().and_then(Time::of);
        let recorded = || match self.text("/eventTime", "an event's time") {
            Read::Known(text) => Time::parse(&text),
            Read::Unreadable(_) => None,
        };
        present(own.or_else(recorded), self.account, "an event's time")
    }

    /// Whether the root user did it.
    pub(super) fn root(&self) -> Read<bool> {
        self.text("/userIdentity/type", "who caused an event").map(|kind| kind == "Root")
    }
}
