//! `verify policy [NAME]`: what this course's reads need, account by account.

use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::collections::BTreeMap;

use super::session::Session;
use super::{Common, Exit, Format, notice, print};
use crate::report::{self, policy};
use crate::run;

pub(super) fn run(common: &Common, account: Option<&str>) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json, Format::Cloudformation])?;
    let session = Session::open(common)?;
    let plan = session.compiled.plan(&session.course, &session.course.steps);
    let Some(account) = account else {
        if common.format == Format::Cloudformation {
            let names: Vec<&str> = plan.keys().map(String::as_str).collect();
            bail!("a template is for one account: verify policy {} --format cloudformation", names.join("|"));
        }
        notice("One policy an account. For a policy to paste: verify policy NAME");
        let documents = plan.iter().map(|(account, sections)| (account, policy::document(sections)));
        return printed(&documents.collect::<BTreeMap<_, _>>());
    };
    run::account_exists(&session.course, account)?;
    let sections = plan.get(account).with_context(|| format!("no step reads the {account} account"))?;
    match common.format {
        Format::Cloudformation => printed(&policy::cloudformation(account, sections)),
        _ => printed(&policy::document(sections)),
    }
}

fn printed(document: &impl Serialize) -> Result<Exit> {
    print(&report::json(document)?)?;
    Ok(Exit::Done)
}
