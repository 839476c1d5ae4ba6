//! A step as the book shows it: what takes the place of a directive. What it says is a [`StepView`]'s.
//!
//! Everything is inline HTML, so that it may stand in tight and loose lists, nested lists and quotes alike; the style
//! sheet makes lines of it. A directive that is a block of its own becomes a [`card`]. Whatever comes from results is
//! hostile until escaped. The live book's widgets are in [`live`].
//!
//! mdBook puts each text of a page into its search index, the hidden ones too, and no attribute. So a widget has no text:
//! its text stands in attributes that the style sheet shows, and its commands are fields, out of which they can be copied.
//! Where the style sheet is missing, another field shows the verdict. Only a card's title, which stands for the text of
//! a list item, is text and can be found.

pub mod live;
pub mod published;

use course::escape::references;
use course::step_view::{PRACTICE, StepView};
use course::terminal::is_hidden;

const END: &str = "</verify-step>";

/// Where a widget's text is in its HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placement {
    /// In attributes, in the pages that mdBook makes.
    Attribute,
    /// In elements, in what the live book's script puts into a page.
    Element,
}

impl Placement {
    /// A text, and the space that parts it from the next.
    fn span(self, class: &str, text: &str) -> String {
        let text = escape(text);
        match self {
            Placement::Attribute => format!("<span class=\"{class}\" data-text=\"{text}\"></span> "),
            Placement::Element => format!("<span class=\"{class}\">{text}</span> "),
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
pub fn html(view: &StepView<'_>) -> String {
    let mut widget = format!(
        "<verify-step data-step=\"{}\" data-verdict=\"{}\"{}{}>",
        escape(view.id),
        view.verdict.name(),
        if view.practice { " data-practice" } else { "" },
        if view.optional { " data-optional" } else { "" },
    );
    let next = view.next.as_ref();
    widget.push_str(&fallback(&label(view)));
    widget.push_str(&status(Placement::Attribute, view));
    widget.extend(view.sentences().iter().map(|sentence| Placement::Attribute.span("verify-line", &sentence.text)));
    // Paper has no use for it, nor for the commands.
    widget.extend(next.map(|next| Placement::Attribute.span("verify-hint", next.text)));
    let commands = next.map(|next| next.commands.as_slice()).unwrap_or_default();
    widget.extend(commands.iter().map(|text| command(text)));
    if !commands.contains(&view.commands.verify) {
        widget.push_str(&command(&view.commands.verify));
    }
    widget.push_str(END);
    widget
}

/// The verdict, what goes with it, and what became of an older one.
fn status(placement: Placement, view: &StepView<'_>) -> String {
    let mut line = placement.span("verify-word", view.label());
    if view.practice {
        line.push_str(&placement.span("verify-practice", PRACTICE));
    }
    line.extend(view.notes().iter().map(|note| placement.span("verify-note", note)));
    let mut status = format!("<span class=\"verify-status\">{}</span> ", line.trim_end());
    status.extend(view.drift.iter().map(|drift| placement.span("verify-drift", drift)));
    status
}

/// What is shown where the style sheet is missing, and hidden by it, since it shows more.
fn fallback(label: &str) -> String {
    field("class=\"verify-plain\" aria-label=\"Verdict\"", label)
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

/// What an item shows whose check nobody has named yet.
pub fn open(html: bool) -> String {
    const PLAIN: &str = "(verify: ?)";
    if !html {
        return PLAIN.to_owned();
    }
    let title = "Nobody has said yet which check verifies this.";
    format!("{}<span class=\"verify-open\" title=\"{title}\" data-text=\"verify: ?\"></span>", fallback(PLAIN))
}

/// A step's verdict in brackets, for other renderers than HTML.
pub fn label(view: &StepView<'_>) -> String {
    let practice = if view.practice { format!(", {PRACTICE}") } else { String::new() };
    format!("({}{practice})", view.label().to_lowercase())
}

/// A text that neither Markdown nor HTML finds anything in: all but plain characters become numeric references.
pub fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => shown.push(' '),
            c if is_hidden(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    references(&shown, |c| c.is_alphanumeric() || " ,.;:?()%/“”’–—•→·".contains(c))
}
