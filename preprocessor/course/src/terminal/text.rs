//! Text that is safe for a terminal and for the log of a build server.

use anstyle::Style;
use std::fmt::{self, Write as _};
use std::ops::Range;

use super::wrap::{columns, wrap};

/// Text for a terminal. Everything written to it is escaped, except line breaks and tabs. A value that must stay in one
/// line goes through [`line()`] first. Paragraphs are wrapped when it is printed, to the width of the terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    shown: String,
    at: At,
    paragraphs: Vec<Paragraph>,
}

/// A line of a text that may be wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Paragraph {
    range: Range<usize>,
    /// How many columns its other lines are indented.
    hanging: usize,
}

/// Where the next character is, as a build server reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// At the beginning of a line, or after only white space.
    #[default]
    Begin,
    Within,
    /// After `#`.
    Hash,
    /// After `##` and letters.
    Command,
}

impl Text {
    /// An empty text.
    pub fn new() -> Text {
        Text::default()
    }

    /// A text of several lines.
    pub fn block(text: &str) -> Text {
        let mut block = Text::new();
        block.put(text);
        block
    }

    /// A text of one line.
    pub fn line(text: &str) -> Text {
        Text::block(&line(text))
    }

    /// Clap's output. Values in it must be escaped already, because clap's styles are kept.
    pub fn of_clap(rendered: String) -> Text {
        Text { shown: rendered, at: At::Within, paragraphs: Vec::new() }
    }

    /// Adds text of one or several lines.
    pub fn put(&mut self, text: &str) -> &mut Text {
        text.chars().for_each(|c| self.push(c));
        self
    }

    /// Adds text of one line in a style.
    pub fn paint(&mut self, style: Style, text: &str) -> &mut Text {
        // Writing to a string cannot fail.
        let _ = write!(self.shown, "{style}");
        self.put(&line(text));
        let _ = write!(self.shown, "{style:#}");
        self
    }

    /// Adds another text.
    pub fn append(&mut self, other: &Text) -> &mut Text {
        let by = self.shown.len();
        let moved = |paragraph: &Paragraph| Paragraph {
            range: paragraph.range.start + by..paragraph.range.end + by,
            hanging: paragraph.hanging,
        };
        self.paragraphs.extend(other.paragraphs.iter().map(moved));
        self.shown.push_str(&other.shown);
        self.at = other.at;
        self
    }

    /// Adds a paragraph, which is wrapped to the width of the terminal. Its first line begins with `lead`, and the others
    /// are indented as far as that.
    pub fn paragraph(&mut self, lead: &str, text: &str) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut paragraph = Text::line(lead);
        paragraph.put(&line(&words.join(" ")));
        self.hanging(columns(lead), &paragraph);
    }

    /// Adds a paragraph of one line with its styles, whose other lines are indented by so many columns.
    pub fn hanging(&mut self, hanging: usize, paragraph: &Text) {
        let (start, before) = (self.shown.len(), self.paragraphs.len());
        self.append(paragraph).paragraphs.truncate(before);
        self.paragraphs.push(Paragraph { range: start..self.shown.len(), hanging });
        self.put("\n");
    }

    /// Adds a GitHub workflow command on its own line.
    pub fn annotate(&mut self, level: &str, properties: &[(&str, String)], message: &str) {
        let properties: Vec<String> =
            properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
        let _ = writeln!(self.shown, "::{level} {}::{}", properties.join(","), data(message));
        self.at = At::Begin;
    }

    /// The text without line breaks and spaces at the end.
    pub fn trimmed(&self) -> Text {
        let shown = self.shown.trim_end().to_owned();
        let kept = |paragraph: &Paragraph| Paragraph {
            range: paragraph.range.start.min(shown.len())..paragraph.range.end.min(shown.len()),
            hanging: paragraph.hanging,
        };
        let paragraphs = self.paragraphs.iter().map(kept).collect();
        Text { shown, at: At::Within, paragraphs }
    }

    /// The text with its styles, in which each paragraph is one line.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The text with its styles, as it is printed on a terminal of this width.
    pub fn wrapped(&self, width: usize) -> String {
        let mut out = String::with_capacity(self.shown.len() + self.shown.len() / 8);
        let mut done = 0;
        for Paragraph { range, hanging } in &self.paragraphs {
            out.push_str(&self.shown[done..range.start]);
            wrap(&self.shown[range.clone()], *hanging, width, &mut out);
            done = range.end;
        }
        out.push_str(&self.shown[done..]);
        out
    }

    fn push(&mut self, c: char) {
        let escaped = match (self.at, c) {
            (_, '\n' | '\t') => false,
            // GitHub's log takes `::error::` at the beginning of a line for a command, and `##[error]` anywhere; Azure's
            // `##vso[` and TeamCity's `##teamcity[`.
            (At::Begin, ':') | (At::Command, '[') => true,
            (_, c) => is_hidden(c),
        };
        if escaped {
            self.shown.extend(c.escape_unicode());
        } else {
            self.shown.push(c);
        }
        self.at = match (self.at, c) {
            (_, '\n') => At::Begin,
            (At::Begin, c) if c.is_whitespace() && !escaped => At::Begin,
            (At::Hash | At::Command, '#') => At::Command,
            (_, '#') => At::Hash,
            (At::Command, c) if c.is_ascii_alphanumeric() => At::Command,
            _ => At::Within,
        };
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text);
        Ok(())
    }
}

/// Whether a character is a control character for a terminal, or is invisible and changes the order of others.
pub fn is_hidden(c: char) -> bool {
    // The last two code points of each plane, and 32 more, are no characters and never will be.
    let noncharacter = u32::from(c) & 0xFFFE == 0xFFFE || matches!(c, '\u{fdd0}'..='\u{fdef}');
    let ordering = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    c.is_control() || ordering || noncharacter || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A text in one line, with hidden characters and line breaks escaped.
pub fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_hidden(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// The same JSON with the hidden characters in its strings escaped.
pub fn json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        // `##[` is a command in logs. Hashes are only in strings, so the bracket after them is, too.
        if is_hidden(c) && c != '\n' || c == '[' && shown.ends_with("##") {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}")));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A message, escaped for a workflow command.
fn data(text: &str) -> String {
    text.split('\n').map(escaped).collect::<Vec<_>>().join("%0A")
}

/// A property's value, escaped for a workflow command.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line within a workflow command.
fn escaped(text: &str) -> String {
    let mut within = Text { at: At::Within, ..Text::new() };
    within.put(&line(text)).shown.replace('%', "%25")
}
