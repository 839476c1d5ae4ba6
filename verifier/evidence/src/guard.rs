//! The guard: refuses every SDK call that is not in the tables of reads, before it is signed or sent, and logs all
//! calls.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use aws_smithy_types::date_time::Format;
use course::results;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

use super::time::Time;
use super::{Section, reads, table, time};

/// An SDK interceptor for one client of one account.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) scope: Scope,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) log: CallLog,
}

/// What a client may call.
#[derive(Debug, Clone)]
pub(super) enum Scope {
    /// The calls of a section.
    Section(Section),
    /// An operation that the table of AWS's reads has.
    Reads(reads::Found),
    /// Any operation of an emulator. Only [`super::client::Emulator`] has this scope, whose calls cannot leave this
    /// computer.
    Emulator(reads::Found),
}

impl Scope {
    /// The name of an operation that may be called.
    ///
    /// # Errors
    /// When it may not be called.
    fn allowed(&self, service: &str, operation: &str) -> Result<String, Refused> {
        match self {
            Scope::Section(section) => match table::find(*section, service, operation) {
                Some(call) => Ok(call.name()),
                None => Err(Refused(table::name(service, operation))),
            },
            Scope::Reads(found) => {
                let name = format!("{}:{operation}", found.service.name);
                match reads::operation(&found.service.name, operation) {
                    // What is called like an operation of the table may be described otherwise.
                    Ok(known) if known.is_same(found) && known.service.sdk == service => Ok(name),
                    _ => Err(Refused(name)),
                }
            }
            Scope::Emulator(found) => Ok(format!("{}:{operation}", found.service.name)),
        }
    }

    /// What an operation is called for: a section, or itself.
    fn purpose(&self, name: &str) -> String {
        match self {
            Scope::Section(section) => section.name().to_owned(),
            Scope::Reads(_) | Scope::Emulator(_) => name.to_owned(),
        }
    }

    /// The member without which a response is not complete, where the SDK does not look.
    fn list(&self, service: &str, operation: &str) -> Option<&'static str> {
        match self {
            Scope::Section(section) => table::find(*section, service, operation)?.list,
            Scope::Reads(_) | Scope::Emulator(_) => None,
        }
    }
}

/// The log of a run's calls.
#[derive(Debug, Clone)]
pub struct CallLog {
    begun: Instant,
    calls: Arc<Mutex<Vec<Timed>>>,
}

/// A call and how long it took, retries included.
#[derive(Debug, Clone)]
pub struct Timed {
    /// The call.
    pub call: results::Call,
    /// When it began, from the beginning of the run.
    pub begun: Duration,
    /// From the first byte to the last; `None` while it is in progress.
    pub took: Option<Duration>,
    /// The time of the response, by the service's clock.
    pub date: Option<Time>,
    /// How far the service's clock is ahead of this computer's, in seconds, by the date of the response.
    pub clock_ahead: Option<i64>,
}

impl Timed {
    /// A call in a recording, which has no durations.
    pub fn recorded(call: results::Call) -> Timed {
        Timed { call, begun: Duration::ZERO, took: None, date: None, clock_ahead: None }
    }
}

impl Default for CallLog {
    fn default() -> CallLog {
        CallLog { begun: Instant::now(), calls: Arc::default() }
    }
}

impl CallLog {
    /// The calls so far.
    pub fn calls(&self) -> Vec<Timed> {
        self.lock().clone()
    }

    /// The time of the response to an account's call for a section, by the service's clock.
    pub fn date(&self, account: &str, section: Section) -> Option<Time> {
        let is = |timed: &&Timed| timed.call.account == account && timed.call.section == section.name();
        self.lock().iter().filter(is).find_map(|timed| timed.date)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Timed>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, call: results::Call) -> CallNumber {
        let begun = self.begun.elapsed();
        let mut calls = self.lock();
        calls.push(Timed { begun, ..Timed::recorded(call) });
        CallNumber(calls.len() - 1)
    }

    /// Notes something about a call.
    fn note(&self, cfg: &ConfigBag, note: impl FnOnce(&mut Timed)) {
        if let Some(CallNumber(at)) = cfg.load::<CallNumber>()
            && let Some(timed) = self.lock().get_mut(*at)
        {
            note(timed);
        }
    }
}

/// A call's index in the log, which the SDK passes along with the call.
#[derive(Debug)]
struct CallNumber(usize);

impl Storable for CallNumber {
    type Storer = StoreReplace<CallNumber>;
}

/// Why the guard refused a call.
#[derive(Debug)]
pub(super) struct Refused(String);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused before sending: {} is not in the table of reads", self.0)
    }
}

impl std::error::Error for Refused {}

