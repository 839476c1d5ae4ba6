//! The sentences and the two tables of a class, which the terminal, Markdown and the page share. They are not escaped;
//! each output format does that.

use course::diagnostic::many;
use course::local_time;
use course::results::Verdict;

use super::{Class, Learner, StepRow, Stuck, Unmet};

/// A table of texts.
pub(super) struct Table {
    /// The caption.
    pub(super) caption: &'static str,
    /// The columns.
    pub(super) head: Vec<&'static str>,
    /// The rows.
    pub(super) rows: Vec<Row>,
}

/// A row, and the verdict that decides its colour.
pub(super) struct Row {
    pub(super) verdict: Verdict,
    pub(super) cells: Vec<String>,
}

/// The heading.
pub(super) fn heading(class: &Class) -> String {
    let practice = if class.practice { " (practice accounts: nothing here is real)" } else { "" };
    format!("{}: {}{practice}", class.title, many(class.learners.len(), "learner"))
}

/// Where most learners are stuck, in one sentence.
pub(super) fn stuck(class: &Class) -> String {
    let Some(stuck) = &class.stuck else { return "Everybody has done all required steps.".to_owned() };
    let Stuck { step, title, learners, counts, reason, unmet } = stuck;
    let unmet = unmet.as_ref().map_or(String::new(), |Unmet { title, learners }| match *learners {
        all if all == counts.not_yet => format!(": “{title}”"),
        some => format!(", {some} of them: “{title}”"),
    });
    let reason = reason.map_or(String::new(), |reason| format!(", mostly {}", reason.name()));
    let of = [
        (counts.not_yet, "not yet", unmet.as_str()),
        (counts.unknown, "unknown", reason.as_str()),
        (counts.unchecked, "not checked", ""),
    ];
    let of: Vec<String> = of
        .iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, word, more)| format!("{number} {word}{more}"))
        .collect();
    let all = class.learners.len();
    format!(
        "Learners are stuck most often at “{title}” ({step}): {learners} of {} ({}).",
        many(all, "learner"),
        of.join(", ")
    )
}

/// Who judged a learner, and how much of it rests on the learner's file.
pub(super) fn judged(learner: &Learner) -> String {
    match (learner.judged_here, learner.by_file) {
        (false, _) => "learner".to_owned(),
        (true, 0) => "here".to_owned(),
        (true, steps) => format!("here, {steps} by the learner's file"),
    }
}

/// A row for each learner.
pub(super) fn learners(class: &Class) -> Table {
    let row = |learner: &Learner| Row {
        verdict: learner.at.as_ref().map_or(Verdict::Verified, |at| at.verdict),
        cells: vec![
            learner.name.clone(),
            format!("{}/{}", learner.counts.done, class.required),
            at(learner),
            or_empty(learner.attempts),
            moment(learner.first_verified.as_ref()),
            moment(learner.last_verified.as_ref()),
            moment(learner.last_checked.as_ref()),
            judged(learner),
        ],
    };
    let head = vec!["learner", "done", "at", "attempts", "first verified", "last verified", "last checked", "judged"];
    Table { caption: "Learners", head, rows: class.learners.iter().map(row).collect() }
}

/// A row for each step.
pub(super) fn steps(class: &Class) -> Table {
    let row = |step: &StepRow| Row {
        verdict: worst(step),
        cells: vec![
            format!("{}{}", step.step, if step.optional { " (optional)" } else { "" }),
            step.counts.done.to_string(),
            match step.unmet.as_ref().filter(|_| step.counts.not_yet > 0) {
                Some(Unmet { title, learners }) if *learners == step.counts.not_yet => {
                    format!("{learners} (“{title}”)")
                }
                Some(Unmet { title, learners }) => format!("{} ({learners}: “{title}”)", step.counts.not_yet),
                None => step.counts.not_yet.to_string(),
            },
            match step.reason.filter(|_| step.counts.unknown > 0) {
                Some(reason) => format!("{} ({})", step.counts.unknown, reason.name()),
                None => step.counts.unknown.to_string(),
            },
            step.counts.unchecked.to_string(),
            or_empty(step.attempts),
            or_empty(step.median_attempts),
            step.median_seconds.map_or(String::new(), span),
            step.title.clone(),
        ],
    };
    let head = vec!["step", "done", "not yet", "unknown", "not checked", "attempts", "median", "median time", "item"];
    Table { caption: "Steps", head, rows: class.steps.iter().map(row).collect() }
}

/// The verdict that decides the colour of a step's row: the worst verdict of a learner.
fn worst(step: &StepRow) -> Verdict {
    let counts = &step.counts;
    let verdicts =
        [(counts.not_yet, Verdict::NotYet), (counts.unknown, Verdict::Unknown), (counts.unchecked, Verdict::Unchecked)];
    verdicts.into_iter().find(|(number, _)| *number > 0).map_or(Verdict::Verified, |(_, verdict)| verdict)
}

/// A learner's next step, with its verdict.
pub(crate) fn at(learner: &Learner) -> String {
    let Some(at) = &learner.at else { return format!("{} All done", Verdict::Verified.icon()) };
    let reason = match (&at.unmet, at.reason) {
        (Some(unmet), _) => format!(" (“{unmet}”)"),
        (None, Some(reason)) => format!(" ({})", reason.name()),
        (None, None) => String::new(),
    };
    format!("{} {}: {}{reason}", at.verdict.icon(), at.verdict.label(), at.step)
}

fn or_empty(number: Option<impl ToString>) -> String {
    number.map_or(String::new(), |number| number.to_string())
}

fn moment(rfc3339: Option<&String>) -> String {
    rfc3339.map_or(String::new(), |rfc3339| local_time::shown(rfc3339).into_owned())
}

/// A duration in its two largest units.
pub(super) fn span(seconds: f64) -> String {
    // Whole seconds; the conversion saturates.
    let seconds = seconds as u64;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}
