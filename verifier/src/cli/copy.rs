//! `verify copy`: a copy of the course in this program.

use anyhow::Result;
use std::path::Path;

use super::Exit;
use super::terminal::notice;
use crate::{course_files, shipped};

/// The folder of the copy, unless the learner names another.
pub(super) const COPY: &str = "aws-course";

pub(super) fn run(folder: &Path) -> Result<Exit> {
    course_files::write(&shipped::course()?, folder)?;
    notice(&format!("The course is in {}. Next:", folder.display()));
    notice(&format!("  verify serve --open --course {}", folder.display()));
    Ok(Exit::Done)
}
