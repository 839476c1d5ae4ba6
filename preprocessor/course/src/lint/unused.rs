//! Finds what nothing uses, and what nothing removes.

use mdbook_preprocessor::book::Book;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Lessons;
use crate::check::Check;
use crate::diagnostic::{Span, misspelt, nearest};
use crate::load::ScannedChapter;
use crate::param::{Param, number_with_sign};
use crate::places::{KeyPath, TomlFile};
use crate::scan::Nearly;

impl Lessons<'_> {
    pub(super) fn unused_checks(&mut self, book: &Book) {
        let mut used: BTreeSet<&str> = self.course.steps.iter().map(|step| step.check.as_str()).collect();
        used.extend(self.meant.checks.iter().map(String::as_str));
        let unused = self.course.checks.keys().filter(|name| !used.contains(name.as_str()));
        for name in unused.cloned().collect::<Vec<_>>() {
            if let Some(span) = self.in_code(book, &name) {
                let message =
                    format!("this directive is in code, so it is text, and no lesson uses the check `{name}`");
                self.warn("unused-check", span, message, "write it outside of backticks and fences");
                continue;
            }
            let span = Span::file(Path::new("checks").join(format!("{name}.toml")));
            let help = format!("end a list item with <!-- verify: {name} -->, or delete the file");
            self.warn("unused-check", span, format!("no lesson uses the check `{name}`"), help);
        }
    }

    /// The place of a directive that names a check, but is text.
    fn in_code(&self, book: &Book, name: &str) -> Option<Span> {
        let directive = format!("<!-- verify: {name} ");
        book.chapters().find_map(|chapter| {
            let begin = chapter.content.find(&directive)?;
            let source = chapter.source_path.as_ref()?;
            Some(self.sources.span(source, &chapter.content, begin..begin + directive.trim_end().len()))
        })
    }

    pub(super) fn unused_inputs(&mut self) {
        if self.meant.anything_may_be_used() {
            return;
        }
        let inputs = &self.course.inputs;
        let used: BTreeSet<&str> = self.course.checks.values().flat_map(|check| check.uses_inputs(inputs)).collect();
        // Nothing else can have the name, so `input.` was forgotten.
        let meant = |name: &str| self.course.checks.values().any(|check| check.names_in_expressions().contains(name));
        let unused: Vec<String> =
            inputs.keys().filter(|name| !used.contains(name.as_str()) && !meant(name)).cloned().collect();
        let file = TomlFile::read(&self.course.root, "book.toml");
        for name in unused {
            let span = file.key(&KeyPath::of(["preprocessor", "verify", "inputs", name.as_str()]));
            let message = format!("no check uses the input `{name}`, so no learner is asked for it");
            self.warn("unused-input", span, message, format!("use input.{name} in a check, or remove it"));
        }
    }

    pub(super) fn unused_tables(&mut self, book: &Book, chapters: &[ScannedChapter]) {
        if self.meant.anything_may_be_used() {
            return;
        }
        let tables = &self.course.tables;
        let mut used: BTreeSet<&str> =
            self.course.checks.values().flat_map(|check| check.uses_tables(tables)).collect();
        let rows = self.course.checks.values().flat_map(Check::expectations).filter_map(|one| one.rows.as_deref());
        used.extend(rows.filter_map(|rows| nearest(rows, tables.keys().map(String::as_str))));
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
    pub(super) fn never_removed(&mut self) {
        if self.meant.anything_may_be_used() {
            return;
        }
        let removed: BTreeSet<&str> =
            self.course.checks.values().flat_map(|check| check.removes.iter().map(|name| self.near(name))).collect();
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

    pub(super) fn unused_params(&mut self, chapters: &[ScannedChapter]) {
        // A check that cannot be read may use any parameter.
        if self.meant.anything_may_be_used() {
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
        used.extend(self.meant.params.iter().map(String::as_str));
        let unused: Vec<String> = params.keys().filter(|name| !used.contains(name.as_str())).cloned().collect();
        let file = TomlFile::read(&self.course.root, "book.toml");
        for name in unused {
            let span = file.key(&KeyPath::of(["preprocessor", "verify", "params", name.as_str()]));
            let message = format!("neither a lesson nor a check uses the parameter `{name}`");
            self.warn("unused-parameter", span, message, "remove it from [preprocessor.verify.params]");
        }
    }

    /// The check that a name means, which may be misspelt.
    fn near<'n>(&'n self, name: &'n str) -> &'n str {
        let checks = &self.course.checks;
        if checks.contains_key(name) { name } else { nearest(name, checks.keys().map(String::as_str)).unwrap_or(name) }
    }

    /// Finds values of parameters that are hardly meant.
    pub(super) fn values(&mut self) {
        let file = TomlFile::read(&self.course.root, "book.toml");
        for (name, param) in &self.course.params.clone() {
            let what = match param {
                _ if self.meant.params.contains(name) => continue,
                Param::Int(number) if *number < 0 => "negative",
                Param::Float(number) if *number < 0.0 => "negative",
                Param::Text(text) if text.trim().is_empty() => "empty",
                Param::Text(text) if number_with_sign(text).is_some() => {
                    let span = file.value(&KeyPath::of(["preprocessor", "verify", "params", name.as_str()]));
                    let number = number_with_sign(text).unwrap_or_default();
                    let message = format!("the parameter `{name}` is text, so no check can compare it with a number");
                    let help = format!("write {number}, and the sign in the lessons");
                    self.warn("odd-parameter", span, message, help);
                    continue;
                }
                _ => continue,
            };
            let span = file.value(&KeyPath::of(["preprocessor", "verify", "params", name.as_str()]));
            let message = format!("the parameter `{name}` is {what}, and the lessons show it");
            let help = "correct it, or add allow = [\"odd-parameter\"] to [preprocessor.verify]";
            self.warn("odd-parameter", span, message, help);
        }
    }
}
