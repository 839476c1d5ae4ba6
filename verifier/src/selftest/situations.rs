//! The practice accounts in every state that a check must distinguish.

use anyhow::Result;
use course::{Course, Step};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::answers;
use super::judging;
use crate::actions::{self, ActionError, Failures, PracticeAccounts, TakenAction};
use crate::plan::{Compiled, CompiledExpectation, Source, What};
use crate::reads::CompiledRead;
use crate::run::asking::Asking;
use evidence::gather::{self, Asks, Gathered, Plan, Questions};
use evidence::identifying::Identifying;
use evidence::{Section, time};

/// The time between two actions, in seconds.
const APART: i64 = 60;

/// The ids of steps whose actions were taken, in order.
type Actions = Vec<String>;

/// The practice accounts in one state.
#[derive(Debug)]
pub(super) struct Situation {
    /// The evidence.
    pub(super) gathered: Gathered,
    /// The checks whose actions, or equivalent actions, were done.
    pub(super) done: BTreeSet<String>,
    /// The last action.
    action: Option<String>,
}

/// What the practice accounts are for a check.
#[derive(Debug)]
enum Own {
    /// Before its own action, and right after it.
    Practised(Actions, Actions),
    /// Its action fails.
    Failed(String),
    /// Its action uses a service that they do not have.
    Lacking,
}

/// All states, gathered once.
#[derive(Debug)]
pub struct Situations {
    /// The states after these actions, in order.
    after: BTreeMap<Actions, Situation>,
    /// For each check with an action, which states are its own.
    own: BTreeMap<String, Own>,
    /// For each check, the state after all actions, with the check's reads denied.
    denied: BTreeMap<String, Situation>,
    /// For each check, an empty account.
    empty: BTreeMap<String, Situation>,
}

/// What is looked at in every state.
struct Looking<'l> {
    course: &'l Arc<Course>,
    compiled: &'l Arc<Compiled>,
    plan: Plan,
}

impl Situations {
    /// Gathers what the checks of a course read, in every state. The course has a step for each check.
    ///
    /// # Errors
    /// If what is there before the course cannot be made.
    pub async fn gather(course: &Arc<Course>, compiled: &Arc<Compiled>) -> Result<Situations> {
        let looking = Looking { course, compiled, plan: compiled.plan(course, &course.steps) };
        let (after, own) = looking.after_actions().await?;
        let (denied, empty) = (looking.denied().await?, looking.empty().await?);
        Ok(Situations { after, own, denied, empty })
    }

    /// The states before a check's own action and right after it. `None` if it has no action that can be taken here.
    pub(super) fn own(&self, check: &str) -> Option<(&Situation, &Situation)> {
        match self.own.get(check)? {
            Own::Practised(before, with) => Some((self.after.get(before)?, self.after.get(with)?)),
            Own::Failed(_) | Own::Lacking => None,
        }
    }

    /// Why a check's action fails.
    pub(super) fn failure(&self, check: &str) -> Option<&str> {
        match self.own.get(check)? {
            Own::Failed(why) => Some(why),
            Own::Practised(..) | Own::Lacking => None,
        }
    }

    /// Whether a check's action uses a service that the practice accounts of this program do not have.
    pub(super) fn lacks(&self, check: &str) -> bool {
        matches!(self.own.get(check), Some(Own::Lacking))
    }

    /// Every action with the state right after it.
    pub(super) fn actions(&self) -> impl Iterator<Item = (&str, &Situation)> {
        self.after.values().filter_map(|situation| Some((situation.action.as_deref()?, situation)))
    }

    /// The state in which a check's account is empty.
    pub(super) fn empty(&self, check: &str) -> &Situation {
        &self.empty[check]
    }

    /// The state after all actions, with the reads of a check denied.
    pub(super) fn denied(&self, check: &str) -> &Situation {
        &self.denied[check]
    }
}