/// Whether a response in XML contains its list.
fn has_list(body: &[u8], list: &str) -> bool {
    let text = String::from_utf8_lossy(body);
    [">", "/>", " "].iter().any(|end| text.contains(&format!("<{list}{end}")))
}

fn operation_name(cfg: &ConfigBag) -> Option<(String, String)> {
    cfg.load::<Metadata>().map(|metadata| (metadata.service().to_owned(), metadata.name().to_owned()))
}

#[dyn_dispatch_hint]
impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "verify's guard"
    }

    // The earliest hook that knows the operation's name: nothing has been serialised, signed or sent yet.
    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some((service, operation)) = operation_name(cfg) else {
            return Err(Box::new(Refused("a call without a name".into())));
        };
        let operation = self.scope.allowed(&service, &operation)?;
        let number = self.log.push(results::Call {
            account: self.account.clone(),
            section: self.scope.purpose(&operation),
            operation,
            region: self.region.clone(),
            time: time::now(),
        });
        cfg.interceptor_state().store_put(number);
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        let date = date.as_ref().and_then(Time::of);
        self.log.note(cfg, |timed| {
            timed.date = date;
            timed.clock_ahead = date.map(|date| date.secs().saturating_sub(time::now_secs()));
        });
        Ok(())
    }

    // The first hook with the body of the response.
    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let list = operation_name(cfg).and_then(|(service, operation)| self.scope.list(&service, &operation));
        let list = list.filter(|_| context.output_or_error().is_ok());
        let body = context.response().body().bytes().unwrap_or_default();
        if list.is_some_and(|list| !has_list(body, list)) {
            return Err("the response does not contain its list".into());
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let now = self.log.begun.elapsed();
        self.log.note(cfg, |timed| timed.took = Some(now.saturating_sub(timed.begun)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::{Reader, client};
    use super::super::{Section, error, table};
    use super::*;
    use aws_config::{BehaviorVersion, Region, SdkConfig};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;

    const ACCOUNT: &str = "general";

    /// A reader with invalid credentials, whose calls would reach nothing.
    fn reader() -> Reader {
        let credentials = Credentials::new("id", "secret", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url("http://127.0.0.1:1");
        Reader::new(ACCOUNT, config.build(), CallLog::default()).with_account_id("111122223333")
    }

    /// Calls an operation through a guarded client, and checks that nothing was sent.
    macro_rules! refused {
        ($sdk:ident, $section:expr, $($call:tt)+) => {{
            let reader = reader();
            let client = client!($sdk, reader, $section, "us-east-1");
            let failed = client.$($call)+.send().await.unwrap_err();
            let row = table::of($section).next().unwrap();
            let reasons = error::reason(ACCOUNT, row, &failed);
            assert!(reasons[0].message.contains("not in the table of reads"), "{}: {failed:?}", stringify!($($call)+));
            assert_eq!(reasons[0].code, course::results::ReasonCode::CourseError);
            assert!(matches!(failed, aws_smithy_runtime_api::client::result::SdkError::ConstructionFailure(_)));
        }};
    }

    #[tokio::test]
    async fn writes_are_refused_before_anything_is_sent() {
        refused!(aws_sdk_budgets, Section::Budgets, delete_budget().account_id("1").budget_name("b"));
        refused!(aws_sdk_iam, Section::Root, create_user().user_name("u"));
        refused!(aws_sdk_iam, Section::Root, create_access_key());
        refused!(aws_sdk_organizations, Section::Organization, leave_organization());
        refused!(aws_sdk_sts, Section::Identity, assume_role().role_arn("r").role_session_name("session"));
    }

    #[tokio::test]
    async fn a_read_of_another_section_is_refused_too() {
        refused!(aws_sdk_iam, Section::Root, list_users());
        let row = table::find(Section::Account, "Account", "GetAccountInformation").unwrap();
        let failed = failed(table::Call { section: Section::Contact, ..*row }).await;
        let reasons = error::reason(ACCOUNT, row, &failed);
        assert!(reasons[0].message.contains("not in the table of reads"), "{reasons:?}");
    }

    /// How a section's own call fails.
    async fn failed(call: table::Call) -> crate::client::Failed {
        crate::client::ask::<serde_json::Value>(&reader(), &call, "us-east-1", serde_json::json!({})).await.unwrap_err()
    }

    /// The table of reads has no write, so a section could not even prepare one.
    #[tokio::test]
    async fn a_write_of_a_section_is_not_prepared() {
        for (service, operation) in
            [("Account", "PutAccountName"), ("CloudTrail", "DeleteTrail"), ("S3", "DeleteBucket")]
        {
            let row = table::of(Section::Account).next().unwrap();
            let write = table::Call { service, operation, ..*row };
            let failed = failed(write).await;
            assert!(matches!(failed, aws_smithy_runtime_api::client::result::SdkError::ConstructionFailure(_)));
        }
    }
}
