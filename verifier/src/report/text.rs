//! Text for a terminal. Colours are styles that are dropped where there are none; a verdict is never told by colour
//! alone. Whatever comes from AWS or a lesson stays in its line.

use anstyle::{AnsiColor, Style};
use course::fact_source::FactSource;
use course::results::{Outcome, ReasonCode, Results, StepResult, Verdict};
use course::terminal::Text;
use course::{Course, Step};
use std::collections::BTreeSet;
use std::fmt::Write;

use super::plain;
use evidence::{Section, table};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Where the text of a step's line begins.
const INDENT: &str = "                     ";

/// The widest line; a terminal is rarely narrower than this.
const WIDTH: usize = 100;

pub(super) fn style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::Verified => AnsiColor::Green,
        Verdict::Confirmed => AnsiColor::Blue,
        Verdict::NotYet => AnsiColor::Red,
        Verdict::Unknown => AnsiColor::Yellow,
        Verdict::Unchecked | Verdict::NotApplicable => return DIM,
    };
    Style::new().fg_color(Some(color.into()))
}

fn outcome_style(outcome: Outcome) -> Style {
    style(match outcome {
        Outcome::Met => Verdict::Verified,
        Outcome::Confirmed => Verdict::Confirmed,
        Outcome::NotMet => Verdict::NotYet,
        Outcome::Unknown | Outcome::Unconfirmed => Verdict::Unknown,
        Outcome::NotApplicable => Verdict::NotApplicable,
    })
}

/// The whole course at a glance.
pub fn summary(course: &Course, results: &Results) -> Text {
    let mut out = Text::new();
    let mut chapter = None;
    let mut before = Vec::new();
    let told: Vec<&Step> = course.listed().collect();
    heading(&mut out, course, results);
    for step in &told {
        let place = &step.occurrences[0];
        if chapter != Some(&place.chapter) {
            out.put("\n").paint(BOLD, &place.chapter_name).put("\n");
            chapter = Some(&place.chapter);
        }
        line(&mut out, course, results, step, &mut before);
    }
    let _ = writeln!(out);
    progress(&mut out, results, &told);
    out
}

fn heading(out: &mut Text, course: &Course, results: &Results) {
    let practice = if results.practice { "  (practice account: nothing here is real)" } else { "" };
    out.paint(BOLD, &course.title).paint(DIM, practice).put("\n");
}

/// A step's line, and under it why it isn't done, unless the step before has said the same.
fn line(out: &mut Text, course: &Course, results: &Results, step: &Step, before: &mut Vec<String>) {
    let view = results.view(step);
    let verdict = view.verdict;
    let optional = if step.optional { " (optional)" } else { "" };
    let text = shorten(&plain(&step.occurrences[0].text), 58);
    out.put("  ").paint(style(verdict), &format!("{} {:<17}", verdict.icon(), verdict.label()));
    out.put(&format!("{text}{optional}  ")).paint(DIM, &step.id).put("\n");
    // The reasons of a check of checks stand with its members.
    let members_told = step.members.iter().filter_map(|id| course.step(id)).any(Step::is_listed);
    if let Some(result) = view.result.filter(|_| !members_told) {
        let practice = if results.practice { "--practice " } else { "" };
        let told = why(result, &format!("{practice}confirm {}", step.id));
        if told != *before {
            told.iter().for_each(|sentence| wrapped(out, INDENT, sentence));
        }
        *before = told;
    }
    if let Some(stale) = view.stale {
        wrapped(out, INDENT, &format!("Verify again: {stale}."));
    }
}

/// Why a step isn't done, in as few words as will do.
fn why(result: &StepResult, confirm: &str) -> Vec<String> {
    let mut told = Vec::new();
    match result.verdict {
        Verdict::NotYet => {
            let unmet = result.expectations.iter().filter(|told| told.outcome == Outcome::NotMet);
            told.extend(unmet.filter_map(|unmet| unmet.sentences.first().cloned()).take(1));
        }
        Verdict::Unknown => {
            told.extend(result.reasons.iter().map(|reason| reason.message.clone()));
            if result.expectations.iter().any(|told| told.outcome == Outcome::Unconfirmed) {
                told.push(format!("When it is done: verify {confirm}"));
            }
            told.dedup();
        }
        _ => {}
    }
    told.extend(result.drift());
    told
}

