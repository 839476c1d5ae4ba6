//! `practice`: the practice accounts, two AWS accounts in this process, spoken to through the AWS SDK as real ones are.
//!
//! A practice world is a pure function of a start, of the course's parameters and of the actions taken since, so every
//! process sees the same accounts. [`actions()`] do the steps of the lesson. A request goes through the router to the account
//! that its access key belongs to; there, winterbaume's emulators answer what they can, one instance for each account,
//! and the modules named after services answer the rest. What AWS has only a console for is set in `console`.
//!
//! Reading and writing are apart: [`PracticeCloud::sdk_config`] carries keys that the accounts let read and nothing else;
//! the clients that write are of another type, which cannot be built from real credentials.

// Tests make what the program must not meet.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod account;
mod accounts;
mod actions;
mod billing;
mod budgets;
mod call;
mod cloudtrail;
mod console;
mod iam;
mod lesson;
pub mod log;
mod organizations;
mod router;
mod s3;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use course::param::Params;
use course::results::{Reason, ReasonCode};
use serde::{Deserialize, Serialize};
use winterbaume_core::{MockAws, MockRequest, MockService};

use evidence::connection::{Connected, Connection};
use evidence::time;

use accounts::{Account, Caller};
use actions::Operation;
use lesson::Lesson;
use router::Cloud;
use writer::Writer;

pub use actions::{ActionSpec, actions, find, steps_before, take};

/// The account that the lesson starts from.
pub const GENERAL: &str = "general";
/// The account that the lesson signs up for.
pub const PRODUCTION: &str = "production";

/// Where the accounts' clients are, and where AWS keeps what is global.
const REGION: &str = "us-east-1";
const DAY: i64 = 24 * 3600;
/// How long ago the general account was set up: well within the 90 days of CloudTrail's event history.
const GENERAL_AGE: i64 = 60 * DAY;
/// How long ago the production account was signed up for, where all is done.
const PRODUCTION_AGE: i64 = 30 * DAY;
/// What lies between two steps, where all is done, and since the sign-up, where it alone is.
const BETWEEN_STEPS: i64 = 3600;

/// How the accounts are before any action is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The general account is set up; nobody signed up for the production account.
    Fresh,
    /// Somebody has just signed up for the production account, and done nothing else.
    SignedUp,
    /// Every step of the lesson is done.
    Done,
}

/// An action that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakenAction {
    /// The name of the check whose step it did.
    pub step: String,
    /// When, in Unix seconds.
    pub time: i64,
}

/// Why the practice account can't do something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PracticeError {
    /// No action does this step.
    UnknownStep {
        /// The step.
        step: String,
    },
    /// No account can be at this time.
    Time {
        /// What is wrong with it.
        why: String,
    },
    /// Another step must come first.
    Needs {
        /// The step.
        step: String,
        /// The one that comes first.
        first: String,
    },
    /// The account refused what an action did.
    Refused {
        /// What it said.
        why: String,
    },
}

impl PracticeError {
    fn aws(error: impl Error) -> PracticeError {
        let mut why = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            why = format!("{why}: {inner}");
            cause = inner.source();
        }
        PracticeError::Refused { why }
    }
}

impl fmt::Display for PracticeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PracticeError::UnknownStep { step } => write!(f, "the practice account has no action for `{step}`"),
            PracticeError::Time { why } => write!(f, "the practice account cannot be at this time: {why}"),
            PracticeError::Needs { step, first } => write!(f, "`{first}` comes before `{step}`"),
            PracticeError::Refused { why } => write!(f, "the practice account refused: {why}"),
        }
    }
}

impl Error for PracticeError {}

/// Both accounts.
pub struct PracticeCloud {
    cloud: Arc<Cloud>,
    http: SharedHttpClient,
    lesson: Lesson,
    done: Mutex<Vec<Operation>>,
}

impl fmt::Debug for PracticeCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PracticeCloud").field("done", &self.done).finish_non_exhaustive()
    }
}

impl PracticeCloud {
    /// Builds both accounts and takes the actions, with the figures and names of the course's parameters. `now`, in Unix
    /// seconds, is what the accounts take for the present: what was done before the actions is dated back from it.
    ///
    /// # Errors
    /// When an action is unknown, comes before one that it needs, or was taken at a time that cannot be, or `now` cannot.
    pub async fn open(
        start: Start,
        taken: &[TakenAction],
        params: &Params,
        now: i64,
    ) -> Result<PracticeCloud, PracticeError> {
        for time in taken.iter().map(|action| action.time).chain([now]) {
            time::credible(time).map_err(|why| PracticeError::Time { why: why.to_string() })?;
        }
        let cloud = Arc::new(Cloud::new(now));
        let http = MockAws::builder().with_service(Arc::clone(&cloud)).build().http_client();
        let world = PracticeCloud { cloud, http, lesson: Lesson::of(params), done: Mutex::default() };
        for deed in Operation::ALL.into_iter().filter(|deed| deed.sets_an_account_up()) {
            actions::perform(&world, Account::General, deed, now.saturating_sub(GENERAL_AGE)).await?;
        }
        let (done, age): (&[Operation], i64) = match start {
            Start::Fresh => (&[], 0),
            Start::SignedUp => (&[Operation::SignUp], BETWEEN_STEPS),
            Start::Done => (&Operation::ALL, PRODUCTION_AGE),
        };
        let mut time = now.saturating_sub(age);
        for deed in done {
            actions::perform(&world, Account::Production, *deed, time).await?;
            world.note_done(*deed);
            time = time.saturating_add(BETWEEN_STEPS);
        }
        for action in taken {
            take(&world, &action.step, action.time).await?;
        }
        world.cloud.set_clock(now);
        Ok(world)
    }

