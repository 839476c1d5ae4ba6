//! `verify import`: from a raw lesson to chapters of the book.
//!
//! | where | what |
//! |---|---|
//! | [`propose`], `words` | which check an item means |
//! | `about` | which account it is about |
//! | [`split`] | one chapter or several |
//! | [`summary`] | `SUMMARY.md` |
//! | `course::annotate` | writing into a lesson without losing a byte |
//!
//! Nothing here writes a file: an [`Import`] says what would change.

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

/// A file that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file, below the sources.
    pub file: String,
    /// Whether there is no such file yet.
    pub new: bool,
    /// What it is compared with: what it holds now, or, of a new chapter, the lesson.
    pub before: String,
    /// What it is to hold.
    pub after: String,
}

/// A checklist item of the lesson, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The line in the lesson, from 1.
    pub line: usize,
    /// The item's text.
    pub text: String,
    /// What it may mean.
    pub proposal: Proposal,
    /// Whether the directive could be written.
    pub written: bool,
}

/// What an import comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The files that change; none where the lesson is in the book already.
    pub changes: Vec<Change>,
    /// The checklist items of the chapters that change.
    pub items: Vec<Found>,
    /// How many numbers became parameters.
    pub parameters: usize,
}

/// What to import, and how.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// The lesson's text.
    pub lesson: &'o str,
    /// What messages call the lesson.
    pub shown: &'o Path,
    /// The file of its chapter, below the sources, without `.md`.
    pub name: &'o str,
    /// Where it is split.
    pub split: Option<Split>,
    /// Whether chapters that hold something else by now are written anew. Their directives stay where the item's text
    /// has stayed.
    pub replace: bool,
}

/// Works out what an import changes.
///
/// # Errors
/// When the lesson cannot be split, the book could not be read with it, or a chapter of its name holds something else.
pub fn plan(course: &Course, sources: &Path, order: &Order<'_>) -> Result<Import> {
    let vocabulary = Vocabulary::of(course);
    // mdBook leaves out a byte order mark, and so does everything here; the first chapter has it again.
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
            // A lesson that lies among the chapters already, and to which nobody has done anything.
            Some(before) if before == file_before && annotate::is_untouched(&before, &course.params) => {
                Some(Change { file: file.clone(), new: false, before, after })
            }
            Some(before) if annotate::is_made_of(&before, &file_before, &course.params) => None,
            Some(before) if order.replace => Some(Change { file: file.clone(), new: false, before, after }),
            Some(_) => bail!(
                "{file} holds something else than this lesson: import it under another name with --name, or write the \
                 chapter anew with --replace, which keeps the directives of items that have stayed"
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
            "the book could not be read with this lesson in it, and nothing was written: mend the lesson, and import it \
             then\n{}",
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

/// The headings that a place stands below, the outermost first: the lesson's title, and those of its sections.
fn above(headings: &[Heading], place: usize) -> Vec<&str> {
    let mut above: Vec<&Heading> = Vec::new();
    let before = headings.partition_point(|heading| heading.at <= place);
    for heading in headings[..before].iter().rev() {
        if above.last().is_none_or(|inner| heading.level < inner.level) {
            above.push(heading);
        }
    }
    // A title of the sections' level is above all of them, too.
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
    let mut writings = annotate::numbers(raw, &course.params, &|text| vocabulary.words(text));
    writings.extend(items.iter().map(|(proposal, item)| {
        let words = kept.get(&item.text).cloned().unwrap_or_else(|| proposal.words());
        Writing::Directive { at: item.end, words }
    }));
    annotate::annotate(raw, writings, &course.params)
}

/// What keeps the book from being read with this chapter in it.
fn unreadable(course: &Course, text: &str) -> Result<Vec<Diagnostic>> {
    let mut config = Config::default();
    config.set("preprocessor.verify.params", &course.params)?;
    config.set("preprocessor.verify.accounts", &course.accounts)?;
    // There is no such file yet, so places are those in the text.
    let chapter = book::Chapter::new("", text.to_owned(), "", Vec::new());
    let read = Course::read(&course.root, &config, &Book::new_with_items(vec![BookItem::Chapter(chapter)]));
    Ok(read.err().map(|found| found.iter().cloned().collect()).unwrap_or_default())
}

/// The same, where it stands in the lesson: nothing that is written adds a line.
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
    let words = |item: &scan::Marked| Directive::words(&chapter[item.comment.clone()]);
    scan.marked().map(|item| (item.text.clone(), words(item))).collect()
}

/// What became of the items, which stand in their order.
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

/// What a file holds; nothing where there is none.
fn present(path: &Path) -> Result<Option<String>> {
    match course::files::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// The files of a lesson's pieces, side by side, so that links to pictures and other chapters stay right.
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

/// What a chapter is called that has no title.
fn name_of(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".md").unwrap_or(name).to_owned()
}

/// The longest slug, in bytes: with a lesson's and a section's, a file's name is shorter than any system's limit.
const LONGEST: usize = 80;

/// A text as a part of a file's name: letters and digits of ASCII, joined by dashes.
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
