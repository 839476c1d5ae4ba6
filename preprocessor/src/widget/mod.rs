//! A step as the book shows it: what takes the place of a directive.
//!
//! Everything is inline HTML, so that it may stand in tight and loose lists, nested lists and quotes alike; the style
//! sheet makes lines of it. A directive that is a block of its own becomes a [`card`]. Whatever comes from results is
//! hostile until escaped. The live book's widgets are in [`live`].
//!
//! mdBook puts each text of a page into its search index, the hidden ones too, and no attribute. So a widget has no text:
//! its words are attributes that the style sheet shows, and its commands are fields, out of which they can be copied.
//! Where the style sheet is missing, another field shows the verdict. Only a card's title, which stands for the text of
//! a list item, is text and can be found.

pub mod live;
pub mod published;

use course::Step;
use course::results::{Outcome, StepResult, Verdict, View, time};
use course::terminal::is_hidden;

const END: &str = "</verify-step>";

/// How a widget's words stand in its HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Words {
    /// As attributes, in the pages that mdBook makes.
    Attributes,
    /// As text, in what the live book's script puts into a page.
    Text,
}

impl Words {
    /// Some words, and the space that parts them from the next.
    fn span(self, class: &str, words: &str) -> String {
        let words = escape(words);
        match self {
            Words::Attributes => format!("<span class=\"{class}\" data-text=\"{words}\"></span> "),
            Words::Text => format!("<span class=\"{class}\">{words}</span> "),
        }
    }
}

/// The first widget of a page, with its hint.
pub fn first(widget: &str, hint: &str) -> String {
    format!("{}{hint}{END}", widget.trim_end_matches(END))
}

/// What a line of HTML begins with that takes the place of a comment which is a block of its own: a comment as well, so
/// that Markdown ends the block with the line.
pub const BLOCK: &str = "<!---->";

/// The widget of a step that is no list item, with what the step is called: a block of one line.
pub fn card(title: &str, widget: &str) -> String {
    format!("{BLOCK}<div class=\"verify-card\"><p class=\"verify-title\">{}</p>{widget}</div>", escape(title))
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
    widget.push_str(&plain(&words(view, practice)));
    widget.push_str(&status(Words::Attributes, step, view, practice));
    widget.extend(lines(view).iter().map(|text| Words::Attributes.span("verify-line", text)));
    let practice = if practice { "--practice " } else { "" };
    let asks = |result: &StepResult| result.expectations.iter().any(|told| told.outcome == Outcome::Unconfirmed);
    if step.members.is_empty() && view.result.is_some_and(asks) {
        widget.push_str(&command(&format!("verify {practice}confirm {}", step.id)));
    }
    widget.push_str(&command(&format!("verify {practice}{}", step.id)));
    widget.push_str(END);
    widget
}

/// The verdict in a word, when it was found, and what became of an older one.
fn status(words: Words, step: &Step, view: &View<'_>, practice: bool) -> String {
    let mut said = words.span("verify-word", view.verdict.label());
    if practice {
        said.push_str(&words.span("verify-practice", "practice account"));
    }
    let optional = step.optional.then(|| "optional".to_owned());
    let checked = view.result.map(|result| format!("checked {}", time(&result.checked)));
    said.extend(optional.into_iter().chain(checked).map(|note| words.span("verify-note", &note)));
    let mut status = format!("<span class=\"verify-status\">{}</span> ", said.trim_end());
    status.extend(view.result.and_then(StepResult::drift).map(|drift| words.span("verify-drift", &drift)));
    status
}

/// Words that the style sheet hides, since it shows more.
fn plain(words: &str) -> String {
    field("class=\"verify-plain\" aria-label=\"Verdict\"", words)
}

/// A command for a terminal.
fn command(command: &str) -> String {
    let field = field("aria-label=\"Command\"", command);
    format!("<span class=\"verify-command\" dir=\"ltr\">{}</span> ", field.trim_end())
}

/// A field that shows a text and lets it be copied.
fn field(attributes: &str, text: &str) -> String {
    format!("<input {attributes} readonly size=\"{}\" value=\"{}\"> ", text.chars().count(), escape(text))
}

/// Whether the step needs the learner's confirmation, or has it.
fn confirmation(step: &Step, view: &View<'_>) -> Option<&'static str> {
    let any =
        |outcome| view.result.is_some_and(|result| result.expectations.iter().any(|told| told.outcome == outcome));
    // A check of checks is confirmed on its members.
    match step.members.is_empty() {
        true if any(Outcome::Unconfirmed) => Some("needed"),
        true if any(Outcome::Confirmed) => Some("given"),
        _ => None,
    }
}

/// What an item shows whose check nobody has named yet.
pub fn open(html: bool) -> String {
    const PLAIN: &str = "(verify: ?)";
    if !html {
        return PLAIN.to_owned();
    }
    let title = "Nobody has said yet which check verifies this.";
    format!("{}<span class=\"verify-open\" title=\"{title}\" data-text=\"verify: ?\"></span>", plain(PLAIN))
}

/// A step's verdict in a word or two, for other renderers than HTML.
pub fn words(view: &View<'_>, practice: bool) -> String {
    let practice = if practice { ", practice account" } else { "" };
    format!("({}{practice})", view.verdict.label().to_lowercase())
}

/// What a reader should know besides the verdict: what was found, or why not and what to do.
fn lines(view: &View<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(stale) = view.stale {
        lines.push(format!("Verify again: {stale}."));
    }
    let Some(result) = view.result else { return lines };
    let sentences = |outcomes: &'static [Outcome]| {
        let told = result.expectations.iter().filter(|told| outcomes.contains(&told.outcome));
        told.flat_map(|told| told.sentences.iter())
    };
    match view.verdict {
        Verdict::NotYet => {
            lines.extend(count(result));
            // One thing to do at a time: the expectations are in the order of the steps that meet them.
            let first = result.expectations.iter().find(|told| told.outcome == Outcome::NotMet);
            lines.extend(first.into_iter().flat_map(|told| told.sentences.iter().cloned()));
        }
        Verdict::Unknown => {
            let mut messages: Vec<&str> = result.reasons.iter().map(|reason| reason.message.as_str()).collect();
            messages.dedup();
            lines.extend(messages.into_iter().map(str::to_owned));
            lines.extend(sentences(&[Outcome::Unknown, Outcome::Unconfirmed]).cloned());
            let asked = result.expectations.iter().filter(|told| told.outcome == Outcome::Unconfirmed);
            lines.extend(asked.filter_map(|told| told.statement.as_ref()).map(|said| format!("To confirm: “{said}”")));
        }
        Verdict::Verified | Verdict::Confirmed => {
            lines.extend(sentences(&[Outcome::Met, Outcome::Confirmed]).cloned());
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
