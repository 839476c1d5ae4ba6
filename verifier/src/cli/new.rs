//! `verify new`: a new course.

use anyhow::{Context, Result};
use std::path::Path;

use super::Exit;
use super::terminal::notice;
use crate::{book, course_files, shipped};

pub(super) fn run(folder: &Path) -> Result<Exit> {
    let files = shipped::starter()?;
    course_files::write(&files, folder)?;
    let course = book::read(&folder.canonicalize().with_context(|| format!("opening {}", folder.display()))?, false)?;
    notice(&format!("A new course is in {}:", folder.display()));
    let lessons = files.keys().filter(|name| name.ends_with(".md") && !name.ends_with("SUMMARY.md"));
    let lessons: Vec<&str> = lessons.map(String::as_str).collect();
    let checks: Vec<&str> = course.checks.keys().map(String::as_str).collect();
    let accounts: Vec<&str> = course.accounts.keys().map(String::as_str).collect();
    notice(&format!("  book.toml      its title, the account `{}`, and its parameters", accounts.join("`, `")));
    notice(&format!("  {}", lessons.join(", ")));
    notice(&format!("  checks/        {}", checks.join(", ")));
    notice("  checks/cases/  recordings of accounts, and the verdicts that the checks must have for them");
    let step = course.listed().next().map(|step| step.id.as_str()).unwrap_or_default();
    notice("Next:");
    notice(&format!("  cd {}", folder.display()));
    notice(&format!("  verify practice do {step}"));
    notice("  verify selftest");
    notice("  verify serve --open");
    Ok(Exit::Done)
}