fn progress(out: &mut Text, results: &Results, told: &[&Step]) {
    let required: Vec<&&Step> = told.iter().filter(|step| step.is_required()).collect();
    let blocks = |step: &&&&Step| results.view(step).verdict.blocks();
    let left = required.iter().filter(blocks).count();
    let done = required.len() - left;
    if left == 0 {
        out.paint(style(Verdict::Verified), &format!("All {done} required steps are done.")).put("\n");
        return;
    }
    out.paint(BOLD, &format!("{done} of {} required steps are done.", required.len())).put("\n");
    let lapsed = told.iter().filter(|step| {
        let result = results.view(step).result;
        step.members.is_empty() && result.is_some_and(|result| result.lapsed.is_some())
    });
    let lapsed: Vec<&str> = lapsed.map(|step| step.id.as_str()).collect();
    if !lapsed.is_empty() {
        wrapped(out, "", &format!("Done before, and no longer: {}.", lapsed.join(", ")));
    }
    // What can be done at once comes before what only waits.
    let verdict_of = |step: &&&&Step| results.view(step).verdict;
    let simple = required.iter().filter(|step| step.members.is_empty());
    let next = simple.filter(blocks).min_by_key(verdict_of);
    if let Some(next) = next {
        let reasons = results.view(next).result.map(|result| result.reasons.as_slice()).unwrap_or_default();
        if let Some(reason) = reasons.iter().find(|reason| reason.code == ReasonCode::NoCredentials) {
            // Nothing else can be done before there is an account to read.
            wrapped(out, "Next: ", &reason.message);
            return;
        }
        let practice = if results.practice { "--practice " } else { "" };
        let _ = writeln!(out, "Next: {}", plain(&next.occurrences[0].text));
        out.put("      ").paint(DIM, &format!("verify {practice}explain {}", next.id)).put("\n");
    }
}

/// One step with its expectations.
pub fn details(course: &Course, results: &Results, step: &Step) -> Text {
    let mut out = Text::new();
    let view = results.view(step);
    let check = course.check(step);
    let practice = if results.practice { "  (practice account)" } else { "" };
    out.paint(style(view.verdict), &format!("{} {}", view.verdict.icon(), view.verdict.label())).put("  ");
    out.paint(BOLD, &check.title).put("  ").paint(DIM, &step.id).paint(DIM, practice).put("\n");
    if let Some(stale) = view.stale {
        wrapped(&mut out, "    ", &format!("Verify again: {stale}."));
    }
    let Some(result) = view.result else { return out };
    for told in &result.expectations {
        let words = match told.outcome {
            Outcome::Met | Outcome::NotMet => String::new(),
            outcome => format!("  ({})", outcome.label()),
        };
        out.put("  ").paint(outcome_style(told.outcome), told.outcome.icon());
        out.put(&format!(" {}", plain(&told.title))).paint(DIM, &words).put("\n");
        for sentence in &told.sentences {
            wrapped(&mut out, "      ", sentence);
        }
        if let (Some(statement), Outcome::Unconfirmed) = (&told.statement, told.outcome) {
            wrapped(&mut out, "      ", &format!("If this is so: {statement}"));
            let practice = if results.practice { "--practice " } else { "" };
            wrapped(&mut out, "      ", &format!("then say so: verify {practice}confirm {}", step.id));
        }
    }
    for reason in result.reasons.iter().filter(|reason| !reason.message.is_empty()) {
        let _ = writeln!(out, "  Why unknown ({}):", reason.code.name());
        wrapped(&mut out, "      ", &reason.message);
    }
    if let Some(drift) = result.drift() {
        wrapped(&mut out, "  ", &drift);
    }
    out
}

/// All about a step: what it rests on, how it came out, what is read for it.
pub(crate) fn explanation(
    course: &Course,
    results: &Results,
    step: &Step,
    needs: &BTreeSet<(String, Section)>,
) -> Text {
    let mut out = details(course, results, step);
    let check = course.check(step);
    if let Some(about) = &check.about {
        let _ = writeln!(out);
        wrapped(&mut out, "  ", about);
    }
    sources(&mut out, &check.sources);
    if !step.members.is_empty() {
        let _ = writeln!(out, "\n  It consists of: {}", step.members.join(", "));
    }
    if results.view(step).result.is_none() {
        let _ = writeln!(out, "\n  What it expects:");
        for expectation in check.expectations() {
            wrapped(&mut out, "  · ", &expectation.title);
        }
    }
    let _ = writeln!(out, "\n  What is read for it:");
    for (account, section) in needs {
        for call in table::of(*section) {
            let action = call.action.map_or("no permission needed".to_owned(), |action| format!("needs {action}"));
            let _ = write!(out, "    {account:<12} {:<56} ", call.name());
            out.paint(DIM, &action).put("\n");
        }
    }
    if let Some(result) = results.view(step).result {
        let _ = writeln!(out, "\n  Checked {} by verify {}.", plain(&result.checked), plain(&result.by));
    }
    out
}

/// Where a check has its facts from, each address on a line of its own so that it can be copied.
fn sources(out: &mut Text, sources: &[FactSource]) {
    if !sources.is_empty() {
        let _ = writeln!(out, "\n  Facts that may change, and their sources:");
    }
    for FactSource { fact, url, reviewed } in sources {
        wrapped(out, "  · ", fact);
        out.put(&format!("    {}  ", plain(url))).paint(DIM, &format!("reviewed {reviewed}")).put("\n");
    }
}

/// A paragraph within the width, each line with the indentation.
pub(super) fn wrapped(out: &mut Text, indent: &str, text: &str) {
    let room = WIDTH - indent.chars().count();
    let mut line = String::new();
    let mut lead = indent.to_owned();
    for word in plain(&text.split_whitespace().collect::<Vec<_>>().join(" ")).split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            let _ = writeln!(out, "{lead}{line}");
            lead = " ".repeat(indent.chars().count());
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(out, "{lead}{line}");
}

pub(super) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}
