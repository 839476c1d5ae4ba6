//! The practice accounts of a course, and what was done in them.

use course::{Course, Step};
use evidence::client::Loopback;
use evidence::connection::Connection;
use evidence::time;
use practice::{Elsewhere, PracticeCloud, PracticeError, Switch};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::ActionError;
use super::log::TakenAction;
use super::order;
use crate::plan::Compiled;

/// A day, in seconds.
const DAY: i64 = 24 * 3600;

/// How long ago the accounts were set up that exist before the course, which is within the 90 days of CloudTrail's event
/// history.
const AGE: i64 = 60 * DAY;

/// How long ago the first step was done where all are done.
const SINCE_FIRST: i64 = 30 * DAY;

/// The time between two steps where all are done, unless there are too many.
const BETWEEN_STEPS: i64 = 3600;

/// What becomes of a walk through all actions, one of which fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failures {
    /// It ends.
    End,
    /// The action and what needs it are left out.
    LeaveOut,
}

/// Which accounts exist before anything is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// Those that no action signs up for, with what is given there.
    Fresh,
    /// All of them, empty.
    SignedUp,
}

/// The practice accounts of a course, with what was done in them.
#[derive(Debug)]
pub struct PracticeAccounts {
    pub(super) course: Arc<Course>,
    pub(super) compiled: Arc<Compiled>,
    pub(super) emulated: Emulated,
    /// The ids of the steps whose actions were taken, with the inputs of now.
    done: BTreeSet<String>,
    /// How often the action of each step was taken, if with other inputs, too.
    pub(super) times: BTreeMap<String, usize>,
}

#[derive(Debug)]
pub(super) enum Emulated {
    /// In this process.
    Here(PracticeCloud),
    /// In an emulator that runs already.
    Elsewhere(Elsewhere),
}

impl PracticeAccounts {
    /// The accounts in this process, before anything is done. `now`, in Unix seconds, is the time in them.
    ///
    /// # Errors
    /// When what the checks say is there before the course cannot be made.
    pub async fn fresh(
        course: &Arc<Course>,
        compiled: &Arc<Compiled>,
        now: i64,
    ) -> Result<PracticeAccounts, ActionError> {
        let accounts = PracticeAccounts::begin(course, compiled, now, Begin::Fresh, &BTreeSet::new()).await?;
        accounts.set_clock(now);
        Ok(accounts)
    }

    /// The accounts in this process, all of which exist. In these accounts there is nothing that the checks say is there
    /// before the course.
    ///
    /// # Errors
    /// When what the checks say is there in the other accounts cannot be made.
    pub async fn signed_up(
        course: &Arc<Course>,
        compiled: &Arc<Compiled>,
        empty: &BTreeSet<String>,
        now: i64,
    ) -> Result<PracticeAccounts, ActionError> {
        let accounts = PracticeAccounts::begin(course, compiled, now, Begin::SignedUp, empty).await?;
        accounts.set_clock(now);
        Ok(accounts)
    }

    /// The accounts in this process after these actions.
    ///
    /// # Errors
    /// When an action fails, which the course does not have any more, or which now does something else.
    pub async fn after(
        course: &Arc<Course>,
        compiled: &Arc<Compiled>,
        taken: &[TakenAction],
        now: i64,
    ) -> Result<PracticeAccounts, ActionError> {
        let mut accounts = PracticeAccounts::begin(course, compiled, now, Begin::Fresh, &BTreeSet::new()).await?;
        for action in taken.iter().filter(|action| action.at.is_none()) {
            let step = accounts.step(&action.step)?;
            let taken = accounts.take_with(&step, action.time, &action.inputs).await;
            // It did not fail when it was taken.
            taken.map_err(|error| match error {
                ActionError::Failed { .. } => ActionError::Changed { step: step.id, why: error.to_string() },
                error => error,
            })?;
        }
        accounts.set_clock(now);
        Ok(accounts)
    }

