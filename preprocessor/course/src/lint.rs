//! Finds mistakes in a course's lessons that do not stop a build.
//! [`Course::read`] finds the errors that stop a build. The verifier checks expressions.

use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::config::Config;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::check::Check;
use crate::course::Course;
use crate::diagnostic::{Diagnostic, Span, misspelt};
use crate::directive::Directive;
use crate::links::Links;
use crate::load::{self, Loaded, Meant, Named, ScannedChapter};
use crate::places::{KeyPath, TomlFile};
use crate::scan::{self, At, Nearly};
use crate::source_map::SourceMap;

/// A course as far as it can be read, with all findings.
#[derive(Debug)]
pub struct Linted {
    /// The course, without the steps and checks that have errors.
    pub course: Course,
    /// The parameters whose values are wrong. In the course, they have placeholder values.
    pub unread: BTreeSet<String>,
    /// Errors, which stop a build.
    pub errors: Vec<Diagnostic>,
    /// Warnings, which don't, each with the name of its rule.
    pub warnings: Vec<(&'static str, Diagnostic)>,
}

/// Reads a course with all its errors and warnings.
pub fn lint(root: &Path, config: &Config, book: &Book) -> Linted {
    let Loaded { course, chapters, errors, meant } = load::read_all(root, config, book);
    let sources = SourceMap::new(root, &config.book.src);
    let links = Links::new(root.join(&config.book.src), book, &course.params);
    let mut lessons = Lessons { course: &course, sources, meant, warnings: Vec::new() };
    let by_path: BTreeMap<&PathBuf, &ScannedChapter> =
        chapters.iter().map(|scanned| (&scanned.path, scanned)).collect();
    for chapter in book.chapters() {
        let (Some(path), Some(source)) = (&chapter.path, &chapter.source_path) else { continue };
        if let Some(scanned) = by_path.get(path) {
            lessons.twice(chapter, source, scanned);
            let nearly = lessons.nearly(chapter, source);
            lessons.without_check(chapter, source, &nearly);
            lessons.open(chapter, source, scanned);
            lessons.below_a_list(chapter, source, scanned);
            lessons.braces(chapter, source, scanned);
        }
        for (range, message, help) in links.dead(chapter, source) {
            let span = lessons.sources.span(source, &chapter.content, range);
            lessons.warn("dead-link", span, message, help);
        }
    }
    lessons.unnameable();
    lessons.unused_checks();
    lessons.unused_params(&chapters);
    lessons.unused_inputs();
    lessons.unused_tables(book, &chapters);
    lessons.never_removed();
    let Lessons { mut warnings, meant, .. } = lessons;
    warnings.sort_by(|(_, one), (_, other)| one.cmp(other));
    Linted { course, unread: meant.params, errors, warnings }
}

struct Lessons<'c> {
    course: &'c Course,
    sources: SourceMap<'c>,
    meant: Meant,
    warnings: Vec<(&'static str, Diagnostic)>,
}

impl Lessons<'_> {
    fn warn(&mut self, rule: &'static str, span: Span, message: String, help: impl Into<String>) {
        self.warnings.push((rule, Diagnostic { span, message, help: Some(help.into()) }));
    }

    /// Finds the same step twice in one chapter.
    fn twice(&mut self, chapter: &Chapter, source: &Path, scanned: &ScannedChapter) {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (item, named) in scanned.scan.steps.iter().zip(&scanned.steps) {
            let Some(Named { id, .. }) = named else { continue };
            let count = seen.entry(id.as_str()).or_default();
            *count += 1;
            if *count == 2 {
                let span = self.sources.span(source, &chapter.content, item.comment.clone());
                let message = format!("the step `{id}` is in this chapter twice");
                self.warn("duplicate-step", span, message, "remove one of them, or give them different parameters");
            }
        }
    }

    /// Finds comments that are probably meant as directives, but show nothing in the book.
    fn nearly(&mut self, chapter: &Chapter, source: &Path) -> Vec<Range<usize>> {
        let checks = || self.course.checks.keys().map(String::as_str);
        let meant = |range: Range<usize>| Some((Directive::meant(&chapter.content[range.clone()], checks())?, range));
        let found: Vec<(String, Range<usize>)> =
            scan::remarks(&chapter.content).into_iter().filter_map(meant).collect();
        for (wanted, range) in &found {
            self.meant.checks.extend(Directive::words(wanted).split_whitespace().next().map(str::to_owned));
            let span = self.sources.span(source, &chapter.content, range.clone());
            let help = format!("write {wanted}, or begin the comment with another word");
            self.warn("misspelt-directive", span, "this comment looks like a directive, but is not one".into(), help);
        }
        found.into_iter().map(|(_, range)| range).collect()
    }

