//! `verify schema evidence|results|reads|check|shared|cases|course`.

use anyhow::{Context, Result};
use clap::Subcommand;
use course::results::Results;
use evidence::reads;

use super::Exit;
use super::common::{Output, TextOrJson};
use super::terminal::print;
use crate::report::{self, reads as report_reads};
use crate::selftest;

/// A document that has a schema.
#[derive(Debug, Subcommand)]
pub(super) enum Document {
    /// checks/NAME.toml, for editors: `verify schema check > check.schema.json`
    Check,
    /// checks/shared/NAME.toml
    Shared,
    /// checks/cases/CHECK.toml
    Cases,
    /// book.toml: what the course sets for verify
    Course,
    /// The sections that checks read, and that recordings contain
    Evidence,
    /// The results
    Results,
    /// The AWS operations that a check's [read] can call: inputs, answers, IAM actions, regions
    ///
    /// Without a name: the services. With --format json: an object of services, each an object of its operations.
    Reads {
        /// A service or an operation, as in `ec2` and `ec2:DescribeVpcs` [default: all services]
        #[arg(value_name = "SERVICE[:OPERATION]")]
        name: Option<String>,
        #[command(flatten)]
        output: Output<TextOrJson>,
    },
}

pub(super) fn run(document: &Document) -> Result<Exit> {
    let schema = match document {
        Document::Check => course::check::schema(),
        Document::Shared => course::check::shared::schema(),
        Document::Cases => selftest::cases::schema(),
        Document::Course => course::options_schema(),
        Document::Results => serde_json::to_value(schemars::schema_for!(Results))?,
        Document::Evidence => evidence::schema(),
        Document::Reads { name, output } => return reads(name.as_deref(), output.format()),
    };
    print(&report::json(&schema)?)?;
    Ok(Exit::Done)
}

fn reads(name: Option<&str>, format: TextOrJson) -> Result<Exit> {
    let printed = match (name, format) {
        (None, TextOrJson::Text) => report_reads::list(reads::services()),
        (None, TextOrJson::Json) => {
            let all = reads::all()?;
            report::json(&report_reads::document(all.into_iter().map(|(name, service)| (name, whole(service)))))?
        }
        (Some(name), format) if name.contains(':') => {
            let found = reads::find(name)?;
            match format {
                TextOrJson::Text => report_reads::operation(found),
                TextOrJson::Json => {
                    let one = report_reads::operations([found].into_iter());
                    report::json(&report_reads::document([(found.service.name.as_str(), one)].into_iter()))?
                }
            }
        }
        (Some(name), format) => {
            let service = reads::service(name)?;
            let listed = reads::services().get(name).context("the table's list of services is damaged")?;
            match format {
                TextOrJson::Text => report_reads::service(service, &listed.title),
                TextOrJson::Json => report::json(&report_reads::document([(name, whole(service))].into_iter()))?,
            }
        }
    };
    print(&printed)?;
    Ok(Exit::Done)
}

fn whole(service: &'static reads::Service) -> serde_json::Value {
    report_reads::operations(reads::of(service))
}
