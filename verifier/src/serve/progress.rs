//! The progress of the course, as its pages show it.

use course::next_step::next_step;
use course::results::Results;
use course::{Course, Occurrence, Step};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many of the required steps are done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    done: usize,
    of: usize,
    /// The id of the step to do next.
    next: Option<String>,
}

/// The progress of the course.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// In the whole course.
    course: Count,
    /// By page: the path in the book.
    pages: BTreeMap<String, Count>,
}

impl Progress {
    /// Counts each step once in the whole course, and once in each chapter that names it.
    pub fn of(course: &Course, results: &Results) -> Progress {
        let required: Vec<&Step> = course.required().collect();
        let mut pages: BTreeMap<String, Vec<&Step>> = BTreeMap::new();
        for step in &required {
            let named: BTreeSet<String> = step.occurrences.iter().map(Occurrence::page).collect();
            named.into_iter().for_each(|page| pages.entry(page).or_default().push(step));
        }
        let count = |steps: &[&Step]| Count {
            done: steps.iter().filter(|step| !results.view(step).verdict.blocks()).count(),
            of: steps.len(),
            next: next_step(course, results, steps).map(|step| step.id.clone()),
        };
        Progress {
            course: count(&required),
            pages: pages.iter().map(|(page, steps)| (page.clone(), count(steps))).collect(),
        }
    }
}
