//! What in a course's lessons is not wrong enough to stop a build, and is a mistake all the same.
//!
//! What stops a build is found by reading the course, see [`Course::read`]. Expressions are the verifier's business.

use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::config::Config;
use pulldown_cmark::{Event, Parser, Tag};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::course::Course;
use crate::diagnostic::{Diagnostic, Spot};
use crate::load::{self, ScannedChapter};
use crate::scan;
use crate::source_map::SourceMap;

/// A course as far as it can be read, with all that was found in it.
#[derive(Debug)]
pub struct Linted {
    /// The course; without the steps and checks that are wrong.
    pub course: Course,
    /// What stops a build.
    pub errors: Vec<Diagnostic>,
    /// What doesn't, each with the name of its rule.
    pub warnings: Vec<(&'static str, Diagnostic)>,
}

/// Reads a course and everything that is wrong with it.
pub fn lint(root: &Path, config: &Config, book: &Book) -> Linted {
    let (course, chapters, errors) = load::read_all(root, config, book);
    let sources = SourceMap::new(root, &config.book.src);
    let mut lessons = Lessons { course: &course, sources, warnings: Vec::new() };
    let pages: BTreeSet<PathBuf> = book.chapters().filter_map(|chapter| chapter.source_path.clone()).collect();
    for chapter in book.chapters() {
        let (Some(path), Some(source)) = (&chapter.path, &chapter.source_path) else { continue };
        if let Some(scanned) = chapters.iter().find(|scanned| scanned.path == *path) {
            // Items and steps belong together only where every item is right.
            if errors.is_empty() {
                lessons.twice(chapter, source, scanned);
            }
            lessons.without_check(chapter, source);
            lessons.open(chapter, source, scanned);
        }
        lessons.links(root.join(&config.book.src).as_path(), chapter, source, &pages);
    }
    // Whatever is wrong keeps something from being used.
    if errors.is_empty() {
        lessons.unused_checks();
        lessons.unused_params(&chapters);
    }
    let mut warnings = lessons.warnings;
    warnings.sort_by(|(_, one), (_, other)| one.cmp(other));
    Linted { course, errors, warnings }
}

struct Lessons<'c> {
    course: &'c Course,
    sources: SourceMap<'c>,
    warnings: Vec<(&'static str, Diagnostic)>,
}

impl Lessons<'_> {
    fn warn(&mut self, rule: &'static str, spot: Spot, message: String, help: impl Into<String>) {
        self.warnings.push((rule, Diagnostic { spot, message, help: Some(help.into()) }));
    }

    /// The same step twice in one chapter.
    fn twice(&mut self, chapter: &Chapter, source: &Path, scanned: &ScannedChapter) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (item, id) in scanned.scan.items.iter().zip(&scanned.steps) {
            let count = seen.entry(id.as_str()).or_default();
            *count += 1;
            if *count == 2 {
                let spot = self.sources.spot(source, &chapter.content, item.comment.clone());
                let message = format!("the step `{id}` stands in this chapter twice");
                self.warn("duplicate-step", spot, message, "take one of them out, or let them differ in a parameter");
            }
        }
    }

    /// Checklist items that nothing verifies.
    fn without_check(&mut self, chapter: &Chapter, source: &Path) {
        for item in scan::unmarked(&chapter.content) {
            let spot = self.sources.spot(source, &chapter.content, item.marker);
            let help = "end it with a check, as in <!-- verify: cost-budget -->, or make it an item without a box";
            self.warn("item-without-check", spot, "nothing verifies this checklist item".into(), help);
        }
    }

    /// Items for which nobody has named a check yet.
    fn open(&mut self, chapter: &Chapter, source: &Path, scanned: &ScannedChapter) {
        for item in &scanned.scan.open {
            let spot = self.sources.spot(source, &chapter.content, item.comment.clone());
            let help = "put the name of a check in place of the `?`, or take the comment out";
            self.warn("open-item", spot, format!("no check is named for “{}” yet", item.text), help);
        }
    }

    /// Links to files and chapters that are not there.
    fn links(&mut self, src: &Path, chapter: &Chapter, source: &Path, pages: &BTreeSet<PathBuf>) {
        let events = Parser::new_ext(&chapter.content, scan::options()).into_offset_iter();
        for (event, range) in events {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event else { continue };
            let path = dest_url.split(['#', '?']).next().unwrap_or_default();
            if path.is_empty()
                || path.starts_with(['/', '<'])
                || path.split('/').next().is_some_and(|it| it.contains(':'))
            {
                continue;
            }
            let path = path.replace("%20", " ");
            let Some(target) = normal(&source.parent().unwrap_or(Path::new("")).join(&path)) else { continue };
            let (is_chapter, exists) = (pages.contains(&target), src.join(&target).exists());
            // A link to a page as mdBook writes it is one to its chapter.
            let rendered = target.extension().is_some_and(|extension| extension == "html")
                && (pages.contains(&target.with_extension("md")) || target.ends_with("print.html"));
            let (message, help) = match target.extension().is_some_and(|extension| extension == "md") {
                true if is_chapter => continue,
                true if exists => {
                    (format!("`{path}` is no chapter, so the book has no such page"), "add it to SUMMARY.md".to_owned())
                }
                _ if exists || rendered => continue,
                _ => {
                    let known: Vec<String> = pages.iter().map(|page| page.display().to_string()).collect();
                    let near =
                        crate::diagnostic::suggest(&target.display().to_string(), known.iter().map(String::as_str));
                    (format!("there is no `{path}`"), near.unwrap_or_else(|| "mend the link".into()))
                }
            };
            let spot = self.sources.spot(source, &chapter.content, range);
            self.warn("dead-link", spot, message, help);
        }
    }

    fn unused_checks(&mut self) {
        let used: BTreeSet<&str> = self.course.steps.iter().map(|step| step.check.as_str()).collect();
        let unused = self.course.checks.keys().filter(|name| !used.contains(name.as_str()));
        for name in unused.cloned().collect::<Vec<_>>() {
            let spot = Spot::file(Path::new("checks").join(format!("{name}.toml")));
            let help = format!("end a list item with <!-- verify: {name} -->, or delete the file");
            self.warn("unused-check", spot, format!("no lesson uses the check `{name}`"), help);
        }
    }

    fn unused_params(&mut self, chapters: &[ScannedChapter]) {
        let params = &self.course.params;
        let mentioned = self.course.checks.values().flat_map(|check| check.mentions(params));
        let mut used: BTreeSet<&str> = mentioned.collect();
        used.extend(chapters.iter().flat_map(|chapter| &chapter.scan.holes).map(|hole| hole.name.as_str()));
        let unused: Vec<String> = params.keys().filter(|name| !used.contains(name.as_str())).cloned().collect();
        let text = std::fs::read_to_string(self.course.root.join("book.toml")).unwrap_or_default();
        for name in unused {
            let spot = Spot::of_text("book.toml", &text, &name);
            let message = format!("neither a lesson nor a check uses the parameter `{name}`");
            self.warn("unused-parameter", spot, message, "take it out of [preprocessor.verify.params]");
        }
    }
}

/// A path without `.` and `..`; none where it leads outside.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => normal.push(part),
            Component::CurDir => {}
            Component::ParentDir => normal.pop().then_some(())?,
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normal)
}
