//! A step as text for a terminal. Colours are optional, and a verdict is never shown by colour alone. Text from AWS or
//! a lesson cannot break its line.

use anstyle::{AnsiColor, Style};
use course::check::{Check, Expectation};
use course::fact_source::FactSource;
use course::local_time;
use course::results::{Outcome, Reason, ReasonCode, Results, Verdict};
use course::step_view::{ConfirmationState, ExpectationView, PRACTICE, StatementView, StepView};
use course::terminal::Text;
use course::words;
use course::{Course, Step};
use std::collections::BTreeSet;
use std::fmt::Write;

use super::needed_calls::{NeededCall, calls};
use super::plain;
use crate::plan::Needs;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();

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

/// What to do next. A command has its own line and is never wrapped, so that it can be copied.
pub(super) fn next_lines(out: &mut Text, indent: &str, view: &StepView<'_>) {
    let Some(next) = &view.next else { return };
    out.paragraph(indent, next.text);
    for command in &next.commands {
        out.put(&format!("{indent}    ")).paint(DIM, command).put("\n");
    }
}

/// A command, and what it does.
pub(super) fn command(out: &mut Text, command: &str, does: &str) {
    out.put("      ").put(&plain(command)).paint(DIM, &format!("  {does}")).put("\n");
}

/// One step with its expectations.
pub fn details(course: &Course, results: &Results, step: &Step) -> Text {
    let mut out = Text::new();
    let view = StepView::new(course, step, results);
    let practice = if view.practice { format!("  ({PRACTICE})") } else { String::new() };
    let mut line = Text::new();
    line.paint(style(view.verdict), &format!("{} {}", view.verdict.icon(), view.label())).put("  ");
    line.paint(BOLD, &course.check(step).title).put("  ").paint(DIM, view.id).paint(DIM, &practice);
    out.hanging(2, &line);
    for expectation in &view.expectations {
        expectation_lines(&mut out, expectation);
    }
    for reason in &view.reasons {
        out.put(&format!("  Why unknown ({}):\n", reason.code.name()));
        out.paragraph("      ", &local_time::shown(&reason.message));
    }
    if let Some(drift) = &view.drift {
        out.paragraph("  ", drift);
    }
    view.costs.iter().for_each(|costs| out.paragraph("  ", costs));
    if let Some(console) = view.console {
        out.put("  In the AWS console: ").put(&plain(console)).put("\n");
    }
    next_lines(&mut out, "  ", &view);
    access_commands(&mut out, &view);
    if view.confirmation == Some(ConfirmationState::Given) {
        out.put("  To undo your confirmation:\n      ").paint(DIM, &view.commands.undo).put("\n");
    }
    out
}

/// The commands that help if an account cannot be read.
fn access_commands(out: &mut Text, view: &StepView<'_>) {
    let is_about_access = |reason: &&&Reason| reason.is_about_access();
    let unread: Vec<&&Reason> = view.reasons.iter().filter(is_about_access).collect();
    if unread.is_empty() || view.practice {
        return;
    }
    command(out, "verify doctor", "shows what works, and what does not");
    let denied = unread.iter().filter(|reason| reason.code == ReasonCode::Denied);
    for account in denied.filter_map(|reason| reason.account.as_deref()).collect::<BTreeSet<&str>>() {
        command(out, &format!("verify policy {account}"), "prints the IAM policy that the course needs");
    }
}

fn expectation_lines(out: &mut Text, view: &ExpectationView<'_>) {
    let Some((outcome, label)) = view.outcome.zip(view.label) else { return };
    let mut line = Text::new();
    line.put("  ").paint(outcome_style(outcome), outcome.icon()).put(" ");
    match outcome {
        Outcome::Met | Outcome::NotMet => line.put(&plain(&view.title)),
        Outcome::NotApplicable => line.paint(DIM, &format!("{label}: {}", view.title)),
        _ => line.put(&plain(&view.title)).paint(DIM, &format!("  ({label})")),
    };
    out.hanging(4, &line);
    for sentence in &view.sentences {
        out.paragraph("      ", sentence);
    }
    for statement in &view.statements {
        out.paragraph("      ", &statement.to_string());
    }
}

/// Everything about a step: its result, its check, its sources, and what is read for it.
pub(crate) fn explanation(course: &Course, results: &Results, step: &Step, needs: &Needs) -> Text {
    let mut out = details(course, results, step);
    let check = course.check(step);
    let view = StepView::new(course, step, results);
    if let Some(about) = &check.about {
        let _ = writeln!(out);
        out.paragraph("  ", about);
    }
    sources(&mut out, &check.sources);
    if !step.members.is_empty() {
        let _ = writeln!(out, "\n  It consists of: {}", step.members.join(", "));
    }
    if view.result.is_none() {
        out.put("\n  What it requires:\n");
        requirements(&mut out, &view, course, step);
    }
    if !view.inputs.is_empty() {
        let _ = writeln!(out, "\n  What you give:");
    }
    for input in &view.inputs {
        let value = input.value.map_or_else(|| "(not given)".to_owned(), str::to_owned);
        out.paragraph("    ", &format!("{} = {value}: {}", input.name, input.label));
    }
    out.put("\n  What is read for it:\n");
    let calls = calls(needs);
    let widest = calls.iter().map(|call| call.name.len()).max().unwrap_or_default();
    for NeededCall { account, name, actions } in calls {
        let mut line = Text::new();
        line.put(&format!("    {account:<12} {name:<widest$}  "));
        line.paint(DIM, &actions.map_or("no permission needed".to_owned(), |actions| format!("needs {actions}")));
        out.hanging(8, &line);
    }
    reads(&mut out, check);
    if let Some(judged) = view.judged() {
        let _ = writeln!(out);
        out.paragraph("  ", &judged);
    }
    out
}

/// What a step requires that was not checked yet, and how it is done as far as that is known before anything is read.
fn requirements(out: &mut Text, view: &StepView<'_>, course: &Course, step: &Step) {
    for expectation in &view.expectations {
        out.paragraph("  · ", &expectation.title);
        let mut all = course.check(step).expectations().iter();
        let is_it = |own: &&Expectation| course.expectation_title(step, &own.title) == expectation.title;
        let Some(own) = all.find(is_it) else { continue };
        own.fix
            .iter()
            .filter_map(|sentence| words::without_holes(sentence))
            .for_each(|fix| out.paragraph("      ", &fix));
        if let Some(statement) = own.statement() {
            let text = statement.about_account(&step.account);
            let statement = StatementView { text: &text, confirmed: false };
            out.paragraph("      ", &statement.to_string());
        }
    }
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
        out.paragraph("    ", &format!("{name}: {}{region}{account}{each}", read.call));
        for (input, value) in &read.with {
            out.paragraph("      ", &format!("{input} = {value}"));
        }
        if !read.none_on.is_empty() {
            out.paragraph("      ", &format!("There is nothing if AWS answers {}.", read.none_on.join(" or ")));
        }
    }
}

/// The sources of a check's facts. Each URL has its own line, so that it can be copied.
fn sources(out: &mut Text, sources: &[FactSource]) {
    if !sources.is_empty() {
        let _ = writeln!(out, "\n  Facts that may change, and their sources:");
    }
    for FactSource { fact, url, reviewed } in sources {
        out.paragraph("  · ", fact);
        out.put(&format!("    {}  ", plain(url))).paint(DIM, &format!("reviewed {reviewed}")).put("\n");
    }
}

pub(super) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}
