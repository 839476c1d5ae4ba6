//! `verify build`: builds the book with its verdicts, and its generated chapters.

use anyhow::Result;
use std::path::Path;

use super::Exit;
use super::common::Common;
use super::terminal::notice;
use crate::{book, generate};

pub(super) fn run(common: &Common) -> Result<Exit> {
    let root = book::find(common.course.as_deref())?;
    generate::refresh(&root, common.trust_course)?;
    let book::Built { page, notices } = book::build(&root, common.practice.is_some(), common.trust_course)?;
    notices.iter().for_each(|text| notice(text));
    let here = std::env::current_dir().ok();
    let shown = here.and_then(|here| page.strip_prefix(here).ok().map(Path::to_owned)).unwrap_or(page);
    notice(&format!("The book with its verdicts: {}", shown.display()));
    Ok(Exit::Done)
}

/// `verify build --check`: whether the generated chapters are up to date.
pub(super) fn check(common: &Common) -> Result<Exit> {
    let root = book::find(common.course.as_deref())?;
    let stale = generate::stale(&root, common.trust_course)?;
    for chapter in &stale {
        let shown = chapter.path.strip_prefix(&root).unwrap_or(&chapter.path);
        notice(&format!("{} is out of date: run `verify build`, and keep what it writes.", shown.display()));
    }
    Ok(if stale.is_empty() { Exit::Done } else { Exit::Usage })
}
