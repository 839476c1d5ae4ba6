//! `verify import`: turns a lesson into chapters of the book.

use anyhow::{Context, Result, bail};
use course::files::{self, Readers};
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::Exit;
use super::common::Common;
use super::terminal::{confirmed, notice, print};
use crate::import::split::Split;
use crate::import::{self, Change, Order};
use crate::{book, report};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson, a Markdown file
    #[arg(value_name = "FILE.md")]
    file: PathBuf,
    /// Make one chapter for each section
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// Name of the chapter's file [default: the lesson's]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Replace chapters that have other content now; directives are kept at items whose text is unchanged
    #[arg(long)]
    replace: bool,
    /// Write without asking
    #[arg(short, long)]
    yes: bool,
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> Result<Exit> {
    let root = book::find(common.course.as_deref())?;
    let sources = book::sources(&root, common.trust_course)?;
    let course = match sources.join("SUMMARY.md").exists() {
        true => book::read(&root, common.trust_course)?,
        false => book::read_without_chapters(&root, common.trust_course)?,
    };
    let lesson = read(&arguments.file)?;
    let name = name(arguments, &sources)?;
    let (lesson, shown) = (lesson.as_str(), arguments.file.as_path());
    let order = Order { lesson, shown, name: &name, split: arguments.split, replace: arguments.replace };
    let planned = import::plan(&course, &sources, &order)?;
    print(&report::import::text(&planned))?;
    if planned.changes.is_empty() {
        return Ok(Exit::Done);
    }
    if !arguments.yes && !agreed()? {
        notice("Nothing was written.");
        return Ok(Exit::Usage);
    }
    planned.changes.iter().try_for_each(|change| write(&sources, change))?;
    notice(&format!("Written to {}. Next: verify lint", sources.display()));
    Ok(Exit::Done)
}

/// The name of the chapter's file without `.md`. If the lesson is among the chapters already, its own name.
fn name(arguments: &Arguments, sources: &Path) -> Result<String> {
    let stem = arguments.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if arguments.name.is_none()
        && let Some(file) = below(&arguments.file, sources)
    {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./ ".contains(c);
        match file.strip_suffix(".md") {
            Some("SUMMARY") => bail!("SUMMARY.md is the list of chapters, not a lesson"),
            Some(name) if name.chars().all(plain) => return Ok(name.to_owned()),
            _ => bail!("{file} cannot be the file of a chapter: rename it to letters and digits, followed by .md"),
        }
    }
    let name = import::slug(arguments.name.as_deref().unwrap_or(&stem).trim_end_matches(".md"));
    if name.is_empty() || name == "summary" {
        bail!("{stem:?} cannot be the name of a chapter: choose a name of letters and digits with --name");
    }
    Ok(name)
}

/// A file's path relative to a folder, with slashes; `None` if the file is not below it.
fn below(file: &Path, folder: &Path) -> Option<String> {
    let (file, folder) = (file.canonicalize().ok()?, folder.canonicalize().ok()?);
    let parts = file.strip_prefix(folder).ok()?.iter().map(|part| part.to_str());
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

/// The lesson's text.
fn read(file: &Path) -> Result<String> {
    let bytes = files::read_theirs(file, files::LARGEST_TEXT).with_context(|| format!("reading {}", file.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow::anyhow!(
            "{} is not UTF-8 text: line {line} has an invalid byte. Save the lesson as UTF-8, and import it again",
            file.display()
        )
    })
}

/// Asks whether to write.
fn agreed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!(
            "nothing was written, because there is no terminal to ask for permission: review the changes, and write them with --yes"
        );
    }
    confirmed("Write this?", false)
}

/// Writes a file completely or not at all.
fn write(sources: &Path, change: &Change) -> Result<()> {
    let path = sources.join(&change.file);
    let folder = path.parent().unwrap_or(sources);
    let what = || format!("writing {}", path.display());
    fs::create_dir_all(folder).with_context(what)?;
    files::write(&path, change.after.as_bytes(), Readers::Others).with_context(what)
}
