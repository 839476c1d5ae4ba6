//! The state of the accounts, and a call to one of them with winterbaume's response.
//!
//! winterbaume keeps one state for the default account of a process. So each account has its own emulators, and its id
//! is exchanged with the default account's in requests and in responses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use bytes::Bytes;
use serde_json::Value;
use winterbaume_core::{MockRequest, MockResponse, StatefulService, default_account_id};

use super::accounts::{Account, Caller, REGION};
use super::call::Call;
use super::console::Console;
use super::embedded::{Embedded, Emulators};
use super::organization::Organization;
use super::path;
use super::settle::{self, Moment};
use super::view::View;

/// A day, in seconds.
pub(super) const DAY: i64 = 24 * 3600;

/// The alerts of each budget, as in the request `CreateBudget`: a `Notification` with its `Subscribers`.
pub(super) type Alerts = BTreeMap<String, Vec<Value>>;

/// An account: the state of its console, and the emulators of its services.
pub(super) struct AccountState {
    pub(super) account: Account,
    console: Mutex<Console>,
    alerts: Mutex<Alerts>,
    /// The region of each bucket.
    buckets: Mutex<BTreeMap<String, String>>,
    /// The account's Block Public Access settings, in XML.
    public_access_block: Mutex<Option<String>>,
    pub(super) emulators: Emulators,
    /// The states of services that have been looked at, by service and region.
    begun: Mutex<BTreeSet<(String, String)>>,
}

impl AccountState {
    fn new(account: Account) -> AccountState {
        AccountState {
            console: Mutex::new(Console::new(&account)),
            account,
            alerts: Mutex::default(),
            buckets: Mutex::default(),
            public_access_block: Mutex::default(),
            emulators: Emulators::default(),
            begun: Mutex::default(),
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

    /// The region of each bucket.
    pub(super) fn buckets(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        locked(&self.buckets)
    }

    /// The account's Block Public Access settings, in XML.
    pub(super) fn public_access_block(&self) -> MutexGuard<'_, Option<String>> {
        locked(&self.public_access_block)
    }
}

/// No code panics in the middle of a change under a lock, so the data of a poisoned lock is still valid.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All accounts.
pub(super) struct Cloud {
    pub(super) accounts: Vec<AccountState>,
    pub(super) organization: Organization,
    /// The time in the accounts, in Unix seconds.
    clock: AtomicI64,
    /// What the ids of what is made now come from.
    origin: Mutex<String>,
    denied: Mutex<BTreeSet<String>>,
}

/// An accepted call, with everything that is needed to respond to it.
#[derive(Clone, Copy)]
pub(super) struct Exchange<'c> {
    pub(super) cloud: &'c Cloud,
    pub(super) state: &'c AccountState,
    pub(super) caller: Caller,
    pub(super) call: &'c Call,
    pub(super) request: &'c MockRequest,
}

