//! The course's accounts: what they are bound to, and what works between this machine and them.

use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};

use super::connect::{self, RoleOptions};
use super::session::Session;
use super::{read, select};
use evidence::Section;
use evidence::bindings::{self, Binding, Bindings};
use evidence::connection::{self, Connection};
use evidence::gather::{Gathered, Plan};

/// What is to be bound.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Accounts by the course's names, and the sources of their credentials as texts.
    pub bind: Vec<(String, String)>,
    /// What goes with a role's ARN.
    pub role: RoleOptions,
    /// Accounts that are bound to nothing from now on.
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

/// Binds and unbinds accounts, and identifies all that are bound then.
///
/// # Errors
/// Accounts that the course does not have, and roles that nobody's credentials assume.
pub async fn bind(session: &Session<'_>, changes: &Changes) -> Result<(Bindings, Gathered)> {
    if !changes.are_none() {
        change(session, changes)?;
    }
    let bound = connect::bindings(session)?;
    let sections = BTreeSet::from([Section::Identity, Section::Privileges]);
    let plan: Plan = bound.keys().map(|name| (name.clone(), sections.clone())).collect();
    let gathered = if bound.is_empty() { Gathered::default() } else { read::plan(session, &plan).await? };
    if !changes.are_none() {
        // What was found in the account that was bound before says nothing about the one that is bound now.
        session.update(|results| {
            results.accounts.retain(|name, _| !changes.names().any(|changed| changed == name));
            session.judge().note_accounts(&gathered, results);
        })?;
    }
    Ok((bound, gathered))
}

fn change(session: &Session<'_>, changes: &Changes) -> Result<()> {
    changes.names().try_for_each(|name| select::account(&session.course, name))?;
    bindings::update(&session.course.root, |bindings| {
        bindings.retain(|name, _| !changes.unbind.contains(name));
        for (name, text) in &changes.bind {
            let source = connect::source(&session.course, name, text, &changes.role)?;
            // Binding is how a learner says that another account id is right.
            bindings.insert(name.clone(), Binding { source, account_id: None });
        }
        bindings.keys().try_for_each(|name| has_credentials(bindings, name))
    })
}

/// Makes sure that at the end of an account's roles stand credentials.
fn has_credentials(bindings: &Bindings, name: &str) -> Result<()> {
    let behind: Vec<&str> = connection::chain(bindings, name).collect();
    match behind.iter().enumerate().find(|(at, account)| behind[..*at].contains(account)) {
        Some(_) => bail!(
            "the roles of {} would be assumed from each other in a circle: bind one of them to a profile",
            behind[..behind.len() - 1].join(" and ")
        ),
        None => match behind.last().filter(|last| !bindings.contains_key(**last)) {
            Some(unbound) => bail!(
                "the role of the {name} account is assumed from the {unbound} account, which is bound to nothing: bind \
                 that one too, `verify accounts {unbound}=PROFILE`"
            ),
            None => Ok(()),
        },
    }
}

/// What was tried between this machine and the accounts.
#[derive(Debug)]
pub struct Tried {
    /// What the accounts are bound to.
    pub bound: Bindings,
    /// All that the course reads.
    pub plan: Plan,
    /// The connections to the accounts that are bound.
    pub connections: BTreeMap<String, Connection>,
    /// What was read through them.
    pub gathered: Gathered,
}

/// Tries all that the course reads of the accounts that are bound.
///
/// # Errors
/// [`super::Error::Interrupted`]. What does not work is in the result.
pub async fn try_all(session: &Session<'_>) -> Result<Tried> {
    let bound = connect::bindings(session)?;
    let plan = session.compiled.plan(&session.course, &session.course.steps);
    let mut asked = plan.clone();
    asked.retain(|name, _| session.practice() || bound.contains_key(name));
    asked.values_mut().for_each(|sections| sections.extend([Section::Privileges]));
    let (connections, gathered) = if asked.is_empty() {
        (BTreeMap::new(), Gathered::default())
    } else {
        let connections = connect::connect(session, asked.keys()).await?;
        let gathered = read::until_interrupted(session, &asked, &connections).await?;
        (connections, gathered)
    };
    Ok(Tried { bound, plan, connections, gathered })
}
