//! `verify schema evidence|results`.

use anyhow::Result;
use clap::ValueEnum;
use mdbook_verify::results::Results;
use schemars::SchemaGenerator;
use serde_json::json;

use super::{Exit, print};
use crate::evidence::Section;

/// What has a schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Document {
    /// The sections that checks read, and recordings keep
    Evidence,
    /// The results
    Results,
}

pub(super) fn run(document: Document) -> Result<Exit> {
    let schema = match document {
        Document::Results => serde_json::to_value(schemars::schema_for!(Results))?,
        Document::Evidence => {
            let mut generator = SchemaGenerator::default();
            let sections: serde_json::Map<String, serde_json::Value> = Section::ALL
                .iter()
                .map(|section| Ok((section.name().to_owned(), serde_json::to_value(section.schema(&mut generator))?)))
                .collect::<Result<_>>()?;
            json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": "Evidence",
                "description": "The sections of one account, as checks read them.",
                "type": "object",
                "properties": sections,
                "additionalProperties": false,
                "$defs": generator.definitions(),
            })
        }
    };
    print(&format!("{}\n", serde_json::to_string_pretty(&schema)?))?;
    Ok(Exit::Done)
}
