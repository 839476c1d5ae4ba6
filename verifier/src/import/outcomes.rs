//! Finds the outcomes of a lesson: what is there, is set or is gone once a part of it is done. Clicks on the way are
//! none, and neither is what only explains.
//!
//! A section gives either one outcome (its heading says what is done, and what follows says how) or one for each of its
//! items or paragraphs that says so. A lesson in which nothing is done gives none.

mod blocks;
mod prose;
mod section;
mod unit;

use super::language::Language;
use super::lesson::{self, Section};
use super::outcome::{Outcome, Why};
use super::reading::{Kind, read};

/// How many lines of a lesson must say that something is done, before any of them counts.
const FEWEST: usize = 2;

/// What was found in a lesson.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Outcomes {
    pub(super) found: Vec<Outcome>,
    /// Places and texts of lines that look like outcomes, but are not proposed.
    pub(super) passed_over: Vec<(usize, String)>,
}

/// Finds the outcomes of a lesson.
pub(super) fn find(lesson: &str) -> Outcomes {
    let Some(language) = Language::of_text(lesson) else { return Outcomes::default() };
    let sections = lesson::sections(lesson);
    let mut outcomes = Outcomes::default();
    let mut said = 0;
    for (at, section) in sections.iter().enumerate() {
        let found = section::find(section, language, lesson);
        let explains = explains(section, at, language) && !is_numbered_act(section, &found);
        match explains {
            false => {
                said += found.iter().map(says).sum::<usize>();
                outcomes.found.extend(found);
            }
            // “Before you leave” is one to tick off all the same.
            true => {
                let (ticked, others): (Vec<_>, Vec<_>) =
                    found.into_iter().partition(|outcome| is_done(outcome, language));
                outcomes.found.extend(ticked);
                outcomes.passed_over.extend(others.into_iter().map(|outcome| (outcome.at, outcome.text)));
            }
        }
    }
    if said < FEWEST {
        let found = std::mem::take(&mut outcomes.found);
        outcomes.passed_over.extend(found.into_iter().map(|outcome| (outcome.at, outcome.text)));
        outcomes.passed_over.sort();
    }
    outcomes
}

/// Whether a line with a box says that something is made or gone. An item of a task list is always meant to be done.
fn is_done(outcome: &Outcome, language: &Language) -> bool {
    let said = matches!(read(&outcome.text, language).kind, Kind::Make | Kind::Remove | Kind::State);
    outcome.why == Why::Task || outcome.why == Why::Box && said && (!outcome.things.is_empty() || language.is_other())
}

/// How much an outcome shows that a lesson has something done. A box to tick is enough.
fn says(outcome: &Outcome) -> usize {
    match outcome.why {
        Why::Task | Why::Box => FEWEST,
        Why::Settings | Why::Said(Kind::Setting | Kind::Other, _) => 0,
        _ => 1,
    }
}

/// Whether a section, or one around it, only explains. The lesson's title decides nothing.
fn explains(section: &Section, at: usize, language: &Language) -> bool {
    let is_title = at <= 1 && section.above.is_empty();
    let title = section.title();
    let around = section.above.iter().skip(1).any(|above| language.explains(above) && !language.is_step(above));
    !is_title && (around || language.explains(title) && !language.is_step(title))
}

/// Whether a numbered section has something made in it, whatever its heading asks.
fn is_numbered_act(section: &Section, found: &[Outcome]) -> bool {
    let is_numbered = section.title().starts_with(|c: char| c.is_ascii_digit());
    is_numbered
        && found.iter().any(|outcome| matches!(outcome.why, Why::Said(Kind::Make | Kind::Remove, _) | Why::Command(_)))
}
