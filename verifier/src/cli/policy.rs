//! `verify policy [NAME]`: the IAM policy that the course's reads need, for each account.

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde::Serialize;
use std::collections::BTreeMap;

use super::Exit;
use super::common::Common;
use super::terminal::{Terminal, notice, print};
use crate::report::{self, policy};
use crate::run::{Session, select};

/// The output format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// The policy's JSON
    #[default]
    Json,
    /// A CloudFormation template with a role that has the policy
    Cloudformation,
}

pub(super) fn run(common: &Common, account: Option<&str>, format: Format) -> Result<Exit> {
    let terminal = Terminal::default();
    let session = Session::open(&common.options(), &terminal)?;
    let sources = session.compiled.sources(&session.course, &session.course.steps);
    let Some(account) = account else {
        if format == Format::Cloudformation {
            let names: Vec<&str> = sources.keys().map(String::as_str).collect();
            bail!("a template is for one account: verify policy {} --format cloudformation", names.join("|"));
        }
        notice("These are the policies of all accounts. For one policy that you can paste: verify policy NAME");
        let documents = sources.iter().map(|(account, sources)| (account, policy::document(sources)));
        return printed(&documents.collect::<BTreeMap<_, _>>());
    };
    select::account(&session.course, account)?;
    let sources = sources.get(account).with_context(|| format!("no step reads the {account} account"))?;
    match format {
        Format::Cloudformation => printed(&policy::cloudformation(account, sources)),
        Format::Json => printed(&policy::document(sources)),
    }
}

fn printed(document: &impl Serialize) -> Result<Exit> {
    print(&report::json(document)?)?;
    Ok(Exit::Done)
}
