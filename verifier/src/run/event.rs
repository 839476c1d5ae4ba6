//! What is heard of a run while it goes on.

use evidence::connection::MfaCodes;

use crate::verdict::Awaited;

/// Something that happens in a run.
#[derive(Debug)]
pub enum Event<'e> {
    /// Something that the learner should know, in a sentence or two. What comes from elsewhere in it is not escaped.
    Notice(String),
    /// Reads have been answered.
    Reading {
        /// How many.
        answered: usize,
        /// Of how many.
        of: usize,
    },
    /// How far a step's expectations are known, while their evidence arrives.
    Awaited {
        /// The step's id.
        step: &'e str,
        /// Its expectations.
        expectations: &'e [Awaited],
    },
    /// The results were written.
    Written,
}

/// Who hears of a run, and who is asked for the code of an MFA device.
pub trait Listener: MfaCodes + Send + Sync {
    /// Something has happened.
    fn hear(&self, event: Event<'_>);
}
