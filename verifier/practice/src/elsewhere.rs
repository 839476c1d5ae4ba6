//! Practice accounts in an emulator that runs already on this computer, for services that this process does not have.

use std::collections::BTreeMap;

use evidence::client::{Emulator, Keys, Loopback};
use evidence::connection::Connection;
use evidence::reads::Found;
use serde_json::{Map, Value, json};

use super::accounts::{self, REGION};
use super::error::PracticeError;
use super::practice_cloud::region_of;
use super::switch::Switch;
use super::writes;

/// The accounts of a course in an emulator that runs already: moto, LocalStack, or another.
#[derive(Debug)]
pub struct Elsewhere {
    address: Loopback,
    accounts: BTreeMap<String, Emulator>,
    ids: BTreeMap<String, String>,
}

impl Elsewhere {
    /// Connects to accounts with these names. Each has the id of its place among them, and is entered through a role.
    ///
    /// # Errors
    /// When nothing answers at the address, or the emulator has no `sts:AssumeRole`.
    pub async fn connect<'n>(
        address: &Loopback,
        names: impl IntoIterator<Item = &'n String>,
    ) -> Result<Elsewhere, PracticeError> {
        let emulator = Emulator::at(address, &Keys::made_up("AKIAPRACTICE00000000"), REGION);
        let found =
            writes::find("sts:AssumeRole").map_err(|error| PracticeError::Lacking { why: error.to_string() })?;
        let (mut accounts, mut ids) = (BTreeMap::new(), BTreeMap::new());
        for (at, name) in names.into_iter().enumerate() {
            let id = accounts::id_elsewhere(at);
            let role = format!("arn:aws:iam::{id}:role/practice");
            let input = [("RoleArn".to_owned(), json!(role)), ("RoleSessionName".to_owned(), json!("practice"))];
            let answer = emulator.call(found, REGION, Map::from_iter(input)).await;
            let failed = |why: String| PracticeError::Emulator {
                why: format!("the emulator at {address} gives no account: {why}"),
            };
            let answer = answer.map_err(|error| failed(error.to_string()))?;
            let own = emulator.assumed(&answer).ok_or_else(|| failed("sts:AssumeRole returned no keys".to_owned()))?;
            accounts.insert(name.clone(), own);
            ids.insert(name.clone(), id);
        }
        Ok(Elsewhere { address: address.clone(), accounts, ids })
    }

    /// The id of an account.
    pub fn account_id(&self, account: &str) -> Option<&str> {
        self.ids.get(account).map(String::as_str)
    }

    /// The connections to the accounts, for reading.
    pub fn connections(&self) -> BTreeMap<String, Connection> {
        let connection =
            |(name, emulator): (&String, &Emulator)| (name.clone(), Connection::Sdk(Box::new(emulator.connected())));
        self.accounts.iter().map(connection).collect()
    }

    /// Makes a call in an account.
    ///
    /// # Errors
    /// When the emulator refuses the call.
    pub async fn call(
        &self,
        account: &str,
        found: Found,
        region: Option<&str>,
        input: Map<String, Value>,
    ) -> Result<Value, PracticeError> {
        let emulator = self.accounts.get(account);
        let emulator = emulator.ok_or_else(|| PracticeError::NoAccount { account: account.to_owned() })?;
        let answer = emulator.call(found, &region_of(found, region), input).await;
        answer.map_err(|error| PracticeError::Refused { call: found.to_string(), why: error.to_string() })
    }

    /// Turns a switch, as far as an emulator has what it is about: every account exists from the start.
    ///
    /// # Errors
    /// For everything that AWS has only a console for.
    pub fn switch(&self, switch: Switch) -> Result<(), PracticeError> {
        match switch {
            Switch::SignUp => Ok(()),
            _ => Err(PracticeError::Lacking {
                why: format!(
                    "AWS has only a console for this, and the emulator at {} has no console: use --practice alone",
                    self.address
                ),
            }),
        }
    }
}