    /// The accounts in an emulator that runs already, in which these actions were taken.
    ///
    /// # Errors
    /// When the emulator cannot be used.
    pub async fn elsewhere(
        course: &Arc<Course>,
        compiled: &Arc<Compiled>,
        address: &Loopback,
        taken: &[TakenAction],
    ) -> Result<PracticeAccounts, ActionError> {
        let emulated = Elsewhere::connect(address, course.accounts.keys()).await.map_err(of_accounts)?;
        let at = address.to_string();
        let there = |action: &&TakenAction| action.at.as_ref() == Some(&at) && action.is_current(course);
        let done = taken.iter().filter(there).map(|action| action.step.clone()).collect();
        let (course, compiled, emulated) = (Arc::clone(course), Arc::clone(compiled), Emulated::Elsewhere(emulated));
        Ok(PracticeAccounts { course, compiled, emulated, done, times: BTreeMap::new() })
    }

    async fn begin(
        course: &Arc<Course>,
        compiled: &Arc<Compiled>,
        now: i64,
        begin: Begin,
        empty: &BTreeSet<String>,
    ) -> Result<PracticeAccounts, ActionError> {
        let cloud = PracticeCloud::new(course.accounts.keys(), now).map_err(of_accounts)?;
        let emulated = Emulated::Here(cloud);
        let (course, compiled) = (Arc::clone(course), Arc::clone(compiled));
        let (done, times) = (BTreeSet::new(), BTreeMap::new());
        let accounts = PracticeAccounts { course, compiled, emulated, done, times };
        accounts.set_clock(now.saturating_sub(AGE));
        let later = accounts.signed_up_later();
        for name in accounts.course.accounts.keys() {
            if begin == Begin::SignedUp || !later.contains(name) {
                let origin = format!("sign-up {name}");
                accounts.switch(name, Switch::SignUp, &origin).await.map_err(of_accounts)?;
            }
        }
        for step in order::with_given(&accounts.course, &accounts.compiled) {
            accounts.perform(&step, true, empty, &accounts.course.given).await?;
        }
        Ok(accounts)
    }

    /// The accounts that an action signs up for: they do not exist before.
    fn signed_up_later(&self) -> BTreeSet<String> {
        let checks = self.course.checks.values();
        checks.flat_map(|check| order::signed_up_by(check, &check.account)).map(str::to_owned).collect()
    }

    /// Whether a step's action only signs up for accounts that are there before the course.
    pub fn is_there_before(&self, step: &Step) -> bool {
        let later = self.signed_up_later();
        let mut signed_up = order::signed_up_by(self.course.check(step), &step.account).peekable();
        signed_up.peek().is_some() && signed_up.all(|name| !later.contains(name))
    }

    /// The step whose action signs up for an account, for learners.
    pub fn sign_up_step(&self, account: &str) -> Option<String> {
        let signs_up =
            |step: &&Step| order::signed_up_by(self.course.check(step), &step.account).any(|name| name == account);
        self.course.steps.iter().find(signs_up).map(|step| step.id.clone())
    }

    /// The step with this id.
    fn step(&self, id: &str) -> Result<Step, ActionError> {
        super::step(&self.course, id).ok_or_else(|| ActionError::Forgotten { step: id.to_owned() })
    }

    /// Whether a step's action was taken, or those that do the same.
    pub fn has_done(&self, step: &Step) -> bool {
        super::is_done(&self.course, &self.done, step)
    }

    /// The steps whose actions must still be taken before a step's, in order.
    pub fn steps_before(&self, step: &Step) -> Vec<Step> {
        order::before(&self.course, &self.done, step)
    }

    /// Makes what the checks say is there before the course, as far as an emulator has it.
    ///
    /// # Errors
    /// When an operation fails.
    pub async fn give(&self) -> Result<(), ActionError> {
        for step in order::with_given(&self.course, &self.compiled) {
            match self.perform(&step, true, &BTreeSet::new(), &self.course.given).await {
                Err(ActionError::Lacking { .. }) => {}
                given => given?,
            }
        }
        Ok(())
    }

    /// Takes a step's own action, whatever comes before it.
    ///
    /// # Errors
    /// When the course has none, or one of its operations fails. The accounts are then of no more use.
    pub async fn take(&mut self, step: &Step, time: i64) -> Result<(), ActionError> {
        self.take_with(step, time, &BTreeMap::new()).await
    }

