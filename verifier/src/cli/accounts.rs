//! `verify accounts`: what the course's accounts are bound to.

use anyhow::{Result, bail};
use clap::Args;
use course::Course;
use std::collections::{BTreeMap, BTreeSet};

use super::session::Session;
use super::{Common, Exit, Format, notice, pair, print};
use crate::report;
use crate::run;
use evidence::Section;
use evidence::bindings::{self, Binding, Bindings, ENVIRONMENT, Role, Source};
use evidence::connection;

/// What `verify accounts` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The course's name for an account, and where its credentials come from: an AWS profile, a role's ARN, or
    /// `environment` (what the AWS CLI would use here without a profile, as in CloudShell)
    #[arg(value_name = "NAME=SOURCE", value_parser = pair)]
    bind: Vec<(String, String)>,
    #[command(flatten)]
    role: RoleArguments,
    /// Forget what an account is bound to
    #[arg(long, value_name = "NAME")]
    unbind: Vec<String>,
}

/// What goes with a role's ARN.
#[derive(Debug, Default, Args)]
pub(super) struct RoleArguments {
    /// For a role: the course's account whose credentials assume it; where there is but one other, that one
    #[arg(long, value_name = "NAME")]
    from: Option<String>,
    /// For a role: the external id that its trust policy asks for
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// For a role: the MFA device (serial number or ARN) whose code its trust policy asks for
    #[arg(long, value_name = "SERIAL")]
    mfa_serial: Option<String>,
}

pub(super) async fn run(common: &Common, arguments: &Arguments) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json])?;
    let session = Session::open(common)?;
    if session.practice() {
        bail!("the practice account is bound to nothing: leave out --practice");
    }
    let changes = !arguments.bind.is_empty() || !arguments.unbind.is_empty();
    if changes {
        change(&session, arguments)?;
    }
    let bound = session.bindings()?;
    let sections = BTreeSet::from([Section::Identity, Section::Privileges]);
    let plan: BTreeMap<String, BTreeSet<Section>> = bound.keys().map(|name| (name.clone(), sections.clone())).collect();
    let gathered = if bound.is_empty() { Default::default() } else { session.gather_plan(&plan).await? };
    if changes {
        // What was found in the account that was bound before says nothing about the one that is bound now.
        let loaded = session.store.update(|results| {
            let changed = |name: &String| {
                arguments.unbind.contains(name) || arguments.bind.iter().any(|(bound, _)| bound == name)
            };
            results.accounts.retain(|name, _| !changed(name));
            session.bench().note_accounts(&gathered, results);
        })?;
        loaded.notice.iter().for_each(|text| notice(text));
    }
    let profiles = connection::profile_names().await;
    let lines = report::accounts::lines(&session.course, &bound, &gathered, common.show_identifiers);
    match common.format {
        Format::Json => print(&report::json(&lines)?)?,
        _ => print(&report::accounts::text(&lines, &profiles))?,
    }
    let works = session.course.accounts.keys().all(|name| gathered.account_ids.contains_key(name));
    Ok(if works { Exit::Done } else { Exit::Unknown })
}

/// Binds and unbinds.
fn change(session: &Session<'_>, arguments: &Arguments) -> Result<()> {
    for name in arguments.bind.iter().map(|(name, _)| name).chain(&arguments.unbind) {
        run::account_exists(&session.course, name)?;
    }
    bindings::update(&session.root, |bindings| {
        bindings.retain(|name, _| !arguments.unbind.contains(name));
        for (name, text) in &arguments.bind {
            let source = source(&session.course, name, text, &arguments.role)?;
            // Binding is how a learner says that another account id is right.
            bindings.insert(name.clone(), Binding { source, account_id: None });
        }
        bindings.keys().try_for_each(|name| has_credentials(bindings, name))
    })
}

/// What a text on the command line means as the source of an account's credentials.
///
/// # Errors
/// A role's ARN that isn't one, or that doesn't say whose credentials assume it.
pub(super) fn source(course: &Course, name: &str, text: &str, role: &RoleArguments) -> Result<Source> {
    let for_roles = role.from.is_some() || role.external_id.is_some() || role.mfa_serial.is_some();
    if !evidence::arn::is_meant(text) {
        if for_roles {
            bail!("--from, --external-id and --mfa-serial go with a role's ARN: `{name}={text}` names none");
        }
        return Ok(if text == ENVIRONMENT { Source::Environment } else { Source::Profile(text.to_owned()) });
    }
    let arn = bindings::role_arn(text).map_err(anyhow::Error::msg)?.to_owned();
    let others: Vec<&String> = course.accounts.keys().filter(|other| *other != name).collect();
    let from = match (&role.from, others.as_slice()) {
        (Some(from), _) => {
            run::account_exists(course, from)?;
            from.clone()
        }
        (None, [only]) => (*only).clone(),
        (None, _) => bail!("say whose credentials assume the role of the {name} account: --from NAME"),
    };
    let (external_id, mfa_serial) = (role.external_id.clone(), role.mfa_serial.clone());
    Ok(Source::Role(Role { arn, from, external_id, mfa_serial }))
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
