//! `verify import`: turns a raw lesson into chapters of the book.
//!
//! | where | what |
//! |---|---|
//! | [`propose`], `words` | the check that an item is about |
//! | `about` | the account that it is about |
//! | [`split`] | splitting a lesson into chapters |
//! | [`summary`] | `SUMMARY.md` |
//! | `course::annotate` | adding directives to a lesson without losing a byte |
//!
//! Nothing here writes a file: an [`Import`] contains the changes.

mod about;
pub mod propose;
pub mod split;
pub mod summary;
mod words;

use anyhow::{Context, Result, bail};
use course::Course;
use course::annotate::{self, Annotated, Writing};
use course::diagnostic::Diagnostic;
use course::directive::Directive;
use course::param::Params;
use course::scan;
use course::terminal::Lines;
use mdbook_driver::book::{self, Book, BookItem};
use mdbook_driver::config::Config;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use propose::{Proposal, Vocabulary};
use split::{Heading, Piece, Split};
pub use summary::Chapter;

/// A change to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file, relative to the sources.
    pub file: String,
    /// Whether the file is new.
    pub new: bool,
    /// The text to compare with: the current text or, for a new chapter, the lesson.
    pub before: String,
    /// The new text.
    pub after: String,
}

/// A checklist item of the lesson, and the check proposed for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The line in the lesson, from 1.
    pub line: usize,
    /// The item's text.
    pub text: String,
    /// The proposed checks.
    pub proposal: Proposal,
    /// Whether the directive could be written.
    pub written: bool,
}

/// The result of an import.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The files that change; empty if the lesson is already in the book.
    pub changes: Vec<Change>,
    /// The checklist items of the chapters that change.
    pub items: Vec<Found>,
    /// How many numbers were replaced by parameters.
    pub parameters: usize,
}

/// What to import, and how.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// The lesson's text.
    pub lesson: &'o str,
    /// The name of the lesson in messages.
    pub shown: &'o Path,
    /// The file of its chapter, relative to the sources, without `.md`.
    pub name: &'o str,
    /// Where to split it.
    pub split: Option<Split>,
    /// Whether to overwrite chapters whose text differs. A directive is kept if the text of its item is unchanged.
    pub replace: bool,
}

/// Works out what an import changes.
///
/// # Errors
/// If the lesson cannot be split, the book could not be read with it, or its chapter exists with a different text.
pub fn plan(course: &Course, sources: &Path, order: &Order<'_>) -> Result<Import> {
    let vocabulary = Vocabulary::of(course);
    // mdBook ignores a byte order mark, and so does everything here. The first chapter gets it back.
    let (mut mark, lesson) = annotate::byte_order_mark(order.lesson);
    let headings = split::headings(lesson);
    let mut import = Import { changes: Vec::new(), items: Vec::new(), parameters: 0 };
    let (mut chapters, mut mistakes) = (Vec::new(), Vec::new());
    let pieces = split::pieces(lesson, order.split)?;
    for (piece, file) in pieces.iter().zip(files(order.name, &pieces)) {
        let raw = &lesson[piece.range.clone()];
        let file_before = format!("{}{raw}", std::mem::take(&mut mark));
        let before = present(&sources.join(&file))?;
        let kept = before.as_deref().map(|before| directives(before, &course.params)).unwrap_or_default();
        let first_line = lesson[..piece.range.start].matches('\n').count();
        let propose = |item: scan::Unmarked| {
            let above = above(&headings, piece.range.start + item.marker.start);
            (vocabulary.propose(&item.text, &above), item)
        };
        let items: Vec<(Proposal, scan::Unmarked)> = scan::unmarked(raw).into_iter().map(propose).collect();
        let annotated = annotated(course, &vocabulary, raw, &items, &kept);
        let after = format!("{}{}", &file_before[..file_before.len() - raw.len()], annotated.text);
        let title = piece.title.clone().unwrap_or_else(|| name_of(&file));
        let change = match before {
            None => Some(Change { file: file.clone(), new: true, before: file_before, after }),
            // The lesson is already in the sources, without directives.
            Some(before) if before == file_before && annotate::is_untouched(&before, &course.params) => {
                Some(Change { file: file.clone(), new: false, before, after })
            }
            Some(before) if annotate::is_made_of(&before, &file_before, &course.params) => None,
            Some(before) if order.replace => Some(Change { file: file.clone(), new: false, before, after }),
            Some(_) => bail!(
                "{file} exists and differs from this lesson: import the lesson under another name with --name, or \
                 overwrite the chapter with --replace, which keeps the directives of unchanged items"
            ),
        };
        chapters.push(Chapter { title, file });
        if let Some(change) = change.filter(|change| change.new || change.before != change.after) {
            mistakes.extend(of_lesson(unreadable(course, &annotated.text)?, order.shown, first_line));
            import.parameters +=
                annotated.written.iter().filter(|writing| matches!(writing, Writing::Parameter { .. })).count();
            import.items.extend(found(items, raw, &annotated, first_line));
            import.changes.push(change);
        }
    }
    if !mistakes.is_empty() {
        let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        bail!(Lines(format!(
            "the book could not be read with this lesson, and nothing was written: correct the lesson, and import it \
             again\n{}",
            mistakes.join("\n").trim_end()
        )));
    }
    let before = present(&sources.join("SUMMARY.md"))?;
    let after = summary::with(before.as_deref().unwrap_or("# Summary\n"), &chapters)?;
    if before.as_ref() != Some(&after) {
        let (new, before) = (before.is_none(), before.unwrap_or_default());
        import.changes.push(Change { file: "SUMMARY.md".to_owned(), new, before, after });
    }
    Ok(import)
}

