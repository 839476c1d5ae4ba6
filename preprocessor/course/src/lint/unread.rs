//! Finds files that look like a part of the course, but are not read: lessons that SUMMARY.md does not list, and checks
//! with a wrong name.

use mdbook_preprocessor::book::Book;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::Lessons;
use crate::diagnostic::Span;
use crate::directive::{Directive, Kind};
use crate::files;
use crate::include::{self, Link};
use crate::param::Params;
use crate::scan;

impl Lessons<'_> {
    /// Finds lessons with steps that are neither in SUMMARY.md nor included by one that is.
    pub(super) fn unlisted(&mut self, book: &Book, src: &Path) {
        let folder = self.course.root.join(src);
        let listed: Vec<PathBuf> = book.chapters().filter_map(|chapter| chapter.source_path.clone()).collect();
        let read = with_includes(&folder, listed);
        let mut lessons = Vec::new();
        markdown_in(&folder, Path::new(""), &mut lessons);
        for lesson in lessons.into_iter().filter(|lesson| !read.contains(lesson)) {
            let Ok(text) = files::read_text(&folder.join(&lesson)) else { continue };
            let steps: Vec<String> = checks_in(&text).collect();
            if steps.is_empty() {
                continue;
            }
            self.meant.checks.extend(steps);
            let message =
                "this lesson is not in SUMMARY.md, so the book does not have it, and its steps are not verified";
            let help = format!("add a line to {}: - [Title]({})", src.join("SUMMARY.md").display(), lesson.display());
            self.warn("unlisted-lesson", Span::file(src.join(&lesson)), message.to_owned(), help);
        }
    }

    /// Finds files in `checks/` that were probably meant as checks.
    pub(super) fn strays(&mut self) {
        for (name, path) in self.meant.strays.clone() {
            // A directive that names it has an error, which says it.
            if self.meant.checks.contains(&name) {
                continue;
            }
            let shown = path.strip_prefix(&self.course.root).unwrap_or(&path).to_owned();
            let is_below = path.extension().is_some_and(|extension| extension == "toml");
            let why = if is_below {
                "directly in checks/, not in a folder below it"
            } else {
                "a file in checks/ that ends in .toml"
            };
            let message = format!("this file is not read: a check is {why}");
            let help = format!("move it to checks/{name}.toml, or out of checks/");
            self.warn("unread-file", Span::file(shown), message, help);
        }
    }
}

/// The checks that a lesson's directives name.
fn checks_in(text: &str) -> impl Iterator<Item = String> {
    let steps = scan::scan(text, &Params::new()).steps;
    let named = steps.into_iter().map(|marked| text[marked.comment].to_owned());
    let named: Vec<String> = named.filter(|comment| Directive::kind(comment) == Kind::Check).collect();
    named.into_iter().filter_map(|comment| Some(Directive::words(&comment).split_whitespace().next()?.to_owned()))
}

/// These files of a folder, and all that they include.
fn with_includes(folder: &Path, listed: Vec<PathBuf>) -> BTreeSet<PathBuf> {
    let (mut read, mut waiting) = (BTreeSet::new(), listed);
    while let Some(path) = waiting.pop() {
        if !read.insert(path.clone()) {
            continue;
        }
        let Ok(text) = files::read_text(&folder.join(&path)) else { continue };
        let within = path.parent().unwrap_or(Path::new(""));
        let included = include::links(&text).filter_map(|(_, link)| match link {
            Link::File(include) => plain(&within.join(include.path)),
            Link::Escaped | Link::Title => None,
        });
        waiting.extend(included.collect::<Vec<_>>());
    }
    read
}

/// A path below a folder, without `..`.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::ParentDir => plain.pop().then_some(())?,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(plain)
}

/// The Markdown files below a folder, without SUMMARY.md. Links are not followed.
fn markdown_in(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(root.join(folder)).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = folder.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => markdown_in(root, &path, found),
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|it| it == "md") => {
                found.extend((path != Path::new("SUMMARY.md")).then_some(path));
            }
            _ => {}
        }
    }
}
