//! Work on all processor cores.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many items are worth another thread, and are taken at once.
const A_SHARE: usize = 8;

/// How many processors there are. The system is asked once: its answer is in several files.
pub fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| thread::available_parallelism().map_or(1, usize::from))
}

/// Applies a function to each item, and returns the results in the order of the items. The threads take shares until none
/// is left, because other work may keep one of them waiting.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = processors().min(items.len() / A_SHARE).max(1);
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let taken = AtomicUsize::new(0);
    let shares = || {
        let mut done = Vec::new();
        loop {
            let share = taken.fetch_add(1, Ordering::Relaxed);
            let Some(items) = items.chunks(A_SHARE).nth(share) else { return done };
            done.push((share, items.iter().map(&work).collect::<Vec<R>>()));
        }
    };
    thread::scope(|scope| {
        let started: Vec<_> = (1..threads).map(|_| scope.spawn(shares)).collect();
        // This thread takes some too: it has memory already.
        let mut done = shares();
        for thread in started {
            done.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done.sort_by_key(|(share, _)| *share);
        done.into_iter().flat_map(|(_, results)| results).collect()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_order_stays() {
        for count in [0, 1, 7, 8, 16, 17, 1000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(super::each(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
