//! Reads a course: its configuration, its checks, and the steps that its lessons name.

mod checks;
mod meaning;
mod practice;

use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::config::Config;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use crate::course::{Course, Occurrence, Step};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest};
use crate::directive::{Directive, TABLE};
use crate::edit::Edits;
use crate::folders;
use crate::input::{self, Given};
use crate::options::Reader as OptionsReader;
use crate::parallel;
use crate::scan::{self, At, Misplaced, Scan};
use crate::source_map::SourceMap;
use crate::substitute;
use crate::table::{self, Tables};
pub(crate) use checks::Meant;
use checks::checks;
use meaning::{Meanings, Read};

/// A chapter that was read.
#[derive(Debug)]
pub struct ScannedChapter {
    /// The chapter's path below the book's source folder, as mdBook gives it.
    pub path: PathBuf,
    /// Its directives and holes.
    pub scan: Scan,
    /// The step for each directive of the scan; `None` if the directive has an error.
    pub steps: Vec<Option<Named>>,
    /// The replacements for parameters.
    pub edits: Edits,
}

/// A step that a directive names.
#[derive(Debug)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its title there.
    pub title: String,
}

impl Course {
    /// Reads a course: parameters and accounts from mdBook's configuration, checks from `checks/` below `root`, steps
    /// from the chapters (with includes expanded).
    ///
    /// # Errors
    /// All errors in it, each with its place.
    pub fn read(root: &Path, config: &Config, book: &Book) -> Result<Course, Diagnostics> {
        read(root, config, book).map(|(course, _)| course)
    }
}

/// Reads the course and its chapters.
///
/// # Errors
/// All errors in it, each with its place.
pub fn read(root: &Path, config: &Config, book: &Book) -> Result<(Course, Vec<ScannedChapter>), Diagnostics> {
    let loaded = read_all(root, config, book);
    Diagnostics::check(loaded.errors).map(|()| (loaded.course, loaded.chapters))
}

/// As much of a course as can be read, and all errors in it.
pub(crate) struct Loaded {
    pub(crate) course: Course,
    pub(crate) chapters: Vec<ScannedChapter>,
    pub(crate) errors: Vec<Diagnostic>,
    /// What errors refer to, so that it does not count as unused.
    pub(crate) meant: Meant,
    /// The rules of `lint` that `book.toml` breaks on purpose.
    pub(crate) allow: Vec<String>,
}

pub(crate) fn read_all(root: &Path, config: &Config, book: &Book) -> Loaded {
    let OptionsReader { options, unread, mut errors, .. } = OptionsReader::read(root, config);
    errors.extend(folders::wrong(root, config));
    let mut meant = Meant { params: unread, ..Meant::default() };
    let checks = checks(root, &options, &mut errors, &mut meant);
    practice::orders(root, &checks, &mut errors, &meant);
    if checks.is_empty() && meant.unread.is_empty() {
        meant.misplaced_checks = folders::misplaced_checks(root, &config.book.src);
    }
    errors.extend(meant.misplaced_checks.iter().map(|folder| Diagnostic {
        span: Span::file(folder),
        message: "the course has no checks, because this folder of checks is in a wrong place".to_owned(),
        help: Some("move it next to book.toml, and name it checks".to_owned()),
    }));
    let allow = options.allow;
    let course = Course {
        root: root.to_owned(),
        title: config.book.title.clone().unwrap_or_default(),
        params: options.params,
        accounts: options.accounts,
        given: input::values(&options.inputs, &Given::new()),
        inputs: options.inputs,
        tables: Tables::new(),
        checks,
        steps: Vec::new(),
    };
    let written: Vec<&Chapter> = book.chapters().collect();
    let scans = parallel::each(&written, |chapter| {
        let scan = scan::scan(&chapter.content, &course.params);
        let meanings = Meanings { course: &course, meant: &meant };
        let steps: Vec<Read> = scan.steps.iter().map(|marked| meanings.step(&chapter.content, marked)).collect();
        (scan, steps)
    });
    let sources = SourceMap::new(root, &config.book.src);
    let mut reader = Reader { course, steps: BTreeMap::new(), sources, errors, meant };
    reader.course.steps.reserve(scans.iter().map(|(_, steps)| steps.len()).sum());
    let mut chapters = Vec::with_capacity(written.len());
    for (chapter, (scan, steps)) in written.into_iter().zip(scans) {
        if let (Some(path), Some(source)) = (&chapter.path, &chapter.source_path) {
            chapters.push(reader.chapter(chapter, path, source, scan, steps));
        }
    }
    reader.course.cover_all();
    Loaded { course: reader.course.with_hashes(), chapters, errors: reader.errors, meant: reader.meant, allow }
}

