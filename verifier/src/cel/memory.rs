//! Limits the memory for the expressions of a course.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The limit for the expressions of a course, in bytes: enough for 1,000 checks with eight long expressions each.
const MOST: usize = 80 << 20;

/// The memory that the compiled expressions of a course take, in total and for each check.
#[derive(Default)]
pub struct Memory(Mutex<(usize, BTreeMap<String, usize>)>);

impl Memory {
    /// Counts memory for a check's expressions. Returns whether there was enough.
    pub fn take(&self, check: &str, bytes: usize) -> bool {
        let mut taken = self.taken();
        let (all, of_checks) = &mut *taken;
        *all += bytes;
        *of_checks.entry(check.to_owned()).or_default() += bytes;
        *all <= MOST
    }

    /// Whether there is any left.
    pub(crate) fn is_left(&self) -> bool {
        self.taken().0 <= MOST
    }

    fn taken(&self) -> MutexGuard<'_, (usize, BTreeMap<String, usize>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// If the limit is exceeded: the check whose expressions take the most, and a message.
    pub fn exceeded(&self) -> Option<(String, String)> {
        let taken = self.taken();
        let (all, of_checks) = &*taken;
        let (check, bytes) = of_checks.iter().max_by_key(|(_, bytes)| **bytes).filter(|_| *all > MOST)?;
        let message = format!(
            "with lets written out, the expressions of the course take more than {} MB, and this check's take {} of \
             them: use fewer or shorter lets with parameters in them",
            MOST >> 20,
            bytes >> 20
        );
        Some((check.clone(), message))
    }
}
