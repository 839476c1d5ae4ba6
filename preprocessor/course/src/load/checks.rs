//! Reads the checks of a course.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::check::{self, Body, Check, Malformed};
use crate::diagnostic::{Diagnostic, Span, misspelt, nearest, suggest};
use crate::files;
use crate::options::Options;
use crate::parallel;
use crate::places::{KeyPath, TomlFile};
use crate::words::holes;

/// The names of parameters and checks with errors.
#[derive(Default)]
pub(crate) struct Meant {
    /// Parameters whose values cannot be read.
    pub(crate) params: BTreeSet<String>,
    /// Checks that directives with errors mean, or that other checks name.
    pub(crate) checks: BTreeSet<String>,
    /// Tables with errors.
    pub(crate) tables: BTreeSet<String>,
    /// Whether a lesson has a directive for a table that has no valid name.
    pub(crate) unnamed_table: bool,
    /// Checks that cannot be read.
    pub(crate) unread: BTreeSet<String>,
    /// Checks with a shared file that cannot be read.
    pub(crate) incomplete: BTreeSet<String>,
    /// The folder of the checks, if they are all in a wrong one.
    pub(crate) misplaced_checks: Option<PathBuf>,
    /// Files in `checks/` that were probably meant as checks, by the names that those would have.
    pub(crate) strays: BTreeMap<String, PathBuf>,
}

impl Meant {
    /// Whether there is a check that cannot be read. It may use anything.
    pub(crate) fn anything_may_be_used(&self) -> bool {
        !self.unread.is_empty() || !self.strays.is_empty() || self.misplaced_checks.is_some()
    }
}

/// Reads `checks/*.toml`.
pub(super) fn checks(
    root: &Path,
    options: &Options,
    errors: &mut Vec<Diagnostic>,
    meant: &mut Meant,
) -> BTreeMap<String, Check> {
    let mut checks = BTreeMap::new();
    let folder = root.join("checks");
    let mut files: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            let message = format!("the checks cannot be read: {error}");
            errors.push(Diagnostic { span: Span::file("checks"), message, help: None });
            Vec::new()
        }
    };
    meant.strays = strays(&folder, &files);
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort_unstable_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
    let shared = shared(root, errors);
    let mut no_accounts = false;
    let read = parallel::each(&files, |file| {
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = files::read_text(file);
        let parsed = text.as_ref().ok().map(|text| Check::parse(&name, text));
        (name, text, parsed)
    });
    for (name, text, parsed) in read {
        let shown = Path::new("checks").join(format!("{name}.toml"));
        let (text, parsed) = match (text, parsed) {
            (Ok(text), Some(parsed)) => (text, parsed),
            (text, _) => {
                let error = text.err().map(|error| error.to_string()).unwrap_or_default();
                let message = format!("the check cannot be read: {error}");
                errors.push(Diagnostic { span: Span::file(shown), message, help: None });
                meant.unread.insert(name);
                continue;
            }
        };
        match parsed {
            Ok(mut check) => {
                let misused = check::shared::add(&mut check, &shared);
                if check.uses.iter().any(|name| !matches!(shared.get(name), Some(Some(_)))) {
                    meant.incomplete.insert(name.clone());
                }
                let file = LazyLock::new(|| TomlFile::of(&shown, text.as_str()));
                errors.extend(misused.into_iter().map(|(part, message, help)| Diagnostic {
                    span: file.value(&part),
                    message,
                    help,
                }));
                let known = options.accounts.contains_key(&check.account);
                let has_own = check.makes.is_some() || !check.expectations().is_empty();
                let of_its_members = check.account.is_empty() && !has_own;
                if options.accounts.is_empty() && has_own {
                    no_accounts = true;
                } else if !known && !of_its_members {
                    let message = format!("the course has no account `{}`", check.account);
                    let help = suggest(&check.account, options.accounts.keys().map(String::as_str));
                    let help = help.or(Some("add it to [preprocessor.verify.accounts] in book.toml".into()));
                    let span = file.value(&KeyPath::of(["account"]));
                    errors.push(Diagnostic { span, message, help });
                }
                errors.extend(titles(&check, options, meant).map(|(part, message, help)| Diagnostic {
                    span: file.value(&part),
                    message,
                    help,
                }));
                checks.insert(name, check);
            }
            Err(wrong) => {
                meant.unread.insert(name);
                errors.extend(malformed(&shown, &text, wrong));
            }
        }
    }
    if no_accounts {
        let help = "add a table [preprocessor.verify.accounts], with a line such as production = \"your account\"";
        let message = "the course names no accounts, and its checks are about one".to_owned();
        errors.push(Diagnostic { span: Span::file("book.toml"), message, help: Some(help.into()) });
    }
    members(root, &checks, errors, meant);
    checks
}

