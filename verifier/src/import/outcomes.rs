//! Finds the outcomes of a lesson: what is there, is set or is gone once a part of it is done. Clicks on the way are
//! none, and neither is what only explains.
//!
//! A section gives either one outcome (its heading says what is done, and what follows says how) or one for each of its
//! items or paragraphs that says so. A lesson in which nothing is done gives none.

mod commands;
mod prose;
mod section;
mod tables;
mod unit;

#[cfg(test)]
mod tests;

use super::language::Language;
use super::lesson::Section;
use super::outcome::{Outcome, Why};
use super::reading::{Kind, read};
use super::structure;
use super::text::{has_chosen_name, words};

/// How much of a lesson must say that something is done, before any of it counts: two lines that say so, four things
/// with names of their author's, or one box to tick. Lessons that only describe have next to no such names.
const ENOUGH: usize = 4;

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
    let sections = structure::sections(lesson);
    let mut outcomes = Outcomes::default();
    let mut said = 0;
    for (_, found, explains) in of_sections(&sections, language, lesson) {
        match explains {
            false => {
                said += found.iter().map(|outcome| says(outcome, lesson)).sum::<usize>();
                outcomes.found.extend(found);
            }
            // “Before you leave” and “Summary” can be lists to tick off all the same.
            true => {
                let is_list = found.iter().any(|outcome| outcome.why == Why::Task && is_done(outcome, language));
                let (ticked, others): (Vec<_>, Vec<_>) = found
                    .into_iter()
                    .partition(|outcome| is_done(outcome, language) || is_list && outcome.why == Why::Task);
                outcomes.found.extend(ticked);
                outcomes.passed_over.extend(others.into_iter().map(|outcome| (outcome.at, outcome.text)));
            }
        }
    }
    if said < ENOUGH {
        let found = std::mem::take(&mut outcomes.found);
        outcomes.passed_over.extend(found.into_iter().map(|outcome| (outcome.at, outcome.text)));
        outcomes.passed_over.sort();
    }
    outcomes
}

/// The sections, what is found in each, and whether it only explains.
fn of_sections<'s>(
    sections: &'s [Section],
    language: &Language,
    lesson: &str,
) -> Vec<(&'s Section, Vec<Outcome>, bool)> {
    let find = |(at, section): (usize, &'s Section)| {
        let found = section::find(section, language, lesson);
        let explains = explains(section, at, language) && !is_act(section, &found, language, lesson);
        (section, found, explains)
    };
    let mut found: Vec<_> = sections.iter().enumerate().map(find).collect();
    let alike: Vec<bool> = found.iter().map(|(section, ..)| have_outcomes_beside(section, &found, lesson)).collect();
    for ((section, found, explains), alike) in found.iter_mut().zip(alike) {
        let is_bare = found.is_empty() && !section.above.is_empty() && !language.explains(section.title());
        if alike && !*explains && is_bare {
            *found = section::like_its_neighbours(section, language, lesson);
        }
    }
    found
}

/// Whether most of the sections next to one have outcomes.
fn have_outcomes_beside(section: &Section, all: &[(&Section, Vec<Outcome>, bool)], lesson: &str) -> bool {
    let beside = all.iter().filter(|(other, _, explains)| other.above == section.above && !explains);
    let (mut sections, mut with) = (0, 0);
    for (_, found, _) in beside {
        sections += 1;
        with += usize::from(found.iter().any(|outcome| says(outcome, lesson) > 0 || outcome.why == Why::Settings));
    }
    with >= 2 && with * 2 >= sections
}

/// Whether a line with a box says that something is made or gone, rather than answers a question.
fn is_done(outcome: &Outcome, language: &Language) -> bool {
    let kind = read(&outcome.text, language).kind;
    let said = matches!(kind, Kind::Make | Kind::Remove | Kind::State);
    let asked = outcome.above.iter().any(|above| Language::asks(above));
    let is_task = outcome.why == Why::Task && kind != Kind::Other && !asked;
    is_task || outcome.why == Why::Box && said && (!outcome.things.is_empty() || language.is_other())
}

/// How much an outcome shows that a lesson has something done. A box to tick is enough; a thing with a name that the
/// lesson's author chose, or a setting below an account's heading, counts half of a line that says what is done.
fn says(outcome: &Outcome, lesson: &str) -> usize {
    let of_account = outcome.above.last().is_some_and(|title| words(title).iter().any(|word| word == "account"));
    let is_named = || usize::from(of_account || lesson.get(outcome.region.clone()).is_some_and(has_chosen_name));
    match outcome.why {
        Why::Task | Why::Box => ENOUGH,
        Why::Settings | Why::Said(Kind::Setting | Kind::Other, _) => is_named(),
        Why::Said(Kind::Weak, _) => 1,
        // “The database is promoted” can explain as well.
        Why::Said(Kind::State, _) if outcome.text.contains(" is ") || outcome.text.contains(" are ") => is_named(),
        _ => 2,
    }
}

/// Whether a section, or one around it, only explains. The lesson's title decides nothing.
fn explains(section: &Section, at: usize, language: &Language) -> bool {
    let is_title = at <= 1 && section.above.is_empty();
    let title = section.title();
    let around = section.above.iter().skip(1).any(|above| language.explains(above) && !language.is_step(above));
    !is_title && (around || language.explains(title) && !language.is_step(title))
}

/// Whether a section has something done in it, whatever its heading asks: it is numbered, it answers how something is
/// done, or what it has is run or has a name that the lesson's author chose.
fn is_act(section: &Section, found: &[Outcome], language: &Language, lesson: &str) -> bool {
    if section.above.iter().skip(1).any(|above| language.explains(above)) {
        return false;
    }
    let makes = |outcome: &&Outcome| matches!(outcome.why, Why::Said(Kind::Make | Kind::Remove, _) | Why::Command(_));
    let begins = section.blocks.first().map_or(0, |block| block.range().start);
    let is_numbered = section.title().starts_with(|c: char| c.is_ascii_digit());
    // “How do I stop paying for it? Delete the gateway.”
    let is_how = language.asks_how(section.title());
    let answers = Language::asks(section.title())
        && found.first().is_some_and(|first| (is_how || first.at == begins) && makes(&first));
    let is_named = |outcome: &Outcome| lesson.get(outcome.region.clone()).is_some_and(has_chosen_name);
    // “Before you start” can ask for what another lesson has made.
    let asks_for =
        words(section.title()).iter().any(|word| ["need", "needs", "require", "required"].contains(&word.as_str()));
    let is_done = |outcome: &Outcome| match outcome.why {
        _ if asks_for => false,
        // Clicks are only found where they end with a button that saves.
        Why::Command(_) | Why::Said(Kind::Click, _) => true,
        Why::Said(Kind::Make | Kind::Remove | Kind::Try, _) => is_named(outcome),
        _ => is_named(outcome) && !section.title().to_lowercase().contains("before"),
    };
    let is_announced = language.announces(section.title()) && found.first().is_some_and(is_done);
    is_numbered && found.iter().any(|outcome| makes(&outcome)) || answers || is_announced
}
