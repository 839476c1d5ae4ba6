//! AWS's clock, which is the time of a run. This computer's clock decides nothing.

use tokio::sync::watch;

use super::time::Time;

/// The clock of a run, shared by the readers of all its accounts. Its time is the `Date` of the first response to
/// `sts:GetCallerIdentity`, of any account.
#[derive(Debug, Clone)]
pub struct Clock(watch::Sender<State>);

#[derive(Debug, Clone, Copy)]
struct State {
    now: Option<Time>,
    /// How many accounts have not been identified yet.
    outstanding: usize,
}

impl Default for Clock {
    /// A clock that will not be set.
    fn default() -> Clock {
        Clock::new(0)
    }
}

impl Clock {
    /// The clock of a run that identifies so many accounts.
    pub fn new(outstanding: usize) -> Clock {
        Clock(watch::Sender::new(State { now: None, outstanding }))
    }

    /// Notes that an account was identified, with the time of the response, if there was one.
    pub fn tell(&self, date: Option<Time>) {
        self.0.send_modify(|state| {
            state.now = state.now.or(date);
            state.outstanding = state.outstanding.saturating_sub(1);
        });
    }

    /// The time, if it is known.
    pub fn now(&self) -> Option<Time> {
        self.0.borrow().now
    }

    /// Waits for the time; `None` if no account's response had one.
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
    async fn the_first_response_of_any_account_sets_the_clock() {
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
    async fn waiting_ends_if_the_clock_will_not_be_set() {
        let clock = Clock::new(1);
        clock.tell(None);
        assert_eq!(clock.wait().await, None);
        assert_eq!(Clock::default().wait().await, None);
    }
}
