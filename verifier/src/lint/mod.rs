//! `verify lint`: finds all mistakes in a course.
//!
//! | where | what |
//! |---|---|
//! | `course::lint` | lessons: directives, links, unused checks and parameters |
//! | `unreadable` | errors that keep mdBook from reading the book |
//! | [`checks`] | expressions, sentences and reads |
//! | `advice` | what to write instead of a value of another type |
//! | `answers` | what can never be known of an answer |
//! | `cases` | the cases of checks |
//! | `infer` | the types of expressions |
//! | `trial` | the result type of a call |
//! | `form`, `logic`, `size` | a normal form of conditions |
//! | `guards` | conditions on values that may be absent |
//! | `truths` | conditions that are always true, or never |
//! | `copies` | copied conditions that have come to differ |
//! | `stale` | sources that were last reviewed over a year ago |

mod advice;
mod answers;
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
mod size;
pub mod stale;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod trial;
mod truths;
pub mod unreadable;

use anyhow::Result;
use course::Course;
use course::check::{Check, REGION};
use course::diagnostic::{Diagnostic, suggest};
use course::lint::Gaps;
use course::places::{KeyPath, TomlFile};
use std::path::Path;
use std::sync::Arc;

use crate::cel::Texts;
use crate::compile::CheckError;
use crate::{book, compile};
pub use finding::{Finding, Level};
pub(crate) use rules::RULES;
use stale::Today;
use unreadable::Unreadable;

/// All findings of a course, sorted by place. With `today`, also the sources that are due for a review.
///
/// # Errors
/// If there is no course, or it does what a course may not do.
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
        // An unreadable chapter may use them.
        warnings.retain(|(rule, _)| whole || !rule.starts_with("unused-") && *rule != "unlisted-lesson");
        let course = Arc::new(linted.course);
        findings.extend(today.into_iter().flat_map(|today| stale::sources(&course, today)));
        // Runs on the thread that has enough stack for deep trees.
        let (of_thread, unread) = (Arc::clone(&course), linted.unread);
        let check = move |check: &Check, texts: &Texts| checks::check(&of_thread, check, texts, &unread);
        let (mut errors, found) = compile::with_each(&course, check);
        warnings.extend(found.into_iter().flatten());
        errors.retain(|error| !follows(error, &linted.gaps, whole));
        findings.extend(errors.iter().map(|found| error("expression", compile::diagnostic(root, found))));
        findings.extend(cases::check(&course, &linted.gaps).into_iter().map(|found| error("case", found)));
        findings.extend(region(&course).map(|found| error("course", found)));
        let finding = |(rule, diagnostic)| Finding { level: level(rule), rule, diagnostic };
        findings.extend(warnings.into_iter().map(finding).filter(|finding| !is_allowed(&course, finding)));
    }
    findings.sort_by(|one, other| (&one.diagnostic, one.level).cmp(&(&other.diagnostic, other.level)));
    findings.dedup();
    Ok(findings)
}

/// Whether a name may be undefined only because what defines it cannot be read. That was reported already.
fn follows(error: &CheckError, gaps: &Gaps, whole: bool) -> bool {
    let explains = |name: &String| {
        gaps.incomplete.contains(&error.check) || gaps.tables.contains(name) || gaps.any_table || !whole
    };
    error.undefined.as_ref().is_some_and(explains)
}

/// The mistake in the course's own region, if it has one.
fn region(course: &Course) -> Option<Diagnostic> {
    let default = course.inputs.get(REGION)?.default.as_ref().filter(|region| !compile::is_region(region))?;
    let part = KeyPath::of(["preprocessor", "verify", "inputs", REGION, "default"]);
    let span = TomlFile::read(&course.root, "book.toml").value(&part);
    Some(Diagnostic {
        span,
        message: format!("AWS has no region `{default}`"),
        help: match default.contains([' ', '(']) {
            true => Some("write its code, as in us-east-1".to_owned()),
            false => suggest(default, compile::regions()),
        },
    })
}

/// Whether the check that a warning is about allows its rule.
fn is_allowed(course: &Course, finding: &Finding) -> bool {
    let path = finding.diagnostic.span.path.strip_prefix("checks").ok();
    // A shared file belongs to no single check.
    let own = path.filter(|path| path.parent() == Some(Path::new("")));
    let name = own.and_then(|path| path.file_stem()?.to_str());
    let check = name.and_then(|name| course.checks.get(name));
    let allows = |check: &Check| check.allow.iter().any(|rule| rule == finding.rule);
    finding.level == Level::Warning && check.is_some_and(allows)
}

/// An expression that can never be evaluated is an error.
fn level(rule: &str) -> Level {
    match rule {
        "unknown-field" | "wrong-type" => Level::Error,
        _ => Level::Warning,
    }
}
