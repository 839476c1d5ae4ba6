//! Finds steps and accounts by name.

use course::diagnostic::{did_you_mean, suggest};
use course::{Course, Step};

use super::error::Error;

/// The steps with these names, or all steps. With a check that combines others, its members are selected too.
///
/// ```
/// use std::path::Path;
/// use verify::{book, run::select};
///
/// # fn main() -> anyhow::Result<()> {
/// let course = book::read(Path::new("../book"), false)?;
/// assert_eq!(select::steps(&course, &[])?.len(), course.steps.len());
///
/// let misspelled = format!("{}x", course.steps[0].id);
/// let error = select::steps(&course, &[misspelled]).unwrap_err();
/// assert!(error.to_string().contains("did you mean"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A name that the course does not have, with a suggestion.
pub fn steps<'c>(course: &'c Course, names: &[String]) -> Result<Vec<&'c Step>, Error> {
    if names.is_empty() {
        return Ok(course.steps.iter().collect());
    }
    let mut selected: Vec<&Step> = Vec::new();
    for name in names {
        let step = step(course, name)?;
        let members = step.members.iter().filter_map(|id| course.step(id));
        for step in members.chain([step]) {
            if !selected.iter().any(|other| other.id == step.id) {
                selected.push(step);
            }
        }
    }
    Ok(selected)
}

/// A step by its id.
///
/// # Errors
/// A name that the course does not have, with a suggestion.
pub fn step<'c>(course: &'c Course, name: &str) -> Result<&'c Step, Error> {
    let titled = || course.listed().find(|step| course.title_of(step).eq_ignore_ascii_case(name.trim()));
    let hint = || match titled() {
        Some(step) => format!(": did you mean `{}`?", step.id),
        None => hint(name, course.steps.iter().map(|step| step.id.as_str())),
    };
    course.step(name).ok_or_else(|| Error::UnknownStep { name: name.to_owned(), hint: hint() })
}

/// Checks that the course has an account.
///
/// # Errors
/// A name that the course does not have, with a suggestion.
pub fn account(course: &Course, name: &str) -> Result<(), Error> {
    match course.accounts.contains_key(name) {
        true => Ok(()),
        false => Err(Error::UnknownAccount {
            name: name.to_owned(),
            hint: hint(name, course.accounts.keys().map(String::as_str)),
        }),
    }
}

/// The nearest name, or the names that there are, if they are not too many.
fn hint<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> String {
    let near = did_you_mean(name, known.clone());
    if !near.is_empty() {
        return near;
    }
    suggest(name, known).map(|names| format!(" ({names})")).unwrap_or_default()
}
