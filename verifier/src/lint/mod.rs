//! `verify lint`: everything that is wrong with a course, at once.
//!
//! | where | what |
//! |---|---|
//! | `course::lint` | lessons: directives, links, what nothing uses |
//! | `unreadable` | what keeps mdBook from reading the book |
//! | [`checks`] | expressions and sentences |
//! | `cases` | the cases of checks |
//! | `infer` | what types expressions have |
//! | `trial` | what the evaluator makes of a call |
//! | `form`, `logic` | what conditions look for |
//! | `guards` | what decides and may not be there |
//! | `copies` | conditions that were copied, and lost something |
//! | `stale` | sources that nobody has read for a year |

pub mod cases;
pub mod checks;
pub mod copies;
mod finding;
pub mod form;
pub mod guards;
pub(crate) mod infer;
pub(crate) mod logic;
mod place;
mod rules;
pub mod stale;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod trial;
pub mod unreadable;

use anyhow::Result;
use course::Course;
use course::check::Check;
use std::path::Path;
use std::sync::Arc;

use crate::cel::Texts;
use crate::{book, compile};
pub use finding::{Finding, Level};
use stale::Today;
use unreadable::Unreadable;

/// Everything that is wrong with a course, in the order of the places; with a day, what is out of date by then as well.
///
/// # Errors
/// When the course does what it may not, or is none.
pub fn lint(root: &Path, trusted: bool, today: Option<Today>) -> Result<Vec<Finding>> {
    let error = |rule, diagnostic| Finding { level: Level::Error, rule, diagnostic };
    let (mut findings, book) = match book::expanded(root, trusted) {
        Ok(book) => (Vec::new(), Some(book)),
        Err(why) => {
            let Unreadable { errors, book } = unreadable::book(root, trusted, why)?;
            (errors.into_iter().map(|found| error("book", found)).collect(), book)
        }
    };
    if let Some((book, config)) = book {
        let whole = findings.is_empty();
        let linted = course::lint::lint(root, &config, &book);
        findings.extend(linted.errors.into_iter().map(|found| error("course", found)));
        let mut warnings = linted.warnings;
        // What a chapter that cannot be read uses is not known.
        warnings.retain(|(rule, _)| whole || !["unused-check", "unused-parameter"].contains(rule));
        let course = Arc::new(linted.course);
        findings.extend(today.into_iter().flat_map(|today| stale::sources(&course, today)));
        // Trees are walked where there is stack for deep ones.
        let (of_thread, unread) = (Arc::clone(&course), linted.unread);
        let check = move |check: &Check, texts: &Texts| checks::check(&of_thread, check, texts, &unread);
        let (errors, found) = compile::with_each(&course, check);
        warnings.extend(found.into_iter().flatten());
        findings.extend(errors.iter().map(|found| error("expression", compile::diagnostic(root, found))));
        findings.extend(cases::check(&course).into_iter().map(|found| error("case", found)));
        let finding = |(rule, diagnostic)| Finding { level: level(rule), rule, diagnostic };
        findings.extend(warnings.into_iter().map(finding).filter(|finding| !is_allowed(&course, finding)));
    }
    findings.sort_by(|one, other| (&one.diagnostic, one.level).cmp(&(&other.diagnostic, other.level)));
    findings.dedup();
    Ok(findings)
}

/// Whether the check that a warning is about says that it is meant so.
fn is_allowed(course: &Course, finding: &Finding) -> bool {
    let path = finding.diagnostic.span.path.strip_prefix("checks").ok();
    // What is shared is no check's own.
    let own = path.filter(|path| path.parent() == Some(Path::new("")));
    let name = own.and_then(|path| path.file_stem()?.to_str());
    let check = name.and_then(|name| course.checks.get(name));
    let allows = |check: &Check| check.allow.iter().any(|rule| rule == finding.rule);
    finding.level == Level::Warning && check.is_some_and(allows)
}

/// What can never be judged is an error.
fn level(rule: &str) -> Level {
    match rule {
        "unknown-field" | "wrong-type" => Level::Error,
        _ => Level::Warning,
    }
}
