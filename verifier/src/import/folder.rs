//! The lessons of a folder: which files they are, what their chapters are called, and what goes with them.

mod links;

use anyhow::{Context, Result, bail};
use course::Course;
use course::files::{self, LARGEST_TEXT};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::chapter::Planner;
use super::names::{is_plain, natural, slug};
use super::planned::{Copied, Import, Order};
use super::source::utf8;
use super::step::Decision;
use super::vocabulary::Vocabulary;

/// The most lessons of a folder.
const MOST: usize = 5000;
/// How deep folders are nested.
const DEEPEST: usize = 12;
/// Folders that hold no lessons.
const NOT_LESSONS: &[&str] = &["node_modules", "target", "vendor", "_site", "public"];

/// What to import of a folder, and how.
#[derive(Debug, Clone, Copy)]
pub struct FolderOrder<'o> {
    /// The folder.
    pub folder: &'o Path,
    /// The folder of its chapters, relative to the sources; empty if it is the sources' own.
    pub name: &'o str,
    /// Whether to overwrite chapters whose text differs.
    pub replace: bool,
}

/// A lesson of the folder.
#[derive(Debug)]
struct Lesson {
    /// Its file, relative to the folder.
    from: PathBuf,
    /// Its chapter's file, relative to the sources.
    to: String,
    text: String,
}

/// Works out what the import of a folder changes: a chapter for each lesson, nested as the folders are.
///
/// # Errors
/// If the folder has no lesson, or a lesson cannot be imported.
pub fn plan(course: &Course, sources: &Path, order: &FolderOrder<'_>, decided: &[Decision]) -> Result<Import> {
    let vocabulary = Vocabulary::of(course);
    let mut planner = Planner::new(course, sources, &vocabulary, decided);
    let mut lessons = lessons(order, &mut planner.import.notes)?;
    if lessons.is_empty() {
        bail!("{} has no lesson: no file that ends with .md", order.folder.display());
    }
    let chapters: BTreeMap<PathBuf, String> =
        lessons.iter().map(|lesson| (lesson.from.clone(), lesson.to.clone())).collect();
    let mut copied = BTreeMap::new();
    for lesson in &mut lessons {
        let context = links::Folder { folder: order.folder, name: order.name, chapters: &chapters };
        let found = context.follow(&lesson.from, &lesson.to, &lesson.text);
        planner.import.notes.extend(found.notes);
        copied.extend(found.copied);
        lesson.text = found.text;
    }
    let mut titled = BTreeSet::new();
    for lesson in &lessons {
        let depth = titles(lesson, &lessons, &mut titled, &mut planner);
        let shown = order.folder.join(&lesson.from);
        let name = lesson.to.trim_end_matches(".md");
        let one = Order { lesson: &lesson.text, shown: &shown, name, split: None, replace: order.replace };
        planner.lesson(&one, depth).with_context(|| format!("importing {}", shown.display()))?;
    }
    for (file, from) in copied {
        if is_other(&sources.join(&file), &from)? {
            planner.import.copied.push(Copied { from, file });
        }
    }
    planner.finish()
}

/// Adds titles for the folders of a lesson that have no page of their own. Returns how deep the lesson is.
fn titles(lesson: &Lesson, lessons: &[Lesson], titled: &mut BTreeSet<PathBuf>, planner: &mut Planner<'_>) -> usize {
    let folders: Vec<&Path> = lesson.from.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()).collect();
    let pages = |folder: &Path| lessons.iter().any(|it| it.from.parent() == Some(folder) && is_page(&it.to));
    for (depth, folder) in folders.iter().rev().enumerate() {
        if !pages(folder) && titled.insert(folder.to_path_buf()) {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            planner.draft(name.replace(['-', '_'], " "), depth);
        }
    }
    let is_own_page = is_page(&lesson.to) && !folders.is_empty();
    folders.len() - usize::from(is_own_page)
}

/// Whether a chapter is the page of its folder.
fn is_page(file: &str) -> bool {
    file == "README.md" || file.ends_with("/README.md")
}

/// The lessons of a folder in the order of their names, a folder's own page first.
fn lessons(order: &FolderOrder<'_>, notes: &mut Vec<String>) -> Result<Vec<Lesson>> {
    let mut found = Vec::new();
    walk(order.folder, Path::new(""), &mut found, 0)?;
    let mut taken = BTreeSet::new();
    let mut folders: BTreeMap<PathBuf, String> = BTreeMap::from([(PathBuf::new(), order.name.to_owned())]);
    let mut lessons = Vec::with_capacity(found.len());
    for from in found {
        let shown = order.folder.join(&from);
        let parent = folder_of(from.parent().unwrap_or(Path::new("")), &mut folders, &mut taken);
        let to = unique(&parent, &file_name(&from), ".md", &mut taken);
        let kept = from.file_name().is_some_and(|name| to.rsplit('/').next() == name.to_str());
        if !kept {
            notes.push(format!("{} becomes {to}", shown.display()));
        }
        let bytes = files::read_theirs(&shown, LARGEST_TEXT).with_context(|| format!("reading {}", shown.display()))?;
        let text = utf8(&shown, bytes)?;
        lessons.push(Lesson { from, to, text });
    }
    Ok(lessons)
}

