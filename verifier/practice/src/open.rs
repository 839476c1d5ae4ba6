//! Opens both accounts, and takes actions in them.

use std::sync::{Arc, Mutex};

use course::param::Params;
use evidence::time;
use serde::{Deserialize, Serialize};
use winterbaume_core::MockAws;

use super::accounts::Account;
use super::actions::Operation;
use super::cloud::{Cloud, DAY};
use super::error::PracticeError;
use super::lesson::Lesson;
use super::practice_cloud::PracticeCloud;
use super::take::{perform, take};

/// How long ago the general account was set up, which is within the 90 days of CloudTrail's event history.
const GENERAL_AGE: i64 = 60 * DAY;

/// How long ago the production account was created, if all steps are done.
const PRODUCTION_AGE: i64 = 30 * DAY;

/// The time between two steps, if all steps are done, and since the sign-up, if only it is done.
const BETWEEN_STEPS: i64 = 3600;

/// The state of the accounts before any action is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The general account is set up. The production account does not exist.
    Fresh,
    /// The production account was just created, and nothing else is done.
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

impl PracticeCloud {
    /// Builds both accounts and takes the actions, with the values of the course's parameters. `now`, in Unix seconds,
    /// is the time in the accounts. What the start includes is dated before it.
    ///
    /// # Errors
    /// When an action is unknown or comes before one that it needs, or when a time is not plausible.
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
        let practice = PracticeCloud { cloud, http, lesson: Lesson::of(params), done: Mutex::default() };
        for operation in Operation::ALL.into_iter().filter(|operation| operation.sets_an_account_up()) {
            perform(&practice, Account::General, operation, now.saturating_sub(GENERAL_AGE)).await?;
        }
        let (done, age): (&[Operation], i64) = match start {
            Start::Fresh => (&[], 0),
            Start::SignedUp => (&[Operation::SignUp], BETWEEN_STEPS),
            Start::Done => (&Operation::ALL, PRODUCTION_AGE),
        };
        let mut time = now.saturating_sub(age);
        for operation in done {
            perform(&practice, Account::Production, *operation, time).await?;
            practice.note_done(*operation);
            time = time.saturating_add(BETWEEN_STEPS);
        }
        for action in taken {
            take(&practice, &action.step, action.time).await?;
        }
        practice.cloud.set_clock(now);
        Ok(practice)
    }
}
