//! The events of a run.

use evidence::connection::MfaCodes;

use crate::verdict::Awaited;

/// Something that happens during a run.
#[derive(Debug)]
pub enum Event<'e> {
    /// A message for the learner, in a sentence or two. Text from elsewhere in it is not escaped.
    Notice(String),
    /// Reads have been answered.
    Reading {
        /// How many.
        answered: usize,
        /// The total.
        of: usize,
    },
    /// The progress of a step's expectations, while their evidence arrives.
    Awaited {
        /// The step's id.
        step: &'e str,
        /// Its expectations.
        expectations: &'e [Awaited],
    },
    /// The results were written.
    Written,
}

/// Receives the events of a run, and asks the learner for MFA codes.
pub trait Listener: MfaCodes + Send + Sync {
    /// Handles an event.
    fn hear(&self, event: Event<'_>);
}
