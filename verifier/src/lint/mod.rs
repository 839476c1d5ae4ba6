//! `verify lint`: everything that is wrong with a course, at once.
//!
//! | where | what |
//! |---|---|
//! | `mdbook_verify::lint` | lessons: directives, links, what nothing uses |
//! | [`checks`] | expressions and sentences |
//! | [`infer`], [`types`] | what types expressions have |
//! | [`trial`] | what the evaluator makes of a call |
//! | [`logic`] | what conditions look for |

pub mod checks;
pub mod infer;
pub mod logic;
#[cfg(test)]
mod tests;
pub mod trial;
pub mod types;

use anyhow::Result;
use mdbook_verify::diagnostic::Diagnostic;
use std::path::Path;
use std::sync::Arc;

use crate::{book, cel, compile};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The course cannot be built or judged with it.
    Error,
    /// It can, but it is hardly what was meant.
    Warning,
}

impl Level {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
        }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The rule's name.
    pub rule: &'static str,
    /// What, where, and what to do.
    pub diagnostic: Diagnostic,
}

/// Everything that is wrong with a course, in the order of the places.
///
/// # Errors
/// When the book cannot be read at all.
pub fn lint(root: &Path, trusted: bool) -> Result<Vec<Finding>> {
    let (expanded, config) = book::expanded(root, trusted)?;
    let linted = mdbook_verify::lint::lint(root, &config, &expanded);
    let course = Arc::new(linted.course);
    let (compiled, errors) = compile::compile_all(&course);
    let compiled = Arc::new(compiled);
    let error = |rule, diagnostic| Finding { level: Level::Error, rule, diagnostic };
    let mut findings: Vec<Finding> = linted.errors.into_iter().map(|found| error("course", found)).collect();
    findings.extend(errors.iter().map(|found| error("expression", compile::diagnostic(root, found))));
    let mut warnings = linted.warnings;
    for name in course.checks.keys().cloned().collect::<Vec<_>>() {
        // Trees are walked where there is stack for deep ones.
        let (course, compiled) = (Arc::clone(&course), Arc::clone(&compiled));
        let found = cel::on_a_thread(move || {
            compiled.named(&name).map(|check| checks::check(&course, &course.checks[&name], check))
        });
        warnings.extend(found.map_err(anyhow::Error::msg)?.unwrap_or_default());
    }
    findings.extend(warnings.into_iter().map(|(rule, diagnostic)| Finding { level: level(rule), rule, diagnostic }));
    findings.sort_by(|one, other| (&one.diagnostic, one.level).cmp(&(&other.diagnostic, other.level)));
    findings.dedup();
    Ok(findings)
}

/// What can never be judged is an error.
fn level(rule: &str) -> Level {
    match rule {
        "unknown-field" | "wrong-type" => Level::Error,
        _ => Level::Warning,
    }
}
