//! Limits the cost of evaluating expressions. Cost is counted during evaluation in steps: for each part of an
//! expression, and for data that is copied, compared and displayed. An expression that exceeds the limit ends
//! immediately, and nothing continues in the background.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The limit for one expression. The most expensive one of our course, over the largest event history that AWS keeps,
/// takes a twentieth of it.
pub const OF_AN_EXPRESSION: u64 = 3_000_000;
/// The limit for all expressions of a run together.
pub const OF_A_RUN: u64 = 10_000_000;
/// How much memory one step takes at most, in bytes. The value of an expression fits into 16 bytes for each of its
/// steps.
const BYTES: usize = 16;
/// The steps for copying an element of a list, without its content.
pub(crate) const ELEMENT: u64 = 4;

/// The steps for copying or comparing this many bytes.
pub(crate) fn of_bytes(bytes: usize) -> u64 {
    (bytes / BYTES) as u64
}

/// The budget that is left for a run.
#[derive(Debug, Clone)]
pub struct Budget(Arc<AtomicU64>);

impl Default for Budget {
    fn default() -> Budget {
        Budget::of(OF_A_RUN)
    }
}

/// The panic payload of an evaluation that exceeded its budget.
struct Spent;

thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(OF_AN_EXPRESSION) };
}

/// Counts steps, and ends an evaluation that exceeds its budget. Outside [`Budget::within`], the thread ends.
pub fn spend(steps: u64) {
    match LEFT.get().checked_sub(steps) {
        Some(left) => LEFT.set(left),
        None => {
            LEFT.set(0);
            // Unwinds without a panic message. The evaluator would continue after an error.
            resume_unwind(Box::new(Spent));
        }
    }
}

/// Calls a function, and returns how many steps it took.
pub fn counting<T>(something: impl FnOnce() -> T) -> (T, u64) {
    let before = LEFT.get();
    let done = something();
    (done, before - LEFT.get())
}

impl Budget {
    /// A budget of this many steps.
    pub fn of(steps: u64) -> Budget {
        Budget(Arc::new(AtomicU64::new(steps)))
    }

    /// Evaluates something within the budget that is left.
    ///
    /// # Errors
    /// A message that it exceeds the budget.
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
            format!("{what} too many steps: use fewer or shorter lists, or fewer nested loops")
        })
    }

    /// The number of steps that are left.
    pub fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
