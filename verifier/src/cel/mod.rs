//! CEL expressions over evidence: compiles them within limits, and evaluates them in three-valued logic.
//!
//! `plan` derives what an expression reads. `verdict` uses its result.

pub mod bound;
pub mod budget;
mod counted;
mod documents;
mod environment;
mod equal;
mod expression;
pub mod functions;
mod guard;
#[cfg(test)]
mod hostile;
mod lists;
mod malformed;
pub(crate) mod matching;
pub mod memory;
pub mod names;
mod numerals;
mod own_value;
mod partial;
pub(crate) mod policies;
mod records;
pub mod rewrite;
pub(crate) mod spelled;
mod syntax;
#[cfg(test)]
mod tests;
mod texts;
mod thread;
mod tree;
pub(crate) mod trial;
pub mod types;
pub mod value;
mod written;

pub use expression::{Expression, Outcome, Scope};
pub use malformed::Malformed;
pub use thread::on_a_thread;
pub(crate) use thread::{each_on_a_thread, each_on_threads};
pub use written::{Texts, Written, read, warm_up};
