//! AWS's clock: what time it is in a run. What this computer's clock says decides nothing.

use tokio::sync::watch;

use super::time::Time;

/// The clock of a run, shared by the readers of all its accounts. It stands at the `Date` of the first answer to
/// `sts:GetCallerIdentity`, of whichever account.
#[derive(Debug, Clone)]
pub struct Clock(watch::Sender<State>);

#[derive(Debug, Clone, Copy)]
struct State {
    now: Option<Time>,
    /// How many accounts have yet to be asked who they are.
    outstanding: usize,
}

impl Default for Clock {
    /// A clock that nobody will set.
    fn default() -> Clock {
        Clock::new(0)
    }
}

impl Clock {
    /// The clock of a run that asks so many accounts who they are.
    pub fn new(outstanding: usize) -> Clock {
        Clock(watch::Sender::new(State { now: None, outstanding }))
    }

    /// An account has been asked who it is, and answered at this time, if it did.
    pub fn tell(&self, date: Option<Time>) {
        self.0.send_modify(|state| {
            state.now = state.now.or(date);
            state.outstanding = state.outstanding.saturating_sub(1);
        });
    }

    /// What time it is, as far as that is known.
    pub fn now(&self) -> Option<Time> {
        self.0.borrow().now
    }

    /// What time it is, once an account has told; none when all were asked and none did.
    pub async fn wait(&self) -> Option<Time> {
        let mut states = self.0.subscribe();
        // The sender lives as long as `self` does.
        let settled = states.wait_for(|state| state.now.is_some() || state.outstanding == 0).await;
        settled.ok().and_then(|state| state.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_answer_of_any_account_sets_the_clock() {
        let clock = Clock::new(3);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.wait().await }
        });
        clock.tell(None);
        assert_eq!(clock.now(), None);
        clock.tell(Time::from_secs(20));
        clock.tell(Time::from_secs(10));
        assert_eq!(waiting.await.unwrap(), Time::from_secs(20));
        assert_eq!(clock.wait().await, Time::from_secs(20));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_clock_that_nobody_will_set() {
        let clock = Clock::new(1);
        clock.tell(None);
        assert_eq!(clock.wait().await, None);
        assert_eq!(Clock::default().wait().await, None);
    }
}
