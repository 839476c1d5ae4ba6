//! Reads a course: its configuration, its checks, and the steps that its lessons name.

mod checks;
mod practice;

use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::config::Config;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::check::{Body, Check};
use crate::course::{Course, Occurrence, Step};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest, suggest};
use crate::directive::{Arg, Directive, Malformed, TABLE, advice};
use crate::edit::Edits;
use crate::folders;
use crate::input::{self, Given};
use crate::options::Reader as OptionsReader;
use crate::parallel;
use crate::param::{Param, Params, number_with_sign};
use crate::scan::{self, At, Marked, Misplaced, Scan};
use crate::source_map::SourceMap;
use crate::substitute;
use crate::table::{self, Tables};
pub(crate) use checks::Meant;
use checks::checks;

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
    let sources = SourceMap::new(root, &config.book.src);
    let mut reader = Reader { course, steps: BTreeMap::new(), sources, errors, meant };
    let mut chapters = Vec::new();
    let written: Vec<&Chapter> = book.chapters().collect();
    let scans = parallel::each(&written, |chapter| scan::scan(&chapter.content, &reader.course.params));
    for (chapter, scan) in written.into_iter().zip(scans) {
        if let (Some(path), Some(source)) = (&chapter.path, &chapter.source_path) {
            chapters.push(reader.chapter(chapter, path, source, scan));
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
    fn chapter(&mut self, chapter: &Chapter, path: &Path, source: &Path, scan: Scan) -> ScannedChapter {
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
        for marked in &scan.steps {
            match self.step(content, marked) {
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

    /// The step of a directive, with its members and its title.
    fn step(&self, content: &str, marked: &Marked) -> Result<(Step, Vec<Step>, String), Vec<Problem>> {
        let course = &self.course;
        let directive = Directive::parse(&content[marked.comment.clone()], marked.comment.start)
            .map_err(|malformed| vec![self.malformed(content, malformed)])?;
        let mut problems = Vec::new();
        let is_card = matches!(marked.at, At::Card { .. });
        if let Some(title) = directive.title.as_ref().filter(|_| !is_card) {
            let message = "the title of a step in a list item is the item's text".to_owned();
            problems.push((title.range.clone(), message, Some("remove the title in quotation marks".to_owned())));
        }
        let Some(check) = course.checks.get(&directive.check.text) else {
            return Err(self.no_check(directive.check));
        };
        let account = directive.account.as_ref().filter(|_| !course.accounts.is_empty());
        if let Some(account) = account.filter(|word| !course.accounts.contains_key(&word.text)) {
            let help = suggest(&account.text, course.accounts.keys().map(String::as_str));
            problems.push((account.range.clone(), format!("the course has no account `{}`", account.text), help));
        }
        let members: Vec<&Check> = match &check.body {
            Body::Steps(names) => names.iter().filter_map(|name| course.checks.get(name)).collect(),
            Body::Expect(_) => vec![],
        };
        let removed: Vec<&Check> = check.removes.iter().filter_map(|name| course.checks.get(name)).collect();
        let judged: Vec<&Check> = match members.as_slice() {
            [] => [check].into_iter().chain(removed.iter().copied()).collect(),
            members => members.to_vec(),
        };
        let mut params = Params::new();
        for (name, value) in &directive.params {
            match self.param(&judged, &name.text, &value.text) {
                Ok(param) => params.extend(param.map(|param| (name.text.clone(), param))),
                Err(Wrong::Name(message, help)) => problems.push((name.range.clone(), message, help)),
                Err(Wrong::Value(message)) => {
                    let number = number_with_sign(&value.text);
                    let help = number.map(|number| format!("write {}={number}", name.text));
                    problems.push((value.range.clone(), message, help));
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let account = directive.account.as_ref().map(|word| word.text.as_str());
        let of = |checks: Vec<&Check>| -> Vec<Step> {
            checks.into_iter().map(|check| step(course, check, account, &params, directive.optional)).collect()
        };
        let ids = |steps: &[Step]| steps.iter().map(|step| step.id.clone()).collect();
        let (members, removed) = (of(members), of(removed));
        let mut whole = step(course, check, account, &params, directive.optional);
        (whole.members, whole.removes) = (ids(&members), ids(&removed));
        let members = members.into_iter().chain(removed).collect();
        let own = directive.title.map(|words| substitute::fill(&words.text, &course.params));
        let title = own.unwrap_or_else(|| marked.text.clone());
        let title = if title.is_empty() { check.title.clone() } else { title };
        Ok((whole, members, title))
    }

    /// A syntax error in a directive. An account's name alone was meant as `account=`.
    fn malformed(&self, content: &str, Malformed { range, message, help }: Malformed) -> Problem {
        let word = content.get(range.clone()).filter(|word| self.course.accounts.contains_key(*word));
        let help = help.or_else(|| word.map(|word| format!("write account={word}")));
        (range, message, help)
    }

    /// The error in a directive that names a check that the course does not have; none if that was reported already.
    fn no_check(&self, Arg { text: name, range }: Arg) -> Vec<Problem> {
        if self.meant.unread.contains(&name) || self.meant.misplaced_checks.is_some() {
            return Vec::new();
        }
        let root = &self.course.root;
        let help = match self.meant.strays.get(&name) {
            Some(stray) => {
                let shown = stray.strip_prefix(root).unwrap_or(stray).display();
                format!("{shown} is not read: move it to checks/{name}.toml")
            }
            None => {
                let known = self.course.checks.keys().chain(&self.meant.unread).map(String::as_str);
                let instead = advice::instead_of_check(&name, |check| self.course.checks.contains_key(check));
                instead
                    .or_else(|| suggest(&name, known))
                    .unwrap_or_else(|| "there are no checks in checks/ next to book.toml".to_owned())
            }
        };
        vec![(range, format!("there is no check `{name}`"), Some(help))]
    }

    /// A parameter's value, if it differs from the course's.
    fn param(&self, checks: &[&Check], name: &str, value: &str) -> Result<Option<Param>, Wrong> {
        let params = &self.course.params;
        let used = || checks.iter().flat_map(|check| check.mentions(params));
        let Some(own) = params.get(name) else {
            let message = format!("there is no parameter `{name}`");
            let known: BTreeSet<&str> = used().chain([ACCOUNT]).collect();
            return Err(Wrong::Name(message, suggest(name, known.iter().copied())));
        };
        if !used().any(|used| used == name) {
            let known: BTreeSet<&str> = used().collect();
            let message = format!("the check does not use the parameter `{name}`");
            let help = suggest(name, known.iter().copied()).or_else(|| Some("remove it".to_owned()));
            return Err(Wrong::Name(message, help));
        }
        match own.parse_like(value) {
            Ok(param) if param == *own => Ok(None),
            Ok(param) => Ok(Some(param)),
            Err(wanted) => Err(Wrong::Value(format!("`{name}` must be {wanted}"))),
        }
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

type Problem = (Range<usize>, String, Option<String>);

/// The option of a directive that names an account.
const ACCOUNT: &str = "account";

enum Wrong {
    Name(String, Option<String>),
    Value(String),
}

/// A step with its id.
fn step(course: &Course, check: &Check, account: Option<&str>, params: &Params, optional: bool) -> Step {
    let mut params = params.clone();
    if !params.is_empty() && matches!(check.body, Body::Expect(_)) && check.removes.is_empty() {
        // A member gets the parameters of its check of checks that it mentions.
        let mentioned = check.mentions(&course.params);
        params.retain(|name, _| mentioned.contains(name.as_str()));
    }
    let mut id = check.name.clone();
    let other = account.filter(|account| *account != check.account);
    if let Some(account) = other {
        id.push_str(&format!("@{account}"));
    }
    for (name, value) in &params {
        id.push_str(&format!(",{name}={value}"));
    }
    let account = account.unwrap_or(&check.account).to_owned();
    let (members, removes, occurrences, hash) = Default::default();
    Step { id, check: check.name.clone(), account, params, optional, members, removes, occurrences, hash, inputs: None }
}
