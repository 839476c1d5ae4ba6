//! Reads the checks of a course.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::check::{self, Body, Check, Malformed};
use crate::diagnostic::{Diagnostic, Span, suggest};
use crate::files;
use crate::options::Options;
use crate::parallel;
use crate::places::{KeyPath, TomlFile};

/// The names of parameters and checks with errors.
#[derive(Default)]
pub(crate) struct Meant {
    /// Parameters whose values cannot be read.
    pub(crate) params: BTreeSet<String>,
    /// Checks that cannot be read, that directives with errors mean, or that checks of checks name.
    pub(crate) checks: BTreeSet<String>,
    /// Tables with errors.
    pub(crate) tables: BTreeSet<String>,
    /// Whether a check cannot be read. It may use anything.
    pub(crate) check_unread: bool,
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
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let shared = shared(root, errors);
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
                continue;
            }
        };
        match parsed {
            Ok(mut check) => {
                let misused = check::shared::add(&mut check, &shared);
                let file = TomlFile::of(&shown, text.as_str());
                errors.extend(misused.into_iter().map(|(part, message, help)| Diagnostic {
                    span: file.value(&part),
                    message,
                    help,
                }));
                let known = options.accounts.contains_key(&check.account);
                let has_own = check.makes.is_some() || !check.expectations().is_empty();
                let of_its_members = check.account.is_empty() && !has_own;
                if !known && !of_its_members {
                    let message = format!("the course has no account `{}`", check.account);
                    let help = suggest(&check.account, options.accounts.keys().map(String::as_str));
                    let help = help.or(Some("add it to [preprocessor.verify.accounts] in book.toml".into()));
                    let span = file.value(&KeyPath::of(["account"]));
                    errors.push(Diagnostic { span, message, help });
                }
                checks.insert(name, check);
            }
            Err(wrong) => {
                meant.check_unread = true;
                meant.checks.insert(name);
                errors.extend(malformed(&shown, &text, wrong));
            }
        }
    }
    members(root, &checks, errors, meant);
    checks
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
    let diagnostic = |Malformed { message, place }| {
        let span = match place {
            check::Place::Bytes(Some(range)) => Span::range(shown, text, range),
            check::Place::Bytes(None) => Span::file(shown),
            check::Place::KeyPath(part) => file.value(&part),
        };
        Diagnostic { span, message, help: None }
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
                None if meant.checks.contains(name) => continue,
                None => (format!("there is no check `{name}`"), suggest(name, checks.keys().map(String::as_str))),
            };
            let path = Path::new("checks").join(format!("{}.toml", check.name));
            let file = file.get_or_insert_with(|| TomlFile::read(root, path));
            let span = file.value(&KeyPath::of([key]).then(at));
            errors.push(Diagnostic { span, message, help });
        }
        meant.checks.extend(named.iter().cloned());
    }
}
