//! `verify policy [NAME]`: what this course's reads need, account by account.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::session::Session;
use super::{Common, Exit, Format, notice, print};
use crate::report::policy;
use crate::run;

pub(super) fn run(common: &Common, account: Option<&str>) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json, Format::Cloudformation])?;
    let session = Session::open(common)?;
    let plan = session.compiled.plan(&session.course, &session.course.steps);
    let printed = match account {
        Some(account) => {
            run::account_exists(&session.course, account)?;
            let sections = plan.get(account).with_context(|| format!("no step reads the {account} account"))?;
            match common.format {
                Format::Cloudformation => policy::cloudformation(account, sections),
                _ => policy::document(sections),
            }
        }
        None if common.format == Format::Cloudformation => {
            let names: Vec<&str> = plan.keys().map(String::as_str).collect();
            bail!(
                "a template is for one account: verify policy NAME --format cloudformation, with NAME {}",
                names.join(" or ")
            );
        }
        None => {
            notice("One policy an account. For a policy to paste: verify policy NAME");
            let documents = plan.iter().map(|(account, sections)| (account.clone(), policy::document(sections)));
            Value::Object(documents.collect::<Map<_, _>>())
        }
    };
    print(&format!("{}\n", serde_json::to_string_pretty(&printed)?))?;
    Ok(Exit::Done)
}
