//! A step as the book shows it: what takes the place of a directive.
//!
//! Everything is inline HTML, so that it may stand in tight and loose lists, nested lists and quotes alike; the style
//! sheet makes lines of it. Whatever comes from results is hostile until escaped.

use crate::course::Step;
use crate::results::{Outcome, StepResult, Verdict, View};

/// A step's widget for an HTML page.
pub fn html(step: &Step, view: &View<'_>, practice: bool) -> String {
    let verdict = view.verdict;
    let mut widget = format!(
        "<verify-step data-step=\"{}\" data-verdict=\"{}\"{}{}>",
        escape(&step.id),
        verdict.name(),
        if practice { " data-practice" } else { "" },
        if step.optional { " data-optional" } else { "" },
    );
    let mut notes = Vec::new();
    if practice {
        notes.push("practice account".to_owned());
    }
    if step.optional {
        notes.push("optional".to_owned());
    }
    if let Some(result) = view.result {
        notes.push(format!("checked {}", time(&result.checked)));
    }
    let notes: String =
        notes.iter().map(|note| format!(" <span class=\"verify-note\">{}</span>", escape(note))).collect();
    widget.push_str(&line(
        "verify-status",
        &format!("<span class=\"verify-word\">{} {}</span>{notes}", verdict.icon(), verdict.words()),
    ));
    for text in lines(view) {
        widget.push_str(&line("verify-line", &text));
    }
    let practice = if practice { "--practice " } else { "" };
    let command = format!("<code>verify {practice}{}</code>", escape(&step.id));
    widget.push_str(&line("verify-command", &command));
    widget.push_str("</verify-step>");
    widget
}

/// A step's verdict in a word or two, for other renderers than HTML.
pub fn words(view: &View<'_>, practice: bool) -> String {
    let practice = if practice { ", practice account" } else { "" };
    format!("({}{practice})", view.verdict.words().to_lowercase())
}

fn line(class: &str, content: &str) -> String {
    format!("<span class=\"{class}\">{content}</span> ")
}

/// What a reader should know besides the verdict: what was found, or why not and what to do.
fn lines(view: &View<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(stale) = view.stale {
        lines.push(escape(&format!("Verify again: {stale}.")));
    }
    let Some(result) = view.result else { return lines };
    let sentences = |outcomes: &'static [Outcome]| {
        let told = result.expectations.iter().filter(|told| outcomes.contains(&told.outcome));
        told.flat_map(|told| told.sentences.iter())
    };
    match view.verdict {
        Verdict::NotYet => {
            lines.push(escape(&count(result)));
            lines.extend(sentences(&[Outcome::NotMet]).map(|sentence| escape(sentence)));
        }
        Verdict::Unknown => {
            let mut messages: Vec<&str> = result.reasons.iter().map(|reason| reason.message.as_str()).collect();
            messages.dedup();
            lines.extend(messages.into_iter().map(escape));
            lines.extend(sentences(&[Outcome::Unknown, Outcome::Unconfirmed]).map(|sentence| escape(sentence)));
            let asked = result.expectations.iter().filter(|told| told.outcome == Outcome::Unconfirmed);
            lines.extend(
                asked.filter_map(|told| told.statement.as_ref()).map(|said| escape(&format!("To confirm: “{said}”"))),
            );
        }
        Verdict::Verified | Verdict::Attested => {
            lines.extend(sentences(&[Outcome::Met, Outcome::Confirmed]).map(|sentence| escape(sentence)));
        }
        Verdict::NotApplicable | Verdict::Unchecked => {}
    }
    if let Some(held) = &result.held_until {
        lines.push(escape(&format!("It was done when it was checked on {}.", time(held))));
    }
    lines
}

/// How many of the expectations that apply are met.
fn count(result: &StepResult) -> String {
    let applies = result.expectations.iter().filter(|told| told.outcome != Outcome::NotApplicable);
    let met = applies.clone().filter(|told| matches!(told.outcome, Outcome::Met | Outcome::Confirmed)).count();
    format!("{met} of {} done.", applies.count())
}

/// `2026-11-24T10:03:22Z` as a reader wants it.
fn time(rfc3339: &str) -> String {
    match (rfc3339.get(..10), rfc3339.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute} UTC"),
        _ => rfc3339.to_owned(),
    }
}

/// A text that neither Markdown nor HTML finds anything in: all but plain characters become numeric references.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() => escaped.push(c),
            ' ' | ',' | '.' | ';' | ':' | '?' | '(' | ')' | '%' | '/' | '“' | '”' | '’' | '–' | '—' | '•' | '→'
            | '·' => {
                escaped.push(c);
            }
            c if c.is_whitespace() => escaped.push(' '),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    escaped
}
