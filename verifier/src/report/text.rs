//! Results as text for a terminal. Colours are optional, and a verdict is never shown by colour alone. Text from AWS or
//! a lesson cannot break its line.

use anstyle::{AnsiColor, Style};
use course::check::Check;
use course::fact_source::FactSource;
use course::results::{Outcome, ReasonCode, Results, Verdict};
use course::step_view::{ConfirmationState, ExpectationView, PRACTICE, StepView};
use course::terminal::Text;
use course::{Course, Step};
use std::fmt::Write;

use super::needed_calls::{NeededCall, calls};
use super::plain;
use crate::plan::Needs;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The indentation of the text below a step's line.
const INDENT: &str = "                     ";

/// The maximum width of a line. A terminal is rarely narrower.
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

/// A summary of the whole course.
pub fn summary(course: &Course, results: &Results) -> Text {
    let mut out = Text::new();
    let mut chapter = None;
    let mut before = Vec::new();
    heading(&mut out, course, results);
    for step in course.listed() {
        let place = &step.occurrences[0];
        if chapter != Some(&place.chapter) {
            out.put("\n").paint(BOLD, &place.chapter_name).put("\n");
            chapter = Some(&place.chapter);
        }
        line(&mut out, &StepView::new(course, step, results), &mut before);
    }
    let _ = writeln!(out);
    progress(&mut out, course, results);
    out
}

fn heading(out: &mut Text, course: &Course, results: &Results) {
    let practice = if results.practice { "  (practice accounts: nothing here is real)" } else { "" };
    out.paint(BOLD, &course.title).paint(DIM, practice).put("\n");
}

/// A step's line, and below it why it isn't done, unless the reasons are those of the previous step. The reasons of a
/// combined check are shown with its members.
fn line(out: &mut Text, view: &StepView<'_>, before: &mut Vec<String>) {
    let verdict = view.verdict;
    let optional = if view.optional { " (optional)" } else { "" };
    out.put("  ").paint(style(verdict), &format!("{} {:<17}", verdict.icon(), view.label()));
    out.put(&format!("{}{optional}  ", shorten(&plain(view.title), 58))).paint(DIM, view.id);
    let progress = view.progress.as_ref().map(|progress| format!("  {progress}"));
    out.paint(DIM, &progress.unwrap_or_default()).put("\n");
    if let Some(gone) = view.result.and_then(|result| result.removed.as_ref()).and(view.drift.as_ref()) {
        wrapped(out, INDENT, gone);
    } else if view.result.is_some() {
        view.costs.iter().for_each(|costs| wrapped(out, INDENT, costs));
    }
    if !verdict.blocks() || view.members_listed {
        return;
    }
    let lines = view.lines();
    if lines != *before {
        let sentences = view.sentences().into_iter().map(|sentence| sentence.text);
        let drift = view.drift.clone().filter(|_| view.result.is_none_or(|result| result.removed.is_none()));
        sentences.chain(drift).for_each(|line| wrapped(out, INDENT, &line));
        next_lines(out, INDENT, view);
    }
    *before = lines;
}

/// What to do next. A command is never wrapped, so that it can be copied.
fn next_lines(out: &mut Text, indent: &str, view: &StepView<'_>) {
    match view.next.as_ref().map(|next| (next.text, next.commands.as_slice())) {
        None => {}
        Some((text, [command])) => drop(out.put(&format!("{indent}{} ", plain(text))).paint(DIM, command).put("\n")),
        Some((text, commands)) => {
            wrapped(out, indent, text);
            for command in commands {
                out.put(&format!("{indent}    ")).paint(DIM, command).put("\n");
            }
        }
    }
}

fn progress(out: &mut Text, course: &Course, results: &Results) {
    let required: Vec<&Step> = course.required().collect();
    let blocks = |step: &&&Step| results.view(step).verdict.blocks();
    let left = required.iter().filter(blocks).count();
    let done = required.len() - left;
    if left == 0 {
        out.paint(style(Verdict::Verified), &format!("All {done} required steps are done.")).put("\n");
        return;
    }
    out.paint(BOLD, &format!("{done} of {} required steps are done.", required.len())).put("\n");
    let lapsed = course.listed().filter(|step| {
        let result = results.view(step).result;
        step.members.is_empty() && result.is_some_and(|result| result.lapsed.is_some())
    });
    let lapsed: Vec<&str> = lapsed.map(|step| step.id.as_str()).collect();
    if !lapsed.is_empty() {
        wrapped(out, "", &format!("No longer done: {}.", lapsed.join(", ")));
    }
    // A step that can be done now comes before one that is unknown.
    let verdict_of = |step: &&&Step| results.view(step).verdict;
    let simple = required.iter().filter(|step| step.members.is_empty());
    let Some(next) = simple.filter(blocks).min_by_key(verdict_of) else { return };
    let view = StepView::new(course, next, results);
    if let Some(reason) = view.reasons.iter().find(|reason| reason.code == ReasonCode::NoCredentials) {
        // Nothing else can be done before an account is bound.
        wrapped(out, "Next: ", &reason.message);
        return;
    }
    let _ = writeln!(out, "Next: {}", plain(view.title));
    out.put("      ").paint(DIM, &view.commands.explain).put("\n");
}

