//! A step that is proposed for an outcome, and what the lesson's author decides about it.

use course::annotate::{Annotated, Writing};
use std::collections::BTreeMap;
use std::path::Path;

use super::outcome::{Outcome, Place, Why, shown};
use super::outcomes;
use super::propose::Proposal;
use super::source::LineCount;
use super::stated::{Stated, Surroundings};
use super::text::words;
use super::vocabulary::Vocabulary;

/// The longest title of a step on its own line, in characters.
const LONGEST: usize = 80;
/// The most reads that are named.
const READS: usize = 3;

/// A step that is proposed.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedStep {
    /// The lesson, as it is shown.
    pub lesson: String,
    /// The line in it, from 1.
    pub line: usize,
    /// What the lesson states.
    pub text: String,
    /// Why this is taken for an outcome.
    pub why: String,
    /// The checks that it may be about.
    pub proposal: Proposal,
    /// Reads of AWS that show what it names, as in `ec2:DescribeVpcs`.
    pub reads: Vec<&'static str>,
    /// What follows `verify:` in its directive.
    pub directive: String,
    /// Whether the directive is in the chapter.
    pub written: bool,
    /// Where it is stated.
    pub(super) at: usize,
    place: Place,
    /// Whether it is in a part that sums up the lesson.
    sums_up: bool,
}

/// A line that looks like an outcome, but is not proposed as a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The lesson, as it is shown.
    pub lesson: String,
    /// The line in it, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// What a lesson's author decides about a proposed step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is as proposed.
    Accept,
    /// It has this check.
    Check(String),
    /// It is no step.
    Skip,
}

/// What is proposed for a lesson, and its lines that look like outcomes, too.
pub(super) struct Proposed {
    pub(super) steps: Vec<ProposedStep>,
    pub(super) passed_over: Vec<PassedOver>,
}

/// Proposes the steps of a lesson, whose text begins after some lines of its file.
pub(super) fn propose(vocabulary: &Vocabulary, lesson: &str, shown: &Path, lines_before: usize) -> Proposed {
    let found = outcomes::find(lesson);
    let around = Surroundings::of(lesson);
    let name = shown.display().to_string();
    let mut count = LineCount { text: lesson, at: 0, line: lines_before + 1 };
    let mut steps: Vec<ProposedStep> = Vec::with_capacity(found.found.len());
    for outcome in &found.found {
        let line = count.of(outcome.at);
        steps.push(ProposedStep::new(vocabulary, lesson, outcome, &around, (&name, line)));
    }
    doubt_repeated(&mut steps);
    let mut count = LineCount { text: lesson, at: 0, line: lines_before + 1 };
    let passed_over = |(at, text): (usize, String)| PassedOver { lesson: name.clone(), line: count.of(at), text };
    Proposed { steps, passed_over: found.passed_over.into_iter().map(passed_over).collect() }
}

/// Of two different statements that are sure of the same step, one is wrong: neither is sure. What a list at the end sums
/// up was stated before.
fn doubt_repeated(steps: &mut [ProposedStep]) {
    let mut said: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.proposal.sure.is_some() && !step.sums_up) {
        said.entry(step.proposal.args()).or_default().push(at);
    }
    for places in said.into_values() {
        let same = |at: &usize| steps[*at].text.to_lowercase() == steps[places[0]].text.to_lowercase();
        if !places.iter().all(same) {
            for at in places {
                let step = &mut steps[at];
                step.proposal = step.proposal.clone().unsure();
                step.directive = step.words();
            }
        }
    }
}

/// Whether a heading is that of a part that sums up a lesson.
fn sums_up(title: &str) -> bool {
    words(title).iter().any(|word| ["summary", "checklist", "recap", "review"].contains(&word.as_str()))
}

