//! The chapters that lessons become, and what they change in the book.

use anyhow::{Result, bail};
use course::Course;
use course::annotate::{self, Writing};
use course::diagnostic::Diagnostic;
use course::directive::Directive;
use course::param::Params;
use course::scan;
use course::terminal::Lines;
use mdbook_driver::book::{self, Book, BookItem};
use mdbook_driver::config::Config;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::front_matter;
use super::names::slug;
use super::outcome::shown;
use super::planned::{Change, Import, Order};
use super::source::present;
use super::split::{self, Piece};
use super::step::{self, Decision, ProposedStep};
use super::summary::{self, Chapter};
use super::things::things;
use super::vocabulary::Vocabulary;

/// Plans the lessons of one import.
pub(super) struct Planner<'p> {
    course: &'p Course,
    sources: &'p Path,
    vocabulary: &'p Vocabulary,
    decided: std::slice::Iter<'p, Decision>,
    chapters: Vec<Chapter>,
    mistakes: Vec<Diagnostic>,
    pub(super) import: Import,
}

/// A part of a lesson that becomes a chapter.
struct Part<'l> {
    file: String,
    /// What comes before the part in its file: a byte order mark, and the title of its front matter as a heading or, if
    /// the chapter has it already, the front matter.
    prefix: String,
    raw: &'l str,
    /// Where it begins in the lesson.
    start: usize,
    /// How many lines of the lesson's file come before it.
    lines_before: usize,
}

impl<'p> Planner<'p> {
    pub(super) fn new(
        course: &'p Course,
        sources: &'p Path,
        vocabulary: &'p Vocabulary,
        decided: &'p [Decision],
    ) -> Planner<'p> {
        let (chapters, mistakes, import) = Default::default();
        Planner { course, sources, vocabulary, decided: decided.iter(), chapters, mistakes, import }
    }

    /// Plans a lesson. Its chapters are `depth` levels below the first ones of the summary.
    pub(super) fn lesson(&mut self, order: &Order<'_>, depth: usize) -> Result<()> {
        self.import.lessons += 1;
        // mdBook ignores a byte order mark, and so does everything here. The first chapter gets it back.
        let (mark, text) = annotate::byte_order_mark(order.lesson);
        let front = front_matter::of(text);
        let lesson = &text[front.length..];
        let before = &order.lesson[..order.lesson.len() - lesson.len()];
        let front_lines = before.matches('\n').count();
        let pieces = split::pieces(lesson, order.split)?;
        let heading = front.title.as_deref().filter(|_| !split::has_title(lesson)).map(summary::heading);
        let mut proposed = step::propose(self.vocabulary, lesson, order.shown, front_lines);
        for (number, (piece, file)) in pieces.iter().zip(files(order.name, &pieces)).enumerate() {
            // A chapter keeps front matter that it has already. A new one is made without: mdBook would show it as text.
            let has_front =
                || present(&self.sources.join(&file)).ok().flatten().is_some_and(|it| it.starts_with(before));
            let mut prefix = match number {
                0 if has_front() => before.to_owned(),
                0 => format!("{mark}{}", heading.as_deref().unwrap_or_default()),
                _ => String::new(),
            };
            let title = front.title.clone().filter(|_| number == 0).or_else(|| piece.title.clone());
            let title = title.unwrap_or_else(|| name_of(&file));
            let (own, rest) = proposed.steps.into_iter().partition(|step| piece.range.contains(&step.at));
            proposed.steps = rest;
            let lines_before = front_lines + lesson[..piece.range.start].matches('\n').count();
            let mut range = piece.range.clone();
            if prefix.is_empty() {
                // A mark in the middle of a lesson is a character. In the file of a section it is read as nothing.
                let (mark, _) = annotate::byte_order_mark(&lesson[range.clone()]);
                range.start += mark.len();
                mark.clone_into(&mut prefix);
            }
            let raw = &lesson[range.clone()];
            let part = Part { file: file.clone(), prefix, raw, start: range.start, lines_before };
            self.part(order, &part, own)?;
            let nested = depth + usize::from(number > 0);
            self.chapters.push(Chapter { title, file: Some(file), depth: nested });
        }
        self.import.passed_over.append(&mut proposed.passed_over);
        Ok(())
    }

    /// A heading in the summary for the chapters of a folder that has none of its own.
    pub(super) fn draft(&mut self, title: String, depth: usize) {
        self.chapters.push(Chapter { title, file: None, depth });
    }

    fn part(&mut self, order: &Order<'_>, part: &Part<'_>, mut steps: Vec<ProposedStep>) -> Result<()> {
        let params = &self.course.params;
        let Part { file, prefix, raw, start, lines_before } = part;
        let before = present(&self.sources.join(file))?;
        let file_before = format!("{prefix}{raw}");
        // What the change is compared with; nothing if the lesson is in the book already.
        let compared = match &before {
            None => Some(&file_before),
            // The lesson is already in the sources, without directives.
            Some(before) if *before == file_before && annotate::is_untouched(before, params) => Some(before),
            Some(before) if annotate::is_made_of(before, &file_before, params) => None,
            Some(before) if order.replace => Some(before),
            Some(_) => bail!(
                "{file} exists and differs from this lesson: import the lesson under another name with --name, or \
                 overwrite the chapter with --replace, which keeps the directives of unchanged items"
            ),
        };
        let Some(compared) = compared.cloned() else { return Ok(()) };
        let kept = before.as_deref().map(|before| directives(before, params)).unwrap_or_default();
        let mut chosen = Vec::new();
        for step in &mut steps {
            step.keep(&kept);
            let decision = self.decided.next().cloned().unwrap_or(Decision::Accept);
            if step.decide(decision) {
                chosen.push(step.clone());
            }
        }
        let mut writings = step::writings(&chosen, *start);
        writings.extend(self.parameters(raw));
        let annotated = annotate::annotate(raw, writings, params);
        steps.iter_mut().for_each(|step| step.note(&annotated, *start));
        self.import.steps.append(&mut steps);
        let is_parameter = |writing: &&Writing| matches!(writing, Writing::Parameter { .. });
        self.import.parameters += annotated.written.iter().filter(is_parameter).count();
        let after = format!("{prefix}{}", annotated.text);
        if before.is_none() || compared != after {
            self.mistakes.extend(of_lesson(unreadable(self.course, raw)?, order.shown, *lines_before));
            self.import.changes.push(Change { file: file.clone(), new: before.is_none(), before: compared, after });
        }
        Ok(())
    }

    /// The numbers of a text that are values of parameters, on lines that name nothing else of AWS than the checks that
    /// use the parameter: “RDS budget amount of 10 GB” is about something else.
    fn parameters(&self, raw: &str) -> Vec<Writing> {
        let vocabulary = self.vocabulary;
        let found = annotate::numbers(raw, &self.course.params, &|text| vocabulary.stems(text));
        let is_own = |writing: &Writing| {
            let Writing::Parameter { range, name } = writing else { return true };
            let begin = raw[..range.start].rfind('\n').map_or(0, |end| end + 1);
            let end = raw[range.end..].find('\n').map_or(raw.len(), |newline| range.end + newline);
            let users = vocabulary.checks.values().filter(|known| known.params.contains(name));
            let known: BTreeSet<&String> = users.flat_map(|known| &known.all).collect();
            let mut named = things(&raw[begin..end]).into_iter().flat_map(|thing| vocabulary.stems(&thing.name));
            named.all(|stem| known.contains(&stem)) && !has_unit(&raw[range.end..end])
        };
        found.into_iter().filter(is_own).collect()
    }

    /// The import of all lessons so far, with the summary.
    pub(super) fn finish(mut self) -> Result<Import> {
        if !self.mistakes.is_empty() {
            let mistakes: Vec<String> = self.mistakes.iter().map(ToString::to_string).collect();
            bail!(Lines(format!(
                "the book could not be read with this lesson, and nothing was written: correct the lesson, and import \
                 it again\n{}",
                mistakes.join("\n").trim_end()
            )));
        }
        let before = present(&self.sources.join("SUMMARY.md"))?;
        let after = summary::with(before.as_deref().unwrap_or("# Summary\n"), &self.chapters)?;
        if before.as_ref() != Some(&after) {
            let (new, before) = (before.is_none(), before.unwrap_or_default());
            self.import.changes.push(Change { file: "SUMMARY.md".to_owned(), new, before, after });
        }
        Ok(self.import)
    }
}

