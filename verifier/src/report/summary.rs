//! A whole course as text for a terminal: each step in a line, and at the end what is done, what is left, and what comes
//! next.

use anstyle::{AnsiColor, Style};
use course::course_view::{CourseView, Unread};
use course::local_time;
use course::results::{ReasonCode, Results, Verdict};
use course::step_view::{Commands, Running, StepView};
use course::terminal::Text;
use course::{Course, Step, parallel};

use super::plain;
use super::text::{BOLD, DIM, command, next_lines, style};

/// The columns before a step's title, and before the text below its line.
const INDENT: usize = 21;

const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The whole course.
pub fn summary(course: &Course, results: &Results) -> Text {
    let mut out = Text::new();
    let practice = if results.practice { "  (practice accounts: nothing here is real)" } else { "" };
    out.paint(BOLD, &course.title).paint(DIM, practice).put("\n");
    let steps: Vec<&Step> = course.listed().collect();
    let shown = parallel::each(&steps, |step| {
        let view = StepView::new(course, step, results);
        (step_line(&view), view)
    });
    let mut chapter = None;
    let mut before = Vec::new();
    for (step, (line, view)) in steps.iter().zip(&shown) {
        let place = &step.occurrences[0];
        if chapter != Some(&place.chapter) {
            out.put("\n").paint(BOLD, &place.chapter_name).put("\n");
            chapter = Some(&place.chapter);
        }
        out.hanging(INDENT, line);
        lines_below(&mut out, view, &mut before);
    }
    out.put("\n").append(&closing(course, results));
    out
}

/// What is said at the end: why accounts cannot be read, what is left running, how far the course is, and what comes
/// next.
pub fn closing(course: &Course, results: &Results) -> Text {
    let mut out = Text::new();
    let view = CourseView::new(course, results);
    for unread in &view.unread {
        unread_lines(&mut out, unread, results.practice);
    }
    if !view.running.is_empty() {
        running_lines(&mut out, course, &view.running, results.practice);
    }
    progress(&mut out, course, results, &view);
    out
}

/// The steps that changed while they were watched.
pub fn changes(course: &Course, results: &Results, steps: &[&Step]) -> Text {
    let mut out = Text::new();
    if steps.is_empty() {
        return out;
    }
    out.paint(BOLD, "While verify watched:").put("\n");
    for step in steps {
        out.hanging(INDENT, &step_line(&StepView::new(course, step, results)));
    }
    out.put("\n");
    out
}

/// What other steps than these left running; nothing if there is nothing.
pub fn others_running(course: &Course, results: &Results, steps: &[&Step]) -> Text {
    let mut out = Text::new();
    let of_others = |step: &&Step| !steps.iter().any(|shown| shown.id == step.id);
    let others = course.steps.iter().filter(of_others).filter_map(|step| Running::new(course, step, results));
    let running: Vec<Running<'_>> = others.collect();
    if !running.is_empty() {
        out.put("\n");
        running_lines(&mut out, course, &running, results.practice);
    }
    out.trimmed().put(if running.is_empty() { "" } else { "\n" }).clone()
}

/// Below a step's line: why it isn't done, unless the reasons are those of the previous step. The reasons of a combined
/// check are shown with its members.
fn lines_below(out: &mut Text, view: &StepView<'_>, before: &mut Vec<String>) {
    let indent = " ".repeat(INDENT);
    if let Some(gone) = view.result.and_then(|result| result.removed.as_ref()).and(view.drift.as_ref()) {
        out.paragraph(&indent, gone);
    } else if view.result.is_some() {
        view.costs.iter().for_each(|costs| out.paragraph(&indent, costs));
    }
    if !view.verdict.blocks() || view.members_listed {
        return;
    }
    let lines = view.lines();
    if lines != *before {
        let own = view.own_sentences().into_iter().map(|sentence| sentence.text);
        let drift = view.drift.clone().filter(|_| view.result.is_none_or(|result| result.removed.is_none()));
        own.chain(unread(view)).chain(drift).for_each(|line| out.paragraph(&indent, &line));
        next_lines(out, &indent, view);
    }
    *before = lines;
}

/// A step's line: its verdict, its title, its id, and its progress.
fn step_line(view: &StepView<'_>) -> Text {
    let verdict = view.verdict;
    let optional = if view.optional { " (optional)" } else { "" };
    let mut line = Text::new();
    line.put("  ").paint(style(verdict), &format!("{} {:<17}", verdict.icon(), view.label()));
    line.put(&format!("{}{optional}  ", plain(view.title))).paint(DIM, view.id);
    let progress = view.progress.as_ref().map(|progress| format!("  {progress}"));
    line.paint(DIM, &progress.unwrap_or_default());
    line
}

