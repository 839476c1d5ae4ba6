//! Reads a course: its configuration, its checks, and the steps that its lessons name.

use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::config::Config;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::check::{Body, Check};
use crate::course::{Course, Place, Step};
use crate::diagnostic::{Diagnostic, Diagnostics, Spot, suggest};
use crate::directive::Directive;
use crate::param::{Param, Params};
use crate::scan::{self, Item, Scan};
use crate::source_map::SourceMap;
use crate::substitute;

/// `[preprocessor.verify]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Options {
    /// Which results the book shows.
    pub results: Source,
    /// The course's parameters.
    pub params: Params,
    /// The course's names for accounts, each with what it is.
    pub accounts: BTreeMap<String, String>,
    /// What serves the live book in a clone of the course's repository, if `verify serve --open` doesn't.
    pub serve: Option<String>,
}

/// Which results a book shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Those of the learner's own accounts.
    #[default]
    Real,
    /// Those of the practice account.
    Practice,
}

/// Keys of `[preprocessor.verify]`: ours and mdBook's.
const KEYS: &[&str] =
    &["results", "params", "accounts", "serve", "command", "renderer", "renderers", "before", "after", "optional"];

/// Words that mean something else in an expression.
const RESERVED: &[&str] = &[
    "accounts",
    "account",
    "optional",
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

impl Options {
    /// Reads the options from mdBook's configuration.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(config: &Config) -> Result<Options, Diagnostics> {
        let mut errors = Vec::new();
        let options = Options::read_all(config, &mut errors);
        Diagnostics::check(errors).map(|()| options)
    }

    fn read_all(config: &Config, errors: &mut Vec<Diagnostic>) -> Options {
        let fail = |message: String, help: Option<String>| Diagnostic { spot: Spot::file("book.toml"), message, help };
        match config.get::<toml::Table>("preprocessor.verify") {
            Ok(table) => {
                for key in table.unwrap_or_default().keys().filter(|key| !KEYS.contains(&key.as_str())) {
                    let message = format!("[preprocessor.verify] has no option `{key}`");
                    errors.push(fail(message, suggest(key, KEYS.iter().copied())));
                }
            }
            Err(error) => errors.push(fail(format!("[preprocessor.verify]: {error}"), None)),
        }
        let options = match config.get::<Options>("preprocessor.verify") {
            Ok(options) => options.unwrap_or_default(),
            Err(error) => {
                errors.push(fail(format!("[preprocessor.verify]: {error:#}"), None));
                Options::default()
            }
        };
        for (kind, name) in options
            .params
            .keys()
            .map(|name| ("parameter", name))
            .chain(options.accounts.keys().map(|name| ("account", name)))
        {
            if !is_name(name) || RESERVED.contains(&name.as_str()) {
                let help = "names are lower-case words with digits and _, and none that expressions use".to_owned();
                errors.push(fail(format!("`{name}` cannot name a {kind}"), Some(help)));
            }
        }
        options
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// What was read of a chapter.
pub(crate) struct ScannedChapter {
    pub(crate) path: PathBuf,
    pub(crate) scan: Scan,
    /// The step of each of the scan's items.
    pub(crate) steps: Vec<String>,
    /// What takes the place of the holes.
    pub(crate) edits: Vec<(Range<usize>, String)>,
}

pub(crate) fn course(root: &Path, config: &Config, book: &Book) -> Result<Course, Diagnostics> {
    read(root, config, book).map(|(course, _)| course)
}

/// Reads the course, and what takes which place in its chapters.
pub(crate) fn read(root: &Path, config: &Config, book: &Book) -> Result<(Course, Vec<ScannedChapter>), Diagnostics> {
    let (course, chapters, errors) = read_all(root, config, book);
    Diagnostics::check(errors).map(|()| (course, chapters))
}

/// Reads as much of the course as can be read, and everything that is wrong with it.
pub(crate) fn read_all(root: &Path, config: &Config, book: &Book) -> (Course, Vec<ScannedChapter>, Vec<Diagnostic>) {
    let mut errors = Vec::new();
    let options = Options::read_all(config, &mut errors);
    let checks = checks(root, &options, &mut errors);
    let course = Course {
        root: root.to_owned(),
        title: config.book.title.clone().unwrap_or_default(),
        params: options.params,
        accounts: options.accounts,
        checks,
        steps: Vec::new(),
    };
    let mut reader = Reader { course, sources: SourceMap::new(root, &config.book.src), errors };
    let mut chapters = Vec::new();
    for chapter in book.chapters() {
        if let (Some(path), Some(source)) = (&chapter.path, &chapter.source_path) {
            chapters.push(reader.chapter(chapter, path, source));
        }
    }
    (reader.course.with_hashes(), chapters, reader.errors)
}

/// Reads `checks/*.toml`.
fn checks(root: &Path, options: &Options, errors: &mut Vec<Diagnostic>) -> BTreeMap<String, Check> {
    let mut checks = BTreeMap::new();
    let folder = root.join("checks");
    let mut files: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            let message = format!("the checks cannot be read: {error}");
            errors.push(Diagnostic { spot: Spot::file("checks"), message, help: None });
            Vec::new()
        }
    };
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    for file in files {
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let shown = Path::new("checks").join(format!("{name}.toml"));
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) => {
                let message = format!("the check cannot be read: {error}");
                errors.push(Diagnostic { spot: Spot::file(shown), message, help: None });
                continue;
            }
        };
        match Check::parse(&name, &text) {
            Ok(check) => {
                let known = options.accounts.contains_key(&check.account);
                let of_its_members = check.account.is_empty() && matches!(check.body, Body::Steps(_));
                if !known && !of_its_members {
                    let message = format!("the course has no account `{}`", check.account);
                    let help = suggest(&check.account, options.accounts.keys().map(String::as_str));
                    let help = help.or(Some("name it in [preprocessor.verify.accounts] of book.toml".into()));
                    errors.push(Diagnostic { spot: Spot::of_text(shown, &text, "account"), message, help });
                }
                checks.insert(name, check);
            }
            Err(malformed) => {
                let spot = match malformed.span {
                    Some(span) => Spot::range(shown, &text, span),
                    None => Spot::file(shown),
                };
                errors.push(Diagnostic { spot, message: malformed.message, help: None });
            }
        }
    }
    members(&checks, errors);
    checks
}