    /// Finds checklist items without a check, except those that end with a comment that looks like a directive.
    fn without_check(&mut self, chapter: &Chapter, source: &Path, nearly: &[Range<usize>]) {
        for item in scan::unmarked(&chapter.content) {
            // They are in order and do not overlap, so only the first one that ends no earlier is compared.
            let ends_with = |comment: &Range<usize>| {
                let between = chapter.content.get(item.end..comment.start);
                comment.end == item.end || between.is_some_and(|between| between.trim().is_empty())
            };
            if nearly.get(nearly.partition_point(|comment| comment.end < item.end)).is_some_and(ends_with) {
                continue;
            }
            let span = self.sources.span(source, &chapter.content, item.marker);
            let help = "end it with a check, as in <!-- verify: NAME -->, or remove its checkbox";
            self.warn("item-without-check", span, "this checklist item has no check".into(), help);
        }
    }

    /// Finds items without a chosen check.
    fn open(&mut self, chapter: &Chapter, source: &Path, scanned: &ScannedChapter) {
        for item in &scanned.scan.open {
            let span = self.sources.span(source, &chapter.content, item.comment.clone());
            let help = "replace `?` with the name of a check, or remove the comment";
            let what = if item.text.is_empty() { String::new() } else { format!(" for “{}”", item.text) };
            self.warn("open-item", span, format!("no check is chosen{what} yet"), help);
        }
    }

    /// Finds directives in their own block that may have been meant for the list item above.
    fn below_a_list(&mut self, chapter: &Chapter, source: &Path, scanned: &ScannedChapter) {
        for marked in scanned.scan.marked().filter(|marked| marked.at == At::Card { below_list: true }) {
            let span = self.sources.span(source, &chapter.content, marked.comment.clone());
            let help = "to end the item with it, indent it as far as the item's text; otherwise, leave an empty line before it";
            let message = "this is a separate step, not a part of the list item above it: which did you mean?".into();
            self.warn("unindented-directive", span, message, help);
        }
    }

    /// Finds braces that are plain text, but were probably meant for a parameter.
    fn braces(&mut self, chapter: &Chapter, source: &Path, scanned: &ScannedChapter) {
        let params = &self.course.params;
        let mut found = Vec::new();
        for braces in &scanned.scan.nearly {
            // In code, other languages use the same braces without spaces.
            let meant = match params.contains_key(&braces.name) {
                true => (!braces.in_code).then_some(braces.name.as_str()),
                false if braces.spaced || !braces.in_code => misspelt(&braces.name, params.keys().map(String::as_str)),
                false => None,
            };
            let Some(meant) = meant else { continue };
            let span = self.sources.span(source, &chapter.content, braces.range.clone());
            let help = format!(
                "write {{{{ {meant} }}}} for its value, or \\{} for literal text",
                &chapter.content[braces.range.clone()]
            );
            found.push((span, format!("this looks like the parameter `{meant}`, but is plain text"), help));
        }
        for (span, message, help) in found {
            self.warn("misspelt-parameter", span, message, help);
        }
    }

    /// Finds checks whose names a directive cannot contain.
    fn unnameable(&mut self) {
        let names: Vec<&String> = self.course.checks.keys().filter(|name| !Directive::can_name(name)).collect();
        for name in names {
            let span = Span::file(Path::new("checks").join(format!("{name}.toml")));
            let message = format!("no directive can name the check `{name}`");
            self.meant.checks.insert(name.clone());
            self.warn("check-name", span, message, "rename the file: use letters and digits, with - between words");
        }
    }

    fn unused_checks(&mut self) {
        let mut used: BTreeSet<&str> = self.course.steps.iter().map(|step| step.check.as_str()).collect();
        used.extend(self.meant.checks.iter().map(String::as_str));
        let unused = self.course.checks.keys().filter(|name| !used.contains(name.as_str()));
        for name in unused.cloned().collect::<Vec<_>>() {
            let span = Span::file(Path::new("checks").join(format!("{name}.toml")));
            let help = format!("end a list item with <!-- verify: {name} -->, or delete the file");
            self.warn("unused-check", span, format!("no lesson uses the check `{name}`"), help);
        }
    }

