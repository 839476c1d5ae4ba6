//! What only AWS's console can do, in one account: the sign-up, the root user and its sign-ins, the billing
//! preferences, and the Support plan. Also the event history of all of this.

use serde_json::{Value, json};

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
    details: Details,
}

/// The other parts of an event's record.
#[derive(Debug, Clone, Default)]
struct Details {
    kind: &'static str,
    parameters: Value,
    response: Value,
    additional: Value,
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
    events: Vec<Event>,
}

impl Console {
    /// The state before the sign-up.
    pub(super) fn new(account: &Account) -> Console {
        let (account, plan) = (account.clone(), SupportPlan::Basic);
        Console { account, created: None, root_mfa: None, plan, billing_alerts: false, events: Vec::new() }
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
        let additional = match self.root_mfa {
            Some(_) => json!({
                "LoginTo": "https://console.aws.amazon.com/console/home",
                "MobileVersion": "No",
                "MFAIdentifier": self.account.root_mfa_device(),
                "MFAUsed": "Yes",
            }),
            None => json!({
                "LoginTo": "https://console.aws.amazon.com/console/home",
                "MobileVersion": "No",
                "MFAUsed": "No",
            }),
        };
        let response = json!({ "ConsoleLogin": "Success" });
        let details = Details { kind: "AwsConsoleSignIn", response, additional, ..Details::default() };
        self.push("ConsoleLogin", "signin.amazonaws.com", EVENT_REGION, time, details);
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
        self.events.iter().filter(|event| event.name == "ConsoleLogin").map(|event| event.time).max()
    }

    fn push(&mut self, name: &str, source: &str, region: &str, time: i64, details: Details) {
        // In the form of a UUID. It is counted, so that the same actions create the same events.
        let id = format!("{:08x}-0000-4000-8000-{}", self.events.len(), self.account.id);
        let (name, source, region) = (name.to_owned(), source.to_owned(), region.to_owned());
        self.events.push(Event { id, name, source, region, time, details });
    }
}

impl Event {
    /// The record, as CloudTrail writes it ("CloudTrail record contents" in its user guide).
    pub(super) fn record(&self, account: &Account) -> Value {
        let mut record = json!({
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "Root",
                "principalId": account.id,
                "arn": account.root_arn(),
                "accountId": account.id,
                "accessKeyId": "",
            },
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
            "readOnly": false,
            "eventType": self.details.kind,
            "managementEvent": true,
            "recipientAccountId": account.id,
            "eventCategory": "Management",
        });
        if !self.details.additional.is_null() {
            record["additionalEventData"] = self.details.additional.clone();
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