struct Reader<'b> {
    course: Course,
    /// The index of each step in the course's steps.
    steps: BTreeMap<String, usize>,
    sources: SourceMap<'b>,
    errors: Vec<Diagnostic>,
    meant: Meant,
}

impl Reader<'_> {
    fn chapter(
        &mut self,
        chapter: &Chapter,
        path: &Path,
        source: &Path,
        scan: Scan,
        read: Vec<Read>,
    ) -> ScannedChapter {
        let content = chapter.content.as_str();
        for Misplaced { range, why } in &scan.misplaced {
            let (message, help) = why.message_and_help();
            let span = self.sources.span(source, content, range.clone());
            self.errors.push(Diagnostic { span, message, help: Some(help.to_owned()) });
        }
        for marked in scan.none.iter().filter(|marked| matches!(marked.at, At::Card { .. })) {
            let span = self.sources.span(source, content, marked.comment.clone());
            let message = "`none` marks a checkbox that is not a step, but there is no checkbox here".to_owned();
            self.errors.push(Diagnostic {
                span,
                message,
                help: Some("end a list item with it, or remove it".to_owned()),
            });
        }
        for table in &scan.tables {
            self.table(content, source, table);
        }
        let edits = substitute::edits(content, &scan.holes, &self.course.params);
        let mut steps = Vec::new();
        for (marked, read) in scan.steps.iter().zip(read) {
            match read {
                Ok((step, members, title)) => {
                    let (chapter, chapter_name) = (path.to_owned(), chapter.name.clone());
                    let occurrence = Occurrence { chapter, chapter_name, text: title.clone() };
                    steps.push(Some(Named { id: self.add(step, members, occurrence), title }));
                }
                Err(problems) => {
                    steps.push(None);
                    self.means(&content[marked.comment.clone()]);
                    for (range, message, help) in problems {
                        let span = self.sources.span(source, content, range);
                        self.errors.push(Diagnostic { span, message, help });
                    }
                }
            }
        }
        for Misplaced { range, .. } in &scan.misplaced {
            self.means(&content[range.clone()]);
        }
        ScannedChapter { path: path.to_owned(), scan, steps, edits }
    }

    /// Adds a table. The same table may be in several chapters, as part of an included file.
    fn table(&mut self, content: &str, source: &Path, written: &table::WrittenTable) {
        let mut wrong = Vec::new();
        match written.read(&self.course.params) {
            Ok(table) => match self.course.tables.entry(written.name.clone()) {
                Entry::Vacant(entry) => drop(entry.insert(table)),
                Entry::Occupied(entry) if *entry.get() == table => {}
                Entry::Occupied(_) => {
                    let message = format!("another table of this course is called `{}`", written.name);
                    wrong.push((written.comment.clone(), message));
                }
            },
            Err(found) => wrong = found,
        }
        for (range, message) in wrong {
            self.meant.tables.insert(written.name.clone());
            let span = self.sources.span(source, content, range);
            self.errors.push(Diagnostic { span, message, help: None });
        }
    }

    /// Notes the check, or the table, that a directive with an error means.
    fn means(&mut self, comment: &str) {
        let words = Directive::words(comment);
        let named = words.split_whitespace().next().unwrap_or_default();
        self.meant.unnamed_table |= nearest(named.trim_end_matches(':'), [TABLE].into_iter()).is_some();
        let near = nearest(named, self.course.checks.keys().map(String::as_str)).unwrap_or(named);
        self.meant.checks.insert(near.to_owned());
    }

    /// Adds a step, or another occurrence of a step.
    fn add(&mut self, step: Step, members: Vec<Step>, occurrence: Occurrence) -> String {
        for member in members {
            if !self.steps.contains_key(&member.id) {
                self.push(member);
            }
        }
        let id = step.id.clone();
        match self.steps.get(&id).and_then(|at| self.course.steps.get_mut(*at)) {
            Some(other) => {
                // Optional only if all of its directives say so. A member without directives has no say.
                other.optional = step.optional && (other.optional || other.occurrences.is_empty());
                other.occurrences.push(occurrence);
            }
            None => self.push(Step { occurrences: vec![occurrence], ..step }),
        }
        id
    }

    fn push(&mut self, step: Step) {
        self.steps.insert(step.id.clone(), self.course.steps.len());
        self.course.steps.push(step);
    }
}
