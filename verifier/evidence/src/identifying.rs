//! Identifies accounts while it is not known yet what will be read of them.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::task::JoinHandle;

use crate::connection::{Connected, Connection};
use crate::{CallLog, Reader, Section};

/// Accounts that are being identified.
#[derive(Debug, Default)]
pub struct Identifying {
    pub(crate) log: CallLog,
    accounts: Mutex<BTreeMap<String, JoinHandle<Value>>>,
}

impl Identifying {
    /// Begins to identify accounts, in tasks of the current runtime.
    pub fn begin(connections: &BTreeMap<String, Connection>) -> Identifying {
        let log = CallLog::default();
        let begin = |(account, connection): (&String, &Connection)| match connection {
            Connection::Sdk(connected) => {
                let reader = reader(account, connected, &log);
                Some((account.clone(), tokio::spawn(async move { Section::Identity.gather(&reader).await })))
            }
            Connection::None(_) => None,
        };
        Identifying { accounts: Mutex::new(connections.iter().filter_map(begin).collect()), log: log.clone() }
    }

    /// The identity of an account: as it was asked for, or as the reader asks for it now.
    pub(crate) async fn identity(&self, reader: &Reader) -> Value {
        let begun = self.accounts.lock().unwrap_or_else(PoisonError::into_inner).remove(reader.account());
        match begun {
            None => Section::Identity.gather(reader).await,
            Some(begun) => match begun.await {
                Ok(identity) => identity,
                Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
                // Cancelled with the runtime that it began in.
                Err(_) => Section::Identity.gather(reader).await,
            },
        }
    }
}

/// A reader of an account through a connection.
pub(crate) fn reader(account: &str, connected: &Connected, log: &CallLog) -> Reader {
    Reader::new(account, connected.sdk.clone(), log.clone()).with_sign_in(&connected.sign_in)
}