impl ProposedStep {
    fn new(
        vocabulary: &Vocabulary,
        lesson: &str,
        outcome: &Outcome,
        around: &Surroundings,
        (shown, line): (&str, usize),
    ) -> ProposedStep {
        let above: Vec<&str> = outcome.above.iter().map(String::as_str).collect();
        let region = lesson.get(outcome.region.clone()).unwrap_or(&outcome.text);
        let mut reads: Vec<&'static str> = Vec::new();
        for read in outcome.things.iter().filter_map(|thing| thing.read) {
            if reads.len() < READS && !reads.contains(&read) {
                reads.push(read);
            }
        }
        let mut proposal = vocabulary.propose(&Stated { text: &outcome.text, region, above: &above, around });
        // Which account a row is about can be in another column.
        if outcome.why == Why::Rows {
            proposal = proposal.unsure();
        }
        let mut step = ProposedStep {
            lesson: shown.to_owned(),
            line,
            text: outcome.text.clone(),
            why: outcome.why.to_string(),
            proposal,
            reads,
            directive: String::new(),
            written: false,
            at: outcome.at,
            place: outcome.place,
            sums_up: above.last().is_some_and(|title| sums_up(title)),
        };
        step.directive = step.words();
        step
    }

    /// What its directive says, as it is proposed. On a line of its own, it has the statement as its title.
    fn words(&self) -> String {
        let args = self.proposal.args();
        match self.place {
            Place::After(_) if self.proposal.sure.is_none() => format!("{args} \"{}\"", title(&self.text)),
            Place::After(_) | Place::Item(_) => args,
        }
    }

    /// Takes the directive that the same statement has in the chapter.
    pub(super) fn keep(&mut self, kept: &BTreeMap<String, String>) {
        if let Some(directive) = kept.get(&shown(&self.text)).or_else(|| kept.get(&title(&self.text))) {
            self.directive.clone_from(directive);
        }
    }

    /// Follows its author's decision. Returns whether it is a step.
    pub(super) fn decide(&mut self, decision: Decision) -> bool {
        if let Decision::Check(args) = &decision {
            self.directive.clone_from(args);
        }
        decision != Decision::Skip
    }

    /// Notes whether its directive was written into the part of the lesson that begins at `start`.
    pub(super) fn note(&mut self, annotated: &Annotated, start: usize) {
        self.written = annotated.written.iter().any(|writing| match (writing, self.place) {
            (Writing::Directive { at, .. }, Place::Item(place)) => at + start == place,
            (Writing::Blocks { at, words }, Place::After(place)) => {
                at + start == place && words.contains(&self.directive)
            }
            _ => false,
        });
    }
}

/// The directives of steps, for the part of the lesson that begins at `start`.
pub(super) fn writings(steps: &[ProposedStep], start: usize) -> Vec<Writing> {
    let mut writings = Vec::new();
    let mut blocks: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for step in steps {
        match step.place {
            Place::Item(at) => writings.push(Writing::Directive { at: at - start, words: step.directive.clone() }),
            Place::After(at) => blocks.entry(at - start).or_default().push(step.directive.clone()),
        }
    }
    writings.extend(blocks.into_iter().map(|(at, words)| Writing::Blocks { at, words }));
    writings
}

/// A statement as the title of a directive, in which a comment's or a title's end, and a hole, would mean something.
fn title(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '"' | '“' | '”' | '„' => '\'',
            '<' | '>' | '{' | '}' | '`' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let mut words = plain.replace("--", "–").split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > LONGEST {
        words = words.chars().take(LONGEST).collect();
        let end = words.rfind(' ').unwrap_or(words.len());
        words.truncate(end);
        words.push('…');
    }
    if words.is_empty() { "Step".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_ends_neither_its_quotation_marks_nor_its_comment() {
        assert_eq!(title("Say \"yes\" --> {{ budget }} <b>\n"), "Say 'yes' – budget b");
        assert_eq!(title("\u{7}"), "Step");
        assert_eq!(title(&"word ".repeat(40)).chars().count(), 80);
    }
}
