//! The emulated accounts of a course: their connections for reading, and what practice actions do in them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use course::results::Reason;
use evidence::client::{Emulator, Keys};
use evidence::connection::Connection;
use evidence::reads::Found;
use evidence::time;
use serde_json::{Map, Value, json};
use winterbaume_core::{MockAws, MockRequest, MockService};

use super::accounts::{Account, Caller, REGION, ROOT_MFA_DEVICE};
use super::cloud::{AccountState, Cloud};
use super::control_policies;
use super::embedded::{self, Embedded};
use super::error::PracticeError;
use super::iam;
use super::switch::Switch;
use super::writes;

/// The emulated accounts of a course, in this process.
pub struct PracticeCloud {
    cloud: Arc<Cloud>,
    http: SharedHttpClient,
}

impl fmt::Debug for PracticeCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.cloud.accounts.iter().map(|state| state.account.name.as_str()).collect();
        f.debug_struct("PracticeCloud").field("accounts", &names).finish_non_exhaustive()
    }
}

/// The accounts' clock, for SDK clients. If the date of a response differs from an SDK client's time, it assumes a
/// wrong clock, and retries.
struct EmulatedTime(Arc<Cloud>);

impl fmt::Debug for EmulatedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EmulatedTime").field(&self.0.now()).finish()
    }
}

impl TimeSource for EmulatedTime {
    fn now(&self) -> SystemTime {
        let since = Duration::from_secs(u64::try_from(self.0.now()).unwrap_or_default());
        SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

impl PracticeCloud {
    /// Emulated accounts with these names, none of which exists before its sign-up. `now`, in Unix seconds, is the time
    /// in them.
    ///
    /// # Errors
    /// When the time is not plausible.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n String>, now: i64) -> Result<PracticeCloud, PracticeError> {
        let cloud = Arc::new(Cloud::new(names, 0));
        let http = MockAws::builder().with_service(Arc::clone(&cloud)).build().http_client();
        time::credible(now).map_err(|why| PracticeError::Time { why: why.to_string() })?;
        cloud.set_clock(now);
        Ok(PracticeCloud { cloud, http })
    }

    /// Sets the time in the accounts, in Unix seconds.
    pub fn set_clock(&self, time: i64) {
        self.cloud.set_clock(time);
    }

    /// The time in the accounts, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.cloud.now()
    }

    /// Whether the account exists.
    pub fn exists(&self, account: &str) -> bool {
        self.cloud.named(account).is_some_and(|state| state.console().created().is_some())
    }

    /// The id of an account, whether or not it exists yet.
    pub fn account_id(&self, account: &str) -> Option<&str> {
        self.cloud.named(account).map(|state| state.account.id.as_str())
    }

