//! `console_sign_ins`: sign-ins to the console.

use super::events::{Described, LookUp, Record, look_up};
use super::reader::row;
use super::time::Time;
use super::{Read, Reader, Section};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The sign-ins of the last 90 days, the newest first (`cloudtrail:LookupEvents` for `ConsoleLogin`). They appear 5 to
/// 15 minutes late. Root's sign-ins are recorded in us-east-1. The profile's region is read, too, because a sign-in was
/// once recorded elsewhere. If the list could not be read to its end, its last entry is unreadable.
pub type ConsoleSignIns = Vec<Read<SignIn>>;

/// A sign-in.
// Of the record, not read: the source address, the browser, the destination, the reason of a failure, and the event's
// ids. They do not show who signed in with which device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The time.
    pub time: Read<Time>,
    /// Whether it was the root user.
    pub root: Read<bool>,
    /// Whether it succeeded.
    pub success: Read<bool>,
    /// Whether an MFA device was used.
    pub mfa: Read<bool>,
    /// The MFA device, as the event names it; absent without one.
    pub device: Read<Option<String>>,
}

impl Described for SignIn {
    fn time(&self) -> &Read<Time> {
        &self.time
    }
}

pub(super) async fn read(reader: &Reader) -> Read<ConsoleSignIns> {
    let call = row!(Section::ConsoleSignIns, "CloudTrail", "LookupEvents");
    let regions = reader.regions(call);
    let look_ups: Vec<LookUp<'_>> =
        regions.iter().map(|region| LookUp { region, key: "EventName", value: "ConsoleLogin" }).collect();
    look_up(reader, call, &look_ups, |record| Some(sign_in(record))).await
}

fn sign_in(record: &Record<'_>) -> SignIn {
    let mfa = record.either("/additionalEventData/MFAUsed", ("Yes", "No"), "whether MFA was used");
    SignIn {
        time: record.time(),
        root: record.root(),
        success: record.either("/responseElements/ConsoleLogin", ("Success", "Failure"), "whether a sign-in succeeded"),
        device: match mfa {
            Read::Known(false) => Read::Known(None),
            _ => record.text("/additionalEventData/MFAIdentifier", "the MFA device of a sign-in").map(Some),
        },
        mfa,
    }
}
