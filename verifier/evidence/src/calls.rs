//! The calls of a run that checks ask for: each is made once, and a few at the same time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

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
    /// One task for each call, to use all processor cores.
    running: tokio::sync::Mutex<JoinSet<Answered>>,
}

type Answered = (String, Ask, Outcome);

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

    /// Makes the calls that can be made now.
    fn begin(&self, running: &mut JoinSet<Answered>, named: &Arc<Named>) {
        let mut state = self.state();
        let waiting = std::mem::take(&mut state.waiting);
        let (ready, waiting): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(account, _)| state.clients.contains_key(account));
        state.waiting = waiting;
        for (account, ask) in ready {
            let client = Arc::clone(&state.clients[&account]);
            let service = ask.call.split_once(':').map_or(ask.call.as_str(), |(service, _)| service).to_owned();
            let place = (account.clone(), service, ask.region.clone());
            let place = state.places.entry(place).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
            let (place, named) = (Arc::clone(place), Arc::clone(named));
            running.spawn(async move {
                // It is never closed.
                let _turn = place.acquire().await;
                let outcome = client.answer(&ask, &named).await;
                (account, ask, outcome)
            });
        }
    }

    /// Waits for the next answer; `None` if there will be no more.
    pub(crate) async fn next_answer(&self, named: &Arc<Named>) -> Option<Answered> {
        let mut running = self.running.lock().await;
        loop {
            self.begin(&mut running, named);
            if running.is_empty() && self.state().no_more_sections {
                return None;
            }
            tokio::select! {
                Some(answered) = running.join_next() => match answered {
                    Ok(answered) => return Some(answered),
                    Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
                    // Cancelled, which only happens when the process ends.
                    Err(_) => {}
                },
                () = self.changed.notified() => {}
            }
        }
    }
}
