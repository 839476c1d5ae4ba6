//! The state of both accounts, and a call to one of them with winterbaume's response.
//!
//! winterbaume keeps one state for the default account of a process. So each account has its own instances, and its id
//! is replaced by the default account's in requests, and restored in responses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use bytes::Bytes;
use serde_json::Value;
use winterbaume_account::AccountService;
use winterbaume_budgets::BudgetsService;
use winterbaume_cloudwatch::CloudWatchService;
use winterbaume_core::{MockRequest, MockResponse, MockService, default_account_id};
use winterbaume_iam::IamService;
use winterbaume_s3::S3Service;

use super::accounts::{Account, Caller};
use super::call::Call;
use super::console::Console;

/// A day, in seconds.
pub(super) const DAY: i64 = 24 * 3600;

/// The alerts of each budget, as in the request `CreateBudget`: a `Notification` with its `Subscribers`.
pub(super) type Alerts = BTreeMap<String, Vec<Value>>;
/// An account: the state of its console, and the emulators of its services.
pub(super) struct Hosted {
    pub(super) account: Account,
    console: Mutex<Console>,
    alerts: Mutex<Alerts>,
    pub(super) services: Services,
}

/// The services that winterbaume emulates for an account.
#[derive(Default)]
pub(super) struct Services {
    pub(super) account: AccountService,
    pub(super) budgets: BudgetsService,
    pub(super) cloudwatch: CloudWatchService,
    pub(super) iam: IamService,
    pub(super) s3: S3Service,
}

impl Hosted {
    fn new(account: Account) -> Hosted {
        Hosted {
            account,
            console: Mutex::new(Console::new(account)),
            alerts: Mutex::default(),
            services: Services::default(),
        }
    }

    /// The state of the account's console.
    pub(super) fn console(&self) -> MutexGuard<'_, Console> {
        locked(&self.console)
    }

    /// The alerts of the account's budgets.
    pub(super) fn alerts(&self) -> MutexGuard<'_, Alerts> {
        locked(&self.alerts)
    }
}

/// No code panics in the middle of a change under a lock, so the data of a poisoned lock is still valid.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Both accounts.
pub(super) struct Cloud {
    general: Hosted,
    production: Hosted,
    /// The time in the accounts, in Unix seconds.
    clock: AtomicI64,
    denied: Mutex<BTreeSet<String>>,
}

/// An accepted call, with everything that is needed to respond to it.
pub(super) struct Exchange<'c> {
    pub(super) cloud: &'c Cloud,
    pub(super) host: &'c Hosted,
    pub(super) caller: Caller,
    pub(super) call: &'c Call,
    pub(super) request: &'c MockRequest,
}

impl Cloud {
    /// Two accounts before the sign-up.
    pub(super) fn new(now: i64) -> Cloud {
        Cloud {
            general: Hosted::new(Account::General),
            production: Hosted::new(Account::Production),
            clock: AtomicI64::new(now),
            denied: Mutex::default(),
        }
    }

    /// One of the accounts.
    pub(super) fn host(&self, account: Account) -> &Hosted {
        match account {
            Account::General => &self.general,
            Account::Production => &self.production,
        }
    }

    /// The time.
    pub(super) fn now(&self) -> i64 {
        self.clock.load(Ordering::Relaxed)
    }

    /// Sets the clock.
    pub(super) fn set_clock(&self, time: i64) {
        self.clock.store(time, Ordering::Relaxed);
    }

    /// Denies readers an operation or an IAM action.
    pub(super) fn deny(&self, name: &str) {
        locked(&self.denied).insert(name.to_ascii_lowercase());
    }

    pub(super) fn denies(&self, call: &Call) -> bool {
        let denied = locked(&self.denied);
        [call.name(), call.iam_action()].iter().any(|name| denied.contains(&name.to_ascii_lowercase()))
    }

    /// The response with the accounts' time as its date, as in AWS's responses.
    pub(super) fn dated(&self, mut response: MockResponse) -> MockResponse {
        let date = DateTime::from_secs(self.now()).fmt(Format::HttpDate).ok();
        if let Some(date) = date.and_then(|date| http::HeaderValue::from_str(&date).ok()) {
            response.headers.insert(http::header::DATE, date);
        }
        response
    }
}

impl Exchange<'_> {
    /// The emulator's response.
    pub(super) async fn forward(&self, emulator: &impl MockService) -> MockResponse {
        let mut request = self.request.clone();
        let id = self.host.account.id();
        if self.call.is_text() {
            request.body = replaced(&request.body, id, default_account_id());
        }
        let mut response = emulator.handle(request).await;
        // The SDK would retry this error, but an operation that the emulator lacks is not a service error.
        if response.status >= 500 {
            return self.call.unknown_operation();
        }
        if self.call.is_text() {
            response.body = replaced(&response.body, default_account_id(), id);
        }
        response
    }

    /// The request's body in JSON.
    pub(super) fn input(&self) -> Value {
        serde_json::from_slice(&self.request.body).unwrap_or_default()
    }
}

fn replaced(body: &Bytes, from: &str, to: &str) -> Bytes {
    match std::str::from_utf8(body) {
        Ok(text) if text.contains(from) => Bytes::from(text.replace(from, to)),
        _ => body.clone(),
    }
}
