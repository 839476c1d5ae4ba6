//! A step as the book shows it: what takes the place of a directive.
//!
//! Everything is inline HTML, so that it may stand in tight and loose lists, nested lists and quotes alike; the style
//! sheet makes lines of it. Whatever comes from results is hostile until escaped. The live book's widgets are in
//! [`live`].

pub mod live;
pub mod published;

use self::published::Published;
use crate::course::Step;
use crate::results::{Outcome, StepResult, Verdict, View, time};
use crate::terminal::is_hidden;

const END: &str = "</verify-step>";

/// Where the buttons are, for the first widget of a page. The live book's script puts them in its place.
pub fn hint(published: Option<&Published>, anyone: bool) -> String {
    let here = "With <code>verify serve</code>, each step of this book has a button.";
    published.map_or_else(|| line("verify-hint", here), |published| published.lines(anyone))
}

/// The first widget of a page, with its hint.
pub fn first(widget: &str, hint: &str) -> String {
    format!("{}{hint}{END}", widget.trim_end_matches(END))
}

/// A step's widget for an HTML page.
pub fn html(step: &Step, view: &View<'_>, practice: bool) -> String {
    let mut widget = format!(
        "<verify-step data-step=\"{}\" data-verdict=\"{}\"{}{}>",
        escape(&step.id),
        view.verdict.name(),
        if practice { " data-practice" } else { "" },
        if step.optional { " data-optional" } else { "" },
    );
    widget.push_str(&status(step, view, practice));
    for text in lines(view) {
        widget.push_str(&line("verify-line", &text));
    }
    let practice = if practice { "--practice " } else { "" };
    let command = |arguments: String| format!("<code>{}</code>", escape(&format!("verify {practice}{arguments}")));
    let asks = |result: &StepResult| result.expectations.iter().any(|told| told.outcome == Outcome::Unconfirmed);
    if step.members.is_empty() && view.result.is_some_and(asks) {
        widget.push_str(&line("verify-command", &command(format!("attest {}", step.id))));
    }
    widget.push_str(&line("verify-command", &command(step.id.clone())));
    widget.push_str(END);
    widget
}

/// A step that stands in no list, with what it is called.
pub fn card(title: &str, widget: &str) -> String {
    format!("<div class=\"verify-card\"><p class=\"verify-title\">{}</p>{widget}</div>", escape(title))
}

/// The verdict in a word, when it was found, and what became of an older one.
fn status(step: &Step, view: &View<'_>, practice: bool) -> String {
    let mut notes = String::new();
    if practice {
        notes.push_str(" <span class=\"verify-practice\">practice account</span>");
    }
    let optional = step.optional.then(|| "optional".to_owned());
    let checked = view.result.map(|result| format!("checked {}", time(&result.checked)));
    for note in optional.into_iter().chain(checked) {
        notes.push_str(&format!(" <span class=\"verify-note\">{}</span>", escape(&note)));
    }
    let verdict = view.verdict;
    let words = format!("<span class=\"verify-word\">{} {}</span>{notes}", verdict.icon(), verdict.words());
    let mut status = line("verify-status", &words);
    if let Some(drift) = view.result.and_then(StepResult::drift) {
        status.push_str(&line("verify-drift", &escape(&drift)));
    }
    status
}

/// Whether the step asks for the learner's word, or has it.
fn word(step: &Step, view: &View<'_>) -> Option<&'static str> {
    let any =
        |outcome| view.result.is_some_and(|result| result.expectations.iter().any(|told| told.outcome == outcome));
    // The word for a check of checks is given on its members.
    match step.members.is_empty() {
        true if any(Outcome::Unconfirmed) => Some("asked"),
        true if any(Outcome::Confirmed) => Some("given"),
        _ => None,
    }
}

/// What an item shows whose check nobody has named yet.
pub fn open(html: bool) -> &'static str {
    if html {
        "<span class=\"verify-open\" title=\"Nobody has said yet which check verifies this.\">verify: ?</span>"
    } else {
        "(verify: ?)"
    }
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
            lines.extend(count(result).as_deref().map(escape));
            // One thing to do at a time: the expectations are in the order of the steps that meet them.
            let first = result.expectations.iter().find(|told| told.outcome == Outcome::NotMet);
            lines.extend(first.into_iter().flat_map(|told| &told.sentences).map(|sentence| escape(sentence)));
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
    let mut said = std::collections::BTreeSet::new();
    lines.retain(|line| said.insert(line.clone()));
    lines
}

/// How many of the expectations that apply are met.
fn count(result: &StepResult) -> Option<String> {
    let applies = result.expectations.iter().filter(|told| told.outcome != Outcome::NotApplicable);
    let met = applies.clone().filter(|told| matches!(told.outcome, Outcome::Met | Outcome::Confirmed)).count();
    let all = applies.count();
    (all > 1).then(|| format!("{met} of {all} done."))
}

/// A text that neither Markdown nor HTML finds anything in: all but plain characters become numeric references.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() => escaped.push(c),
            ' ' | ',' | '.' | ';' | ':' | '?' | '(' | ')' | '%' | '/' | '“' | '”' | '’' | '–' | '—' | '•' | '→'
            | '·' => {
                escaped.push(c);
            }
            c if c.is_whitespace() => escaped.push(' '),
            c if is_hidden(c) => escaped.push_str(&escape(&c.escape_unicode().to_string())),
            c => escaped.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    escaped
}