    /// Takes a step's own action with other inputs than those of now.
    async fn take_with(
        &mut self,
        step: &Step,
        time: i64,
        inputs: &BTreeMap<String, String>,
    ) -> Result<(), ActionError> {
        if !super::has_action(&self.course, step) {
            return Err(ActionError::None { step: step.id.clone() });
        }
        self.set_clock(time);
        let mut given = self.course.given.clone();
        given.extend(inputs.clone());
        self.perform(step, false, &BTreeSet::new(), &given).await?;
        if given == self.course.given {
            self.done.insert(step.id.clone());
        }
        *self.times.entry(step.id.clone()).or_default() += 1;
        Ok(())
    }

    /// Takes the actions of all steps of the course in order, each after those that come before it, and calls `then`
    /// after each step. What the accounts of this process cannot do is left out, and with [`Failures::LeaveOut`] what
    /// fails, too.
    ///
    /// # Errors
    /// When an action fails, or `then` does.
    pub async fn walk<E: From<ActionError>>(
        &mut self,
        now: i64,
        failures: Failures,
        mut then: impl AsyncFnMut(&PracticeAccounts, &Step) -> Result<(), E>,
    ) -> Result<(), E> {
        let course = Arc::clone(&self.course);
        let steps: Vec<&Step> = course.steps.iter().filter(|step| super::has_action(&course, step)).collect();
        let count = i64::try_from(steps.len()).unwrap_or(i64::MAX).max(1);
        let between = BETWEEN_STEPS.min(SINCE_FIRST / count).max(1);
        let mut time = now.saturating_sub(SINCE_FIRST);
        for step in steps {
            if !self.has_done(step) {
                for step in self.steps_before(step).iter().chain([step]) {
                    match self.take(step, time).await {
                        // Neither this nor what needs it can be done here.
                        Err(ActionError::Lacking { .. }) => break,
                        Err(ActionError::Failed { .. }) if failures == Failures::LeaveOut => break,
                        taken => taken?,
                    }
                    time = time.saturating_add(between).min(now);
                }
            }
            then(self, step).await?;
        }
        self.set_clock(now);
        Ok(())
    }

    pub(super) async fn switch(&self, account: &str, switch: Switch, origin: &str) -> Result<(), PracticeError> {
        match &self.emulated {
            Emulated::Here(cloud) => cloud.switch(account, switch, origin).await,
            Emulated::Elsewhere(other) => other.switch(switch),
        }
    }

    fn set_clock(&self, time: i64) {
        if let Emulated::Here(cloud) = &self.emulated {
            cloud.set_clock(time);
        }
    }

    /// The time in the accounts (RFC 3339).
    pub(super) fn now(&self) -> String {
        match &self.emulated {
            Emulated::Here(cloud) => time::from_secs(cloud.now()),
            Emulated::Elsewhere(_) => time::now(),
        }
    }

    pub(super) fn account_ids(&self) -> BTreeMap<String, String> {
        let id = |name: &String| match &self.emulated {
            Emulated::Here(cloud) => cloud.account_id(name).map(str::to_owned),
            Emulated::Elsewhere(other) => other.account_id(name).map(str::to_owned),
        };
        self.course.accounts.keys().filter_map(|name| Some((name.clone(), id(name)?))).collect()
    }

    /// The connections to the accounts, which can only read.
    pub fn connections(&self) -> BTreeMap<String, Connection> {
        match &self.emulated {
            Emulated::Here(cloud) => cloud.connections(self.course.accounts.keys(), &|name| self.sign_up_step(name)),
            Emulated::Elsewhere(other) => other.connections(),
        }
    }

    /// Denies these operations and IAM actions in the accounts of this process, and allows all others.
    pub fn deny_only<'o>(&self, names: impl IntoIterator<Item = &'o str>) {
        if let Emulated::Here(cloud) = &self.emulated {
            cloud.deny_only(names);
        }
    }

    /// The emulated accounts of this process, for programs that use them over a network.
    pub fn into_cloud(self) -> Option<PracticeCloud> {
        match self.emulated {
            Emulated::Here(cloud) => Some(cloud),
            Emulated::Elsewhere(_) => None,
        }
    }
}

fn of_accounts(error: PracticeError) -> ActionError {
    ActionError::Accounts { why: error.to_string() }
}
