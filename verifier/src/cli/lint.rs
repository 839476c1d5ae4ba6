//! `verify lint`: finds everything that is wrong with the course, for its author.

use anyhow::{Context, Result};
use clap::ValueEnum;
use course::fact_source::Day;

use super::Exit;
use super::common::Common;
use super::terminal::print;
use crate::lint::stale::{self, Today};
use crate::{book, lint, report};

/// The output format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
    /// Annotations in a GitHub Actions workflow
    Github,
}

/// `asked`: whether to report sources that are out of date, today or on another day.
pub(super) fn run(common: &Common, asked: Option<Option<Day>>, format: Format) -> Result<Exit> {
    let root = book::find(common.course.as_deref())?;
    let today = asked.map(|day| day.map_or_else(Today::now, |day| Ok(Today::on(day)))).transpose()?;
    let findings = lint::lint(&root, common.trust_course, today)?;
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).context("finding the current folder")?;
    print(&match format {
        Format::Json => report::lint::json(&findings, &root, &here)?,
        Format::Github => report::lint::github(&findings, &root, &here),
        Format::Text => report::lint::text(&findings),
    })?;
    Ok(match findings.iter().all(|finding| finding.rule == stale::RULE) {
        true if findings.is_empty() => Exit::Done,
        // Not known to be wrong, but it has to be reviewed.
        true => Exit::Unknown,
        false => Exit::Usage,
    })
}
