//! What AWS's console does and no API can: the sign-up, the root user, billing preferences, the Support plan. And the
//! answers of the operations that the emulators lack, in the shapes of AWS's service models.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use winterbaume_core::MockResponse;

use super::front::Call;
use crate::evidence::time;

/// The general account's id.
pub(super) const GENERAL_ID: &str = "111122223333";
/// The production account's id.
pub(super) const PRODUCTION_ID: &str = "444455556666";
/// The general account's root e-mail address.
const GENERAL_EMAIL: &str = "learner@example.com";
/// The production account's root e-mail address.
const PRODUCTION_EMAIL: &str = "learner+production@example.com";
/// CloudTrail keeps events for 90 days.
const EVENT_HISTORY: i64 = 90 * 24 * 3600;
/// CloudTrail's largest page.
const PAGE: usize = 50;

/// Who reads the practice accounts.
pub(super) fn reader_arn(account: &str) -> String {
    format!("arn:aws:iam::{account}:user/course-reader")
}

/// What the consoles of both accounts have set.
pub(super) struct Console {
    now: i64,
    /// When the production account was signed up for.
    signed_up: Option<i64>,
    /// When root's virtual MFA device was enabled, by account id.
    root_mfa: BTreeMap<&'static str, i64>,
    /// Accounts with a Business Support plan.
    business_support: Vec<&'static str>,
    /// Whether the production account's billing alerts are on.
    billing_alerts: bool,
    /// CloudTrail's events in us-east-1, the oldest first.
    events: Vec<Event>,
    /// Alerts with their subscribers, by account and budget, as they were created.
    alerts: BTreeMap<(String, String), Vec<Value>>,
}

struct Event {
    account: &'static str,
    name: &'static str,
    source: &'static str,
    time: i64,
    more: Value,
}

impl Console {
    /// The general account is a year old, with MFA and a Business Support plan.
    pub(super) fn new(now: i64) -> Console {
        Console {
            now,
            signed_up: None,
            root_mfa: [(GENERAL_ID, now - 365 * 24 * 3600)].into(),
            business_support: vec![GENERAL_ID],
            billing_alerts: false,
            events: Vec::new(),
            alerts: BTreeMap::new(),
        }
    }

    pub(super) fn signed_up(&self) -> bool {
        self.signed_up.is_some()
    }

    /// Signs up for the production account, which signs root in.
    pub(super) fn sign_up(&mut self, time: i64) {
        self.signed_up = Some(time);
        self.sign_in(time, None);
    }

    pub(super) fn enable_root_mfa(&mut self, time: i64) {
        self.root_mfa.insert(PRODUCTION_ID, time);
    }

    /// Signs in to the production account as root, with the device if there is one.
    pub(super) fn sign_in_with_mfa(&mut self, time: i64) {
        self.sign_in(time, Some(root_device(PRODUCTION_ID)));
    }

    fn sign_in(&mut self, time: i64, device: Option<String>) {
        let mfa = match device {
            Some(device) => json!({ "MFAUsed": "Yes", "MFAIdentifier": device, "MobileVersion": "No" }),
            None => json!({ "MFAUsed": "No", "MobileVersion": "No" }),
        };
        let more = json!({ "responseElements": { "ConsoleLogin": "Success" }, "additionalEventData": mfa });
        self.events.push(Event {
            account: PRODUCTION_ID,
            name: "ConsoleLogin",
            source: "signin.amazonaws.com",
            time,
            more,
        });
    }

    /// A change in the production account's billing console, which leaves an event.
    pub(super) fn billing_console(&mut self, name: &'static str, time: i64) {
        let source = "billingconsole.amazonaws.com";
        self.events.push(Event { account: PRODUCTION_ID, name, source, time, more: json!({}) });
    }

    pub(super) fn turn_on_billing_alerts(&mut self, time: i64) {
        self.billing_alerts = true;
        self.billing_console("EnableBillingAlerts", time);
    }

    pub(super) fn choose_business_support(&mut self) {
        self.business_support.push(PRODUCTION_ID);
    }

    /// The answer of an operation that the emulators lack, or where they cannot know what the console did.
    pub(super) fn answer(&mut self, account: &str, call: &Call, body: &[u8]) -> Option<MockResponse> {
        let input: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        match (call.service.as_str(), call.operation.as_str()) {
            ("iam", "ListVirtualMFADevices") => Some(self.virtual_devices(account)),
            ("cloudtrail", "LookupEvents") => Some(self.look_up(account, call, &input)),
            ("support", "DescribeSeverityLevels") => Some(self.severity_levels(account, call)),
            ("billing", "ListBusinessSupportSubscriptionHistory") => Some(self.support_history(account)),
            ("billing", "GetBillingPreferences") => Some(self.billing_preferences(account)),
            ("budgets", "DescribeBudgetNotificationsForAccount") => Some(self.budget_notifications(account)),
            ("budgets", "DescribeSubscribersForNotification") => Some(self.subscribers(account, call, &input)),
            ("organizations", "ListAccounts") if account != GENERAL_ID => {
                Some(call.error(400, "AccessDeniedException", "You don't have permissions to access this resource."))
            }
            _ => None,
        }
    }

