//! What only AWS's console can do, in one account: the sign-up, the root user and its sign-ins, the billing
//! preferences, and the Support plan. Also the event history of all of this.

use serde_json::{Value, json};

use std::collections::BTreeMap;

use super::accounts::Account;
use super::switch::SupportPlan;

/// The region where CloudTrail records the root user and the global services.
pub(super) const EVENT_REGION: &str = "us-east-1";

/// An entry of CloudTrail's event history.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) source: String,
    /// The region whose history it is in.
    pub(super) region: String,
    /// Unix seconds.
    pub(super) time: i64,
    /// The IAM user who did it; `None` for the root user.
    user: Option<User>,
    details: Details,
}

/// An IAM user.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) id: String,
    /// The serial number of the MFA device, if the user has one.
    pub(super) device: Option<String>,
}

/// The other parts of an event's record.
#[derive(Debug, Clone, Default)]
struct Details {
    kind: &'static str,
    parameters: Value,
    response: Value,
    additional: Value,
    /// Whether it was a call that only reads.
    reads: bool,
    /// The message with which the call was denied.
    denial: Option<String>,
}

/// The state of an account's console.
#[derive(Debug)]
pub(super) struct Console {
    account: Account,
    created: Option<i64>,
    /// When the root user's virtual MFA device was enabled.
    pub(super) root_mfa: Option<i64>,
    pub(super) plan: SupportPlan,
    pub(super) billing_alerts: bool,
    /// When access keys were used last, by their ids.
    pub(super) key_uses: BTreeMap<String, i64>,
    events: Vec<Event>,
}

impl Console {
    /// The state before the sign-up.
    pub(super) fn new(account: &Account) -> Console {
        let (account, plan) = (account.clone(), SupportPlan::Basic);
        let (billing_alerts, key_uses) = (false, BTreeMap::new());
        Console { account, created: None, root_mfa: None, plan, billing_alerts, key_uses, events: Vec::new() }
    }

    /// When the account was created; `None` before the sign-up.
    pub(super) fn created(&self) -> Option<i64> {
        self.created
    }

    /// Signs up for the account.
    pub(super) fn sign_up(&mut self, time: i64) {
        self.created = Some(time);
    }

    /// Enables the root user's virtual MFA device. The console calls `EnableMFADevice`, which supports only IAM users
    /// in the API.
    pub(super) fn enable_root_mfa(&mut self, time: i64) {
        self.root_mfa = Some(time);
        let parameters = json!({ "userName": "AWS ROOT USER", "serialNumber": self.account.root_mfa_device() });
        self.mfa_event("EnableMFADevice", parameters, time);
    }

    /// Takes the root user's virtual MFA device.
    pub(super) fn disable_root_mfa(&mut self, time: i64) {
        self.root_mfa = None;
        let parameters = json!({ "userName": "AWS ROOT USER", "serialNumber": self.account.root_mfa_device() });
        self.mfa_event("DeactivateMFADevice", parameters, time);
    }

    fn mfa_event(&mut self, name: &str, parameters: Value, time: i64) {
        let details = Details { kind: "AwsApiCall", parameters, ..Details::default() };
        self.push(name, "iam.amazonaws.com", EVENT_REGION, time, details);
    }

    /// Signs the root user in, with the MFA device if there is one.
    pub(super) fn sign_in(&mut self, time: i64) {
        // A sign-in with the device is at least a second after it was enabled.
        let time = self.root_mfa.map_or(time, |enabled| time.max(enabled.saturating_add(1)));
        let device = self.root_mfa.map(|_| self.account.root_mfa_device());
        self.push("ConsoleLogin", SIGN_IN, EVENT_REGION, time, sign_in(device));
    }

    /// Signs an IAM user in, with the MFA device if there is one.
    pub(super) fn sign_in_user(&mut self, user: User, time: i64) {
        let details = sign_in(user.device.clone());
        self.push("ConsoleLogin", SIGN_IN, EVENT_REGION, time, details);
        self.events.last_mut().into_iter().for_each(|event| event.user = Some(user.clone()));
    }

    /// The root user opens the list of S3's buckets. `denial` is the message if that is denied.
    pub(super) fn list_buckets(&mut self, denial: Option<String>, time: i64) {
        let details = Details { kind: "AwsApiCall", reads: true, denial, ..Details::default() };
        self.push("ListBuckets", "s3.amazonaws.com", EVENT_REGION, time, details);
    }