impl Cloud {
    /// Accounts with these names, before the sign-up.
    pub(super) fn new<'n>(names: impl IntoIterator<Item = &'n String>, now: i64) -> Cloud {
        let accounts = names.into_iter().enumerate().map(|(at, name)| AccountState::new(Account::new(name, at)));
        Cloud {
            accounts: accounts.collect(),
            organization: Organization::default(),
            clock: AtomicI64::new(now),
            origin: Mutex::default(),
            denied: Mutex::default(),
        }
    }

    /// The account that the course calls so.
    pub(super) fn named(&self, name: &str) -> Option<&AccountState> {
        self.accounts.iter().find(|state| state.account.name == name)
    }

    /// The time.
    pub(super) fn now(&self) -> i64 {
        self.clock.load(Ordering::Relaxed)
    }

    /// Sets the clock.
    pub(super) fn set_clock(&self, time: i64) {
        self.clock.store(time, Ordering::Relaxed);
    }

    /// Sets what the ids of what is made from now on come from.
    pub(super) fn set_origin(&self, origin: &str) {
        origin.clone_into(&mut locked(&self.origin));
    }

    /// What ids and times of what is made now come from.
    pub(super) fn moment(&self) -> Moment {
        Moment { origin: locked(&self.origin).clone(), time: self.now() }
    }

    /// Denies readers these operations and IAM actions, and no others.
    pub(super) fn deny_only<'n>(&self, names: impl IntoIterator<Item = &'n str>) {
        *locked(&self.denied) = names.into_iter().map(str::to_ascii_lowercase).collect();
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
    /// The emulator's response. What a write makes gets ids and times that are the same whenever it is made again.
    pub(super) async fn forward<S: StatefulService<StateView: View>>(&self, emulator: &S) -> MockResponse {
        let id = &self.state.account.id;
        let region = self.region().to_owned();
        if self.begins(&region) {
            let moment = Moment { origin: format!("{} {region}", self.call.service.name), time: self.cloud.now() };
            settle::start(emulator, &region, &moment).await;
        }
        let request = self.for_emulator(&region);
        let mut response = if self.call.reads() {
            emulator.handle(request).await
        } else {
            settle::write(emulator, &region, request, &self.cloud.moment()).await
        };
        // The SDK would retry this error, but an operation that the emulator lacks is not a service error.
        if response.status >= 500 || response.status >= 400 && is_unknown_operation(&response.body) {
            return self.call.unknown_operation();
        }
        response.body = exchanged(&response.body, id);
        response
    }

    /// Whether a service of the account is looked at for the first time in a region.
    pub(super) fn begins(&self, region: &str) -> bool {
        locked(&self.state.begun).insert((self.call.service.name.clone(), region.to_owned()))
    }

    /// The region of the emulator's state. It keeps buckets by region, but an account's are all in one list.
    fn region(&self) -> &str {
        match self.call.embedded {
            Some(Embedded::S3) => REGION,
            _ => self.call.region_of_state(),
        }
    }

    /// The request as the emulator expects it: with the default account's id, and the host of the region.
    fn for_emulator(&self, region: &str) -> MockRequest {
        let MockRequest { method, uri, headers, body } = self.request.clone();
        let path =
            String::from_utf8_lossy(&exchanged(path::with_query(&uri).as_bytes(), &self.state.account.id)).into_owned();
        let uri = format!("https://{}.{region}.amazonaws.com{path}", self.call.service.signing);
        let mut request = MockRequest { method, uri, headers, body: exchanged(&body, &self.state.account.id) };
        let signed = request.headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let in_region =
            signed.map(|value| value.replacen(&format!("/{}/", self.call.region), &format!("/{region}/"), 1));
        if let Some(value) = in_region.and_then(|value| http::HeaderValue::from_str(&value).ok()) {
            request.headers.insert(http::header::AUTHORIZATION, value);
        }
        request
    }

    /// The request's body in JSON.
    pub(super) fn input(&self) -> Value {
        serde_json::from_slice(&self.request.body).unwrap_or_default()
    }
}

/// Whether an error says, by its code, that the emulator does not have the operation.
fn is_unknown_operation(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    ["InvalidAction", "UnknownOperationException", "NotImplemented"]
        .iter()
        .any(|code| json["__type"] == *code || text.contains(&format!("<Code>{code}</Code>")))
}

/// Bytes in which the account's id and the emulator's are exchanged. Both have twelve digits, so lengths stay the same.
fn exchanged(body: &[u8], id: &str) -> Bytes {
    let (id, other) = (id.as_bytes(), default_account_id().as_bytes());
    let mut bytes = body.to_vec();
    let mut at = 0;
    while let Some(rest) = bytes.get_mut(at..).filter(|rest| rest.len() >= id.len()) {
        match &rest[..id.len()] {
            found if found == id => rest[..id.len()].copy_from_slice(other),
            found if found == other => rest[..id.len()].copy_from_slice(id),
            _ => {
                at += 1;
                continue;
            }
        }
        at += id.len();
    }
    bytes.into()
}
