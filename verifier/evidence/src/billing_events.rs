//! `billing_events`: changes made in the billing console.

use super::events::{Described, LookUp, Record, look_up};
use super::reader::row;
use super::time::Time;
use super::{Read, Reader, Section};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Events of the billing console in the last 90 days, the newest first (`cloudtrail:LookupEvents` for the source
/// `billingconsole.amazonaws.com`). They record that a preference was changed, but not its new value. So they support a
/// confirmation, and prove nothing by themselves. Refused changes are left out. If the list could not be read to its
/// end, its last entry is unreadable.
pub type BillingEvents = Vec<Read<BillingEvent>>;

/// An event of the billing console.
// Of the record, not read: its parameters, which are not documented, the source address, the user agent, and the
// event's ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BillingEvent {
    /// The event's name, as in `SetIAMAccessPreference`.
    pub name: Read<String>,
    /// The time.
    pub time: Read<Time>,
    /// Whether the root user did it.
    pub root: Read<bool>,
}

impl Described for BillingEvent {
    fn time(&self) -> &Read<Time> {
        &self.time
    }
}

pub(super) async fn read(reader: &Reader) -> Read<BillingEvents> {
    let call = row!(Section::BillingEvents, "CloudTrail", "LookupEvents");
    let (region, key) = (&reader.regions(call)[0], "EventSource");
    let look_ups = [LookUp { region, key, value: "billingconsole.amazonaws.com" }];
    look_up(reader, call, &look_ups, event).await
}

fn event(record: &Record<'_>) -> Option<BillingEvent> {
    (!record.failed()).then(|| BillingEvent { name: record.name(), time: record.time(), root: record.root() })
}
