//! Limits the rate of calls to each AWS account. All accounts share one pool of connections.

use aws_config::timeout::TimeoutConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::time::Instant;

use evidence::connection::ATTEMPT;

/// The timeout of an attempt, including the wait for its turn: AWS accepts a signature for five minutes.
const SIGNED: Duration = Duration::from_secs(5 * 60);

/// The timeouts of calls through a [`Limits`] client. AWS's own response time is limited in the client, after the wait
/// for a turn.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(SIGNED).build()
}

/// The limits of all accounts that are being read.
#[derive(Debug)]
pub struct Limits {
    rate: NonZeroU32,
    pool: SharedHttpClient,
    accounts: Mutex<HashMap<String, Weak<Turns>>>,
}

impl Limits {
    /// Allows `rate` calls per second to each account, and this many at once after a pause.
    pub fn new(rate: NonZeroU32, pool: SharedHttpClient) -> Limits {
        Limits { rate, pool, accounts: Mutex::default() }
    }

    /// The client for an account. All clients for the same account share its limit.
    pub fn client(&self, account_id: &str) -> SharedHttpClient {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let turns = accounts.get(account_id).and_then(Weak::upgrade).unwrap_or_else(|| {
            // These have no client any more.
            accounts.retain(|_, turns| turns.strong_count() > 0);
            let turns = Arc::new(Turns::new(self.rate));
            accounts.insert(account_id.to_owned(), Arc::downgrade(&turns));
            turns
        });
        SharedHttpClient::new(Limited { inner: self.pool.clone(), turns })
    }
}

/// The turns of an account: calls are spread evenly. After a pause, one second's calls may go at once.
#[derive(Debug)]
struct Turns {
    /// The time from one call to the next.
    apart: Duration,
    /// How far ahead of the even spread calls may go.
    ahead: Duration,
    /// When the next call's turn is in the even spread.
    next: Mutex<Instant>,
}

impl Turns {
    fn new(rate: NonZeroU32) -> Turns {
        let apart = Duration::from_secs(1) / rate.get();
        Turns { apart, ahead: apart * (rate.get() - 1), next: Mutex::new(Instant::now()) }
    }

    /// Waits for a turn.
    async fn wait(&self) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(Instant::now());
            *next = turn + self.apart;
            turn
        };
        let earliest = turn.checked_sub(self.ahead).unwrap_or(turn);
        tokio::time::sleep_until(earliest).await;
    }
}

/// An HTTP client or connector whose requests wait for their turn.
#[derive(Debug)]
struct Limited<T> {
    inner: T,
    turns: Arc<Turns>,
}

impl HttpClient for Limited<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Limited { inner, turns: Arc::clone(&self.turns) })
    }
}

impl HttpConnector for Limited<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, turns) = (self.inner.clone(), Arc::clone(&self.turns));
        HttpConnectorFuture::new(async move {
            turns.wait().await;
            let slow = |_| Err(ConnectorError::timeout(format!("no response within {ATTEMPT:?}").into()));
            tokio::time::timeout(ATTEMPT, inner.call(request)).await.unwrap_or_else(slow)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evidence::connection::http;

    fn limits(rate: u32) -> Limits {
        Limits::new(NonZeroU32::new(rate).unwrap(), http::client())
    }

    #[tokio::test(start_paused = true)]
    async fn a_seconds_worth_goes_at_once_and_the_rest_evenly() {
        let (turns, begun) = (Turns::new(NonZeroU32::new(10).unwrap()), Instant::now());
        let mut waited = Vec::new();
        for _ in 0..13 {
            turns.wait().await;
            waited.push(begun.elapsed().as_millis());
        }
        assert_eq!(waited[..10], [0; 10]);
        assert!(waited[10..].windows(2).all(|two| (99..=101).contains(&(two[1] - two[0]))), "{waited:?}");
        // After a pause, the same number of calls may go at once.
        tokio::time::advance(Duration::from_secs(60)).await;
        let begun = Instant::now();
        for _ in 0..10 {
            turns.wait().await;
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
        turns.wait().await;
        assert!(begun.elapsed() > Duration::from_millis(90));
    }

    #[tokio::test(start_paused = true)]
    async fn the_slowest_rate_is_one_call_a_second() {
        let (turns, begun) = (Turns::new(NonZeroU32::MIN), Instant::now());
        for _ in 0..3 {
            turns.wait().await;
        }
        assert!((2000..2010).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    }

    #[test]
    fn an_account_has_one_limit_and_it_is_dropped_with_the_last_client() {
        let limits = limits(10);
        let known = || limits.accounts.lock().unwrap().len();
        let one = limits.client("111122223333");
        let same = limits.client("111122223333");
        assert_eq!(known(), 1);
        drop(one);
        let kept = limits.accounts.lock().unwrap()["111122223333"].upgrade();
        assert!(kept.is_some(), "the other still reads it");
        drop((same, kept));
        let _others: Vec<_> = ["444455556666", "777788889999"].map(|id| limits.client(id)).into();
        assert_eq!(known(), 2);
    }
}
