//! Reads of AWS that checks declare: `[read.NAME]`, compiled, and evaluated from what has arrived.
//!
//! A read's inputs may depend on parameters, sections and other reads. So its calls are found while evidence arrives:
//! `evaluate` says which calls it needs, or its value once they are answered. Judging a step evaluates its reads again,
//! from the same answers.

mod compiled;
mod evaluate;
mod template;

pub use compiled::CompiledRead;
pub use template::Template;

pub(crate) use compiled::{EACH, MOST_CALLS, MOST_CALLS_OF_A_RUN, MOST_DEEP};
pub(crate) use evaluate::{Asking, CourseRegion, Evaluated, evaluate};

#[cfg(test)]
mod tests;
