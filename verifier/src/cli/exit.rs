//! Exit statuses.

use course::Course;
use course::results::{Results, Verdict};
use std::process::ExitCode;

use crate::run::Error;

/// What the program's exit status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: every required step is done.
    Done,
    /// 1: some step is not yet.
    NotYet,
    /// 2: something is wrong with the command or the course.
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

impl Exit {
    /// What these verdicts come to.
    pub(super) fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Exit {
        match verdicts.into_iter().filter(|verdict| verdict.blocks()).min() {
            None => Exit::Done,
            Some(Verdict::NotYet) => Exit::NotYet,
            Some(_) => Exit::Unknown,
        }
    }

    /// What a course's required steps come to.
    pub(super) fn of_course(course: &Course, results: &Results) -> Exit {
        Exit::of(course.required().map(|step| results.view(step).verdict))
    }

    /// What the steps that were named come to, or without names the course's required ones.
    pub(super) fn of_named(course: &Course, results: &Results, names: &[String]) -> Exit {
        match names {
            [] => Exit::of_course(course, results),
            names => Exit::of(names.iter().filter_map(|name| course.step(name)).map(|step| results.view(step).verdict)),
        }
    }

    /// What an error comes to.
    pub(super) fn of_error(error: &anyhow::Error) -> Exit {
        match error.downcast_ref::<Error>() {
            Some(Error::Interrupted) => Exit::Interrupted,
            Some(Error::NotIdentified { .. }) => Exit::Unknown,
            Some(
                Error::UnknownStep { .. }
                | Error::UnknownAccount { .. }
                | Error::NothingBound { .. }
                | Error::NeedsNoConfirmation(_)
                | Error::ConfirmMembers { .. }
                | Error::PracticeElsewhere { .. },
            )
            | None => Exit::Usage,
        }
    }
}