    /// What the SDK needs to read an account, by its name in the course; `None` for a name that is neither
    /// [`GENERAL`] nor [`PRODUCTION`].
    pub fn sdk_config(&self, account: &str) -> Option<SdkConfig> {
        Account::named(account).map(|account| config(Caller::Reader(account), self.http.clone(), &self.cloud))
    }

    /// Whether somebody signed up for the account.
    pub fn exists(&self, account: &str) -> bool {
        Account::named(account).is_some_and(|account| self.cloud.host(account).console().created().is_some())
    }

    /// The accounts of a course as they are reached; one that nobody signed up for says how to.
    pub fn connections<'n>(&self, accounts: impl IntoIterator<Item = &'n String>) -> BTreeMap<String, Connection> {
        let connect = |name: &String| {
            let connection = match self.sdk_config(name).filter(|_| self.exists(name)) {
                Some(sdk) => Connection::Sdk(Box::new(Connected { sdk, sign_in: String::new(), practice: true })),
                None => Connection::None(vec![Reason {
                    code: ReasonCode::NoCredentials,
                    account: Some(name.clone()),
                    action: None,
                    message: format!(
                        "The practice account has no {name} account yet. Open it: verify practice do {}",
                        actions::SIGN_UP
                    ),
                }]),
            };
            (name.clone(), connection)
        };
        accounts.into_iter().map(connect).collect()
    }

    /// Whether the step's action was taken, or others that come to the same.
    pub fn has_done(&self, step: &str) -> bool {
        find(step).is_ok_and(|action| action.deeds.iter().all(|deed| self.is_done(*deed)))
    }

    /// From now on, denies reading by an operation (`budgets:DescribeBudgets`) or by all that need an IAM action
    /// (`budgets:ViewBudget`), in both accounts and as AWS denies it.
    /// Of real accounts, `sts:GetCallerIdentity` is never denied; here it can be.
    pub fn deny(&self, operation_or_action: &str) {
        self.cloud.deny(operation_or_action);
    }

    /// How the accounts answer an HTTP request, for programs that reach them over a network. Which service and which
    /// account are meant is read off the signature, so any endpoint will do.
    pub async fn answer(&self, request: http::Request<bytes::Bytes>) -> http::Response<bytes::Bytes> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        // S3 tells a bucket by the host or by the path; here, all share one host.
        let uri = format!("https://s3.{REGION}.amazonaws.com{path}");
        let (method, headers) = (parts.method.to_string(), parts.headers);
        let answer = self.cloud.handle(MockRequest { method, uri, headers, body }).await;
        let mut response = http::Response::new(answer.body);
        *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
        *response.headers_mut() = answer.headers;
        response
    }

    fn writer(&self, account: Account) -> Writer {
        Writer::new(account, self.http.clone(), &self.cloud, &self.lesson)
    }

    fn is_done(&self, deed: Operation) -> bool {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).contains(&deed)
    }

    fn note_done(&self, deed: Operation) {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push(deed);
    }
}

/// The accounts' clock, for whoever speaks to them: an SDK takes dates that differ from its own time for a clock that is
/// off, and asks again.
struct Emulated(Arc<Cloud>);

impl fmt::Debug for Emulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Emulated").field(&self.0.now()).finish()
    }
}

impl TimeSource for Emulated {
    fn now(&self) -> SystemTime {
        let since = Duration::from_secs(u64::try_from(self.0.now()).unwrap_or_default());
        SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

/// Built by hand, so that nothing of the environment gets in: no profile, no region, above all no endpoint.
fn config(caller: Caller, http: SharedHttpClient, cloud: &Arc<Cloud>) -> SdkConfig {
    let session = match caller {
        Caller::Reader(_) => None,
        Caller::Root(_) => Some("practice".to_owned()),
    };
    let credentials = Credentials::new(caller.access_key(), "practice", session, None, "practice account");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .http_client(http)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .time_source(SharedTimeSource::new(Emulated(Arc::clone(cloud))))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        // Nothing here fails that would succeed a moment later.
        .retry_config(RetryConfig::disabled())
        .build()
}
