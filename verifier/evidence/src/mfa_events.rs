//! `mfa_events`: MFA devices that were enabled and deactivated.

use super::events::{Described, LookUp, Record, look_up};
use super::reader::row;
use super::time::Time;
use super::{Read, Reader, Section};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// MFA devices that were enabled or deactivated in the last 90 days, the newest first (`cloudtrail:LookupEvents` for
/// `EnableMFADevice` and for `DeactivateMFADevice`). They appear 5 to 15 minutes late, and are recorded in us-east-1.
/// Refused calls are left out. If the list could not be read to its end, its last entry is unreadable.
pub type MfaEvents = Vec<Read<MfaEvent>>;

/// A device that was enabled or deactivated.
// Of the record, not read: when the session began, the source address, the user agent, and the event's ids. They do not
// show which device it was about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MfaEvent {
    /// The time.
    pub time: Read<Time>,
    /// EnableMFADevice or DeactivateMFADevice.
    pub name: Read<String>,
    /// The IAM user of the device; absent for root's.
    pub user: Read<Option<String>>,
    /// The device's serial number. AWS requires one, so an event without it is unreadable here.
    pub device: Read<Option<String>>,
}

impl Described for MfaEvent {
    fn time(&self) -> &Read<Time> {
        &self.time
    }
}

/// CloudTrail's names for the root user in place of a user name ("Root user, MFA changed" in its user guide). It is
/// safer to take such an event for root's than for that of an IAM user with this name.
const ROOT_USER: [&str; 2] = ["AWS ROOT USER", "root"];

pub(super) async fn read(reader: &Reader) -> Read<MfaEvents> {
    let call = row!(Section::MfaEvents, "CloudTrail", "LookupEvents");
    let region = &reader.regions(call)[0];
    let named = |value| LookUp { region, key: "EventName", value };
    look_up(reader, call, &[named("EnableMFADevice"), named("DeactivateMFADevice")], event).await
}

fn event(record: &Record<'_>) -> Option<MfaEvent> {
    if record.failed() {
        return None;
    }
    Some(MfaEvent {
        time: record.time(),
        name: record.name(),
        user: user(record),
        device: record.text("/requestParameters/serialNumber", "the device of an MFA event").map(Some),
    })
}

/// The user of the device. Without a name, it is the caller (API reference of `DeactivateMFADevice`).
fn user(record: &Record<'_>) -> Read<Option<String>> {
    match record.optional("/requestParameters/userName", "the user of an MFA event") {
        Read::Known(Some(name)) => Read::Known((!ROOT_USER.contains(&name.as_str())).then_some(name)),
        Read::Known(None) => match record.root() {
            Read::Known(true) => Read::Known(None),
            Read::Known(false) => record.text("/userIdentity/userName", "the user of an MFA event").map(Some),
            Read::Unreadable(why) => Read::Unreadable(why),
        },
        unreadable => unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::super::events::Event;
    use super::*;
    use serde_json::{Value, json};

    fn described(record: Value) -> Option<MfaEvent> {
        let (event_name, cloud_trail_event) = (Some("EnableMFADevice".to_owned()), Some(record.to_string()));
        let listed = Event { event_name, cloud_trail_event, ..Event::default() };
        event(&Record::new(&listed, "production"))
    }

    fn of(identity: &str, parameters: Value) -> MfaEvent {
        let identity = json!({ "type": identity, "userName": "lee" });
        let record = json!({
            "eventTime": "2026-11-24T00:00:00Z", "userIdentity": identity, "requestParameters": parameters,
        });
        described(record).unwrap()
    }

    #[test]
    fn roots_own_device_has_no_user() {
        let serial = "arn:aws:iam::111122223333:mfa/root-account-mfa-device";
        let event = of("Root", json!({ "userName": "AWS ROOT USER", "serialNumber": serial }));
        assert_eq!(event.user, Read::Known(None));
        assert_eq!(event.device, Read::Known(Some(serial.to_owned())));
        assert_eq!(event.time.known().map(|time| time.text()).as_deref(), Some("2026-11-24T00:00:00Z"));
        assert_eq!(of("Root", json!({ "serialNumber": serial })).user, Read::Known(None));
    }

    #[test]
    fn a_device_of_a_user_is_theirs_even_if_root_enabled_it() {
        let user = |identity: &str, parameters: Value| of(identity, parameters).user.known().cloned().flatten();
        assert_eq!(user("Root", json!({ "userName": "kim", "serialNumber": "s" })).as_deref(), Some("kim"));
        assert_eq!(user("IAMUser", json!({ "serialNumber": "s" })).as_deref(), Some("lee"));
    }

    #[test]
    fn a_missing_value_is_unreadable_and_a_refused_call_is_left_out() {
        assert!(of("Root", json!({ "userName": "AWS ROOT USER" })).device.known().is_none());
        assert!(of("Root", Value::Null).device.known().is_none());
        assert_eq!(described(json!({ "errorCode": "InvalidAuthenticationCode" })), None);
        let broken = described(json!("not a record")).unwrap();
        assert!(broken.user.known().is_none() && broken.device.known().is_none() && broken.time.known().is_none());
    }
}
