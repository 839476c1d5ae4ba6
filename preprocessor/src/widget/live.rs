//! A step as the live book shows it: what the page's own script puts into its widget.
//!
//! The script brings the buttons. What it shows is made here, so that escaping has one place.

use serde::Serialize;

use super::{END, Words, command, confirmation, escape, plain, status};
use course::results::{Call, ExpectationResult, Outcome, Results, StepResult, Verdict};
use course::{Course, Step};

/// A step's live widget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Live {
    /// What the step is called.
    pub title: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict's label.
    pub label: &'static str,
    /// Whether the learner's confirmation is `needed` or `given`.
    pub confirmation: Option<&'static str>,
    /// Whether the step does not count towards completion.
    pub optional: bool,
    /// Whether the practice account has an action that does it.
    pub practice: bool,
    /// HTML: the verdict, why, and what to do.
    pub html: String,
    /// HTML: what the verdict rests on.
    pub evidence: String,
    /// The same in a terminal.
    pub command: String,
}

impl Live {
    /// A step by the results as they stand; `practice` says whether it can be practised.
    pub fn of(course: &Course, step: &Step, results: &Results, practice: bool) -> Live {
        let view = results.view(step);
        let check = course.check(step);
        let mut html = status(Words::Text, step, &view, results.practice);
        if let Some(result) = view.result {
            if view.verdict == Verdict::Unknown {
                let mut messages: Vec<&str> = result.reasons.iter().map(|reason| reason.message.as_str()).collect();
                messages.dedup();
                html.push_str(&messages.into_iter().map(sentence).collect::<String>());
            }
            // One thing to do at a time: the expectations are in the order of the steps that meet them.
            let next = result.expectations.iter().position(|told| told.outcome == Outcome::NotMet);
            let told = result.expectations.iter().enumerate().map(|(at, told)| {
                let quiet = told.outcome == Outcome::NotMet && next != Some(at);
                expectation(&told.title, Some(told), quiet)
            });
            html.push_str(&list(told));
        } else {
            html.push_str(&view.stale.map(|stale| sentence(&format!("Verify again: {stale}."))).unwrap_or_default());
        }
        let title = step.occurrences.first().map_or(check.title.as_str(), |place| place.text.as_str());
        let option = if results.practice { "--practice " } else { "" };
        Live {
            title: title.to_owned(),
            verdict: view.verdict,
            label: view.verdict.label(),
            confirmation: confirmation(step, &view),
            optional: step.optional,
            practice,
            html,
            evidence: evidence(course, step, view.result),
            command: format!("verify {option}{}", step.id),
        }
    }
}

/// A step's widget until the page's script has heard of its verdict.
pub fn waiting(step: &Step, practice: bool) -> String {
    const WORDS: &str = "JavaScript shows the verdict here.";
    let (mark, option) = if practice { (" data-practice", "--practice ") } else { ("", "") };
    format!(
        "<verify-step data-step=\"{}\"{mark}>{}{}{}{END}",
        escape(&step.id),
        plain(&format!("({WORDS})")),
        Words::Attributes.span("verify-line", WORDS),
        command(&format!("verify {option}{}", step.id))
    )
}

/// HTML: the expectations of a step that is being verified, by title; those without a result wait for evidence.
pub fn expectations<'e>(awaited: impl IntoIterator<Item = (&'e str, Option<&'e ExpectationResult>)>) -> String {
    list(awaited.into_iter().map(|(title, told)| expectation(title, told, false)))
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: String = items.collect();
    if items.is_empty() { items } else { format!("<ul class=\"verify-expectations\">{items}</ul>") }
}

/// An expectation's line; `quiet` leaves out what to do about it.
fn expectation(title: &str, told: Option<&ExpectationResult>, quiet: bool) -> String {
    let Some(told) = told else {
        let waits = "<span class=\"verify-icon\" aria-hidden=\"true\">…</span>";
        return format!("<li data-outcome=\"awaited\">{waits}{}</li>", escape(title));
    };
    let mut item = format!(
        "<li data-outcome=\"{}\"><span class=\"verify-icon\" aria-hidden=\"true\">{}</span>{}",
        told.outcome.name(),
        told.outcome.icon(),
        escape(title)
    );
    let hidden = match told.outcome {
        Outcome::Met | Outcome::NotMet | Outcome::Unknown => "verify-unseen",
        Outcome::Confirmed | Outcome::Unconfirmed | Outcome::NotApplicable => "verify-outcome",
    };
    item.push_str(&format!("<span class=\"{hidden}\"> ({})</span>", escape(told.outcome.label())));
    if !quiet {
        let mut sentences = told.sentences.clone();
        sentences.dedup();
        item.push_str(&sentences.iter().map(|text| sentence(text)).collect::<String>());
    }
    if let (Some(statement), Outcome::Unconfirmed | Outcome::Confirmed) = (&told.statement, told.outcome) {
        let said = if told.outcome == Outcome::Confirmed { "You confirmed" } else { "To confirm" };
        item.push_str(&format!(
            "<span class=\"verify-line\">{said}: “<span class=\"verify-statement\">{}</span>”</span>",
            escape(statement)
        ));
    }
    item.push_str("</li>");
    item
}

/// What the verdict rests on, what it cannot show, and when it was found.
fn evidence(course: &Course, step: &Step, result: Option<&StepResult>) -> String {
    let check = course.check(step);
    let mut html = check.about.as_deref().map(paragraph).unwrap_or_default();
    let Some(result) = result else {
        let titles: Vec<(&str, _)> = match step.members.as_slice() {
            [] => check.expectations().iter().map(|expectation| (expectation.title.as_str(), None)).collect(),
            members => {
                let members = members.iter().filter_map(|id| course.step(id));
                members.map(|member| (course.check(member).title.as_str(), None)).collect()
            }
        };
        html.push_str(&paragraph("Nothing has been read for it yet. It asks:"));
        html.push_str(&expectations(titles));
        return html;
    };
    if result.evidence.is_empty() {
        html.push_str(&paragraph("No call to AWS answered."));
    } else {
        html.push_str(&paragraph("It rests on these calls to AWS:"));
        let calls: String = result.evidence.iter().map(call).collect();
        html.push_str(&format!("<ul class=\"verify-calls\">{calls}</ul>"));
    }
    let first = match &result.first_verified {
        Some(first) => format!(" It was done first at {}.", super::time(first)),
        None => String::new(),
    };
    html.push_str(&paragraph(&format!("Judged at {} by verify {}.{first}", super::time(&result.checked), result.by)));
    html
}

fn call(call: &Call) -> String {
    let time = call.time.get(11..19).map_or_else(|| call.time.clone(), |time| format!("{time} UTC"));
    format!(
        "<li><code>{}</code> {}, {}, {}</li>",
        escape(&call.operation),
        escape(&call.account),
        escape(&call.region),
        escape(&time)
    )
}

fn sentence(text: &str) -> String {
    Words::Text.span("verify-line", text)
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escape(text))
}
