//! CloudTrail's event history.

use super::reply::{error, page, unknown, with_token};
use super::times::{days, iso};
use super::{Account, Call, Reply};
use serde_json::{Value, json};
use std::time::Instant;

/// An event.
#[derive(Clone)]
pub struct Event {
    pub name: String,
    pub source: String,
    pub time: i64,
    pub region: String,
    /// Root, IAMUser or AssumedRole.
    pub by: String,
    /// Members of the record, in addition to those that every record has.
    pub record: Value,
    /// The record as it is sent, instead of a complete one.
    pub text: Option<String>,
}

impl Event {
    fn by_root(name: &str, source: &str, time: i64, record: Value) -> Event {
        let (name, source) = (name.to_owned(), source.to_owned());
        Event { name, source, time, region: "us-east-1".to_owned(), by: "Root".to_owned(), record, text: None }
    }

    /// Root signed in with this device.
    pub fn sign_in(device: &str, time: i64) -> Event {
        let more = json!({
            "LoginTo": "https://console.aws.amazon.com/console/home",
            "MobileVersion": "No",
            "MFAIdentifier": device,
            "MFAUsed": "Yes",
        });
        let record = json!({ "responseElements": { "ConsoleLogin": "Success" }, "additionalEventData": more });
        Event::by_root("ConsoleLogin", "signin.amazonaws.com", time, record)
    }

    /// Root signed in with a password alone.
    pub fn sign_in_without_mfa(time: i64) -> Event {
        let mut event = Event::sign_in("", time);
        event.record["additionalEventData"] = json!({ "MobileVersion": "No", "MFAUsed": "No" });
        event
    }

    /// Root enabled or deactivated a device: `EnableMFADevice`, `DeactivateMFADevice`.
    pub fn mfa(name: &str, serial: &str, time: i64) -> Event {
        let record =
            json!({ "requestParameters": { "userName": "root", "serialNumber": serial }, "responseElements": null });
        Event::by_root(name, "iam.amazonaws.com", time, record)
    }

    /// Root changed something in the billing console.
    pub fn billing(name: &str, time: i64) -> Event {
        Event::by_root(name, "billingconsole.amazonaws.com", time, json!({}))
    }

    /// The same event, with a truncated record.
    pub fn broken(mut self) -> Event {
        self.text = Some(r#"{"eventVersion": "1.08", "userIdentity": {"type": "#.to_owned());
        self
    }

    /// The same event, in another region.
    pub fn recorded_in(mut self, region: &str) -> Event {
        self.region = region.to_owned();
        self
    }

    /// The same event without a member of its record, given by the JSON pointer of its parent and its name.
    pub fn without(mut self, holder: &str, member: &str) -> Event {
        let part = self.record.pointer_mut(holder).and_then(Value::as_object_mut).unwrap();
        part.remove(member).unwrap();
        self
    }

    fn user(&self) -> &'static str {
        if self.by == "Root" { "root" } else { "lee" }
    }

    fn id(place: usize) -> String {
        format!("00000000-0000-4000-8000-{place:012}")
    }

    /// Whether it has the attribute that a look-up asks for.
    fn has(&self, place: usize, asked: &Value) -> bool {
        let value = match asked["AttributeKey"].as_str().unwrap_or_default() {
            "EventName" => self.name.clone(),
            "EventSource" => self.source.clone(),
            "Username" => self.user().to_owned(),
            "ReadOnly" => "false".to_owned(),
            "EventId" => Event::id(place),
            _ => return false,
        };
        asked["AttributeValue"] == value
    }

    fn json(&self, account: &str, place: usize) -> Value {
        let id = Event::id(place);
        let mut record = json!({
            "eventVersion": "1.08",
            "userIdentity": {
                "type": self.by,
                "principalId": account,
                "arn": format!("arn:aws:iam::{account}:{}", if self.by == "Root" { "root" } else { "user/lee" }),
                "accountId": account,
            },
            "eventTime": iso(self.time),
            "eventSource": self.source,
            "eventName": self.name,
            "awsRegion": self.region,
            "eventID": id,
            "recipientAccountId": account,
        });
        for (name, value) in self.record.as_object().into_iter().flatten() {
            record[name] = value.clone();
        }
        json!({
            "EventId": id,
            "EventName": self.name,
            "EventSource": self.source,
            "EventTime": self.time,
            "ReadOnly": "false",
            "Username": self.user(),
            "Resources": [],
            "CloudTrailEvent": self.text.clone().unwrap_or_else(|| record.to_string()),
        })
    }
}

/// Two look-ups a second, as AWS counts them. Unused look-ups add up to two at once.
pub(super) struct LookUps {
    left: f64,
    at: Instant,
}

impl Default for LookUps {
    fn default() -> LookUps {
        LookUps { left: 2.0, at: Instant::now() }
    }
}

impl LookUps {
    /// Whether one more is allowed now.
    pub(super) fn allow(&mut self) -> bool {
        let now = Instant::now();
        self.left = (self.left + 2.0 * now.duration_since(self.at).as_secs_f64()).min(2.0);
        self.at = now;
        // A little less than one, because requests that are sent in time may arrive a little early.
        let allowed = self.left >= 0.9;
        if allowed {
            self.left -= 1.0;
        }
        allowed
    }
}

impl Account {
    pub(super) fn look_up(&self, call: &Call) -> Reply {
        if call.operation != "LookupEvents" {
            return unknown();
        }
        let attributes = call.input.get("LookupAttributes").and_then(Value::as_array).cloned().unwrap_or_default();
        if attributes.len() > 1 {
            return error(400, "InvalidLookupAttributesException", "You can use only one lookup attribute in a query");
        }
        let time = |member: &str| call.input.get(member).and_then(Value::as_f64);
        let size = call.input.get("MaxResults").and_then(Value::as_u64).unwrap_or(50).min(50);
        let mut events: Vec<(usize, &Event)> = self.events.iter().enumerate().collect();
        events.retain(|(place, event)| {
            let at = event.time as f64;
            event.region == call.region
                && (call.time - days(90)..=call.time).contains(&event.time)
                && time("StartTime").is_none_or(|start| start <= at)
                && time("EndTime").is_none_or(|end| at <= end)
                && attributes.iter().all(|asked| event.has(*place, asked))
        });
        events.sort_by_key(|(_, event)| -event.time);
        let (events, next) = page(&events, usize::try_from(size).unwrap(), call.text("NextToken"));
        let events: Vec<Value> = events.iter().map(|(place, event)| event.json(&self.id, *place)).collect();
        with_token(json!({ "Events": events }), "NextToken", next)
    }
}
