//! `verify rename check|account OLD NEW`: renames in a course, and keeps what the learner has.

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use course::Course;
use course::files::{self, Readers};
use std::fs;
use std::path::Path;

use super::Exit;
use super::common::Common;
use super::terminal::{can_ask, confirmed, notice, print};
use crate::rename::{ChangedFile, Kind, Renaming};
use crate::{book, course_files, generate, report};

#[derive(Debug, Subcommand)]
pub(super) enum Renamed {
    /// Rename a check: its files, and its name in lessons and other checks
    Check(Names),
    /// Rename an account: in book.toml, checks, cases, recordings and lessons
    Account(Names),
}

#[derive(Debug, clap::Args)]
pub(super) struct Names {
    /// Its name
    old: String,
    /// Its new name
    new: String,
    /// Write without asking
    #[arg(short, long)]
    yes: bool,
}

pub(super) fn run(common: &Common, renamed: &Renamed) -> Result<Exit> {
    let (kind, Names { old, new, yes }) = match renamed {
        Renamed::Check(names) => (Kind::Check, names),
        Renamed::Account(names) => (Kind::Account, names),
    };
    let root = book::find(common.course.as_deref())?;
    let before = book::read(&root, common.trust_course)?;
    let renaming = Renaming { kind, old: old.clone(), new: new.clone() };
    renaming.check(&before)?;
    let changed = renaming.files(&course_files::read(&root)?)?;
    print(&report::rename::text(&changed))?;
    if !yes && !agreed()? {
        notice("Nothing was written.");
        return Ok(Exit::Usage);
    }
    let after = write(&root, &changed, common.trust_course)?;
    renaming.lists(&before, &after)?;
    renaming.learner(&before, &after)?.iter().for_each(|text| notice(text));
    notice(&format!("`{old}` is now `{new}`. Verdicts, confirmations and bindings on this machine are kept."));
    if !generate::stale(&root, common.trust_course)?.is_empty() {
        notice("Next: verify build, which writes the generated chapters with the new name.");
    }
    Ok(Exit::Done)
}

/// Asks whether to write.
fn agreed() -> Result<bool> {
    if !can_ask() {
        bail!(
            "nothing was written, because there is no terminal to ask for permission: review the changes, and write them with --yes"
        );
    }
    confirmed("Write this?", false)
}

/// Writes the changed files, and reads the course again. If it cannot be read, everything is as it was.
fn write(root: &Path, changed: &[ChangedFile], trusted: bool) -> Result<Course> {
    let written = changed.iter().try_for_each(|file| put(root, &file.old, &file.new, &file.after));
    let read = written.and_then(|()| book::read(root, trusted));
    if read.is_err() {
        for file in changed {
            let now = if root.join(&file.new).exists() { &file.new } else { &file.old };
            put(root, now, &file.old, &file.before).context("taking the renaming back")?;
        }
    }
    read.context("nothing was renamed, because the course could not be read afterwards")
}

/// Writes a file of the course under a new name.
fn put(root: &Path, old: &str, new: &str, text: &str) -> Result<()> {
    let what = || format!("writing {new}");
    if old != new {
        fs::rename(root.join(old), root.join(new)).with_context(what)?;
    }
    files::write(&root.join(new), text.as_bytes(), Readers::Others).with_context(what)
}
