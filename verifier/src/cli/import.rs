//! `verify import`: from a raw lesson to chapters of the book.

use anyhow::{Context, Result, bail};
use course::files::{self, Readers};
use course::terminal::{self, Text};
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::Exit;
use super::common::Common;
use super::terminal::{notice, print};
use crate::import::split::Split;
use crate::import::{self, Change, Order};
use crate::{book, report};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson, in Markdown
    #[arg(value_name = "FILE.md")]
    file: PathBuf,
    /// Make a chapter of each section
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// What the chapter's file is called; by default, like the lesson's
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write chapters anew that hold something else by now; directives stay where an item's text has stayed
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

/// The chapter's file without `.md`: the lesson's own where it lies among the chapters already.
fn name(arguments: &Arguments, sources: &Path) -> Result<String> {
    let stem = arguments.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if arguments.name.is_none()
        && let Some(file) = below(&arguments.file, sources)
    {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./ ".contains(c);
        match file.strip_suffix(".md") {
            Some("SUMMARY") => bail!("SUMMARY.md is the list of chapters, and no lesson"),
            Some(name) if name.chars().all(plain) => return Ok(name.to_owned()),
            _ => bail!("{file} cannot be a chapter's file: give it a name of letters and digits that ends with .md"),
        }
    }
    let name = import::slug(arguments.name.as_deref().unwrap_or(&stem).trim_end_matches(".md"));
    if name.is_empty() || name == "summary" {
        bail!("a chapter cannot be called {stem:?}: give it a name of letters and digits with --name");
    }
    Ok(name)
}

/// A file's place below a folder, with slashes; none where it lies elsewhere.
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
            "{} is no UTF-8 text: line {line} has a byte that cannot be read. Save the lesson as UTF-8, and import it then",
            file.display()
        )
    })
}

/// Asks whether to write.
fn agreed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("nothing was written, since nobody is there to ask: look at the changes, and write them with --yes");
    }
    terminal::ask(&Text::line("Write this? [y/N] "));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(["y", "yes"].contains(&line.trim().to_lowercase().as_str()))
}

/// Writes a file whole or not at all.
fn write(sources: &Path, change: &Change) -> Result<()> {
    let path = sources.join(&change.file);
    let folder = path.parent().unwrap_or(sources);
    let what = || format!("writing {}", path.display());
    fs::create_dir_all(folder).with_context(what)?;
    files::write(&path, change.after.as_bytes(), Readers::Others).with_context(what)
}
