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
