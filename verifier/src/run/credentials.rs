//! Which credentials read an account, and what can be done with them before it is known what to read.

use anyhow::{Result, bail};
use course::{Course, Step};
use std::collections::{BTreeMap, BTreeSet};

use super::event::Listener;
use super::options::Options;
use super::select;
use evidence::arn;
use evidence::bindings::{self, Binding, Bindings, ENVIRONMENT, Role, Source};
use evidence::connection::{self, Connection};
use evidence::identifying::Identifying;

/// Options for a role's ARN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleOptions {
    /// The account whose credentials assume the role; by default the other account, if there is only one.
    pub from: Option<String>,
    /// The external id that the role's trust policy requires.
    pub external_id: Option<String>,
    /// The MFA device whose code the role's trust policy requires.
    pub mfa_serial: Option<String>,
}

/// Parses the source of an account's credentials.
///
/// # Errors
/// A role's ARN that is not valid, or for which it is not clear whose credentials assume it.
pub fn source(course: &Course, name: &str, text: &str, role: &RoleOptions) -> Result<Source> {
    if !arn::is_meant(text) {
        if *role != RoleOptions::default() {
            bail!("--from, --external-id and --mfa-serial are only for a role's ARN: `{name}={text}` is not one");
        }
        return Ok(if text == ENVIRONMENT { Source::Environment } else { Source::Profile(text.to_owned()) });
    }
    let arn = bindings::role_arn(text).map_err(anyhow::Error::msg)?.to_owned();
    let others: Vec<&String> = course.accounts.keys().filter(|other| *other != name).collect();
    let from = match (&role.from, others.as_slice()) {
        (Some(from), _) => {
            select::account(course, from)?;
            from.clone()
        }
        (None, [only]) => (*only).clone(),
        (None, _) => bail!("say whose credentials assume the role of the {name} account: --from NAME"),
    };
    let (external_id, mfa_serial) = (role.external_id.clone(), role.mfa_serial.clone());
    Ok(Source::Role(Role { arn, from, external_id, mfa_serial }))
}

/// The bindings, with those of the command line added; empty for the practice accounts.
///
/// # Errors
/// Bindings that cannot be read, and accounts that the course does not have.
pub(super) fn bindings(options: &Options, course: &Course) -> Result<Bindings> {
    if options.practice.is_some() {
        return Ok(Bindings::new());
    }
    let mut bindings = bindings::read(&course.root)?;
    for (name, source) in &options.accounts {
        select::account(course, name)?;
        let source = self::source(course, name, source, &RoleOptions::default())?;
        bindings.insert(name.clone(), Binding::new(source));
    }
    Ok(bindings)
}

/// The accounts of steps, connected and being identified before their checks are compiled.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    pub(super) connections: BTreeMap<String, Connection>,
    pub(super) identifying: Identifying,
}

/// Gets credentials for the accounts of these steps, and begins to identify the accounts.
///
/// # Errors
/// Bindings that cannot be read, and accounts that the course does not have.
pub(super) async fn ahead(options: &Options, course: &Course, steps: &[&Step], codes: &dyn Listener) -> Result<Ahead> {
    let bindings = bindings(options, course)?;
    let members = steps.iter().flat_map(|step| &step.members).filter_map(|id| course.step(id));
    let simple = steps.iter().copied().filter(|step| step.members.is_empty()).chain(members);
    let accounts: BTreeSet<&String> = simple.map(|step| &step.account).collect();
    let connections = connection::connect(&bindings, accounts, BTreeMap::new(), codes).await;
    let identifying = Identifying::begin(&connections);
    Ok(Ahead { connections, identifying })
}
