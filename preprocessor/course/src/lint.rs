//! Finds mistakes in a course's lessons that do not stop a build.
//! [`Course::read`] finds the errors that stop a build. The verifier checks expressions.

mod allowed;
mod includes;
mod unread;
mod unused;

use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::config::Config;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::course::Course;
use crate::diagnostic::{Diagnostic, Span, misspelt};
use crate::directive::Directive;
use crate::links::Links;
use crate::load::{self, Loaded, Meant, Named, ScannedChapter};
use crate::scan::{self, At};
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
    /// What could not be read, and may explain other errors.
    pub gaps: Gaps,
}

/// Parts of a course that could not be read, so that what they define may be missing elsewhere.
#[derive(Debug, Default)]
pub struct Gaps {
    /// The checks that cannot be read.
    pub checks: BTreeSet<String>,
    /// The checks with a shared file that cannot be read.
    pub incomplete: BTreeSet<String>,
    /// The tables with errors.
    pub tables: BTreeSet<String>,
    /// Whether any table may be missing.
    pub any_table: bool,
}

/// Reads a course with all its errors and warnings.
pub fn lint(root: &Path, config: &Config, book: &Book) -> Linted {
    let Loaded { course, chapters, errors, meant, allow } = load::read_all(root, config, book);
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
            lessons.without_check(chapter, source, scanned, &nearly);
            lessons.open(chapter, source, scanned);
            lessons.below_a_list(chapter, source, scanned);
            lessons.braces(chapter, source, scanned);
            lessons.checkboxes(chapter, source);
            lessons.includes(chapter, source, &root.join(&config.book.src));
        }
        for (range, message, help) in links.dead(chapter, source) {
            let span = lessons.sources.span(source, &chapter.content, range);
            lessons.warn("dead-link", span, message, help);
        }
    }
    lessons.unlisted(book, &config.book.src);
    lessons.strays();
    lessons.unnameable();
    lessons.unused_checks(book);
    lessons.unused_params(&chapters);
    lessons.unused_inputs();
    lessons.unused_tables(book, &chapters);
    lessons.never_removed();
    lessons.values();
    lessons.allowed(book, &chapters, &allow);
    let Lessons { mut warnings, meant, .. } = lessons;
    warnings.sort_by(|(_, one), (_, other)| one.cmp(other));
    let Meant { params, unread, incomplete, tables, unnamed_table, .. } = meant;
    let gaps = Gaps { checks: unread, incomplete, tables, any_table: unnamed_table };
    Linted { course, unread: params, errors, warnings, gaps }
}