    /// The connections to a course's accounts. For an account that does not exist, `sign_up` is the step that creates it.
    pub fn connections<'n>(
        &self,
        accounts: impl IntoIterator<Item = &'n String>,
        sign_up: &dyn Fn(&str) -> Option<String>,
    ) -> BTreeMap<String, Connection> {
        let connect = |name: &String| {
            let state = self.cloud.named(name).filter(|_| self.exists(name));
            let connection = match state {
                Some(state) => Connection::Sdk(Box::new(self.emulator(&state.account, Caller::Reader).connected())),
                None => Connection::None(vec![Reason::no_practice_account(name, sign_up(name).as_deref())]),
            };
            (name.clone(), connection)
        };
        accounts.into_iter().map(connect).collect()
    }

    /// Denies these operations (`budgets:DescribeBudgets`), and those that need these IAM actions (`budgets:ViewBudget`),
    /// in all accounts and with AWS's errors, and allows all others. `sts:GetCallerIdentity` can be denied here, but not
    /// in real accounts.
    pub fn deny_only<'o>(&self, operations_or_actions: impl IntoIterator<Item = &'o str>) {
        self.cloud.deny_only(operations_or_actions);
    }

    /// Responds to an HTTP request, for programs that use the accounts over a network. The signature determines the
    /// service and the account, so any endpoint will do.
    pub async fn answer(&self, request: http::Request<bytes::Bytes>) -> http::Response<bytes::Bytes> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let uri = format!("http://127.0.0.1{path}");
        let (method, headers) = (parts.method.to_string(), parts.headers);
        let answer = self.cloud.handle(MockRequest { method, uri, headers, body }).await;
        let mut response = http::Response::new(answer.body);
        *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
        *response.headers_mut() = answer.headers;
        response
    }

    /// Makes a call as the root user of an account. `origin` is where it comes from: the ids of what it makes are derived
    /// from it, so two calls never have the same.
    ///
    /// # Errors
    /// When the account does not exist or refuses the call, or has no such service.
    pub async fn call(
        &self,
        account: &str,
        found: Found,
        region: Option<&str>,
        input: Map<String, Value>,
        origin: &str,
    ) -> Result<Value, PracticeError> {
        let state = self.existing(account)?;
        if !embedded::has(&found.service.name) {
            return Err(PracticeError::Lacking { why: embedded::lacks(found.service, found.name) });
        }
        self.cloud.set_origin(origin);
        let region = region_of(found, region);
        let emulator = self.emulator(&state.account, Caller::Root);
        let answer = emulator.call(found, &region, input.clone()).await;
        let answer =
            answer.map_err(|error| PracticeError::Refused { call: found.to_string(), why: error.to_string() })?;
        if writes::writes(&found.service.name, found.name) && !is_data_event(found) {
            let source = format!("{}.amazonaws.com", found.service.signing);
            let parameters = as_recorded(&Value::Object(input));
            state.console().record(found.name, &source, &region, self.cloud.now(), parameters);
        }
        Ok(answer)
    }

    /// Turns a switch of an account.
    ///
    /// # Errors
    /// When the account does not exist.
    pub async fn switch(&self, account: &str, switch: Switch, origin: &str) -> Result<(), PracticeError> {
        let time = self.cloud.now();
        if switch == Switch::SignUp {
            return self.sign_up(account, origin).await;
        }
        let state = self.existing(account)?;
        let no_user = |name: &str| PracticeError::NoUser { account: account.to_owned(), user: name.to_owned() };
        match switch {
            // AWS has neither an operation nor a documented event for a PDF invoice.
            Switch::SignUp | Switch::PdfInvoice(_) => {}
            Switch::SupportPlan(plan) => state.console().plan = plan,
            Switch::RootSignIn => state.console().sign_in(time),
            Switch::UserSignIn(name) => {
                let user = iam::user(state, &name).await.ok_or_else(|| no_user(&name))?;
                state.console().sign_in_user(user, time);
            }
            Switch::AccessKeyUse(name) => {
                iam::user(state, &name).await.ok_or_else(|| no_user(&name))?;
                let keys = iam::active_keys(state, &name).await;
                state.console().key_uses.extend(keys.into_iter().map(|key| (key, time)));
            }
            Switch::BucketList => {
                const ACTION: &str = "s3:ListAllMyBuckets";
                let denial = control_policies::denial(&self.cloud, state, ACTION).await;
                let message = denial.map(|why| {
                    format!("User: {} is not authorized to perform: {ACTION} {why}", state.account.root_arn())
                });
                state.console().list_buckets(message, time);
            }
            Switch::RootMfa(true) => {
                let name = Map::from_iter([("VirtualMFADeviceName".to_owned(), json!(ROOT_MFA_DEVICE))]);
                if state.console().root_mfa.is_none() {
                    self.own_call(account, "iam:CreateVirtualMFADevice", name, origin).await?;
                    state.console().enable_root_mfa(time);
                }
            }
            Switch::RootMfa(false) => {
                if state.console().root_mfa.is_some() {
                    let serial = Map::from_iter([("SerialNumber".to_owned(), json!(state.account.root_mfa_device()))]);
                    self.own_call(account, "iam:DeleteVirtualMFADevice", serial, origin).await?;
                    state.console().disable_root_mfa(time);
                }
            }
            // The events do not say which position the switch has now.
            Switch::FreeTierAlerts(_) => state.console().billing("SetFreetierBudgetsPreference", time),
            Switch::IamBillingAccess(_) => state.console().billing("SetIAMAccessPreference", time),
            Switch::BillingAlerts(on) => {
                {
                    let mut console = state.console();
                    console.billing_alerts = on;
                    console.billing(if on { "EnableBillingAlerts" } else { "DisableBillingAlerts" }, time);
                }
                if on {
                    self.publish_charges(account, origin).await?;
                }
            }
        }
        Ok(())
    }

    /// Signs up. The form has an account name and a contact.
    async fn sign_up(&self, account: &str, origin: &str) -> Result<(), PracticeError> {
        let no_account = || PracticeError::NoAccount { account: account.to_owned() };
        let state = self.cloud.named(account).ok_or_else(no_account)?;
        let time = self.cloud.now();
        if state.console().created().is_some() {
            return Ok(());
        }
        state.console().sign_up(time);
        let contact = json!({
            "FullName": "L. Learner",
            "AddressLine1": "99 Other Avenue",
            "City": "Seattle",
            "PostalCode": "98199",
            "CountryCode": "US",
            "PhoneNumber": "+1 206 555 0100",
        });
        let name = Map::from_iter([("AccountName".to_owned(), json!("learner"))]);
        self.own_call(account, "account:PutAccountName", name, origin).await?;
        let contact = Map::from_iter([("ContactInformation".to_owned(), contact)]);
        self.own_call(account, "account:PutContactInformation", contact, origin).await?;
        let mut console = state.console();
        console.forget_events();
        console.sign_in(time);
        Ok(())
    }

    /// Publishes the metric that AWS publishes when billing alerts are on. In a real account, only AWS can do this, but
    /// the emulator accepts names that start with `AWS/` from anybody.
    async fn publish_charges(&self, account: &str, origin: &str) -> Result<(), PracticeError> {
        let datum = json!({
            "MetricName": "EstimatedCharges",
            "Dimensions": [{ "Name": "Currency", "Value": "USD" }],
            "Timestamp": super::console::iso(self.cloud.now()),
            "Unit": "None",
            "Value": 0.0,
        });
        let input = [("Namespace".to_owned(), json!("AWS/Billing")), ("MetricData".to_owned(), json!([datum]))];
        self.own_call(account, "cloudwatch:PutMetricData", Map::from_iter(input), origin).await
    }

    /// A call that a switch makes.
    async fn own_call(
        &self,
        account: &str,
        name: &str,
        input: Map<String, Value>,
        origin: &str,
    ) -> Result<(), PracticeError> {
        let found = writes::find(name).map_err(|error| PracticeError::Lacking { why: error.to_string() })?;
        self.call(account, found, None, input, origin).await.map(drop)
    }

    fn existing(&self, account: &str) -> Result<&AccountState, PracticeError> {
        let state = self.cloud.named(account).filter(|_| self.exists(account));
        state.ok_or_else(|| PracticeError::NoAccount { account: account.to_owned() })
    }

    fn emulator(&self, account: &Account, caller: Caller) -> Emulator {
        let time = SharedTimeSource::new(EmulatedTime(Arc::clone(&self.cloud)));
        Emulator::in_process(self.http.clone(), &Keys::made_up(&caller.access_key(account)), REGION, time)
    }
}

