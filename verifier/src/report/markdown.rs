//! Results as Markdown: a learner's summary to keep or to hand in. Text from AWS or a lesson is escaped.

use course::course_view::CourseView;
use course::local_time;
use course::results::Results;
use course::step_view::StepView;
use course::{Course, Step};
use mdbook_verify::widget::escape;
use std::fmt::Write;

/// The steps, with a table for each chapter.
pub fn document(course: &Course, results: &Results, steps: &[&Step]) -> String {
    let CourseView { required, done, confirmed, .. } = CourseView::new(course, results);
    let mut out = format!("# {}\n\n{done} of {required} required steps are done", plain(&course.title));
    out.push_str(&match confirmed {
        0 => ".\n".to_owned(),
        confirmed => format!(", and {confirmed} of these are confirmed by the learner.\n"),
    });
    if results.practice {
        out.push_str("\nThis is about practice accounts: nothing here is real.\n");
    }
    let mut chapter = None;
    for step in steps {
        let place = step.occurrences.first().map_or("Other steps", |place| place.chapter_name.as_str());
        if chapter != Some(place) {
            let _ = write!(out, "\n## {}\n\n| step | verdict | first done |\n|---|---|---|\n", plain(place));
            chapter = Some(place);
        }
        let view = StepView::new(course, step, results);
        let optional = if view.optional { " (optional)" } else { "" };
        let first = view.result.and_then(|result| result.first_verified.as_deref()).filter(|_| view.verdict.is_done());
        let first = first.map(local_time::shown).unwrap_or_default();
        let verdict = format!("{} {}", view.verdict.icon(), view.label());
        let _ = writeln!(out, "| {}{optional} | {verdict} | {} |", plain(view.title), time(&first));
    }
    let _ = writeln!(out, "\nPrinted by verify {}.", env!("CARGO_PKG_VERSION"));
    out
}

/// A time, which needs no escapes if it is one.
fn time(shown: &str) -> String {
    let is_time = shown.chars().all(|c| c.is_ascii_digit() || "-:+ UTC".contains(c));
    if is_time { shown.to_owned() } else { plain(shown) }
}

/// A text without markup, which viewers do not turn into links either.
pub(super) fn plain(text: &str) -> String {
    escape(text).replace("://", "&#58;//").replace("www.", "www&#46;")
}