impl Looking<'_> {
    /// The states before and after each action.
    async fn after_actions(&self) -> Result<(BTreeMap<Actions, Situation>, BTreeMap<String, Own>)> {
        let (mut states, mut own) = (BTreeMap::new(), BTreeMap::new());
        let fresh = PracticeAccounts::fresh(self.course, self.compiled, time::now_secs()).await?;
        for step in self.course.steps.iter().filter(|step| actions::has_action(self.course, step)) {
            let all: Vec<Step> = fresh.steps_before(step).into_iter().chain([step.clone()]).collect();
            // What other actions do for it is its own, too.
            let same = self.course.check(step).practised_by();
            let is_own = |one: &&Step| one.id == step.id || same.contains(&one.check);
            let ids = |steps: &mut dyn Iterator<Item = &Step>| steps.map(|step| step.id.clone()).collect::<Actions>();
            let before = ids(&mut all.iter().filter(|one| !is_own(one)));
            let with = ids(&mut all.iter());
            match self.states(&mut states, [&before, &with]).await {
                Ok(()) => drop(own.insert(step.check.clone(), Own::Practised(before, with))),
                Err(error) => match error.downcast_ref::<ActionError>() {
                    // Cases prove it.
                    Some(ActionError::Lacking { .. }) => drop(own.insert(step.check.clone(), Own::Lacking)),
                    Some(ActionError::Changed { why, .. }) => {
                        own.insert(step.check.clone(), Own::Failed(why.clone()));
                    }
                    Some(error) => drop(own.insert(step.check.clone(), Own::Failed(error.to_string()))),
                    None => return Err(error),
                },
            }
        }
        Ok((states, own))
    }

    /// Looks at the states after these actions.
    async fn states(&self, states: &mut BTreeMap<Actions, Situation>, of: [&Actions; 2]) -> Result<()> {
        for actions in of {
            if let Entry::Vacant(place) = states.entry(actions.clone()) {
                let now = time::now_secs();
                let begin = now - APART * (i64::try_from(actions.len()).unwrap_or_default() + 1);
                let taken = (begin..).step_by(60).zip(actions);
                let taken: Vec<TakenAction> = taken
                    .map(|(time, step)| TakenAction { step: step.clone(), time, inputs: BTreeMap::new(), at: None })
                    .collect();
                let accounts = PracticeAccounts::after(self.course, self.compiled, &taken, now).await?;
                let judge = judging::judge(self.course, self.compiled);
                let asks = Asking::of(&judge, &self.course.steps.iter().collect::<Vec<&Step>>());
                place.insert(self.look(&accounts, &self.plan, asks, actions.last().cloned()).await);
            }
        }
        Ok(())
    }

    /// For each check, the state after all actions with its reads denied.
    async fn denied(&self) -> Result<BTreeMap<String, Situation>> {
        let now = time::now_secs();
        let mut accounts = PracticeAccounts::fresh(self.course, self.compiled, now).await?;
        accounts.walk(now, Failures::LeaveOut, async |_, _| Ok::<(), ActionError>(())).await?;
        let judge = judging::judge(self.course, self.compiled);
        let mut denied = BTreeMap::new();
        for step in &self.course.steps {
            let sources = deciding(self.course, self.compiled, step);
            let calls: BTreeSet<String> = sources.iter().flat_map(Source::calls).map(|(call, _)| call).collect();
            accounts.deny_only(calls.iter().map(String::as_str));
            let (plan, asks) = (self.compiled.plan(self.course, [step]), Asking::of(&judge, &[step]));
            let mut situation = self.look(&accounts, &plan, asks, None).await;
            answers::deny(&judge, step, &calls, &mut situation.gathered);
            denied.insert(step.check.clone(), situation);
        }
        Ok(denied)
    }

    /// For each check, the state in which its accounts exist and nothing is in them.
    async fn empty(&self) -> Result<BTreeMap<String, Situation>> {
        let judge = judging::judge(self.course, self.compiled);
        let (mut known, mut empty) = (BTreeMap::new(), BTreeMap::new());
        for step in &self.course.steps {
            let members = step.members.iter().filter_map(|id| self.course.step(id));
            let own: BTreeSet<String> = members.chain([step]).map(|step| step.account.clone()).collect();
            let accounts = match known.entry(own) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let now = time::now_secs();
                    let accounts = PracticeAccounts::signed_up(self.course, self.compiled, place.key(), now).await?;
                    place.insert(accounts)
                }
            };
            let (plan, asks) = (self.compiled.plan(self.course, [step]), Asking::of(&judge, &[step]));
            let mut situation = self.look(accounts, &plan, asks, None).await;
            answers::empty(&judge, step, &mut situation.gathered);
            situation.done.clear();
            empty.insert(step.check.clone(), situation);
        }
        Ok(empty)
    }

    async fn look(
        &self,
        accounts: &PracticeAccounts,
        plan: &Plan,
        asks: Option<Arc<dyn Asks>>,
        action: Option<String>,
    ) -> Situation {
        let questions = Questions { enough: None, asks };
        let gathered =
            gather::gather(plan, &accounts.connections(), Identifying::default(), &BTreeMap::new(), &|_| {}, questions)
                .await;
        let done = self.course.steps.iter().filter(|step| accounts.has_done(step)).map(|step| step.check.clone());
        Situation { gathered, done: done.collect(), action }
    }
}

/// What decides a step. What only its sentences use, or what only backs a confirmation, does not. If there is nothing
/// else, `identity` decides.
fn deciding(course: &Course, compiled: &Compiled, step: &Step) -> BTreeSet<Source> {
    let check = compiled.check(step);
    let expressions = check.expectations.iter().flat_map(CompiledExpectation::deciding);
    let members = step.members.iter().filter_map(|id| course.step(id));
    let mut sources: BTreeSet<Source> = members.flat_map(|member| deciding(course, compiled, member)).collect();
    for need in expressions.flat_map(|expression| check.needs(expression)) {
        match need.what {
            What::Section(section) => drop(sources.insert(Source::Section(section))),
            What::Read(name) => {
                let calls = check.read(&name).into_iter().flat_map(CompiledRead::calls);
                sources.extend(calls.map(Source::Operation));
            }
            What::Input(_) => {}
        }
    }
    let removed = step.removes.iter().filter_map(|id| course.step(id));
    sources.extend(removed.flat_map(|made| compiled.needs_of_made(made)).map(|(_, source)| source));
    let identity = Source::Section(Section::Identity);
    sources.retain(|source| *source != identity);
    if sources.is_empty() {
        sources.insert(identity);
    }
    sources
}
