//! Finds mistakes in the cases of checks. The self-test reads the cases, and its errors get a place here.

use course::Course;
use course::diagnostic::{Diagnostic, Span, nearest};
use course::lint::Gaps;
use course::places::{KeyPath, TomlFile};
use std::path::{Path, PathBuf};

use crate::selftest::cases::{self, At};

/// All mistakes in `checks/cases/`.
pub fn check(course: &Course, gaps: &Gaps) -> Vec<Diagnostic> {
    let strays = cases::strays(course).into_iter().filter(|name| !gaps.checks.contains(name)).map(|name| Diagnostic {
        span: Span::file(file(&name)),
        message: format!("these are cases of the check `{name}`, which does not exist"),
        help: Some(match nearest(&name, course.checks.keys().map(String::as_str)) {
            Some(near) => format!("did you mean {near}.toml? Otherwise delete the file"),
            None => "rename the file after its check, or delete it".to_owned(),
        }),
    });
    let mistakes = |name: &str| match cases::read_each(course, name) {
        Ok(cases) => cases.into_iter().filter_map(Result::err).collect(),
        Err(mistake) => vec![mistake],
    };
    let wrong = course.checks.keys().flat_map(|name| {
        let diagnosed = mistakes(name).into_iter().map(|mistake| Diagnostic {
            span: span(course, name, &mistake.at),
            message: mistake.message(),
            help: mistake.help.clone(),
        });
        diagnosed.collect::<Vec<_>>()
    });
    strays.chain(wrong).collect()
}

fn file(name: &str) -> PathBuf {
    Path::new("checks/cases").join(format!("{name}.toml"))
}

/// The place of a mistake in a check's cases.
fn span(course: &Course, name: &str, at: &At) -> Span {
    let text = course::files::read_text(&course.root.join(file(name))).unwrap_or_default();
    match at {
        At::File => Span::file(file(name)),
        At::Text(_, range) => Span::range(file(name), &text, range.clone()),
        At::Case(number, _) => {
            TomlFile::of(file(name), text.as_str()).value(&KeyPath::of(["case"]).then(*number).then("title"))
        }
    }
}