/// The lessons below a folder. A link to another folder is not followed.
fn walk(root: &Path, folder: &Path, found: &mut Vec<PathBuf>, depth: usize) -> Result<()> {
    let what = || format!("reading {}", root.join(folder).display());
    let mut entries =
        fs::read_dir(root.join(folder)).with_context(what)?.collect::<Result<Vec<_>, _>>().with_context(what)?;
    entries.sort_by_key(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (page_rank(&name), natural(&name), name)
    });
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let (kind, path) = (entry.file_type().with_context(what)?, folder.join(entry.file_name()));
        let is_lesson =
            name.len() > 3 && name.to_lowercase().ends_with(".md") || name.to_lowercase().ends_with(".markdown");
        if name.starts_with('.') || NOT_LESSONS.contains(&name.as_str()) {
            continue;
        } else if kind.is_dir() && depth < DEEPEST {
            walk(root, &path, found, depth + 1)?;
        } else if kind.is_file() && is_lesson && name != "SUMMARY.md" {
            found.push(path);
        }
        if found.len() > MOST {
            bail!("{} has more than {MOST} lessons: import its folders one by one", root.display());
        }
    }
    Ok(())
}

/// The page of a folder comes first. Of several, one is it, and the others are lessons.
fn page_rank(name: &str) -> usize {
    let pages = ["README.md", "readme.md", "Readme.md", "_index.md", "index.md"];
    pages.iter().position(|page| *page == name).unwrap_or(pages.len())
}

/// The name of a lesson's chapter, without its ending.
fn file_name(from: &Path) -> String {
    let name = from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    match page_rank(&name) {
        rank if rank < 5 => "README".to_owned(),
        _ if is_plain(stem) => stem.to_owned(),
        _ => Some(slug(stem)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "lesson".to_owned()),
    }
}

/// The folder of chapters for a folder of lessons.
fn folder_of(folder: &Path, known: &mut BTreeMap<PathBuf, String>, taken: &mut BTreeSet<String>) -> String {
    if let Some(name) = known.get(folder) {
        return name.clone();
    }
    let parent = folder_of(folder.parent().unwrap_or(Path::new("")), known, taken);
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let plain =
        if is_plain(&name) { name } else { Some(slug(&name)).filter(|it| !it.is_empty()).unwrap_or("part".into()) };
    let to = unique(&parent, &plain, "", taken);
    known.insert(folder.to_owned(), to.clone());
    to
}

/// A name that no other has, whatever its case: many systems do not tell names apart by it. mdBook makes `README.md` and
/// `index.md` the same page.
fn unique(folder: &str, name: &str, ending: &str, taken: &mut BTreeSet<String>) -> String {
    let base = match name {
        "README" if ending == ".md" => "index".to_owned(),
        _ => name.to_owned(),
    };
    let path =
        |name: &str| if folder.is_empty() { format!("{name}{ending}") } else { format!("{folder}/{name}{ending}") };
    if taken.insert(path(&base).to_lowercase()) {
        return path(name);
    }
    let again = (2..).map(|count| path(&format!("{base}-{count}")));
    let free = again.into_iter().find(|file| taken.insert(file.to_lowercase()));
    free.unwrap_or_else(|| path(name))
}

/// Whether a file is not there yet.
///
/// # Errors
/// If another file is there.
fn is_other(to: &Path, from: &Path) -> Result<bool> {
    let there = match files::read_theirs(to, files::LARGEST) {
        Ok(there) => there,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error).with_context(|| format!("reading {}", to.display())),
    };
    let new = files::read_theirs(from, files::LARGEST).with_context(|| format!("reading {}", from.display()))?;
    if there != new {
        bail!(
            "{} is another file than {}: choose another folder for the chapters with --name",
            to.display(),
            from.display()
        );
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_chapters_have_the_same_file() {
        let mut taken = BTreeSet::new();
        let names = ["README", "README", "Lesson", "lesson", "index", "LESSON"];
        let files = names.map(|name| unique("a", name, ".md", &mut taken));
        assert_eq!(
            files,
            ["a/README.md", "a/index-2.md", "a/Lesson.md", "a/lesson-2.md", "a/index-3.md", "a/LESSON-3.md"]
        );
    }
}
