//! `verify import`: turns lessons into chapters of the book.

use anyhow::{Context, Result, bail};
use course::Course;
use course::files::{self, Readers};
use std::fs;
use std::path::{Path, PathBuf};

use super::Exit;
use super::common::{Common, Output, TextOrJson};
use super::terminal::{can_ask, confirmed, notice, print};
use crate::import::folder::{self, FolderOrder};
use crate::import::split::Split;
use crate::import::{self, Change, Copied, Decision, Import, Order};
use crate::{book, report};

mod asked;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The lesson, a Markdown file, or a folder of lessons
    #[arg(value_name = "FILE.md|FOLDER")]
    path: PathBuf,
    /// Make one chapter for each section of the lesson
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// Name of the chapter's file, or of the folder of the chapters [default: the lesson's or the folder's]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Replace chapters that have other content now; directives are kept at items whose text is unchanged
    #[arg(long)]
    replace: bool,
    /// Accept all proposals, and write without asking
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    output: Output<TextOrJson>,
}

/// What is imported.
enum Source {
    Lesson { text: String, name: String },
    Folder { name: String },
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> Result<Exit> {
    let root = book::find(common.course.as_deref())?;
    let sources = book::sources(&root, common.trust_course)?;
    let course = match sources.join("SUMMARY.md").exists() {
        true => book::read(&root, common.trust_course)?,
        false => book::read_without_chapters(&root, common.trust_course)?,
    };
    let source = source(arguments, &sources)?;
    let plan = |decided: &[Decision]| plan(&course, &sources, arguments, &source, decided);
    let mut planned = plan(&[])?;
    if arguments.output.format() == TextOrJson::Json {
        if arguments.yes {
            write_all(&sources, &planned)?;
        }
        print(&report::import::json(&planned, arguments.yes))?;
        return Ok(Exit::Done);
    }
    let is_folder = matches!(source, Source::Folder { .. });
    print(&report::import::text(&planned, !is_folder))?;
    if planned.changes.is_empty() && planned.copied.is_empty() {
        return Ok(Exit::Done);
    }
    if !arguments.yes {
        if !can_ask() {
            bail!(
                "nothing was written, because there is no terminal to ask for permission: review the changes, and write them with --yes"
            );
        }
        let decided = asked::decisions(&course, &planned.steps)?;
        planned = match decided {
            Some(decided) => plan(&decided)?,
            None => return Ok(nothing_written()),
        };
        if !confirmed(&report::import::question(&planned), false)? {
            return Ok(nothing_written());
        }
    }
    write_all(&sources, &planned)?;
    notice(&format!("Written to {}. Next: verify lint", sources.display()));
    Ok(Exit::Done)
}

fn nothing_written() -> Exit {
    notice("Nothing was written.");
    Exit::Usage
}

fn source(arguments: &Arguments, sources: &Path) -> Result<Source> {
    let path = &arguments.path;
    if !path.is_dir() {
        let bytes =
            files::read_theirs(path, files::LARGEST_TEXT).with_context(|| format!("reading {}", path.display()))?;
        return Ok(Source::Lesson { text: import::utf8(path, bytes)?, name: name(arguments, sources)? });
    }
    if arguments.split.is_some() {
        bail!("--split is for one lesson: import the folder without it");
    }
    let own = path.canonicalize().with_context(|| format!("reading {}", path.display()))?;
    let name = match below(path, sources) {
        Some(name) if arguments.name.is_none() => name,
        _ if sources.canonicalize().is_ok_and(|sources| sources.starts_with(&own)) => {
            bail!("{} contains the book's own sources: import a folder of lessons", path.display())
        }
        _ => {
            let stem = own.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let name = import::slug(arguments.name.as_deref().unwrap_or(&stem));
            if name.is_empty() {
                bail!("{stem:?} cannot be the name of a folder of chapters: choose letters and digits with --name");
            }
            name
        }
    };
    Ok(Source::Folder { name })
}

fn plan(
    course: &Course,
    sources: &Path,
    arguments: &Arguments,
    source: &Source,
    decided: &[Decision],
) -> Result<Import> {
    let (path, replace) = (arguments.path.as_path(), arguments.replace);
    match source {
        Source::Lesson { text, name } => {
            let order = Order { lesson: text, shown: path, name, split: arguments.split, replace };
            import::plan(course, sources, &order, decided)
        }
        Source::Folder { name } => folder::plan(course, sources, &FolderOrder { folder: path, name, replace }, decided),
    }
}

/// The name of the chapter's file without `.md`. If the lesson is among the chapters already, its own name.
fn name(arguments: &Arguments, sources: &Path) -> Result<String> {
    let stem = arguments.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if arguments.name.is_none()
        && let Some(file) = below(&arguments.path, sources)
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
    if name == "readme" || name == "index" {
        bail!("a chapter `{name}` would be the book's first page: choose another name with --name");
    }
    Ok(name)
}

/// A file's path relative to a folder, with slashes; `None` if the file is not below it.
fn below(file: &Path, folder: &Path) -> Option<String> {
    let (file, folder) = (file.canonicalize().ok()?, folder.canonicalize().ok()?);
    let parts = file.strip_prefix(folder).ok()?.iter().map(|part| part.to_str());
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

fn write_all(sources: &Path, import: &Import) -> Result<()> {
    import.copied.iter().try_for_each(|copied| copy(sources, copied))?;
    import.changes.iter().try_for_each(|change| write(sources, change))
}

/// Writes a file completely or not at all.
fn write(sources: &Path, change: &Change) -> Result<()> {
    put(&sources.join(&change.file), change.after.as_bytes())
}

fn copy(sources: &Path, copied: &Copied) -> Result<()> {
    let bytes = files::read_theirs(&copied.from, files::LARGEST)
        .with_context(|| format!("reading {}", copied.from.display()))?;
    put(&sources.join(&copied.file), &bytes)
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let what = || format!("writing {}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(path)).with_context(what)?;
    files::write(path, bytes, Readers::Others).with_context(what)
}
