//! How much evaluating may cost, counted while it is done: in parts of expressions, and in what is copied, compared and
//! shown. An expression that costs too much ends, wherever it is; nothing goes on behind anybody's back.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What one expression may cost. The costliest of ours, over all that AWS's event history holds at most, takes a
/// twentieth of it.
pub const OF_AN_EXPRESSION: u64 = 3_000_000;
/// What all expressions of a run may cost together.
pub const OF_A_RUN: u64 = 10_000_000;
/// How much memory is taken in one step at most, in bytes: what an expression comes to fits into 16 times its steps.
const BYTES: usize = 16;
/// The steps that it takes to copy an element of a list, without what is in it.
pub(crate) const ELEMENT: u64 = 4;

/// The steps that it takes to copy or compare so many bytes.
pub(crate) fn of_bytes(bytes: usize) -> u64 {
    (bytes / BYTES) as u64
}

/// What is left for a run.
#[derive(Debug, Clone)]
pub struct Budget(Arc<AtomicU64>);

impl Default for Budget {
    fn default() -> Budget {
        Budget::of(OF_A_RUN)
    }
}

/// The mark of an evaluation that cost too much.
struct Spent;

thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(OF_AN_EXPRESSION) };
}

/// Notes that steps are taken, and ends the evaluation that takes too many. Outside of [`Budget::within`], the thread's
/// work ends.
pub fn spend(steps: u64) {
    match LEFT.get().checked_sub(steps) {
        Some(left) => LEFT.set(left),
        None => {
            LEFT.set(0);
            // Quietly, and through all of the evaluator, which would go on after an error.
            resume_unwind(Box::new(Spent));
        }
    }
}

/// Does something, and tells how many steps that took.
pub fn counting<T>(something: impl FnOnce() -> T) -> (T, u64) {
    let before = LEFT.get();
    let done = something();
    (done, before - LEFT.get())
}

impl Budget {
    /// So many steps.
    pub fn of(steps: u64) -> Budget {
        Budget(Arc::new(AtomicU64::new(steps)))
    }

    /// Evaluates something within what is left.
    ///
    /// # Errors
    /// In words, that it costs too much.
    pub fn within<T>(&self, evaluate: impl FnOnce() -> T) -> Result<T, String> {
        let given = self.0.load(Ordering::Relaxed).min(OF_AN_EXPRESSION);
        let before = LEFT.replace(given);
        let outcome = catch_unwind(AssertUnwindSafe(evaluate));
        let used = given - LEFT.replace(before);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(used)));
        outcome.map_err(|panic| {
            if !panic.is::<Spent>() {
                resume_unwind(panic);
            }
            let what = if given < OF_AN_EXPRESSION { "the course's expressions take" } else { "it takes" };
            format!("{what} too many steps: fewer or shorter lists, or fewer loops in one another, would do")
        })
    }

    /// What is left, in steps.
    pub fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