/// The region of a call: the one that it says, unless the service is global.
pub(super) fn region_of(found: Found, region: Option<&str>) -> String {
    let reads = evidence::reads::service(&found.service.name).ok();
    let global = reads.and_then(|service| service.global_region("aws"));
    global.or(region).unwrap_or(REGION).to_owned()
}

/// Whether CloudTrail's event history leaves it out (CloudTrail User Guide, "Logging data events"): it has management
/// events only.
fn is_data_event(found: Found) -> bool {
    match Embedded::of(&found.service.name) {
        Some(Embedded::S3) => found.name.contains("Object") && !found.name.starts_with("PutObjectLock"),
        Some(Embedded::CloudWatch) => found.name == "PutMetricData",
        _ => false,
    }
}

/// The parameters of a call as CloudTrail records them: names begin with a small letter.
fn as_recorded(input: &Value) -> Value {
    match input {
        Value::Array(list) => list.iter().map(as_recorded).collect(),
        Value::Object(members) => {
            let recorded = members.iter().map(|(name, value)| {
                let mut letters = name.chars();
                let first = letters.next().map(|letter| letter.to_ascii_lowercase());
                (first.into_iter().chain(letters).collect::<String>(), as_recorded(value))
            });
            Value::Object(recorded.collect())
        }
        other => other.clone(),
    }
}
