//! `billing_events`: changes made in the billing console.

use super::events::{Record, look_up};
use super::reader::row;
use super::time::Time;
use super::{Read, Reader, Section, present};
use aws_sdk_cloudtrail::types::LookupAttributeKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Events of the billing console in the last 90 days, the newest first (`cloudtrail:LookupEvents` for the source
/// `billingconsole.amazonaws.com`). They record that a preference was changed, not to what: they back the learner's
/// word and prove nothing by themselves.
pub type BillingEvents = Vec<BillingEvent>;

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BillingEvent {
    /// The event's name, as in `SetIAMAccessPreference`.
    pub name: Read<String>,
    /// When.
    pub time: Read<Time>,
    /// Whether the root user did it.
    pub root: Read<bool>,
}

pub(super) async fn read(reader: &Reader) -> Read<BillingEvents> {
    let call = row!(Section::BillingEvents, "CloudTrail", "LookupEvents");
    let region = &reader.regions(call)[0];
    let source = LookupAttributeKey::EventSource;
    let events = look_up(reader, call, region, source, "billingconsole.amazonaws.com").await;
    let describe = |record: Record<'_>| BillingEvent {
        name: present(record.event.event_name.clone(), reader.account(), "an event's name"),
        time: record.time(),
        root: record.root(),
    };
    let result = events.map(|events| {
        let mut events: Vec<BillingEvent> =
            events.iter().map(|event| describe(Record::new(event, reader.account()))).collect();
        events.sort_by(|a, b| b.time.known().cmp(&a.time.known()));
        events
    });
    result.into()
}
