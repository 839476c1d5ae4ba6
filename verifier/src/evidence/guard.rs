//! The guard: refuses every SDK call that isn't in the table of reads, before anything is signed or sent, and notes
//! the calls that are made.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use mdbook_verify::results;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::{Section, table, time};

/// An SDK interceptor for one section's client of one account.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) section: Section,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) log: CallLog,
    pub(super) started: Mutex<Vec<(String, Instant)>>,
}

/// The calls of a run, as they are made.
#[derive(Debug, Clone, Default)]
pub struct CallLog(Arc<Mutex<Vec<Timed>>>);

/// A call and how long it took, retries included.
#[derive(Debug, Clone)]
pub struct Timed {
    /// The call.
    pub call: results::Call,
    /// From the first byte to the last, in milliseconds; `None` while it is under way.
    pub milliseconds: Option<u128>,
}

impl CallLog {
    /// The calls so far.
    pub fn calls(&self) -> Vec<Timed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn push(&self, call: results::Call) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Timed { call, milliseconds: None });
    }
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
        if table::find(self.section, &service, &operation).is_none() {
            return Err(Box::new(Refused(format!("{}:{operation}", service.to_lowercase()))));
        }
        let name = format!("{}:{operation}", service.to_lowercase());
        self.started.lock().unwrap_or_else(PoisonError::into_inner).push((name.clone(), Instant::now()));
        self.log.push(results::Call {
            account: self.account.clone(),
            section: self.section.name().to_owned(),
            operation: name,
            region: self.region.clone(),
            time: time::now(),
        });
        Ok(())
    }

    fn read_after_execution(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some((service, operation)) = operation_name(cfg) else { return Ok(()) };
        let name = format!("{}:{operation}", service.to_lowercase());
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = started.iter().position(|(started, _)| *started == name) else { return Ok(()) };
        let (_, instant) = started.remove(at);
        let mut log = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = |timed: &&mut Timed| {
            timed.milliseconds.is_none()
                && timed.call.operation == name
                && timed.call.account == self.account
                && timed.call.section == self.section.name()
                && timed.call.region == self.region
        };
        if let Some(timed) = log.iter_mut().find(mine) {
            timed.milliseconds = Some(instant.elapsed().as_millis());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::{Reader, client};
    use super::super::{Section, error, table};
    use super::*;
    use crate::practice::{GENERAL, Start, World};

    async fn reader() -> Reader {
        let world = World::open(Start::Fresh, &[], 1_795_478_400).await.unwrap();
        Reader::new(GENERAL, world.sdk_config(GENERAL).unwrap(), CallLog::default()).with_account_id("111122223333")
    }

    /// Calls an operation through a guarded client, and tells that nothing was sent.
    macro_rules! refused {
        ($sdk:ident, $section:expr, $($call:tt)+) => {{
            let reader = reader().await;
            let client = client!($sdk, reader, $section, "us-east-1");
            let failed = client.$($call)+.send().await.unwrap_err();
            let row = table::of($section).next().unwrap();
            let reasons = error::reason(GENERAL, row, &failed);
            assert!(reasons[0].message.contains("not in the table of reads"), "{}: {failed:?}", stringify!($($call)+));
            assert!(matches!(failed, aws_smithy_runtime_api::client::result::SdkError::ConstructionFailure(_)));
        }};
    }

    #[tokio::test]
    async fn writes_are_refused_before_anything_is_sent() {
        refused!(aws_sdk_account, Section::Account, put_account_name().account_name("mine"));
        refused!(aws_sdk_account, Section::Contact, put_contact_information());
        refused!(aws_sdk_account, Section::AlternateContacts, delete_alternate_contact());
        refused!(aws_sdk_budgets, Section::Budgets, delete_budget().account_id("1").budget_name("b"));
        refused!(aws_sdk_iam, Section::Root, create_user().user_name("u"));
        refused!(aws_sdk_iam, Section::Root, create_access_key());
        refused!(aws_sdk_organizations, Section::Organization, leave_organization());
        refused!(aws_sdk_cloudtrail, Section::ConsoleSignIns, delete_trail().name("t"));
        refused!(aws_sdk_cloudwatch, Section::BillingMetrics, put_metric_data().namespace("n"));
        refused!(aws_sdk_billing, Section::BillingPreferences, delete_billing_view().arn("a"));
        refused!(aws_sdk_support, Section::Support, create_case().subject("s").communication_body("b"));
        refused!(aws_sdk_sts, Section::Identity, assume_role().role_arn("r").role_session_name("session"));
    }

    #[tokio::test]
    async fn a_read_of_another_section_is_refused_too() {
        refused!(aws_sdk_iam, Section::Root, list_users());
        refused!(aws_sdk_account, Section::Contact, get_account_information());
    }
}