/// The headings above a place, the outermost first: the lesson's title, and the headings of its sections.
fn above(headings: &[Heading], place: usize) -> Vec<&str> {
    let mut above: Vec<&Heading> = Vec::new();
    let before = headings.partition_point(|heading| heading.at <= place);
    for heading in headings[..before].iter().rev() {
        if above.last().is_none_or(|inner| heading.level < inner.level) {
            above.push(heading);
        }
    }
    // The title is above all sections, even if it has the same level.
    let title = headings.first().filter(|title| above.last().is_some_and(|outermost| outermost.at > title.at));
    title.into_iter().chain(above.into_iter().rev()).map(|heading| heading.title.as_str()).collect()
}

fn annotated(
    course: &Course,
    vocabulary: &Vocabulary,
    raw: &str,
    items: &[(Proposal, scan::Unmarked)],
    kept: &BTreeMap<String, String>,
) -> Annotated {
    let mut writings = annotate::numbers(raw, &course.params, &|text| vocabulary.stems(text));
    writings.extend(items.iter().map(|(proposal, item)| {
        let words = kept.get(&item.text).cloned().unwrap_or_else(|| proposal.args());
        Writing::Directive { at: item.end, words }
    }));
    annotate::annotate(raw, writings, &course.params)
}

/// The errors that keep the book from being read with this chapter.
fn unreadable(course: &Course, text: &str) -> Result<Vec<Diagnostic>> {
    let mut config = Config::default();
    config.set("preprocessor.verify.params", &course.params)?;
    config.set("preprocessor.verify.accounts", &course.accounts)?;
    // The file does not exist yet, so places are relative to the text.
    let chapter = book::Chapter::new("", text.to_owned(), "", Vec::new());
    let read = Course::read(&course.root, &config, &Book::new_with_items(vec![BookItem::Chapter(chapter)]));
    Ok(read.err().map(|found| found.iter().cloned().collect()).unwrap_or_default())
}

/// The same errors with their places in the lesson. This is exact, because directives add no lines.
fn of_lesson(mut found: Vec<Diagnostic>, lesson: &Path, first_line: usize) -> Vec<Diagnostic> {
    for Diagnostic { span, .. } in &mut found {
        lesson.clone_into(&mut span.path);
        span.line += first_line;
    }
    found
}

/// The directives of a chapter, by the text of their items.
fn directives(chapter: &str, params: &Params) -> BTreeMap<String, String> {
    let scan = scan::scan(chapter, params);
    let args = |item: &scan::Marked| Directive::words(&chapter[item.comment.clone()]);
    scan.marked().map(|item| (item.text.clone(), args(item))).collect()
}

/// The items in their order, with what was written for each.
fn found(items: Vec<(Proposal, scan::Unmarked)>, raw: &str, annotated: &Annotated, first_line: usize) -> Vec<Found> {
    let written: BTreeSet<usize> = annotated
        .written
        .iter()
        .filter_map(|writing| match writing {
            Writing::Directive { at, .. } => Some(*at),
            Writing::Parameter { .. } => None,
        })
        .collect();
    let (mut line, mut counted) = (first_line + 1, 0);
    let mut found = Vec::with_capacity(items.len());
    for (proposal, scan::Unmarked { marker, text, end }) in items {
        line += raw[counted..marker.start].matches('\n').count();
        counted = marker.start;
        found.push(Found { line, text, proposal, written: written.contains(&end) });
    }
    found
}

/// The text of a file; `None` if it does not exist.
fn present(path: &Path) -> Result<Option<String>> {
    match course::files::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
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

/// The longest slug, in bytes. A file's name has a lesson's and a section's slug, and stays below every system's limit.
const LONGEST: usize = 80;

/// A text as a part of a file's name: ASCII letters and digits, joined by dashes.
pub(crate) fn slug(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-");
    if slug.len() > LONGEST {
        let end = slug[..=LONGEST].rfind('-').unwrap_or(LONGEST);
        slug.truncate(end);
    }
    slug
}
