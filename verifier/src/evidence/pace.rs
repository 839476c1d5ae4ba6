//! How fast CloudTrail is asked: it allows two look-ups a second for an account and region (API reference of
//! `LookupEvents`), whatever they are for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What lies between two look-ups.
const INTERVAL: Duration = Duration::from_millis(500);
/// So many may be made at once.
const CAPACITY: u32 = 2;

/// The limiter of a run's look-ups, shared by the readers of all its accounts.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<Mutex<HashMap<(String, String), Instant>>>);

impl Pace {
    /// Waits until one more look-up may be made for an account and region. Whoever comes first goes first.
    pub(super) async fn wait(&self, account: &str, region: &str) {
        tokio::time::sleep_until(self.book(account, region)).await;
    }

    /// Books the next look-up, and tells when it may be made.
    fn book(&self, account: &str, region: &str) -> Instant {
        let now = Instant::now();
        let mut booked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = booked.entry((account.to_owned(), region.to_owned())).or_insert(now);
        // When all that was booked would have been made at an even pace, of which a full bucket is ahead.
        let even = (*full).max(now);
        *full = even + INTERVAL;
        even.checked_sub(INTERVAL * (CAPACITY - 1)).map_or(now, |at| at.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn two_look_ups_a_second_are_made_for_an_account_and_region() {
        let (pace, begun) = (Pace::default(), Instant::now());
        let mut at = Vec::new();
        for _ in 0..5 {
            pace.wait("general", "us-east-1").await;
            at.push(begun.elapsed().as_millis());
        }
        assert_eq!(at, [0, 0, 500, 1000, 1500]);
        pace.wait("general", "eu-west-1").await;
        pace.wait("production", "us-east-1").await;
        assert_eq!(begun.elapsed().as_millis(), 1500, "other regions and accounts have their own");
        tokio::time::sleep(Duration::from_secs(60)).await;
        pace.wait("general", "us-east-1").await;
        pace.wait("general", "us-east-1").await;
        pace.wait("general", "us-east-1").await;
        assert_eq!(begun.elapsed().as_millis(), 62_000, "what was not used is no credit beyond two");
    }

    #[tokio::test(start_paused = true)]
    async fn look_ups_of_several_sections_share_the_pace() {
        let (pace, begun) = (Pace::default(), Instant::now());
        let look_ups = (0..8).map(|_| async {
            pace.wait("general", "us-east-1").await;
            begun.elapsed().as_millis()
        });
        let mut at = futures_util::future::join_all(look_ups).await;
        at.sort_unstable();
        assert_eq!(at, [0, 0, 500, 1000, 1500, 2000, 2500, 3000]);
    }
}