    fn unused_inputs(&mut self) {
        if self.meant.check_unread {
            return;
        }
        let inputs = &self.course.inputs;
        let used: BTreeSet<&str> = self.course.checks.values().flat_map(|check| check.uses_inputs(inputs)).collect();
        let unused: Vec<String> = inputs.keys().filter(|name| !used.contains(name.as_str())).cloned().collect();
        let file = TomlFile::read(&self.course.root, "book.toml");
        for name in unused {
            let span = file.key(&KeyPath::of(["preprocessor", "verify", "inputs", name.as_str()]));
            let message = format!("no check uses the input `{name}`, so no learner is asked for it");
            self.warn("unused-input", span, message, format!("use input.{name} in a check, or remove it"));
        }
    }

    fn unused_tables(&mut self, book: &Book, chapters: &[ScannedChapter]) {
        if self.meant.check_unread {
            return;
        }
        let tables = &self.course.tables;
        let used: BTreeSet<&str> = self.course.checks.values().flat_map(|check| check.uses_tables(tables)).collect();
        let scans: BTreeMap<&PathBuf, &ScannedChapter> = chapters.iter().map(|one| (&one.path, one)).collect();
        let mut found = Vec::new();
        for chapter in book.chapters() {
            let (Some(path), Some(source)) = (&chapter.path, &chapter.source_path) else { continue };
            for table in scans.get(path).into_iter().flat_map(|scanned| &scanned.scan.tables) {
                if !used.contains(table.name.as_str()) && !self.meant.tables.contains(&table.name) {
                    let span = self.sources.span(source, &chapter.content, table.comment.clone());
                    found.push((span, format!("no check uses the table `{}`", table.name)));
                }
            }
        }
        for (span, message) in found {
            let help = "give an expectation of a check `rows` with its name, or remove the comment";
            self.warn("unused-table", span, message, help);
        }
    }

    /// Finds steps that cost money and that no step ends.
    fn never_removed(&mut self) {
        let removed: BTreeSet<&str> =
            self.course.checks.values().flat_map(|check| check.removes.iter().map(String::as_str)).collect();
        let costs = |check: &&Check| check.makes.as_ref().is_some_and(|made| made.costs.is_some());
        let never = |check: &&Check| {
            !removed.contains(check.name.as_str()) && !check.allow.iter().any(|rule| rule == "never-removed")
        };
        let checks: Vec<String> =
            self.course.checks.values().filter(costs).filter(never).map(|check| check.name.clone()).collect();
        for name in checks {
            let file = TomlFile::read(&self.course.root, Path::new("checks").join(format!("{name}.toml")));
            let span = file.key(&KeyPath::of(["costs"]));
            let message = format!("what `{name}` makes costs money, and no step removes it");
            let help = format!("write a check for the step that deletes it, with removes = [\"{name}\"]");
            self.warn("never-removed", span, message, help);
        }
    }

    fn unused_params(&mut self, chapters: &[ScannedChapter]) {
        // A check that cannot be read may use any parameter.
        if self.meant.check_unread {
            return;
        }
        let params = &self.course.params;
        let mut used: BTreeSet<&str> = self.course.checks.values().flat_map(|check| check.uses(params)).collect();
        for scan in chapters.iter().map(|chapter| &chapter.scan) {
            used.extend(scan.holes.iter().map(|hole| hole.name.as_str()));
            // A misspelt parameter means another one.
            let meant = |braces: &'_ Nearly| {
                let itself = params.get_key_value(&braces.name).map(|(name, _)| name.as_str());
                itself.or_else(|| misspelt(&braces.name, params.keys().map(String::as_str)))
            };
            used.extend(scan.nearly.iter().filter_map(meant));
        }
        let unused: Vec<String> = params.keys().filter(|name| !used.contains(name.as_str())).cloned().collect();
        let file = TomlFile::read(&self.course.root, "book.toml");
        for name in unused {
            let span = file.key(&KeyPath::of(["preprocessor", "verify", "params", name.as_str()]));
            let message = format!("neither a lesson nor a check uses the parameter `{name}`");
            self.warn("unused-parameter", span, message, "remove it from [preprocessor.verify.params]");
        }
    }
}
