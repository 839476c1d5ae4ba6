//! What a new course starts from: the files in `starter/`, and the checks that its lessons name and it does not have
//! itself. These are the course's.

use anyhow::{Context, Result};
use course::directive::Directive;
use course::param::Params;
use course::scan;
use toml::{Table, Value};

use super::{STARTER, course, inflated};
use crate::course_files::Files;

/// A new course.
///
/// # Errors
/// When the program is damaged.
pub(crate) fn starter() -> Result<Files> {
    let mut files = inflated(|name| name.strip_prefix(STARTER))?;
    let course = course()?;
    let lessons = files.iter().filter(|(name, _)| name.ends_with(".md"));
    let named: Vec<String> = lessons.flat_map(|(_, lesson)| checks_of(lesson)).collect();
    for check in named {
        take(&check, &course, &mut files)?;
    }
    Ok(files)
}

/// The checks that a lesson names.
fn checks_of(lesson: &str) -> Vec<String> {
    let scan = scan::scan(lesson, &Params::new());
    let directives = scan.steps.iter().map(|marked| Directive::parse(&lesson[marked.comment.clone()], 0));
    directives.flatten().map(|directive| directive.check.text).collect()
}

/// Takes a check from the course, with its cases and with what it uses, unless the new course has it.
fn take(check: &str, course: &Files, files: &mut Files) -> Result<()> {
    let Some(check_file) = add(&format!("checks/{check}.toml"), course, files)? else { return Ok(()) };
    for shared in texts(&check_file, &["use"]) {
        add(&format!("checks/shared/{shared}.toml"), course, files)?;
    }
    let cases = format!("checks/cases/{check}.toml");
    if course.contains_key(&cases)
        && let Some(cases) = add(&cases, course, files)?
    {
        for case in cases.get("case").and_then(Value::as_array).into_iter().flatten() {
            if let Some(recording) = case.get("recording").and_then(Value::as_str) {
                copy(&format!("checks/cases/{recording}"), course, files)?;
            }
        }
    }
    let keys: [&[&str]; 4] = [&["steps"], &["removes"], &["practice", "needs"], &["practice", "same_as"]];
    for other in keys.iter().flat_map(|keys| texts(&check_file, keys)) {
        take(other, course, files)?;
    }
    Ok(())
}

/// Adds a file of the course, and returns what is in it; `None` if it is there already.
fn add(name: &str, course: &Files, files: &mut Files) -> Result<Option<Table>> {
    if files.contains_key(name) {
        return Ok(None);
    }
    let text = copy(name, course, files)?;
    toml::from_str(text).map(Some).with_context(|| format!("reading {name} of the course in this program"))
}

fn copy<'c>(name: &str, course: &'c Files, files: &mut Files) -> Result<&'c str> {
    let text = course.get(name).with_context(|| format!("the course in this program has no {name}"))?;
    files.insert(name.to_owned(), text.clone());
    Ok(text)
}

/// The texts of a list at a key.
fn texts<'t>(file: &'t Table, keys: &[&str]) -> Vec<&'t str> {
    let (last, tables) = keys.split_last().map_or(("", [].as_slice()), |(last, tables)| (*last, tables));
    let table = tables.iter().try_fold(file, |table, key| table.get(*key)?.as_table());
    let list = table.and_then(|table| table.get(last)?.as_array());
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}
