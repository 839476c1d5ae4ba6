//! Exit statuses.

use course::Course;
use course::results::{Results, Verdict};
use std::process::ExitCode;

/// What the program's exit status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: every required step is done.
    Done,
    /// 1: some step is not yet.
    NotYet,
    /// 2: something is wrong with the command or the course.
    Usage,
    /// 3: nothing is false, but something is unknown.
    Unknown,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::NotYet => 1,
            Exit::Usage => 2,
            Exit::Unknown => 3,
        })
    }
}

/// What these verdicts come to.
pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Exit {
    match verdicts.into_iter().filter(|verdict| verdict.blocks()).min() {
        None => Exit::Done,
        Some(Verdict::NotYet) => Exit::NotYet,
        Some(_) => Exit::Unknown,
    }
}

/// What a course's required steps come to.
pub(crate) fn of_course(course: &Course, results: &Results) -> Exit {
    of(course.required().map(|step| results.view(step).verdict))
}
