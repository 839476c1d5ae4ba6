//! The calls of a run that checks ask for: each is made once, and a few at the same time.

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore};

use crate::client::{Ask, Client, Named, Outcome};

/// How many calls to a service are made at the same time, in an account and region. AWS allows at least this many reads
/// per second, with a burst of more (Amazon EC2 API reference, "Request throttling"); the SDK slows down if it does not.
const AT_ONCE: usize = 10;

/// The calls of a run.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    state: Mutex<State>,
    /// Notified when something can be called, or there will be nothing more.
    changed: Notify,
    running: tokio::sync::Mutex<FuturesUnordered<Running>>,
}

type Answered = (String, Ask, Outcome);
/// A call in progress.
struct Running(Pin<Box<dyn Future<Output = Answered> + Send>>);

#[derive(Debug, Default)]
struct State {
    /// The clients of the accounts that are identified.
    clients: BTreeMap<String, Arc<Client>>,
    /// All calls that were ever asked for.
    asked: BTreeSet<(String, Ask)>,
    /// Those that are not made yet.
    waiting: Vec<(String, Ask)>,
    places: BTreeMap<(String, String, Option<String>), Arc<Semaphore>>,
    no_more_sections: bool,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Running")
    }
}

impl Future for Running {
    type Output = Answered;

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Answered> {
        self.0.poll_unpin(context)
    }
}

impl Calls {
    pub(crate) fn new() -> Calls {
        Calls::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An account is identified: its calls can be made.
    pub(crate) fn identified(&self, account: &str, client: Client) {
        self.state().clients.insert(account.to_owned(), Arc::new(client));
        self.changed.notify_one();
    }

    /// All sections have arrived, or never will.
    pub(crate) fn no_more_sections(&self) {
        self.state().no_more_sections = true;
        self.changed.notify_one();
    }

    /// Asks for calls. Returns how many of them are new.
    pub(crate) fn ask(&self, asked: Vec<(String, Ask)>) -> usize {
        let mut state = self.state();
        let new: Vec<(String, Ask)> = asked.into_iter().filter(|one| state.asked.insert(one.clone())).collect();
        let count = new.len();
        state.waiting.extend(new);
        if count > 0 {
            self.changed.notify_one();
        }
        count
    }

    /// The calls that can be made now.
    fn ready(&self, named: &Arc<Named>) -> Vec<Running> {
        let mut state = self.state();
        let waiting = std::mem::take(&mut state.waiting);
        let (ready, waiting): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(account, _)| state.clients.contains_key(account));
        state.waiting = waiting;
        let call = |(account, ask): (String, Ask)| {
            let client = Arc::clone(&state.clients[&account]);
            let service = ask.call.split_once(':').map_or(ask.call.as_str(), |(service, _)| service).to_owned();
            let place = (account.clone(), service, ask.region.clone());
            let place = state.places.entry(place).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
            let (place, named) = (Arc::clone(place), Arc::clone(named));
            let called = async move {
                // It is never closed.
                let _turn = place.acquire().await;
                let outcome = client.answer(&ask, &named).await;
                (account, ask, outcome)
            };
            Running(Box::pin(called))
        };
        ready.into_iter().map(call).collect()
    }

    /// Waits for the next answer; `None` if there will be no more.
    pub(crate) async fn next_answer(&self, named: &Arc<Named>) -> Option<Answered> {
        let mut running = self.running.lock().await;
        loop {
            running.extend(self.ready(named));
            if running.is_empty() && self.state().no_more_sections {
                return None;
            }
            tokio::select! {
                Some(answered) = running.next() => return Some(answered),
                () = self.changed.notified() => {}
            }
        }
    }
}
