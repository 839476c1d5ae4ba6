//! The practice account in every situation that a check must tell apart.

use anyhow::Result;
use course::{Course, Step};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::empty::Accounts;
use crate::plan::{Compiled, CompiledExpectation};
use evidence::gather::{self, Gathered, Plan};
use evidence::{Section, table, time};
use practice::{self, PracticeCloud, Start, TakenAction};

/// How long actions are apart, in seconds.
const APART: i64 = 60;

/// The practice account at one moment.
#[derive(Debug)]
pub(super) struct Situation {
    /// What it says.
    pub(super) gathered: Gathered,
    /// The checks whose actions were taken, or others that come to the same.
    pub(super) done: BTreeSet<String>,
    /// The action that was taken last.
    action: Option<&'static str>,
}

/// All situations, gathered once.
#[derive(Debug)]
pub struct Situations {
    /// After the actions that are named, in order.
    after: BTreeMap<Vec<&'static str>, Situation>,
    /// With everything done and the check's reads denied.
    denied: BTreeMap<String, Situation>,
    /// An account with nothing in it, for each check.
    empty: BTreeMap<String, Situation>,
}

impl Situations {
    /// Gathers what the checks of a course read, in every situation.
    ///
    /// # Errors
    /// When the practice account refuses an action, which is a mistake in it.
    pub async fn gather(course: &Course, compiled: &Compiled) -> Result<Situations> {
        let plan = compiled.plan(course, &course.steps);
        let mut situations = Situations { after: BTreeMap::new(), denied: BTreeMap::new(), empty: BTreeMap::new() };
        let fresh = PracticeCloud::open(Start::Fresh, &[], &course.params, time::now_secs()).await?;
        for action in practice::actions() {
            let before = practice::steps_before(&fresh, action.step)?;
            let with = [before.clone(), vec![action.step]].concat();
            for actions in [before, with] {
                if let Entry::Vacant(place) = situations.after.entry(actions) {
                    let world = after(course, place.key()).await?;
                    let action = place.key().last().copied();
                    place.insert(look(course, &world, &plan, action).await);
                }
            }
        }
        let sections = plan.values().flatten().copied().collect();
        let accounts = Accounts::gather(course, &sections).await?;
        for step in &course.steps {
            let gathered = accounts.empty_for(course, step);
            let empty = Situation { gathered, done: BTreeSet::new(), action: None };
            situations.empty.insert(step.check.clone(), empty);
            let world = PracticeCloud::open(Start::Done, &[], &course.params, time::now_secs()).await?;
            let denied = deciding(course, compiled, step);
            denied.into_iter().flat_map(table::of).for_each(|call| world.deny(&call.name()));
            let plan = compiled.plan(course, [step]);
            situations.denied.insert(step.check.clone(), look(course, &world, &plan, None).await);
        }
        Ok(situations)
    }

    /// The situation right after a check's own action; none where there is no action.
    pub(super) fn own(&self, check: &str) -> Option<&Situation> {
        let action = practice::find(check).ok()?;
        self.after.values().find(|situation| situation.action == Some(action.step))
    }

    /// The situation before the action of another.
    pub(super) fn before(&self, own: &Situation) -> &Situation {
        let actions =
            self.after.iter().find(|(_, situation)| std::ptr::eq(*situation, own)).map(|(actions, _)| actions);
        let before = actions.map(|actions| actions[..actions.len().saturating_sub(1)].to_vec()).unwrap_or_default();
        &self.after[&before]
    }

    /// Every action with the situation right after it.
    pub(super) fn actions(&self) -> impl Iterator<Item = (&'static str, &Situation)> {
        self.after.values().filter_map(|situation| Some((situation.action?, situation)))
    }

    /// The situation in which there is nothing in a check's account.
    pub(super) fn empty(&self, check: &str) -> &Situation {
        &self.empty[check]
    }

    /// The situation in which everything is done and what a check reads is denied.
    pub(super) fn denied(&self, check: &str) -> &Situation {
        &self.denied[check]
    }
}

/// The sections that decide a step. What only its sentences tell of, or what only backs a confirmation, does not; where
/// nothing else does, whose account it is.
fn deciding(course: &Course, compiled: &Compiled, step: &Step) -> BTreeSet<Section> {
    let check = compiled.check(step);
    let expressions = check.expectations.iter().flat_map(CompiledExpectation::deciding);
    let needs = expressions.flat_map(|expression| check.needs(expression)).map(|need| need.section);
    let members = step.members.iter().filter_map(|id| course.step(id));
    let mut sections: BTreeSet<Section> = members.flat_map(|member| deciding(course, compiled, member)).collect();
    sections.extend(needs.filter(|section| *section != Section::Identity));
    if sections.is_empty() {
        sections.insert(Section::Identity);
    }
    sections
}

async fn after(course: &Course, actions: &[&str]) -> Result<PracticeCloud> {
    let now = time::now_secs();
    let begin = now - APART * (i64::try_from(actions.len()).unwrap_or_default() + 1);
    let taken = (begin..).step_by(60).zip(actions);
    let taken: Vec<TakenAction> = taken.map(|(time, step)| TakenAction { step: (*step).to_owned(), time }).collect();
    Ok(PracticeCloud::open(Start::Fresh, &taken, &course.params, now).await?)
}

async fn look(course: &Course, world: &PracticeCloud, plan: &Plan, action: Option<&'static str>) -> Situation {
    let connections = world.connections(course.accounts.keys());
    let gathered = gather::gather(plan, &connections, &BTreeMap::new(), &|_| {}, None).await;
    let done = course.checks.keys().filter(|check| world.has_done(check)).cloned().collect();
    Situation { gathered, done, action }
}