/// Checks of checks name checks that exist and that are no checks of checks themselves.
fn members(checks: &BTreeMap<String, Check>, errors: &mut Vec<Diagnostic>) {
    for check in checks.values() {
        let Body::Steps(steps) = &check.body else { continue };
        for step in steps {
            let spot = Spot::file(Path::new("checks").join(format!("{}.toml", check.name)));
            let (message, help) = match checks.get(step).map(|check| &check.body) {
                Some(Body::Expect(_)) => continue,
                Some(Body::Steps(_)) => (format!("`{step}` is itself a check of checks"), None),
                None => (format!("there is no check `{step}`"), suggest(step, checks.keys().map(String::as_str))),
            };
            errors.push(Diagnostic { spot, message, help });
        }
    }
}

struct Reader<'b> {
    course: Course,
    sources: SourceMap<'b>,
    errors: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn chapter(&mut self, chapter: &Chapter, path: &Path, source: &Path) -> ScannedChapter {
        let content = chapter.content.as_str();
        let scan = scan::scan(content);
        let mut fail = |range: Range<usize>, message: String, help: Option<String>| {
            let spot = self.sources.spot(source, content, range);
            self.errors.push(Diagnostic { spot, message, help });
        };
        for range in &scan.misplaced {
            let help = "as in: - [ ] Budget created <!-- verify: cost-budget -->".to_owned();
            fail(range.clone(), "a directive stands at the end of a list item, one to an item".into(), Some(help));
        }
        let mut edits = Vec::new();
        for hole in &scan.holes {
            match substitute::replacement(hole, &self.course.params) {
                Ok(edit) => edits.extend(edit),
                Err(unknown) => fail(unknown.range, format!("there is no parameter `{}`", unknown.name), unknown.help),
            }
        }
        let mut steps = Vec::new();
        let place = |item: &Item, params: &Params| Place {
            chapter: path.to_owned(),
            chapter_name: chapter.name.clone(),
            text: substitute::fill(&item.text, params),
        };
        for item in &scan.items {
            match self.step(content, item) {
                Ok((step, members)) => {
                    let place = place(item, &self.course.params);
                    steps.push(self.add(step, members, place));
                }
                Err(problems) => {
                    for (range, message, help) in problems {
                        let spot = self.sources.spot(source, content, range);
                        self.errors.push(Diagnostic { spot, message, help });
                    }
                }
            }
        }
        ScannedChapter { path: path.to_owned(), scan, steps, edits }
    }

    /// The step that an item's directive means, with the steps that it consists of.
    fn step(&self, content: &str, item: &Item) -> Result<(Step, Vec<Step>), Vec<Problem>> {
        let course = &self.course;
        let directive = Directive::parse(&content[item.comment.clone()], item.comment.start)
            .map_err(|malformed| vec![(malformed.range, malformed.message, None)])?;
        let mut problems = Vec::new();
        let Some(check) = course.checks.get(&directive.check.text) else {
            let name = &directive.check.text;
            let message = format!("there is no check `{name}`");
            let help = suggest(name, course.checks.keys().map(String::as_str));
            return Err(vec![(directive.check.range, message, help.or(Some("checks stand in checks/".into())))]);
        };
        if let Some(account) = directive.account.as_ref().filter(|word| !course.accounts.contains_key(&word.text)) {
            let help = suggest(&account.text, course.accounts.keys().map(String::as_str));
            problems.push((account.range.clone(), format!("the course has no account `{}`", account.text), help));
        }
        let members: Vec<&Check> = match &check.body {
            Body::Steps(names) => names.iter().filter_map(|name| course.checks.get(name)).collect(),
            Body::Expect(_) => vec![],
        };
        let judged: &[&Check] = if members.is_empty() { &[check] } else { &members };
        let mut params = Params::new();
        for (name, value) in &directive.params {
            match self.param(judged, &name.text, &value.text) {
                Ok(param) => params.extend(param.map(|param| (name.text.clone(), param))),
                Err(Wrong::Name(message, help)) => problems.push((name.range.clone(), message, help)),
                Err(Wrong::Value(message)) => problems.push((value.range.clone(), message, None)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let account = directive.account.as_ref().map(|word| word.text.as_str());
        let members = members.into_iter().map(|member| step(course, member, account, &params, directive.optional));
        let members: Vec<Step> = members.collect();
        let mut whole = step(course, check, account, &params, directive.optional);
        whole.members = members.iter().map(|member| member.id.clone()).collect();
        Ok((whole, members))
    }

    /// A parameter's value, if it differs from the course's.
    fn param(&self, checks: &[&Check], name: &str, value: &str) -> Result<Option<Param>, Wrong> {
        let params = &self.course.params;
        let used = || checks.iter().flat_map(|check| check.mentions(params));
        let Some(own) = params.get(name) else {
            let message = format!("there is no parameter `{name}`");
            let known: std::collections::BTreeSet<&str> = used().collect();
            return Err(Wrong::Name(message, suggest(name, known.iter().copied())));
        };
        if !used().any(|used| used == name) {
            return Err(Wrong::Name(format!("the check does not use the parameter `{name}`"), None));
        }
        match own.parse_like(value) {
            Ok(param) if param == *own => Ok(None),
            Ok(param) => Ok(Some(param)),
            Err(wanted) => Err(Wrong::Value(format!("`{name}` is {wanted}"))),
        }
    }

    /// Adds a step, or another place of one that is there already.
    fn add(&mut self, step: Step, members: Vec<Step>, place: Place) -> String {
        for member in members {
            if self.course.step(&member.id).is_none() {
                self.course.steps.push(member);
            }
        }
        let id = step.id.clone();
        match self.course.steps.iter_mut().find(|other| other.id == id) {
            Some(other) => {
                // A member that no lesson had named has no say in whether it is optional.
                other.optional = step.optional && (other.optional || other.places.is_empty());
                other.places.push(place);
            }
            None => self.course.steps.push(Step { places: vec![place], ..step }),
        }
        id
    }
}

type Problem = (Range<usize>, String, Option<String>);

enum Wrong {
    Name(String, Option<String>),
    Value(String),
}

/// A step with its id.
fn step(course: &Course, check: &Check, account: Option<&str>, params: &Params, optional: bool) -> Step {
    let mut params = params.clone();
    if !params.is_empty() && matches!(check.body, Body::Expect(_)) {
        // Of the parameters of a check of checks, a member has those that it mentions.
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
    let (check, members, places, hash) = (check.name.clone(), Vec::new(), Vec::new(), String::new());
    Step { id, check, account, params, optional, members, places, hash }
}
