//! Limits the rate of calls to CloudTrail, which allows two look-ups per second for each account and region (API
//! reference of `LookupEvents`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many look-ups are made per second.
const AT_ONCE: usize = 2;
/// How long after the response to a look-up the next one may be made. Because this is counted from the response, AWS
/// never gets more than two per second, even if requests are delayed. It is a little more than a second, because clocks
/// differ.
const REST: Duration = Duration::from_millis(1050);

/// The limiter of a run's look-ups, shared by the readers of all its accounts.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<Mutex<Places>>);

/// The permits for look-ups, by account and region.
type Places = HashMap<(String, String), Arc<Semaphore>>;

/// The permit for one look-up, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn(Option<OwnedSemaphorePermit>);

impl Pace {
    /// Waits until another look-up may be made for an account and region, in the order of the calls.
    pub(super) async fn turn(&self, account: &str, region: &str) -> Turn {
        let places = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(
                all.entry((account.to_owned(), region.to_owned())).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))),
            )
        };
        // It is never closed.
        Turn(places.acquire_owned().await.ok())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let place = self.0.take();
        // Outside of a runtime, nothing is waiting.
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

    /// When look-ups with this duration end, in milliseconds.
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
    async fn at_most_two_look_ups_are_made_per_second() {
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