/// Which access a step lacks. The end of the list says why.
fn unread(view: &StepView<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for reason in view.reasons.iter().filter(|reason| reason.is_about_access()) {
        let line = match (&reason.action, &reason.account) {
            (Some(action), _) => format!("AWS denies {action} (see below)."),
            (None, Some(account)) => format!("The {account} account cannot be read (see below)."),
            (None, None) => continue,
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn unread_lines(out: &mut Text, unread: &Unread<'_>, practice: bool) {
    let Unread { accounts, code, actions, messages } = unread;
    let whose = match accounts.as_slice() {
        [account] => format!("The {account} account"),
        accounts => format!("The accounts {}", accounts.join(" and ")),
    };
    let lead = match actions.len() {
        0 => format!("{whose} cannot be read:"),
        1 => format!("{whose}: AWS denies an action to its credentials."),
        count => format!("{whose}: AWS denies {count} actions to its credentials."),
    };
    let mut line = Text::new();
    line.paint(WARNING, "⚠").put(&format!(" {}", plain(&lead)));
    out.hanging(2, &line);
    if actions.len() > 1 {
        let actions: Vec<&str> = actions.iter().copied().collect();
        out.paragraph("  ", &format!("{}.", actions.join(", ")));
    }
    // The others say the same about other calls.
    messages.iter().take(1).for_each(|message| out.paragraph("  ", message));
    if !practice {
        command(out, "verify doctor", "shows what works, and what does not");
        let denied = accounts.iter().filter(|_| *code == ReasonCode::Denied);
        denied.for_each(|account| {
            command(out, &format!("verify policy {account}"), "prints the IAM policy that the course needs");
        });
    }
    out.put("\n");
}

fn running_lines(out: &mut Text, course: &Course, running: &[Running<'_>], practice: bool) {
    let mut line = Text::new();
    line.paint(WARNING, "⚠").put(if practice {
        " Still there, and would cost money in a real account:"
    } else {
        " Still there, and costs money:"
    });
    out.hanging(2, &line);
    for Running { step, count, costs, remover } in running {
        let count = match count {
            Some(count) => format!("{count} now"),
            None => "may still be there".to_owned(),
        };
        let remover = remover.map(|step| format!(" Removed by “{}”.", course.title_of(step))).unwrap_or_default();
        out.paragraph("  · ", &format!("{} ({count}): it costs {costs}.{remover}", course.title_of(step)));
    }
    command(
        out,
        if practice { "verify --practice leftovers" } else { "verify leftovers" },
        "shows all of it, and how to remove it",
    );
    out.put("\n");
}

fn progress(out: &mut Text, course: &Course, results: &Results, view: &CourseView<'_>) {
    let CourseView { required, done, .. } = view;
    if view.is_complete() {
        return complete(out, results, view);
    }
    out.paint(BOLD, &format!("{done} of {required} required steps are done.")).put("\n");
    if !view.lapsed.is_empty() {
        let lapsed: Vec<&str> = view.lapsed.iter().map(|step| step.id.as_str()).collect();
        out.paragraph("", &format!("No longer done: {}.", lapsed.join(", ")));
    }
    let Some(step) = view.next else { return };
    let next = StepView::new(course, step, results);
    if let Some(reason) = next.reasons.iter().find(|reason| reason.code == ReasonCode::NoCredentials) {
        // Nothing else can be done before an account is bound.
        out.paragraph("Next: ", &local_time::shown(&reason.message));
        return;
    }
    out.paragraph("Next: ", next.title);
    next.costs.iter().for_each(|costs| out.paragraph("      ", costs));
    out.put("      ").paint(DIM, &next.commands.explain).put("\n");
}

/// The end of a course.
fn complete(out: &mut Text, results: &Results, view: &CourseView<'_>) {
    let CourseView { required, confirmed, between, .. } = view;
    let (practice, own) = if results.practice { (" in the practice accounts", "") } else { ("", " in your accounts") };
    out.paint(style(Verdict::Verified).bold(), &format!("★ All {required} required steps are done{practice}."))
        .put("\n");
    let how = match confirmed {
        0 => format!("All of them are verified{own}."),
        confirmed => format!("{} are verified{own}, and you confirmed {confirmed}.", required - confirmed),
    };
    let when = between.map(|(first, last)| local_time::shown(&format!(" Done from {first} to {last}.")).into_owned());
    out.paragraph("  ", &format!("{how}{}", when.unwrap_or_default()));
    let status = Commands::status(results.practice);
    command(out, &format!("{status} --format markdown"), "prints a summary to keep or to hand in");
}
