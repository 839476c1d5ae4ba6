//! The practice account: two AWS accounts in this process, spoken to through the same SDK and the same evidence code
//! as the real ones.
//!
//! It is a pure function of a start and of the actions taken since, so every process sees the same accounts. The
//! services are winterbaume's emulators, one instance for each account (`front`); what they lack, and what only
//! AWS's console can do, is `console`'s. [`actions`] do the steps of the lesson with the SDK's write calls; their
//! clients (`Writer`) are a type of their own, which cannot be built from real credentials.

pub mod actions;
mod console;
mod front;
pub mod log;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use serde::{Deserialize, Serialize};
use std::fmt;

use front::Front;

/// How the accounts are at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The general account is set up; the production account does not exist.
    Fresh,
    /// Every step of the lesson is done.
    Done,
}

/// An action that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// The name of the check whose step it does.
    pub step: String,
    /// When, in seconds since 1970.
    pub time: i64,
}

/// Why the practice account cannot do something.
#[derive(Debug, PartialEq, Eq)]
pub enum PracticeError {
    /// No practice action does this step.
    NoAction(String),
    /// Another step comes first.
    Needs {
        /// The step.
        step: String,
        /// The one that comes first.
        first: String,
    },
    /// The emulator refused.
    Emulator(String),
}

impl fmt::Display for PracticeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PracticeError::NoAction(step) => write!(f, "the practice account has no action for the step `{step}`"),
            PracticeError::Needs { step, first } => write!(f, "before `{step}` comes `{first}`"),
            PracticeError::Emulator(why) => write!(f, "the practice account failed: {why}"),
        }
    }
}

impl std::error::Error for PracticeError {}

/// The account that the lesson starts from.
pub const GENERAL: &str = "general";
/// The account that the lesson creates.
pub const PRODUCTION: &str = "production";

/// Both accounts.
#[derive(Debug)]
pub struct World {
    front: Front,
}

impl World {
    /// Builds both accounts and takes the actions. `now`, in seconds since 1970, dates what was done before.
    ///
    /// # Errors
    /// When an action cannot be taken.
    pub async fn open(start: Start, taken: &[Taken], now: i64) -> Result<World, PracticeError> {
        let world = World { front: Front::new(now) };
        world.writer(GENERAL).set_up_general().await?;
        if start == Start::Done {
            // A month ago, an hour apart: well within CloudTrail's 90 days.
            let first = now - 30 * 24 * 3600;
            for (at, action) in (0i64..).zip(actions::ALL) {
                world.take(&Taken { step: action.step.to_owned(), time: first + at * 3600 }).await?;
            }
        }
        for action in taken {
            world.take(action).await?;
        }
        Ok(world)
    }

    /// Takes an action. One that was taken before changes nothing.
    ///
    /// # Errors
    /// When there is none for the step, or another step comes first.
    pub async fn take(&self, taken: &Taken) -> Result<(), PracticeError> {
        let action = actions::find(&taken.step)?;
        if let Some(first) = action.needs.iter().find(|first| !self.front.has_taken(first)) {
            return Err(PracticeError::Needs { step: taken.step.clone(), first: (*first).to_owned() });
        }
        if !self.front.has_taken(action.step) {
            self.writer(PRODUCTION).take(action, taken.time).await?;
            self.front.note_taken(action.step);
        }
        Ok(())
    }

    /// Whether the account exists: the production account does once it was signed up for.
    pub fn exists(&self, account: &str) -> bool {
        account == GENERAL || account == PRODUCTION && self.front.signed_up()
    }

    /// The SDK configuration that reads one of the accounts; `None` for a name that practice doesn't have.
    pub fn sdk_config(&self, account: &str) -> Option<SdkConfig> {
        let key = front::access_key(account)?;
        // Built by hand: nothing of the environment, least of all an endpoint, may get in.
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .http_client(SharedHttpClient::new(self.front.clone()))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                key,
                "practice",
                None,
                None,
                "practice account",
            )))
            .retry_config(RetryConfig::disabled())
            .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(TokioSleep::new()))
            .build();
        Some(config)
    }

    /// From now on, refuses an operation (`budgets:DescribeBudgets`) in both accounts, as AWS does without the
    /// permission.
    pub fn deny(&self, operation: &str) {
        self.front.deny(operation);
    }

    fn writer(&self, account: &'static str) -> Writer<'_> {
        Writer { world: self, account }
    }
}

/// What can write to a practice account. It is built from a [`World`] and nothing else.
pub(crate) struct Writer<'w> {
    world: &'w World,
    account: &'static str,
}
