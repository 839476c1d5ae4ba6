//! Work on all processor cores.

use std::thread;

/// How many items are worth another thread.
const A_SHARE: usize = 8;

/// Applies a function to each item, and returns the results in the order of the items.
pub(crate) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(items.len() / A_SHARE).max(1);
    if threads == 1 {
        return items.iter().map(work).collect();
    }
    let share = items.len().div_ceil(threads);
    let (own, others) = items.split_at(share);
    thread::scope(|scope| {
        let work = &work;
        let started: Vec<_> =
            others.chunks(share).map(|items| scope.spawn(move || items.iter().map(work).collect::<Vec<R>>())).collect();
        // A share for this thread too, which has memory already.
        let mut done: Vec<R> = own.iter().map(work).collect();
        for thread in started {
            done.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
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