    /// Amends an emulator's answer by what it cannot know.
    pub(super) fn amend(&mut self, account: &str, call: &Call, body: &[u8], answer: String) -> String {
        match (call.service.as_str(), call.operation.as_str()) {
            ("sts", "GetCallerIdentity") => set_element(&answer, "Arn", &reader_arn(account)),
            ("iam", "GetAccountSummary") => self.summary(account, &answer),
            ("account", "GetAccountInformation") => self.account_information(account, &answer),
            ("organizations", operation) => {
                let own = format!("master@{GENERAL_ID}.example.com");
                let answer = answer.replace(&own, GENERAL_EMAIL);
                if operation == "ListAccounts" { self.members(&answer) } else { answer }
            }
            ("budgets", "CreateBudget") => {
                self.note_alerts(account, body);
                answer
            }
            _ => answer,
        }
    }

    fn virtual_devices(&self, account: &str) -> MockResponse {
        let devices = self.root_mfa.get(account).map(|enabled| {
            format!(
                "<member><SerialNumber>{}</SerialNumber><EnableDate>{}</EnableDate><User><Path>/</Path>\
                 <UserName>root</UserName><UserId>{account}</UserId><Arn>arn:aws:iam::{account}:root</Arn>\
                 <CreateDate>2020-01-01T00:00:00Z</CreateDate></User></member>",
                root_device(account),
                time::from_secs(*enabled)
            )
        });
        let devices = devices.unwrap_or_default();
        MockResponse::xml(
            200,
            format!(
                "<ListVirtualMFADevicesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
                 <ListVirtualMFADevicesResult><IsTruncated>false</IsTruncated>\
                 <VirtualMFADevices>{devices}</VirtualMFADevices></ListVirtualMFADevicesResult>\
                 </ListVirtualMFADevicesResponse>"
            ),
        )
    }

    /// The emulator's summary, with the entries about root that it hasn't or never sets.
    fn summary(&self, account: &str, answer: &str) -> String {
        let mfa = u8::from(self.root_mfa.contains_key(account));
        let entries = [("AccountMFAEnabled", mfa), ("AccountPasswordPresent", 1), ("AccountAccessKeysPresent", 0)];
        let Some((before, rest)) = answer.split_once("<SummaryMap>") else { return answer.to_owned() };
        let Some((map, after)) = rest.split_once("</SummaryMap>") else { return answer.to_owned() };
        let kept = map
            .split_inclusive("</entry>")
            .filter(|entry| !entries.iter().any(|(key, _)| entry.contains(&format!("<key>{key}</key>"))));
        let kept: String = kept.collect();
        let ours: String = entries
            .iter()
            .map(|(key, value)| format!("<entry><key>{key}</key><value>{value}</value></entry>"))
            .collect();
        format!("{before}<SummaryMap>{kept}{ours}</SummaryMap>{after}")
    }

    fn account_information(&self, account: &str, answer: &str) -> String {
        let Ok(mut answer) = serde_json::from_str::<Value>(answer) else { return answer.to_owned() };
        answer["AccountState"] = json!("ACTIVE");
        let created = if account == PRODUCTION_ID { self.signed_up } else { None };
        let created = created.unwrap_or(self.now - 365 * 24 * 3600);
        answer["AccountCreatedDate"] = json!(time::from_secs(created));
        answer.to_string()
    }

    /// The organization's accounts, with the production account once it exists.
    fn members(&self, answer: &str) -> String {
        let Ok(mut answer) = serde_json::from_str::<Value>(answer) else { return answer.to_owned() };
        if let (Some(joined), Some(accounts)) = (self.signed_up, answer["Accounts"].as_array_mut()) {
            accounts.push(json!({
                "Id": PRODUCTION_ID,
                "Arn": format!("arn:aws:organizations::{GENERAL_ID}:account/o-practice/{PRODUCTION_ID}"),
                "Email": PRODUCTION_EMAIL,
                "Name": "production",
                "Status": "ACTIVE",
                "State": "ACTIVE",
                "JoinedMethod": "INVITED",
                "JoinedTimestamp": joined,
            }));
        }
        answer.to_string()
    }

