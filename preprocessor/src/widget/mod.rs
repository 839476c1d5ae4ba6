//! A step in the book: the HTML that replaces a directive. Its content comes from a [`StepView`].
//!
//! Everything is inline HTML, so that it can be in tight, loose and nested lists and in quotes. The style sheet lays it
//! out in lines. A directive in its own block becomes a [`card`]. Results are untrusted, so all text from them is
//! escaped. The live book's widgets are in [`live`].
//!
//! mdBook's search index contains all text of a page, even hidden text, but no attributes. So a widget has no text: its
//! text is in attributes that the style sheet shows, and its commands are input fields, from which they can be copied.
//! Without the style sheet, another field shows the verdict. Only a card's title is text and can be found, because it
//! replaces the text of a list item.

pub mod live;
pub mod published;

use course::escape::references;
use course::step_view::{PRACTICE, StepView};
use course::terminal::is_hidden;

const BEGIN: &str = "<verify-step";
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
    /// A text, and the space between it and the next one.
    fn span(self, class: &str, text: &str) -> String {
        let text = escape(text);
        match self {
            Placement::Attribute => format!("<span class=\"{class}\" data-text=\"{text}\"></span> "),
            Placement::Element => format!("<span class=\"{class}\">{text}</span> "),
        }
    }
}

/// The first widget of a step in its page, which links lead to. No heading has a colon in its id.
pub fn anchored(widget: &str, step: &str) -> String {
    widget.replacen(BEGIN, &format!("{BEGIN} id=\"step:{}\"", escape(step)), 1)
}

/// The first widget of a page, with its hint.
pub fn first(widget: &str, hint: &str) -> String {
    format!("{}{hint}{END}", widget.trim_end_matches(END))
}

/// The beginning of a line of HTML that replaces a comment in its own block. It is also a comment, so that Markdown
/// ends the block with the line.
pub const BLOCK: &str = "<!---->";

/// The widget of a step that is not a list item, with the step's title, in one line.
pub fn card(title: &str, widget: &str) -> String {
    format!("{BLOCK}<div class=\"verify-card\"><p class=\"verify-title\">{}</p>{widget}</div>", escape(title))
}

/// A step's widget for an HTML page.
pub fn html(view: &StepView<'_>) -> String {
    let mut widget = format!(
        "{BEGIN} data-step=\"{}\" data-verdict=\"{}\"{}{}>",
        escape(view.id),
        view.verdict.name(),
        if view.practice { " data-practice" } else { "" },
        if view.optional { " data-optional" } else { "" },
    );
    let next = view.next.as_ref();
    widget.push_str(&fallback(&label(view)));
    widget.push_str(&status(Placement::Attribute, view));
    widget.extend(view.sentences().iter().map(|sentence| Placement::Attribute.span("verify-line", &sentence.text)));
    widget.extend(view.costs.iter().map(|costs| Placement::Attribute.span("verify-costs", costs)));
    widget.extend(view.console.map(|address| console(Placement::Attribute, address)));
    // The style sheet hides it and the commands in print.
    widget.extend(next.map(|next| Placement::Attribute.span("verify-hint", next.text)));
    let commands = next.map(|next| next.commands.as_slice()).unwrap_or_default();
    widget.extend(commands.iter().map(|text| command(text)));
    if !commands.contains(&view.commands.verify) {
        widget.push_str(&command(&view.commands.verify));
    }
    widget.push_str(END);
    widget
}

/// The verdict, its notes, and what happened to an older verdict.
fn status(placement: Placement, view: &StepView<'_>) -> String {
    let mut line = placement.span("verify-word", view.label());
    // The live book says it once, at the top of the page.
    if view.practice && placement == Placement::Attribute {
        line.push_str(&placement.span("verify-practice", PRACTICE));
    }
    line.extend(view.notes().iter().map(|note| placement.span("verify-note", note)));
    let mut status = format!("<span class=\"verify-status\">{}</span> ", line.trim_end());
    status.extend(view.drift.iter().map(|drift| placement.span("verify-drift", drift)));
    status
}

/// The link to the page of AWS's console where a step is done. It opens in another tab, so that the book stays.
fn console(placement: Placement, address: &str) -> String {
    const TEXT: &str = "Open in the AWS console";
    // `verify build` keeps this attribute only in a `span`.
    let (label, text) = match placement {
        Placement::Attribute => (format!(" aria-label=\"{TEXT}\""), placement.span("verify-link", TEXT)),
        Placement::Element => (String::new(), TEXT.to_owned()),
    };
    let href = escape(address);
    format!(
        "<a class=\"verify-console\" href=\"{href}\" target=\"_blank\" rel=\"noopener noreferrer\"{label}>{}</a> ",
        text.trim_end()
    )
}

/// The verdict for pages without the style sheet, which hides it.
fn fallback(label: &str) -> String {
    field("class=\"verify-plain\" aria-label=\"Verdict\"", label)
}

/// A command for a terminal.
fn command(command: &str) -> String {
    let field = field("aria-label=\"Command\"", command);
    format!("<span class=\"verify-command\" dir=\"ltr\">{}</span> ", field.trim_end())
}

/// An input field from which a text can be copied.
fn field(attributes: &str, text: &str) -> String {
    format!("<input {attributes} readonly size=\"{}\" value=\"{}\"> ", text.chars().count(), escape(text))
}

/// The widget of an item whose check is not chosen yet.
pub fn open(html: bool) -> String {
    const PLAIN: &str = "(verify: ?)";
    if !html {
        return PLAIN.to_owned();
    }
    let title = "The check for this item is not chosen yet.";
    format!("{}<span class=\"verify-open\" title=\"{title}\" data-text=\"verify: ?\"></span>", fallback(PLAIN))
}

/// A step's verdict in brackets, for other renderers than HTML.
pub fn label(view: &StepView<'_>) -> String {
    let practice = if view.practice { format!(", {PRACTICE}") } else { String::new() };
    format!("({}{practice})", view.label().to_lowercase())
}

/// A text escaped for Markdown and HTML: all but plain characters become numeric references.
pub fn escape(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => visible.push(' '),
            c if is_hidden(c) => visible.extend(c.escape_unicode()),
            c => visible.push(c),
        }
    }
    references(&visible, |c| c.is_alphanumeric() || " ,.;:?()%/“”’–—•→·".contains(c))
}