/// What is wrong in a check's titles: a hole that is not a parameter's name.
fn titles(check: &Check, options: &Options, meant: &Meant) -> impl Iterator<Item = (KeyPath, String, Option<String>)> {
    check.expectations().iter().enumerate().flat_map(move |(at, expectation)| {
        let names = holes(&expectation.title).into_iter().map(str::trim);
        let unknown = names.filter(|name| !options.params.contains_key(*name) && !meant.params.contains(*name));
        unknown.map(move |name| {
            let message =
                format!("a hole of a title is the name of a parameter, and the course has no parameter `{name}`");
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let help = is_name.then(|| suggest(name, options.params.keys().map(String::as_str))).flatten();
            let help = help.or(Some("put what is read into `met` or `fix`; `{{` and `}}` are braces".into()));
            (KeyPath::expectation(at).then("title"), message, help)
        })
    })
}

/// The folders in `checks/` that hold something else than checks.
const OTHERS: [&str; 2] = ["shared", "cases"];

/// The files of `checks/` that are not read, but were probably meant as checks.
fn strays(folder: &Path, files: &[PathBuf]) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for path in files {
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| !name.starts_with('.')) else {
            continue;
        };
        if !name.ends_with(".toml") && !OTHERS.contains(&name) && path.is_dir() {
            let checks = files_in(path).filter(|path| path.extension().is_some_and(|it| it == "toml"));
            found.extend(checks.filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path.clone()))));
        } else if let Some((stem, extension)) = name.split_once('.')
            && extension != "toml"
            && (misspelt(extension, ["toml"].into_iter()).is_some() || extension.to_lowercase().starts_with("toml"))
        {
            found.insert(stem.to_owned(), path.clone());
        }
    }
    found.retain(|name, _| !folder.join(format!("{name}.toml")).is_file());
    found
}

/// What is in a folder, if it can be read.
fn files_in(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// Reads `checks/shared/*.toml`; `None` for a file that cannot be read.
fn shared(root: &Path, errors: &mut Vec<Diagnostic>) -> BTreeMap<String, Option<check::shared::Shared>> {
    let entries = fs::read_dir(root.join(check::shared::FOLDER)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".toml")?.to_owned()));
    let names: BTreeSet<String> = names.collect();
    let mut read = |name: String| {
        let shown = check::shared::path(&name);
        let read = match files::read_text(&root.join(&shown)) {
            Ok(text) => check::shared::parse(&name, &text).map_err(|wrong| malformed(&shown, &text, wrong)),
            Err(error) => {
                let message = format!("the shared file cannot be read: {error}");
                Err(vec![Diagnostic { span: Span::file(shown), message, help: None }])
            }
        };
        (name, read.map_err(|wrong| errors.extend(wrong)).ok())
    };
    names.into_iter().map(&mut read).collect()
}

/// The errors in a file of `checks/`, with their places.
fn malformed(shown: &Path, text: &str, wrong: Vec<Malformed>) -> Vec<Diagnostic> {
    let file = TomlFile::of(shown, text);
    let diagnostic = |Malformed { message, place, help }| {
        let span = match place {
            check::Place::Bytes(Some(range)) => Span::range(shown, text, range),
            check::Place::Bytes(None) => Span::file(shown),
            check::Place::KeyPath(part) => file.value(&part),
        };
        Diagnostic { span, message, help }
    };
    wrong.into_iter().map(diagnostic).collect()
}

/// Makes sure that checks of checks name checks that exist and are not checks of checks themselves, and that what a check
/// removes is made by another.
fn members(root: &Path, checks: &BTreeMap<String, Check>, errors: &mut Vec<Diagnostic>, meant: &mut Meant) {
    for check in checks.values() {
        let (key, named) = match &check.body {
            Body::Steps(steps) => ("steps", steps),
            Body::Expect(_) => ("removes", &check.removes),
        };
        let mut file = None;
        for (at, name) in named.iter().enumerate() {
            let (message, help) = match checks.get(name) {
                _ if named[..at].contains(name) => (format!("`{name}` is named twice"), None),
                Some(Check { body: Body::Steps(_), .. }) if key == "steps" => {
                    (format!("`{name}` is itself a check of checks"), None)
                }
                Some(Check { removes, .. }) if key == "steps" && !removes.is_empty() => {
                    (format!("`{name}` removes what other steps made: name it in a lesson, as a step of its own"), None)
                }
                Some(Check { makes: None, .. }) if key == "removes" => {
                    let help = "give that check `makes`, the list of the ids of what is there".to_owned();
                    (format!("`{name}` makes nothing that could be removed"), Some(help))
                }
                Some(_) => continue,
                // Its errors were reported already.
                None if meant.unread.contains(name) => continue,
                None => {
                    let known = || checks.keys().filter(|name| **name != check.name).map(String::as_str);
                    meant.checks.extend(nearest(name, known()).map(str::to_owned));
                    let found: Vec<&str> = known().collect();
                    (format!("there is no check `{name}`"), suggest(name, found.into_iter()))
                }
            };
            let path = Path::new("checks").join(format!("{}.toml", check.name));
            let file = file.get_or_insert_with(|| TomlFile::read(root, path));
            let span = file.value(&KeyPath::of([key]).then(at));
            errors.push(Diagnostic { span, message, help });
        }
        meant.checks.extend(named.iter().cloned());
    }
}