/// Whether a unit of something else than money or a share follows a number.
fn has_unit(after: &str) -> bool {
    let unit: String = after.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    ["kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib", "ms", "s", "seconds", "minutes", "hours", "days"]
        .contains(&unit.to_lowercase().as_str())
}

/// The errors that keep the book from being read with this chapter.
fn unreadable(course: &Course, text: &str) -> Result<Vec<Diagnostic>> {
    // What import itself writes is right. Most lessons have nothing else.
    if !text.contains("verify:") && !text.contains("{{") {
        return Ok(Vec::new());
    }
    let mut config = Config::default();
    config.set("preprocessor.verify.params", &course.params)?;
    config.set("preprocessor.verify.accounts", &course.accounts)?;
    // The file does not exist yet, so places are relative to the text.
    let chapter = book::Chapter::new("", text.to_owned(), "", Vec::new());
    let read = Course::read(&course.root, &config, &Book::new_with_items(vec![BookItem::Chapter(chapter)]));
    Ok(read.err().map(|found| found.iter().cloned().collect()).unwrap_or_default())
}

/// The same errors with their places in the lesson.
fn of_lesson(mut found: Vec<Diagnostic>, lesson: &Path, lines_before: usize) -> Vec<Diagnostic> {
    for Diagnostic { span, .. } in &mut found {
        lesson.clone_into(&mut span.path);
        span.line += lines_before;
    }
    found
}

/// The directives of a chapter, by the text of their items or their own titles.
fn directives(chapter: &str, params: &Params) -> BTreeMap<String, String> {
    let scan = scan::scan(chapter, params);
    let entry = |item: &scan::Marked| {
        let words = Directive::words(&chapter[item.comment.clone()]);
        let title = words.split('"').nth(1).unwrap_or_default().to_owned();
        (if item.text.is_empty() { title } else { shown(&item.text) }, words)
    };
    scan.marked().map(entry).collect()
}

/// The files of a lesson's pieces, all in one folder, so that relative links remain valid.
fn files(name: &str, pieces: &[Piece]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut files = vec![format!("{name}.md")];
    for (at, piece) in pieces.iter().enumerate().skip(1) {
        let slug = piece.title.as_deref().map(slug).filter(|slug| !slug.is_empty());
        let slug = slug.unwrap_or_else(|| format!("part-{}", at + 1));
        let again = (2..).map(|count| format!("{slug}-{count}"));
        let free = std::iter::once(slug.clone()).chain(again).find(|slug| taken.insert(slug.clone()));
        files.push(format!("{name}-{}.md", free.unwrap_or(slug)));
    }
    files
}

/// The name of a chapter without a title.
fn name_of(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".md").unwrap_or(name).to_owned()
}
