//! The practice accounts in every state that a check must distinguish.

use anyhow::Result;
use course::{Course, Step};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::answers;
use super::empty::Accounts;
use super::judging;
use crate::plan::{Compiled, CompiledExpectation, Source, What};
use crate::reads::CompiledRead;
use crate::run::asking::Asking;
use evidence::gather::{self, Asks, Gathered, Plan, Questions};
use evidence::{Section, time};
use practice::{self, PracticeCloud, Start, TakenAction};

/// The time between two actions, in seconds.
const APART: i64 = 60;

/// The practice accounts in one state.
#[derive(Debug)]
pub(super) struct Situation {
    /// The evidence.
    pub(super) gathered: Gathered,
    /// The checks whose actions, or equivalent actions, were done.
    pub(super) done: BTreeSet<String>,
    /// The last action.
    action: Option<&'static str>,
}

/// All states, gathered once.
#[derive(Debug)]
pub struct Situations {
    /// The states after these actions, in order.
    after: BTreeMap<Vec<&'static str>, Situation>,
    /// For each check, the state after all actions, with the check's reads denied.
    denied: BTreeMap<String, Situation>,
    /// For each check, an empty account.
    empty: BTreeMap<String, Situation>,
}

impl Situations {
    /// Gathers what the checks of a course read, in every state.
    ///
    /// # Errors
    /// If the practice accounts reject an action, which is a mistake in them.
    pub async fn gather(course: &Arc<Course>, compiled: &Arc<Compiled>) -> Result<Situations> {
        let plan = compiled.plan(course, &course.steps);
        let judge = judging::judge(course, compiled);
        let steps: Vec<&Step> = course.steps.iter().collect();
        let mut situations = Situations { after: BTreeMap::new(), denied: BTreeMap::new(), empty: BTreeMap::new() };
        let fresh = PracticeCloud::open(Start::Fresh, &[], &course.params, time::now_secs()).await?;
        for action in practice::actions() {
            let before = practice::steps_before(&fresh, action.step)?;
            let with = [before.clone(), vec![action.step]].concat();
            for actions in [before, with] {
                if let Entry::Vacant(place) = situations.after.entry(actions) {
                    let practice_cloud = after(course, place.key()).await?;
                    let action = place.key().last().copied();
                    let asks = Asking::of(&judge, &steps);
                    place.insert(look(course, &practice_cloud, &plan, asks, action).await);
                }
            }
        }
        let sections = plan.values().flatten().copied().collect();
        let accounts = Accounts::gather(course, &sections).await?;
        for step in &course.steps {
            let step_plan = compiled.plan(course, [step]);
            let asks = Asking::of(&judge, &[step]);
            let mut gathered = accounts.empty_for(course, step);
            if let (Some(asks), Some(own)) = (&asks, gathered.account_ids.get(&step.account)) {
                gathered.answers = Arc::new(accounts.answers(step, &step_plan, Arc::clone(asks), own).await?);
                answers::empty(&judge, step, &mut gathered);
            }
            let empty = Situation { gathered, done: BTreeSet::new(), action: None };
            situations.empty.insert(step.check.clone(), empty);
            let practice_cloud = PracticeCloud::open(Start::Done, &[], &course.params, time::now_secs()).await?;
            let sources = deciding(course, compiled, step);
            let denied: BTreeSet<String> = sources.iter().flat_map(Source::calls).map(|(call, _)| call).collect();
            denied.iter().for_each(|call| practice_cloud.deny(call));
            let asks = Asking::of(&judge, &[step]);
            let mut situation = look(course, &practice_cloud, &step_plan, asks, None).await;
            answers::deny(&judge, step, &denied, &mut situation.gathered);
            situations.denied.insert(step.check.clone(), situation);
        }
        Ok(situations)
    }

    /// The state right after a check's own action. `None` if it has no action.
    pub(super) fn own(&self, check: &str) -> Option<&Situation> {
        let action = practice::find(check).ok()?;
        self.after.values().find(|situation| situation.action == Some(action.step))
    }

    /// The state before the action of `own`.
    pub(super) fn before(&self, own: &Situation) -> &Situation {
        let actions =
            self.after.iter().find(|(_, situation)| std::ptr::eq(*situation, own)).map(|(actions, _)| actions);
        let before = actions.map(|actions| actions[..actions.len().saturating_sub(1)].to_vec()).unwrap_or_default();
        &self.after[&before]
    }

    /// Every action with the state right after it.
    pub(super) fn actions(&self) -> impl Iterator<Item = (&'static str, &Situation)> {
        self.after.values().filter_map(|situation| Some((situation.action?, situation)))
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

async fn after(course: &Course, actions: &[&str]) -> Result<PracticeCloud> {
    let now = time::now_secs();
    let begin = now - APART * (i64::try_from(actions.len()).unwrap_or_default() + 1);
    let taken = (begin..).step_by(60).zip(actions);
    let taken: Vec<TakenAction> = taken.map(|(time, step)| TakenAction { step: (*step).to_owned(), time }).collect();
    Ok(PracticeCloud::open(Start::Fresh, &taken, &course.params, now).await?)
}

async fn look(
    course: &Course,
    practice_cloud: &PracticeCloud,
    plan: &Plan,
    asks: Option<Arc<dyn Asks>>,
    action: Option<&'static str>,
) -> Situation {
    let connections = practice_cloud.connections(course.accounts.keys());
    let gathered =
        gather::gather(plan, &connections, &BTreeMap::new(), &|_| {}, Questions { enough: None, asks }).await;
    let done = course.checks.keys().filter(|check| practice_cloud.has_done(check)).cloned().collect();
    Situation { gathered, done, action }
}
