//! The course's accounts: their bindings, and whether the connection to them works.

use anyhow::{Result, bail};
use course::Step;
use std::collections::{BTreeMap, BTreeSet};

use super::connect;
use super::credentials::{self, RoleOptions};
use super::read::{self, Reading};
use super::select;
use super::session::Session;
use crate::plan::Sources;
use evidence::Section;
use evidence::bindings::{self, Binding, Bindings};
use evidence::connection::{self, Connection};
use evidence::gather::{Gathered, Plan};

/// Changes to the bindings.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Pairs of an account of the course and the source of its credentials.
    pub bind: Vec<(String, String)>,
    /// Options for a role's ARN.
    pub role: RoleOptions,
    /// Accounts whose binding is removed.
    pub unbind: Vec<String>,
}

impl Changes {
    fn are_none(&self) -> bool {
        self.bind.is_empty() && self.unbind.is_empty()
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        self.bind.iter().map(|(name, _)| name).chain(&self.unbind)
    }
}

/// The accounts after their bindings were changed.
#[derive(Debug)]
pub struct Bound {
    /// The bindings.
    pub bindings: Bindings,
    /// The bindings before.
    pub before: Bindings,
    /// The identities of the accounts that are bound.
    pub gathered: Gathered,
}

/// Changes bindings, and identifies all accounts that are then bound.
///
/// # Errors
/// Accounts that the course does not have, and roles without credentials that assume them.
pub async fn bind(session: &Session<'_>, changes: &Changes) -> Result<Bound> {
    let before = connect::bindings(session)?;
    if !changes.are_none() {
        change(session, changes)?;
    }
    let bindings = connect::bindings(session)?;
    let sections = BTreeSet::from([Section::Identity, Section::Privileges]);
    let plan: Plan = bindings.keys().map(|name| (name.clone(), sections.clone())).collect();
    let gathered = if bindings.is_empty() { Gathered::default() } else { read::plan(session, &plan).await? };
    if !changes.are_none() {
        // What was found in the account that was bound before does not apply to the new one.
        session.update(|results| {
            results.accounts.retain(|name, _| !changes.names().any(|changed| changed == name));
            session.judge().note_accounts(&gathered, results);
            Ok(())
        })?;
    }
    Ok(Bound { bindings, before, gathered })
}

fn change(session: &Session<'_>, changes: &Changes) -> Result<()> {
    changes.names().try_for_each(|name| select::account(&session.course, name))?;
    bindings::update(&session.course.root, |bindings| {
        bindings.retain(|name, _| !changes.unbind.contains(name));
        for (name, text) in &changes.bind {
            let source = credentials::source(&session.course, name, text, &changes.role)?;
            // By binding it again, the learner accepts another account id.
            bindings.insert(name.clone(), Binding::new(source));
        }
        bindings.keys().try_for_each(|name| has_credentials(bindings, name))
    })
}

/// Checks that an account's chain of roles starts with credentials.
fn has_credentials(bindings: &Bindings, name: &str) -> Result<()> {
    let behind: Vec<&str> = connection::chain(bindings, name).collect();
    match behind.iter().enumerate().find(|(at, account)| behind[..*at].contains(account)) {
        Some(_) => bail!(
            "the roles of {} would be assumed from each other in a circle: bind one of them to a profile",
            behind[..behind.len() - 1].join(" and ")
        ),
        None => match behind.last().filter(|last| !bindings.contains_key(**last)) {
            Some(unbound) => bail!(
                "the role of the {name} account is assumed from the {unbound} account, which is not bound: bind it \
                 too, `verify accounts {unbound}=PROFILE`"
            ),
            None => Ok(()),
        },
    }
}

/// The result of trying the accounts.
#[derive(Debug)]
pub struct Tried {
    /// The bindings.
    pub bound: Bindings,
    /// Everything that the course reads.
    pub sources: Sources,
    /// The connections to the accounts that are bound.
    pub connections: BTreeMap<String, Connection>,
    /// What was read through them.
    pub gathered: Gathered,
}

/// Tries everything that the course reads in the accounts that are bound.
///
/// # Errors
/// Bindings and folders that cannot be used. Anything else that does not work is in the result.
pub async fn try_all(session: &Session<'_>) -> Result<Tried> {
    let bound = connect::bindings(session)?;
    let sources = session.compiled.sources(&session.course, &session.course.steps);
    let mut asked = session.compiled.plan(&session.course, &session.course.steps);
    asked.retain(|name, _| session.practice() || bound.contains_key(name));
    asked.values_mut().for_each(|sections| sections.extend([Section::Privileges]));
    let (connections, gathered) = if asked.is_empty() {
        (BTreeMap::new(), Gathered::default())
    } else {
        let connections = connect::connect(session, asked.keys()).await?;
        let steps: Vec<&Step> = session.course.steps.iter().collect();
        let reading = Reading { plan: &asked, steps: &steps };
        let gathered = read::through(session, reading, &connections, &|_| {}).await?;
        (connections, gathered)
    };
    Ok(Tried { bound, sources, connections, gathered })
}