/// One step with its expectations.
pub fn details(course: &Course, results: &Results, step: &Step) -> Text {
    let mut out = Text::new();
    let view = StepView::new(course, step, results);
    let practice = if view.practice { format!("  ({PRACTICE})") } else { String::new() };
    out.paint(style(view.verdict), &format!("{} {}", view.verdict.icon(), view.label())).put("  ");
    out.paint(BOLD, &course.check(step).title).put("  ").paint(DIM, view.id).paint(DIM, &practice).put("\n");
    for expectation in &view.expectations {
        expectation_lines(&mut out, expectation);
    }
    for reason in &view.reasons {
        let _ = writeln!(out, "  Why unknown ({}):", reason.code.name());
        wrapped(&mut out, "      ", &reason.message);
    }
    if let Some(drift) = &view.drift {
        wrapped(&mut out, "  ", drift);
    }
    view.costs.iter().for_each(|costs| wrapped(&mut out, "  ", costs));
    if let Some(console) = view.console {
        out.put("  In the AWS console: ").put(&plain(console)).put("\n");
    }
    next_lines(&mut out, "  ", &view);
    if view.confirmation == Some(ConfirmationState::Given) {
        out.put("  To undo your confirmation: ").paint(DIM, &view.commands.undo).put("\n");
    }
    out
}

fn expectation_lines(out: &mut Text, view: &ExpectationView<'_>) {
    let Some(outcome) = view.outcome else { return };
    let label = match outcome {
        Outcome::Met | Outcome::NotMet => String::new(),
        outcome => format!("  ({})", outcome.label()),
    };
    out.put("  ").paint(outcome_style(outcome), outcome.icon());
    out.put(&format!(" {}", plain(&view.title))).paint(DIM, &label).put("\n");
    for sentence in &view.sentences {
        wrapped(out, "      ", sentence);
    }
    for statement in &view.statements {
        wrapped(out, "      ", &statement.to_string());
    }
}

/// Everything about a step: its result, its check, its sources, and what is read for it.
pub(crate) fn explanation(course: &Course, results: &Results, step: &Step, needs: &Needs) -> Text {
    let mut out = details(course, results, step);
    let check = course.check(step);
    let view = StepView::new(course, step, results);
    if let Some(about) = &check.about {
        let _ = writeln!(out);
        wrapped(&mut out, "  ", about);
    }
    sources(&mut out, &check.sources);
    if !step.members.is_empty() {
        let _ = writeln!(out, "\n  It consists of: {}", step.members.join(", "));
    }
    if view.result.is_none() {
        let _ = writeln!(out, "\n  What it requires:");
        for expectation in &view.expectations {
            wrapped(&mut out, "  · ", &expectation.title);
        }
    }
    if !view.inputs.is_empty() {
        let _ = writeln!(out, "\n  What you give:");
    }
    for input in &view.inputs {
        let value = input.value.map_or_else(|| "(not given)".to_owned(), str::to_owned);
        wrapped(&mut out, "    ", &format!("{} = {value}: {}", input.name, input.label));
    }
    let _ = writeln!(out, "\n  What is read for it:");
    for NeededCall { account, name, actions } in calls(needs) {
        let action = actions.map_or("no permission needed".to_owned(), |actions| format!("needs {actions}"));
        let _ = write!(out, "    {account:<12} {name:<56} ");
        out.paint(DIM, &action).put("\n");
    }
    reads(&mut out, check);
    if let Some(judged) = view.judged() {
        let _ = writeln!(out);
        wrapped(&mut out, "  ", &judged);
    }
    out
}

/// The reads that a check declares: their calls, regions and inputs, as they are written.
fn reads(out: &mut Text, check: &Check) {
    for (at, (name, read)) in check.reads.iter().enumerate() {
        if at == 0 {
            let _ = writeln!(out, "\n  What it asks AWS:");
        }
        let region = read.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
        let account = read.account.as_ref().map(|account| format!(", in the {account} account")).unwrap_or_default();
        let each = read.each.as_ref().map(|each| format!(", for each of {each}")).unwrap_or_default();
        wrapped(out, "    ", &format!("{name}: {}{region}{account}{each}", read.call));
        for (input, value) in &read.with {
            wrapped(out, "      ", &format!("{input} = {value}"));
        }
        if !read.none_on.is_empty() {
            wrapped(out, "      ", &format!("There is nothing if AWS answers {}.", read.none_on.join(" or ")));
        }
    }
}

/// The sources of a check's facts. Each URL has its own line, so that it can be copied.
fn sources(out: &mut Text, sources: &[FactSource]) {
    if !sources.is_empty() {
        let _ = writeln!(out, "\n  Facts that may change, and their sources:");
    }
    for FactSource { fact, url, reviewed } in sources {
        wrapped(out, "  · ", fact);
        out.put(&format!("    {}  ", plain(url))).paint(DIM, &format!("reviewed {reviewed}")).put("\n");
    }
}

/// A paragraph, wrapped and indented.
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
