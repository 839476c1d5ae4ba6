//! Whether what was read of a list decides, so that no further pages of it need be read.

use course::{Course, Step};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

use crate::run::Bench;
use evidence::gather::{Gathered, Plan, SoFar};
use evidence::{Enough, Section};

/// The steps of a run, and what has arrived for them.
#[derive(Debug)]
pub struct Deciding {
    course: Arc<Course>,
    compiled: Arc<crate::plan::Compiled>,
    key: course::key::Key,
    steps: Vec<Step>,
    arrived: Mutex<Gathered>,
}

impl Deciding {
    /// Of all steps of a course that a plan's evidence is for.
    pub fn new(bench: &Bench<'_>, plan: &Plan) -> Deciding {
        let planned = |step: &&Step| {
            let needs = || bench.compiled.needs(bench.course, step);
            let members = step.members.iter().filter_map(|id| bench.course.step(id));
            let compiled = members.chain([*step]).all(|step| bench.compiled.named(&step.check).is_some());
            compiled
                && needs().iter().all(|(account, section)| plan.get(account).is_some_and(|all| all.contains(section)))
        };
        Deciding {
            course: Arc::clone(bench.course),
            compiled: Arc::clone(bench.compiled),
            key: bench.key.clone(),
            steps: bench.course.steps.iter().filter(planned).cloned().collect(),
            arrived: Mutex::default(),
        }
    }

    /// Notes what has arrived.
    pub fn note(&self, so_far: &SoFar<'_>) {
        if let Some(gathered) = so_far.gathered() {
            *self.arrived.lock().unwrap_or_else(PoisonError::into_inner) = gathered;
        }
    }

    /// The question that gathering asks after each page.
    pub fn question(self: &Arc<Deciding>) -> Enough {
        let deciding = Arc::clone(self);
        Arc::new(move |account, section, so_far| deciding.is_decided(account, section, so_far))
    }

    /// Whether each step that rests on a section is decided by a part of it.
    fn is_decided(&self, account: &str, section: Section, so_far: &Value) -> bool {
        let mut gathered = self.arrived.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut evidence = (*gathered.evidence).clone();
        evidence.entry(account.to_owned()).or_default().insert(section, so_far.clone());
        gathered.evidence = Arc::new(evidence);
        let bench = Bench { course: &self.course, compiled: &self.compiled, key: &self.key, show_identifiers: false };
        let need = (account.to_owned(), section);
        let resting = self
            .steps
            .iter()
            .filter(|step| step.members.is_empty() && self.compiled.needs(&self.course, step).contains(&need));
        resting
            .into_iter()
            .all(|step| bench.is_ready(step, &gathered) && bench.is_decided(step, &gathered, account, section))
    }
}
