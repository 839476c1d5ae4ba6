//! What a new course starts from: the files in `starter/`, and the checks that its lessons name and it does not have
//! itself. These are the course's.

use anyhow::{Context, Result};
use course::directive::Directive;
use course::param::Params;
use course::scan;
use std::collections::BTreeSet;
use toml::{Table, Value};

use super::{STARTER, course, inflated};
use crate::course_files::Files;
use crate::rename::{ChangedFile, Kind, Renaming};

/// The style sheet of a course that the stock mdBook builds.
const STYLE_SHEET: &str = "verify.css";

/// A new course.
///
/// # Errors
/// When the program is damaged.
pub(crate) fn starter() -> Result<Files> {
    let mut files = inflated(|name| name.strip_prefix(STARTER))?;
    let course = course()?;
    let lessons = files.iter().filter(|(name, _)| name.ends_with(".md"));
    let mut named: Vec<String> = lessons.flat_map(|(_, lesson)| checks_of(lesson)).collect();
    named.retain(|check| !files.contains_key(&check_file(check)));
    let own: BTreeSet<String> = files.keys().cloned().collect();
    let mut taken = Files::new();
    for check in named {
        take(&check, &course, &own, &mut taken)?;
    }
    copy(STYLE_SHEET, &course, &mut taken)?;
    let book: Table = toml::from_str(files.get("book.toml").map(String::as_str).unwrap_or_default())?;
    let accounts =
        ["preprocessor", "verify", "accounts"].iter().try_fold(&book, |book, key| book.get(*key)?.as_table());
    let account = accounts.and_then(|accounts| accounts.keys().next()).context("a new course names no account")?;
    files.extend(about(account, taken)?);
    Ok(files)
}

/// The checks of the course as checks about the new course's account, with their cases and recordings.
fn about(account: &str, mut taken: Files) -> Result<Files> {
    let checks = taken.iter().filter(|(name, _)| name.strip_prefix("checks/").is_some_and(|name| !name.contains('/')));
    let mut others = BTreeSet::new();
    for (name, text) in checks {
        let check: Table = toml::from_str(text).with_context(|| format!("reading {name}"))?;
        others.extend(check.get("account").and_then(Value::as_str).map(str::to_owned));
    }
    for old in others {
        let renaming = Renaming { kind: Kind::Account, old, new: account.to_owned() };
        for ChangedFile { new, after, .. } in renaming.files(&taken)? {
            taken.insert(new, after);
        }
    }
    Ok(taken)
}

/// The checks that a lesson names.
fn checks_of(lesson: &str) -> Vec<String> {
    let scan = scan::scan(lesson, &Params::new());
    let directives = scan.steps.iter().map(|marked| Directive::parse(&lesson[marked.comment.clone()], 0));
    directives.flatten().map(|directive| directive.check.text).collect()
}

/// Takes a check from the course, with its cases and with what it uses, unless the new course has its own.
fn take(check: &str, course: &Files, own: &BTreeSet<String>, taken: &mut Files) -> Result<()> {
    let file = check_file(check);
    if own.contains(&file) || taken.contains_key(&file) {
        return Ok(());
    }
    let read = read(&file, course, taken)?;
    for shared in texts(&read, &["use"]) {
        copy(&format!("checks/shared/{shared}.toml"), course, taken)?;
    }
    let cases = format!("checks/cases/{check}.toml");
    if course.contains_key(&cases) {
        for case in self::read(&cases, course, taken)?.get("case").and_then(Value::as_array).into_iter().flatten() {
            if let Some(recording) = case.get("recording").and_then(Value::as_str) {
                copy(&format!("checks/cases/{recording}"), course, taken)?;
            }
        }
    }
    let keys: [&[&str]; 4] = [&["steps"], &["removes"], &["practice", "needs"], &["practice", "same_as"]];
    for other in keys.iter().flat_map(|keys| texts(&read, keys)) {
        take(other, course, own, taken)?;
    }
    Ok(())
}

fn check_file(check: &str) -> String {
    format!("checks/{check}.toml")
}

/// Copies a file of the course, and reads it.
fn read(name: &str, course: &Files, taken: &mut Files) -> Result<Table> {
    let text = copy(name, course, taken)?;
    toml::from_str(text).with_context(|| format!("reading {name} of the course in this program"))
}

fn copy<'c>(name: &str, course: &'c Files, taken: &mut Files) -> Result<&'c str> {
    let text = course.get(name).with_context(|| format!("the course in this program has no {name}"))?;
    taken.insert(name.to_owned(), text.clone());
    Ok(text)
}

/// The texts of a list at a key.
fn texts<'t>(file: &'t Table, keys: &[&str]) -> Vec<&'t str> {
    let (last, tables) = keys.split_last().map_or(("", [].as_slice()), |(last, tables)| (*last, tables));
    let table = tables.iter().try_fold(file, |table, key| table.get(*key)?.as_table());
    let list = table.and_then(|table| table.get(last)?.as_array());
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}
