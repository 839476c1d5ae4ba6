//! Finds mistakes in the cases of checks. The self-test reads the cases, and its errors get a place here.

use course::Course;
use course::diagnostic::{Diagnostic, Span};
use course::places::{KeyPath, TomlFile};
use std::path::{Path, PathBuf};

use super::place::from_message;
use crate::selftest::cases;

/// All mistakes in `checks/cases/`.
pub fn check(course: &Course) -> Vec<Diagnostic> {
    let strays = cases::strays(course).into_iter().map(|name| Diagnostic {
        span: Span::file(file(&name)),
        message: format!("these are cases of the check `{name}`, which does not exist"),
        help: Some("rename the file after its check, or delete it".into()),
    });
    let errors = |name| match cases::read_each(course, name) {
        Ok(cases) => cases.into_iter().filter_map(Result::err).collect(),
        Err(error) => vec![error],
    };
    let named = course.checks.keys().flat_map(|name| errors(name).into_iter().map(move |error| (name, error)));
    let wrong = named.map(|(name, error)| {
        let whole = format!("{error:#}");
        let prefix = format!("checks/cases/{name}.toml: ");
        let message = whole.strip_prefix(&prefix).unwrap_or(&whole);
        // A TOML error has a first line with the place, an excerpt, and the message last.
        let first = message.lines().next().unwrap_or_default();
        let last = message.lines().rfind(|line| !line.is_empty() && !line.contains(" | ")).unwrap_or(first);
        let message = if first.starts_with("TOML parse error") { last } else { message };
        Diagnostic { span: span(course, name, &whole), message: message.to_owned(), help: None }
    });
    strays.chain(wrong).collect()
}

fn file(name: &str) -> PathBuf {
    Path::new("checks/cases").join(format!("{name}.toml"))
}

/// The place that an error names, or the case that it names.
fn span(course: &Course, name: &str, error: &str) -> Span {
    let text = course::files::read_text(&course.root.join(file(name))).unwrap_or_default();
    if let Some(range) = from_message(error, &text) {
        return Span::range(file(name), &text, range);
    }
    let toml = TomlFile::of(file(name), text.as_str());
    let titles = toml::from_str::<toml::Table>(&text).ok().and_then(|table| table.get("case")?.as_array().cloned());
    let titled = |case: &toml::Value| {
        let title = case.get("title").and_then(toml::Value::as_str);
        title.is_some_and(|title| error.contains(&format!("the case “{title}”")))
    };
    let at = titles.iter().flatten().position(titled).unwrap_or_default();
    toml.value(&KeyPath::of(["case"]).then(at).then("title"))
}
