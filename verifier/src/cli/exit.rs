//! Exit statuses.

use course::Course;
use course::results::{Results, Verdict};
use std::process::ExitCode;

use crate::run::Error;

/// The program's exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: every required step is done.
    Done,
    /// 1: a step is not done yet.
    NotYet,
    /// 2: the command or the course has an error.
    Usage,
    /// 3: nothing failed, but a step could not be determined.
    Unknown,
    /// 130: interrupted by Ctrl-C before there was a result, as shells report it.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::NotYet => 1,
            Exit::Usage => 2,
            Exit::Unknown => 3,
            Exit::Interrupted => 130,
        })
    }
}

/// Leaves a course or its results to the system, which takes all of the process's memory back at once. To free each text
/// of a large course takes as long as to judge its steps.
pub(super) fn leave<T>(read: T) {
    std::mem::forget(read);
}

impl Exit {
    /// The status for these verdicts.
    pub(super) fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Exit {
        match verdicts.into_iter().filter(|verdict| verdict.blocks()).min() {
            None => Exit::Done,
            Some(Verdict::NotYet) => Exit::NotYet,
            Some(_) => Exit::Unknown,
        }
    }

    /// The status for a course's required steps.
    pub(super) fn of_course(course: &Course, results: &Results) -> Exit {
        Exit::of(course.required().map(|step| results.view(step).verdict))
    }

    /// The status for the named steps; without names, for the course's required steps.
    pub(super) fn of_named(course: &Course, results: &Results, names: &[String]) -> Exit {
        match names {
            [] => Exit::of_course(course, results),
            names => Exit::of(names.iter().filter_map(|name| course.step(name)).map(|step| results.view(step).verdict)),
        }
    }

    /// The status for an error.
    pub(super) fn of_error(error: &anyhow::Error) -> Exit {
        match error.downcast_ref::<Error>() {
            Some(Error::Interrupted) => Exit::Interrupted,
            Some(Error::NotIdentified { .. }) => Exit::Unknown,
            Some(
                Error::UnknownStep { .. }
                | Error::UnknownAccount { .. }
                | Error::NothingBound { .. }
                | Error::NeedsNoConfirmation(_)
                | Error::ConfirmMembers { .. },
            )
            | None => Exit::Usage,
        }
    }
}
