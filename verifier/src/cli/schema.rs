//! `verify schema evidence|results`.

use anyhow::Result;
use clap::ValueEnum;
use course::results::Results;

use super::Exit;
use super::terminal::print;
use crate::report;

/// A document that has a schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Document {
    /// The sections that checks read, and that recordings contain
    Evidence,
    /// The results
    Results,
}

pub(super) fn run(document: Document) -> Result<Exit> {
    let schema = match document {
        Document::Results => serde_json::to_value(schemars::schema_for!(Results))?,
        Document::Evidence => evidence::schema(),
    };
    print(&report::json(&schema)?)?;
    Ok(Exit::Done)
}
