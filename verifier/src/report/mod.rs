//! Reports: results in the forms that people and programs read. Nothing here judges or prints.

pub mod accounts;
pub mod calls;
pub mod class;
pub mod csv;
pub mod doctor;
pub mod exit;
pub mod import;
pub mod junit;
pub mod lint;
pub mod policy;
pub mod reference;
mod results;
pub mod selftest;
pub mod text;

use course::results::{Outcome, Verdict, View};
use course::terminal::{self, Text};
use course::{Course, Step};
use serde::Serialize;

pub(crate) use course::terminal::line as plain;
pub use results::{Form, results};

/// A document as JSON, exactly.
///
/// # Errors
/// Never for documents of this program; JSON cannot express some floating-point numbers.
pub fn json(document: &impl Serialize) -> serde_json::Result<Text> {
    Ok(Text::block(&(terminal::json(&serde_json::to_string_pretty(document)?) + "\n")))
}

/// What a step is called in the lesson, or by its check where the lesson doesn't have it.
fn text_of(course: &Course, step: &Step) -> String {
    step.occurrences.first().map_or_else(|| course.check(step).title.clone(), |place| place.text.clone())
}

/// Why a step has its verdict and what to do, the most important sentence first.
fn told(view: &View<'_>) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    if let Some(stale) = view.stale {
        told.push(format!("Verify again: {stale}."));
    }
    let Some(result) = view.result else { return told };
    let of = |outcomes: &'static [Outcome]| {
        let expectations = result.expectations.iter().filter(|told| outcomes.contains(&told.outcome));
        expectations.flat_map(|told| told.sentences.iter().cloned())
    };
    match view.verdict {
        Verdict::NotYet => told.extend(of(&[Outcome::NotMet])),
        Verdict::Unknown => {
            told.extend(result.reasons.iter().map(|reason| reason.message.clone()));
            told.extend(of(&[Outcome::Unknown, Outcome::Unconfirmed]));
        }
        Verdict::Verified | Verdict::Confirmed => told.extend(of(&[Outcome::Met, Outcome::Confirmed])),
        Verdict::NotApplicable | Verdict::Unchecked => {}
    }
    told.dedup();
    told.extend(result.drift());
    told
}