    /// CloudTrail's event history: one attribute, a time range, the newest first, in pages.
    fn look_up(&self, account: &str, call: &Call, input: &Value) -> MockResponse {
        let attribute = &input["LookupAttributes"][0];
        let (key, wanted) = (attribute["AttributeKey"].as_str(), attribute["AttributeValue"].as_str());
        let within = |time: i64| {
            let start = input["StartTime"].as_f64().unwrap_or(f64::MIN);
            let end = input["EndTime"].as_f64().unwrap_or(f64::MAX);
            time > self.now - EVENT_HISTORY && (start..=end).contains(&(time as f64))
        };
        let matches = |event: &&Event| {
            let named = match key {
                None => true,
                Some("EventName") => wanted == Some(event.name),
                Some("EventSource") => wanted == Some(event.source),
                Some(_) => false,
            };
            event.account == account && named && within(event.time) && call.region == "us-east-1"
        };
        let mut events: Vec<&Event> = self.events.iter().filter(matches).collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.time));
        let skip: usize = input["NextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
        let page = input["MaxResults"].as_u64().and_then(|page| usize::try_from(page).ok()).unwrap_or(PAGE).min(PAGE);
        let rest = events.len().saturating_sub(skip + page);
        let shown: Vec<Value> = events.iter().skip(skip).take(page).map(|event| record(event)).collect();
        let mut answer = json!({ "Events": shown });
        if rest > 0 {
            answer["NextToken"] = json!((skip + page).to_string());
        }
        MockResponse::json(200, answer.to_string())
    }

    fn severity_levels(&self, account: &str, call: &Call) -> MockResponse {
        if !self.business_support.contains(&account) {
            let message = "Amazon Web Services Premium Support Subscription is required to use this service.";
            return call.error(400, "SubscriptionRequiredException", message);
        }
        let levels =
            json!([{ "code": "low", "name": "General guidance" }, { "code": "normal", "name": "System impaired" }]);
        MockResponse::json(200, json!({ "severityLevels": levels }).to_string())
    }

    fn support_history(&self, account: &str) -> MockResponse {
        let plan = if self.business_support.contains(&account) { "AWSSupportBusiness" } else { "AWSSupportEssential" };
        let contract = json!({
            "accountId": account,
            "planName": plan,
            "contractStartDate": self.now - 365 * 24 * 3600,
            "contractEndDate": self.now + 365 * 24 * 3600,
        });
        MockResponse::json(200, json!({ "subscriptionContracts": [contract] }).to_string())
    }

    fn billing_preferences(&self, account: &str) -> MockResponse {
        let on = account == GENERAL_ID || self.billing_alerts;
        let entry = json!({
            "feature": "BILLING_ALERTS",
            "key": "BILLING_ALERTS",
            "value": if on { "ENABLED" } else { "DISABLED" },
            "accountId": account,
        });
        MockResponse::json(200, json!({ "billingPreferences": [entry] }).to_string())
    }

    /// Remembers the alerts of a budget that the emulator is about to create.
    fn note_alerts(&mut self, account: &str, body: &[u8]) {
        let Ok(input) = serde_json::from_slice::<Value>(body) else { return };
        if let Some(name) = input["Budget"]["BudgetName"].as_str() {
            let alerts = input["NotificationsWithSubscribers"].as_array().cloned().unwrap_or_default();
            self.alerts.insert((account.to_owned(), name.to_owned()), alerts);
        }
    }

    fn budget_notifications(&self, account: &str) -> MockResponse {
        let of_account = self.alerts.iter().filter(|((owner, _), _)| owner == account);
        let listed: Vec<Value> = of_account
            .map(|((_, budget), alerts)| {
                let notifications: Vec<&Value> = alerts.iter().map(|alert| &alert["Notification"]).collect();
                json!({ "BudgetName": budget, "Notifications": notifications })
            })
            .collect();
        MockResponse::json(200, json!({ "BudgetNotificationsForAccount": listed }).to_string())
    }

    fn subscribers(&self, account: &str, call: &Call, input: &Value) -> MockResponse {
        let budget = input["BudgetName"].as_str().unwrap_or_default();
        let alerts = self.alerts.get(&(account.to_owned(), budget.to_owned()));
        let same = |alert: &&Value| {
            let (known, asked) = (&alert["Notification"], &input["Notification"]);
            ["NotificationType", "ComparisonOperator"].iter().all(|key| known[key] == asked[key])
                && known["Threshold"].as_f64() == asked["Threshold"].as_f64()
        };
        match alerts.into_iter().flatten().find(same) {
            Some(alert) => MockResponse::json(200, json!({ "Subscribers": alert["Subscribers"] }).to_string()),
            None => call.error(400, "NotFoundException", "The notification does not exist."),
        }
    }
}

/// Root's virtual MFA device, as the console names the first one.
fn root_device(account: &str) -> String {
    format!("arn:aws:iam::{account}:mfa/root-account-mfa-device")
}

/// An event as `LookupEvents` answers it, with the record as text.
fn record(event: &Event) -> Value {
    let mut record = json!({
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "Root",
            "principalId": event.account,
            "arn": format!("arn:aws:iam::{}:root", event.account),
            "accountId": event.account,
        },
        "eventTime": time::from_secs(event.time),
        "eventSource": event.source,
        "eventName": event.name,
        "awsRegion": "us-east-1",
        "recipientAccountId": event.account,
    });
    if let (Some(record), Some(more)) = (record.as_object_mut(), event.more.as_object()) {
        record.extend(more.clone());
    }
    json!({
        "EventId": format!("practice-{}-{}", event.name, event.time),
        "EventName": event.name,
        "EventTime": event.time,
        "EventSource": event.source,
        "Username": "root",
        "CloudTrailEvent": record.to_string(),
    })
}

/// Replaces the text of an XML element.
fn set_element(xml: &str, name: &str, text: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    match (xml.split_once(&open), xml.split_once(&close)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{open}{text}{close}{after}"),
        _ => xml.to_owned(),
    }
}
