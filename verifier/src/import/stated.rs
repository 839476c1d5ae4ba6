//! A statement of a lesson, with what is around it.

use std::collections::BTreeSet;

use super::language::Language;

/// What a lesson states, and what is around it.
#[derive(Debug, Clone, Copy)]
pub struct Stated<'s> {
    /// The statement.
    pub text: &'s str,
    /// All that belongs to it: the statement, its explanation and its settings.
    pub region: &'s str,
    /// The headings above it, the outermost first.
    pub above: &'s [&'s str],
    /// The whole lesson.
    pub around: &'s Surroundings,
}

/// What of a lesson decides about all of its statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether its language is the one of the checks.
    pub(super) is_compared: bool,
    /// Its text in lower case.
    pub(super) lower: String,
    /// Its sentences about accounts.
    pub(super) about_accounts: Vec<String>,
}

impl Surroundings {
    /// What a lesson says around its statements.
    pub fn of(lesson: &str) -> Surroundings {
        let sentences = lesson.split(['\n', '.', '!', '?']).filter(|sentence| sentence.contains("ccount"));
        let distinct: BTreeSet<String> = sentences.map(str::to_owned).collect();
        Surroundings {
            is_compared: Language::of_text(lesson).is_some_and(|language| !language.is_other()),
            lower: lesson.to_lowercase(),
            about_accounts: distinct.into_iter().collect(),
        }
    }
}
