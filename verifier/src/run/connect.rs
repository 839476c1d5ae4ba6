//! Connects a session to its accounts: by the learner's bindings, or to the practice accounts.

use anyhow::Result;
use std::collections::BTreeMap;

use super::credentials;
use super::error::Error;
use super::options::PracticeStart;
use super::session::Session;
use crate::actions::{ActionError, Failures, PracticeAccounts, log};
use evidence::bindings::Bindings;
use evidence::connection::{self, Connection};
use evidence::time;

/// The bindings, with those of the command line added; empty for the practice accounts.
///
/// # Errors
/// Bindings that cannot be read, and accounts that the course does not have.
pub fn bindings(session: &Session<'_>) -> Result<Bindings> {
    credentials::bindings(&session.options, &session.course)
}

/// Gets credentials for these accounts.
///
/// # Errors
/// [`Error::NothingBound`]. Credentials that don't work are in the connections, with the reasons.
pub async fn connect(
    session: &Session<'_>,
    accounts: impl IntoIterator<Item = &String>,
) -> Result<BTreeMap<String, Connection>> {
    if let Some(start) = &session.options.practice {
        return Ok(practice(session, start).await?.connections());
    }
    let bindings = bindings(session)?;
    if bindings.is_empty() {
        return Err(Error::NothingBound { accounts: session.course.accounts.keys().cloned().collect() }.into());
    }
    Ok(connection::connect(&bindings, accounts, session.connected_ahead(), session.listener).await)
}

/// The practice accounts of a session.
///
/// # Errors
/// An action that fails, and a log that cannot be read.
pub(super) async fn practice(session: &Session<'_>, start: &PracticeStart) -> Result<PracticeAccounts> {
    let (course, compiled, now) = (&session.course, &session.compiled, time::now_secs());
    Ok(match start {
        PracticeStart::Fresh => PracticeAccounts::fresh(course, compiled, now).await?,
        PracticeStart::Done => {
            let mut accounts = PracticeAccounts::fresh(course, compiled, now).await?;
            accounts.walk(now, Failures::End, async |_, _| Ok::<(), ActionError>(())).await?;
            accounts
        }
        PracticeStart::Taken => {
            let taken = log::read(&course.root)?;
            session.note_practised(&taken);
            PracticeAccounts::after(course, compiled, &taken, now).await?
        }
        PracticeStart::At(address) => {
            PracticeAccounts::elsewhere(course, compiled, address, &log::read(&course.root)?).await?
        }
    })
}
