//! How fast CloudTrail is asked: it allows two look-ups a second for an account and region (API reference of
//! `LookupEvents`), whatever they are for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many look-ups are made in a second.
const AT_ONCE: usize = 2;
/// How long after a look-up's answer another takes its place. Counted from the answer, no second of AWS's has more than
/// two, however long requests were on their way; a little more, since clocks differ.
const REST: Duration = Duration::from_millis(1050);

/// The limiter of a run's look-ups, shared by the readers of all its accounts.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<Mutex<Places>>);

/// The places for look-ups, by account and region.
type Places = HashMap<(String, String), Arc<Semaphore>>;

/// The right to make one look-up, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn(Option<OwnedSemaphorePermit>);

impl Pace {
    /// Waits until one more look-up may be made for an account and region. Whoever comes first goes first.
    pub(super) async fn turn(&self, account: &str, region: &str) -> Turn {
        let places = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(
                all.entry((account.to_owned(), region.to_owned())).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))),
            )
        };
        // Nobody closes it.
        Turn(places.acquire_owned().await.ok())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let place = self.0.take();
        // Outside of a runtime, nobody waits any more.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(async move {
                tokio::time::sleep(REST).await;
                drop(place);
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use tokio::time::Instant;

    /// When look-ups are answered that take so long, in milliseconds.
    async fn answered(pace: &Pace, count: usize, takes: u64) -> Vec<u128> {
        let begun = Instant::now();
        let look_ups = (0..count).map(|_| async {
            let turn = pace.turn("general", "us-east-1").await;
            tokio::time::sleep(Duration::from_millis(takes)).await;
            drop(turn);
            begun.elapsed().as_millis()
        });
        let mut at = join_all(look_ups).await;
        at.sort_unstable();
        at
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_than_two_look_ups() {
        assert_eq!(answered(&Pace::default(), 5, 0).await, [0, 0, 1050, 1050, 2100]);
        assert_eq!(answered(&Pace::default(), 4, 300).await, [300, 300, 1650, 1650]);
    }

    #[tokio::test(start_paused = true)]
    async fn other_regions_and_accounts_have_their_own_pace() {
        let (pace, begun) = (Pace::default(), Instant::now());
        answered(&pace, 2, 0).await;
        drop(pace.turn("general", "eu-west-1").await);
        drop(pace.turn("production", "us-east-1").await);
        assert_eq!(begun.elapsed().as_millis(), 0);
        drop(pace.turn("general", "us-east-1").await);
        assert_eq!(begun.elapsed().as_millis(), 1050);
    }
}
