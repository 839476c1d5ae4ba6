//! The options of every run.

use std::path::PathBuf;

use evidence::client::Loopback;

/// The options of every run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The course's folder; by default what [`crate::book::find`] finds.
    pub course: Option<PathBuf>,
    /// The practice accounts, instead of the learner's own.
    pub practice: Option<PracticeStart>,
    /// Accounts of the course with the source of their credentials for this run: an AWS profile, a role's ARN, or
    /// `environment`.
    pub accounts: Vec<(String, String)>,
    /// Whether account ids, e-mail addresses and phone numbers are shown. They are never saved in results.
    pub show_identifiers: bool,
    /// Whether the course may run its own programs and scripts.
    pub trust_course: bool,
}

/// The state of the practice accounts when a run starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PracticeStart {
    /// As the learner's practice actions left them.
    Taken,
    /// Accounts in an emulator that runs already, as it has them.
    At(Loopback),
    /// Nothing is done. The results are not saved.
    Fresh,
    /// Everything is done. The results are not saved.
    Done,
}