/// The chapters that were scanned, each with its file.
fn scanned<'b>(
    book: &'b Book,
    chapters: &'b [ScannedChapter],
) -> impl Iterator<Item = (&'b Chapter, &'b Path, &'b ScannedChapter)> {
    let by_path: BTreeMap<&PathBuf, &ScannedChapter> = chapters.iter().map(|one| (&one.path, one)).collect();
    book.chapters().filter_map(move |chapter| {
        Some((chapter, chapter.source_path.as_deref()?, *by_path.get(chapter.path.as_ref()?)?))
    })
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
                let check = id.split(['@', ',']).next().and_then(|name| self.course.checks.get(name));
                let takes = check.is_some_and(|check| !check.mentions(&self.course.params).is_empty());
                let other = if takes { "another value of a parameter" } else { "another account=" };
                self.warn("duplicate-step", span, message, format!("remove one of them, or give one {other}"));
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
    fn without_check(&mut self, chapter: &Chapter, source: &Path, scanned: &ScannedChapter, nearly: &[Range<usize>]) {
        let misplaced = &scanned.scan.misplaced;
        let directives: BTreeMap<usize, At> =
            scanned.scan.marked().map(|marked| (marked.comment.start, marked.at)).collect();
        for item in scan::unmarked(&chapter.content) {
            // A directive in it that has an error was reported already.
            let first = misplaced.partition_point(|directive| directive.range.start < item.marker.start);
            if misplaced.get(first).is_some_and(|directive| directive.range.start <= item.end) {
                continue;
            }
            // They are in order and do not overlap, so only the first one that ends no earlier is compared.
            let ends_with = |comment: &Range<usize>| {
                let between = chapter.content.get(item.end..comment.start);
                comment.end == item.end || between.is_some_and(|between| between.trim().is_empty())
            };
            if nearly.get(nearly.partition_point(|comment| comment.end < item.end)).is_some_and(ends_with) {
                continue;
            }
            if let Some(name) = self.as_text(&item.text) {
                let span = self.sources.span(source, &chapter.content, item.marker.end..item.end);
                let help = format!("write <!-- verify: {name} -->, with these signs, and not as code");
                self.meant.checks.insert(name);
                self.warn(
                    "misspelt-directive",
                    span,
                    "this item has a directive as text, so it is no step".into(),
                    help,
                );
                continue;
            }
            let next = self.directive_after(&chapter.content, item.end);
            let is = next.as_ref().and_then(|(_, range)| directives.get(&range.start));
            // [`Lessons::below_a_list`] reports it.
            if is == Some(&At::Card { below_list: true }) {
                continue;
            }
            if let (Some((name, range)), None) = (next, is) {
                let span = self.sources.span(source, &chapter.content, range);
                self.meant.checks.insert(name);
                let message = "this directive is indented too far, so it is code and no step".to_owned();
                self.warn("misspelt-directive", span, message, "indent it as far as the item's text");
                continue;
            }
            let span = self.sources.span(source, &chapter.content, item.marker);
            let help =
                "end it with a check, as in <!-- verify: NAME -->, or with <!-- verify: none --> if it is not a step";
            self.warn("item-without-check", span, "this checklist item has no check".into(), help);
        }
    }

    /// The check that an item's text names after `verify:`.
    fn as_text(&self, text: &str) -> Option<String> {
        let (_, after) = text.rsplit_once("verify:")?;
        let name = after.split_whitespace().next()?;
        self.course.checks.contains_key(name).then(|| name.to_owned())
    }

    /// What is written as a directive directly after an item that ends at a byte: its check, and its range.
    fn directive_after(&self, content: &str, end: usize) -> Option<(String, Range<usize>)> {
        let begin = end + content[end..].find("<!--").filter(|at| content[end..end + at].trim().is_empty())?;
        let comment = &content[begin..begin + content[begin..].find("-->")? + "-->".len()];
        let name = Directive::words(comment).split_whitespace().next()?.to_owned();
        let is_check = Directive::is_meant(comment) && self.course.checks.contains_key(&name);
        is_check.then(|| (name, begin..begin + comment.len()))
    }

    /// Finds items without a chosen check.
    fn open(&mut self, chapter: &Chapter, source: &Path, scanned: &ScannedChapter) {
        for item in &scanned.scan.open {
            let span = self.sources.span(source, &chapter.content, item.comment.clone());
            let help = "replace `?` with the name of a check, or with `none` if it is not a step";
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

    /// Finds text that was probably meant as a checkbox.
    fn checkboxes(&mut self, chapter: &Chapter, source: &Path) {
        for range in scan::checkboxes(&chapter.content) {
            let span = self.sources.span(source, &chapter.content, range);
            let message = "this looks like a checkbox, but is plain text".to_owned();
            self.warn("misspelt-checkbox", span, message, "write [ ] with one space in it and one after it");
        }
    }

    /// Finds braces that are plain text, but were probably meant for a parameter.
    fn braces(&mut self, chapter: &Chapter, source: &Path, scanned: &ScannedChapter) {
        let params = &self.course.params;
        let mut found = Vec::new();
        for braces in &scanned.scan.nearly {
            // In code, other languages use the same braces without spaces.
            let (folded, is_word) = (braces.name.replace('-', "_"), !braces.name.contains(['-', '.']));
            let meant = match params.contains_key(&braces.name) {
                _ if params.contains_key(&folded) && folded != braces.name => Some(folded.as_str()),
                true => (!braces.in_code).then_some(braces.name.as_str()),
                false if is_word && (braces.spaced || !braces.in_code) => {
                    misspelt(&braces.name, params.keys().map(String::as_str))
                }
                false => None,
            };
            let written = &chapter.content[braces.range.clone()];
            let (message, help) = match meant {
                _ if self.is_input(&braces.name) => (
                    "a lesson cannot show what a learner gave, so this is plain text".to_owned(),
                    format!("write what is meant in words, or \\{written} for literal text"),
                ),
                Some(meant) => (
                    format!("this looks like the parameter `{meant}`, but is plain text"),
                    format!("write {{{{ {meant} }}}} for its value, or \\{written} for literal text"),
                ),
                None if params.is_empty() && !braces.in_code && is_word => (
                    "this looks like a parameter, but the course has none, so it is plain text".to_owned(),
                    format!(
                        "add `{}` to [preprocessor.verify.params], or write \\{written} for literal text",
                        braces.name
                    ),
                ),
                None => continue,
            };
            let span = self.sources.span(source, &chapter.content, braces.range.clone());
            found.push((span, message, help));
        }
        for (span, message, help) in found {
            self.warn("misspelt-parameter", span, message, help);
        }
    }

    /// Whether a name is that of an input, as checks write it.
    fn is_input(&self, name: &str) -> bool {
        name.strip_prefix("input.").is_some_and(|name| self.course.inputs.contains_key(name))
    }

    /// Finds checks whose names a directive cannot contain.
    fn unnameable(&mut self) {
        let names: Vec<&String> = self.course.checks.keys().filter(|name| !Directive::can_name(name)).collect();
        for name in names {
            let span = Span::file(Path::new("checks").join(format!("{name}.toml")));
            let message = format!("no directive can name the check `{name}`");
            self.meant.checks.insert(name.clone());
            let help = match Directive::is_reserved(name) {
                true => format!("rename the file: directives use the word {name} themselves"),
                false => "rename the file: use letters and digits, with - between words".to_owned(),
            };
            self.warn("check-name", span, message, help);
        }
    }
}