    /// Saves a setting of the billing console.
    pub(super) fn billing(&mut self, event: &str, time: i64) {
        let details = Details { kind: "AwsConsoleAction", ..Details::default() };
        self.push(event, "billingconsole.amazonaws.com", EVENT_REGION, time, details);
    }

    /// Records a write call of the root user.
    pub(super) fn record(&mut self, name: &str, source: &str, region: &str, time: i64, parameters: Value) {
        self.push(name, source, region, time, Details { kind: "AwsApiCall", parameters, ..Details::default() });
    }

    /// Removes all events, because a sign-up changes settings without events.
    pub(super) fn forget_events(&mut self) {
        self.events.clear();
    }

    /// All events, in the order in which they were recorded.
    pub(super) fn events(&self) -> &[Event] {
        &self.events
    }

    /// When the root user signed in last.
    pub(super) fn last_sign_in(&self) -> Option<i64> {
        let of_root = |event: &&Event| event.name == "ConsoleLogin" && event.user.is_none();
        self.events.iter().filter(of_root).map(|event| event.time).max()
    }

    fn push(&mut self, name: &str, source: &str, region: &str, time: i64, details: Details) {
        // In the form of a UUID. It is counted, so that the same actions create the same events.
        let id = format!("{:08x}-0000-4000-8000-{}", self.events.len(), self.account.id);
        let (name, source, region) = (name.to_owned(), source.to_owned(), region.to_owned());
        self.events.push(Event { id, name, source, region, time, user: None, details });
    }
}

/// Where sign-ins come from.
const SIGN_IN: &str = "signin.amazonaws.com";

/// The parts of a successful sign-in, with the serial number of an MFA device if one was used.
fn sign_in(device: Option<String>) -> Details {
    let mut additional = json!({
        "LoginTo": "https://console.aws.amazon.com/console/home",
        "MobileVersion": "No",
        "MFAUsed": if device.is_some() { "Yes" } else { "No" },
    });
    device.into_iter().for_each(|device| additional["MFAIdentifier"] = json!(device));
    let response = json!({ "ConsoleLogin": "Success" });
    Details { kind: "AwsConsoleSignIn", response, additional, ..Details::default() }
}

impl Event {
    /// The name of who did it, as CloudTrail lists it.
    pub(super) fn user_name(&self) -> &str {
        self.user.as_ref().map_or("root", |user| &user.name)
    }

    /// Whether it was a call that only reads.
    pub(super) fn reads(&self) -> bool {
        self.details.reads
    }

    fn identity(&self, account: &Account) -> Value {
        match &self.user {
            None => json!({
                "type": "Root",
                "principalId": account.id,
                "arn": account.root_arn(),
                "accountId": account.id,
                "accessKeyId": "",
            }),
            Some(user) => json!({
                "type": "IAMUser",
                "principalId": user.id,
                "arn": format!("arn:aws:iam::{}:user/{}", account.id, user.name),
                "accountId": account.id,
                "userName": user.name,
            }),
        }
    }

    /// The record, as CloudTrail writes it ("CloudTrail record contents" in its user guide).
    pub(super) fn record(&self, account: &Account) -> Value {
        let mut record = json!({
            "eventVersion": "1.11",
            "userIdentity": self.identity(account),
            "eventTime": iso(self.time),
            "eventSource": self.source,
            "eventName": self.name,
            "awsRegion": self.region,
            // An address reserved for documentation (RFC 5737).
            "sourceIPAddress": "192.0.2.1",
            "userAgent": "practice account",
            "requestParameters": self.details.parameters,
            "responseElements": self.details.response,
            "eventID": self.id,
            "readOnly": self.details.reads,
            "eventType": self.details.kind,
            "managementEvent": true,
            "recipientAccountId": account.id,
            "eventCategory": "Management",
        });
        if !self.details.additional.is_null() {
            record["additionalEventData"] = self.details.additional.clone();
        }
        if let Some(message) = &self.details.denial {
            record["errorCode"] = json!("AccessDenied");
            record["errorMessage"] = json!(message);
        }
        record
    }
}

/// Unix seconds as text, as AWS writes them.
pub(super) fn iso(seconds: i64) -> String {
    let format = aws_smithy_types::date_time::Format::DateTime;
    // Only fails for years with more than four digits.
    aws_smithy_types::DateTime::from_secs(seconds).fmt(format).unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned())
}
