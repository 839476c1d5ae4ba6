//! `console_sign_ins`: sign-ins to the console.

use super::events::{Record, look_up};
use super::reader::row;
use super::time::Time;
use super::{Read, Reader, Section};
use aws_sdk_cloudtrail::types::LookupAttributeKey;
use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The sign-ins of the last 90 days, the newest first (`cloudtrail:LookupEvents` for `ConsoleLogin`). They show up 5
/// to 15 minutes late. Root's are recorded in us-east-1; the profile's region is asked too, since one was once seen
/// recorded elsewhere.
pub type ConsoleSignIns = Vec<SignIn>;

/// One sign-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// When.
    pub time: Read<Time>,
    /// Whether it was the root user.
    pub root: Read<bool>,
    /// Whether it succeeded.
    pub success: Read<bool>,
    /// Whether an MFA device was used.
    pub mfa: Read<bool>,
    /// The MFA device, as the event names it; none without one.
    pub device: Read<Option<String>>,
}

pub(super) async fn read(reader: &Reader) -> Read<ConsoleSignIns> {
    let call = row!(Section::ConsoleSignIns, "CloudTrail", "LookupEvents");
    let regions = reader.regions(call);
    let looking =
        regions.iter().map(|region| look_up(reader, call, region, LookupAttributeKey::EventName, "ConsoleLogin"));
    let mut sign_ins = Vec::new();
    for events in join_all(looking).await {
        match events {
            Ok(events) => sign_ins.extend(events.iter().map(|event| sign_in(&Record::new(event, reader.account())))),
            Err(reasons) => return Err(reasons).into(),
        }
    }
    sign_ins.sort_by(|a, b| b.time.known().cmp(&a.time.known()));
    Read::Known(sign_ins)
}

fn sign_in(record: &Record<'_>) -> SignIn {
    let mfa = record.text("/additionalEventData/MFAUsed", "whether MFA was used").map(|used| used == "Yes");
    SignIn {
        time: record.time(),
        root: record.root(),
        success: record.text("/responseElements/ConsoleLogin", "whether a sign-in succeeded").map(|is| is == "Success"),
        device: match mfa {
            Read::Known(false) => Read::Known(None),
            _ => record.text("/additionalEventData/MFAIdentifier", "the MFA device of a sign-in").map(Some),
        },
        mfa,
    }
}
