//! `verify accounts`: shows and changes the bindings of the course's accounts.

use anyhow::{Result, bail};
use clap::Args;

use super::Exit;
use super::common::{Common, Output, TextOrJson, pair};
use super::terminal::{Terminal, print};
use crate::report;
use crate::run::Session;
use crate::run::accounts::{self, Changes};
use crate::run::credentials::RoleOptions;
use evidence::connection;

/// The arguments of `verify accounts`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The course's name for an account, and the source of its credentials: an AWS profile, a role's ARN, or
    /// `environment` (what the AWS CLI would use here without a profile, for example in CloudShell)
    #[arg(value_name = "NAME=SOURCE", value_parser = pair)]
    bind: Vec<(String, String)>,
    /// For a role: the account whose credentials assume it [default: the other account, if there is only one]
    #[arg(long, value_name = "NAME")]
    from: Option<String>,
    /// For a role: the external id that its trust policy requires
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// For a role: the MFA device (serial number or ARN) whose code its trust policy requires
    #[arg(long, value_name = "SERIAL")]
    mfa_serial: Option<String>,
    /// Remove an account's binding
    #[arg(long, value_name = "NAME")]
    unbind: Vec<String>,
    #[command(flatten)]
    output: Output<TextOrJson>,
}

impl Arguments {
    fn changes(&self) -> Changes {
        let (from, external_id) = (self.from.clone(), self.external_id.clone());
        let role = RoleOptions { from, external_id, mfa_serial: self.mfa_serial.clone() };
        Changes { bind: self.bind.clone(), role, unbind: self.unbind.clone() }
    }
}

pub(super) async fn run(common: &Common, arguments: &Arguments) -> Result<Exit> {
    let format = arguments.output.format();
    let terminal = Terminal::for_format(format == TextOrJson::Text);
    let session = Session::open(&common.options(), &terminal)?;
    if session.practice() {
        bail!("the practice accounts have no bindings: leave out --practice");
    }
    let bound = accounts::bind(&session, &arguments.changes()).await?;
    let profiles = connection::profile_names().await;
    let lines = report::accounts::lines(&session.course, &bound, common.show_identifiers);
    match format {
        TextOrJson::Json => print(&report::json(&lines)?)?,
        TextOrJson::Text => print(&report::accounts::text(&lines, &profiles))?,
    }
    let works = session.course.accounts.keys().all(|name| bound.gathered.account_ids.contains_key(name));
    Ok(if works { Exit::Done } else { Exit::Unknown })
}
