//! Decides whether the pages of a list that were read so far are enough.

use course::Step;
use course::results::Results;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

use super::judge::Judge;
use crate::plan::Source;
use evidence::gather::{Gathered, Plan, SoFar};
use evidence::{Enough, Section};

/// The steps of a run, and what has arrived for them.
#[derive(Debug)]
pub(super) struct Deciding {
    judge: Judge,
    steps: Vec<Step>,
    /// Whether anything is read but who the accounts are: only sections are read in part.
    has_sections: bool,
    arrived: Mutex<Gathered>,
}

impl Deciding {
    /// For all steps of a course whose evidence is in the plan.
    pub(super) fn new(judge: Judge, plan: &Plan) -> Deciding {
        let (course, checks) = (judge.course(), judge.compiled());
        let planned = |step: &&Step| {
            let needs = || checks.needs(course, step);
            let members = step.members.iter().filter_map(|id| course.step(id));
            let compiled = members.chain([*step]).all(|step| checks.find(&step.check).is_some());
            compiled
                && needs().iter().all(|(account, source)| match source {
                    Source::Section(section) => plan.get(account).is_some_and(|all| all.contains(section)),
                    Source::Operation(_) => true,
                })
        };
        let has_sections = plan.values().flatten().any(|section| *section != Section::Identity);
        let steps = course.steps.iter().filter(|step| has_sections && planned(step)).cloned().collect();
        Deciding { judge, steps, has_sections, arrived: Mutex::default() }
    }

    /// Saves what has arrived.
    pub(super) fn note(&self, so_far: &SoFar<'_>) {
        if let Some(gathered) = self.has_sections.then(|| so_far.gathered()).flatten() {
            *self.arrived.lock().unwrap_or_else(PoisonError::into_inner) = gathered;
        }
    }

    /// The function that gathering calls after each page.
    pub(super) fn question(self: &Arc<Deciding>) -> Enough {
        let deciding = Arc::clone(self);
        Arc::new(move |account, section, so_far| deciding.is_decided(account, section, so_far))
    }

    /// Whether each step that uses a section can be decided from a part of it.
    fn is_decided(&self, account: &str, section: Section, so_far: &Value) -> bool {
        let mut gathered = self.arrived.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut evidence = (*gathered.evidence).clone();
        evidence.entry(account.to_owned()).or_default().insert(section, so_far.clone());
        gathered.evidence = Arc::new(evidence);
        let need = (account.to_owned(), Source::Section(section));
        let needs = |step: &&Step| self.judge.compiled().needs(self.judge.course(), step).contains(&need);
        let mut resting = self.steps.iter().filter(|step| step.members.is_empty()).filter(needs);
        let results = Results::empty(true);
        let partly = self.judge.partly(&gathered, &results);
        resting.all(|step| partly.is_ready(step) && partly.is_decided(step, account, section))
    }
}
