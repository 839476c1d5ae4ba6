//! What a course has the learner make, and remove again: `makes`, `removes`, and what is remembered between runs.
//!
//! That nothing is there now does not show that it was removed: it may never have been there, or be where the learner's
//! inputs no longer lead. So what was seen is remembered with the values that its reads used, and looked for with all of
//! them until it is known to be gone.

mod judge;
mod listing;
mod memory;
mod values;

pub use judge::{Left, Leftover};
pub use memory::{MadeMemory, Remembered, Sighting};
pub use values::{JudgedBy, ListValues};

pub(crate) use judge::{Removal, forgotten, is_here, leftovers, remove, sets, sight};
pub(crate) use listing::{Listing, has, writes};
