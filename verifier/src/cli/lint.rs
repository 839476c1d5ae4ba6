//! `verify lint`: everything that is wrong with the course, for its author.

use anyhow::{Context, Result};

use super::{Common, Exit, Format, print};
use crate::{book, lint, report};

pub(super) fn run(common: &Common) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json, Format::Github])?;
    let root = book::find(common.course.as_deref())?;
    let findings = lint::lint(&root, common.trust_course)?;
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).context("finding the current folder")?;
    print(&match common.format {
        Format::Json => report::lint::json(&findings, &root, &here)?,
        Format::Github => report::lint::github(&findings, &root, &here),
        _ => report::lint::text(&findings),
    })?;
    Ok(if findings.is_empty() { Exit::Done } else { Exit::Usage })
}
