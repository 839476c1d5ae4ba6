//! What both programs print goes through here, and nothing else prints: `clippy.toml` keeps that.
//!
//! A course, a recording, AWS and file names may hold anything. Characters that a terminal obeys or that nobody sees are
//! shown escaped, as in `\u{202e}`, and so is what the log of a build server takes for a command. Only styles that this
//! program chose reach a terminal as they are.

use anstyle::Style;
use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write as _};

/// Text for a terminal. Whatever is written into it is escaped, but for line breaks and tabs; a value that must stay in
/// its line goes through [`line()`] first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    shown: String,
    at: At,
}

/// Where the next character stands, as a build server reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// At the beginning of a line, or behind nothing but white space.
    #[default]
    Begin,
    Within,
    /// Behind `#`.
    Hash,
    /// Behind `##` and letters.
    Command,
}

impl Text {
    /// Nothing yet.
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

    /// An error and its causes: one line, unless one of them is laid out in lines of its own.
    pub fn causes(error: &anyhow::Error) -> Text {
        Text::block(&error.chain().map(cause).collect::<Vec<_>>().join(": "))
    }

    /// What clap says. The values in it must be escaped already: its styles are not told from theirs.
    pub fn of_clap(rendered: String) -> Text {
        Text { shown: rendered, at: At::Within }
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
        self.shown.push_str(&other.shown);
        self.at = other.at;
        self
    }

    /// Adds a workflow command of GitHub's, in a line of its own.
    pub fn annotate(&mut self, level: &str, properties: &[(&str, String)], message: &str) {
        let properties: Vec<String> =
            properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
        let _ = writeln!(self.shown, "::{level} {}::{}", properties.join(","), data(message));
        self.at = At::Begin;
    }

    /// The same without line breaks and spaces at the end.
    pub fn trimmed(&self) -> Text {
        Text { shown: self.shown.trim_end().to_owned(), at: At::Within }
    }

    /// The text with its styles, as a terminal takes it.
    pub fn as_str(&self) -> &str {
        &self.shown
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

/// A message that is laid out in several lines. What comes from elsewhere in it went through [`line()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines(pub String);

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Lines {}

/// A cause of an error. Only what is known to lay out its lines has more than one.
fn cause(cause: &(dyn std::error::Error + 'static)) -> String {
    if let Some(error) = cause.downcast_ref::<toml::de::Error>() {
        // It draws the place, in which a name may break lines.
        let drawn = error.to_string();
        return line(&format!("{}: {}", drawn.lines().next().unwrap_or_default(), error.message()));
    }
    match cause.is::<Lines>() || cause.is::<crate::diagnostic::Diagnostics>() {
        true => cause.to_string(),
        false => line(&cause.to_string()),
    }
}

/// Whether a terminal obeys a character, or whether it changes the order of others without being seen.
pub fn is_hidden(c: char) -> bool {
    // The last two code points of each plane, and 32 more, are no characters and never will be.
    let noncharacter = u32::from(c) & 0xFFFE == 0xFFFE || matches!(c, '\u{fdd0}'..='\u{fdef}');
    let ordering = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}');
    c.is_control() || ordering || noncharacter || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A text in one line: what is hidden and what breaks lines is shown escaped.
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

/// JSON that says the same with what is hidden in its strings escaped, as JSON does it.
pub fn json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        // `##[` is a command in logs. A bracket behind it is in a string, as hashes are nowhere else.
        if is_hidden(c) && c != '\n' || c == '[' && shown.ends_with("##") {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| shown.push_str(&format!("\\u{unit:04x}")));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A message, escaped as workflow commands want it.
fn data(text: &str) -> String {
    text.split('\n').map(escaped).collect::<Vec<_>>().join("%0A")
}

/// A property's value, escaped as workflow commands want it.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line within a workflow command.
fn escaped(text: &str) -> String {
    let mut within = Text { shown: String::new(), at: At::Within };
    within.put(&line(text)).shown.replace('%', "%25")
}

/// Prints, in colour where the terminal has it. A reader that has gone away is no error.
///
/// # Errors
/// When standard output takes nothing.
#[expect(clippy::disallowed_methods, reason = "this is the one writer to standard output")]
pub fn print(text: &Text) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.shown.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Says something beside the output.
pub fn notice(text: &Text) {
    beside(format_args!("{}\n", text.shown));
}

/// Says of panics, too, what they are about in text that does nothing to a terminal.
pub fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let trace = std::backtrace::Backtrace::capture();
        let traced = trace.status() == std::backtrace::BacktraceStatus::Captured;
        notice(&Text::block(&format!("{panic}{}", if traced { format!("\n{trace}") } else { String::new() })));
    }));
}

/// Asks for an answer in the same line.
pub fn ask(question: &Text) {
    beside(format_args!("{}", question.shown));
}

/// Shows how far something is in a line that goes away again, or takes it away.
pub fn progress(how_far: Option<&Text>) {
    beside(format_args!("\r\x1b[K{}", how_far.map_or("", |how_far| &how_far.shown)));
}

/// Whether somebody sees how far something is.
#[expect(clippy::disallowed_methods, reason = "nothing is written")]
pub fn shows_progress() -> bool {
    io::stderr().is_terminal()
}

#[expect(clippy::disallowed_methods, reason = "this is the one writer to standard error")]
fn beside(text: fmt::Arguments<'_>) {
    let mut err = anstream::stderr().lock();
    // Nobody is left to tell if standard error is gone.
    let _ = err.write_fmt(text).and_then(|()| err.flush());
}

/// Hands bytes over to the program that reads them: the book to mdBook.
///
/// # Errors
/// When standard output takes nothing.
#[expect(clippy::disallowed_methods, reason = "a program reads this, and no terminal")]
pub fn hand_over(bytes: &[u8]) -> io::Result<()> {
    io::stdout().write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anstyle::AnsiColor;
    use anyhow::{Context, anyhow};

    /// What a terminal obeys, what nobody sees, and what ends a line.
    const HOSTILE: &str = "a\u{1b}[31mb\u{202e}c\u{7}d\0e\rf\u{9b}g\u{7f}h\u{2066}i\u{61c}j\u{200f}k\u{fffe}l\u{2028}m";

    #[test]
    fn what_is_hidden_is_shown_and_styles_are_kept() {
        let shown = "a\\u{1b}[31mb\\u{202e}c\\u{7}d\\u{0}e\\rf\\u{9b}g\\u{7f}h\\u{2066}i\\u{61c}j\\u{200f}k\\u{fffe}l\\u{2028}m";
        assert_eq!(line(HOSTILE), shown);
        let mut text = Text::new();
        let red = AnsiColor::Red.on_default();
        text.paint(red, HOSTILE).put("\n\t").put(HOSTILE);
        let block = shown.replace("\\r", "\\u{d}");
        assert_eq!(text.as_str(), format!("{red}{shown}{red:#}\n\t{block}"));
        assert_eq!(line("Größe 10 € 👩‍💻 שלום"), "Größe 10 € 👩‍💻 שלום");
    }

    #[test]
    fn no_line_is_a_build_servers_command() {
        for (text, shown) in [
            ("::error::x", "\\u{3a}:error::x"),
            ("a\n \u{a0}::error::x", "a\n \u{a0}\\u{3a}:error::x"),
            ("a ::error::x", "a ::error::x"),
            ("a ##[error]x", "a ##\\u{5b}error]x"),
            ("###vso[task.x]", "###vso\\u{5b}task.x]"),
            ("## A [link]", "## A [link]"),
        ] {
            assert_eq!(Text::block(text).as_str(), shown);
        }
        let mut text = Text::new();
        text.put("a\n").paint(Style::new().bold(), "::error::x").put(" #").put("#").paint(Style::new().bold(), "[x]");
        assert!(!anstream::adapter::strip_str(text.as_str()).to_string().contains("\n::"), "{text:?}");
        assert!(!anstream::adapter::strip_str(text.as_str()).to_string().contains("##["), "{text:?}");
    }

    #[test]
    fn annotations_are_one_command_each() {
        let mut text = Text::new();
        text.annotate("error", &[("file", "a,b:c%\n::error::x".into()), ("line", "1".into())], "m\n::x\r%\u{1b}");
        assert_eq!(text.as_str(), "::error file=a%2Cb%3Ac%25\\n%3A%3Aerror%3A%3Ax,line=1::m%0A::x\\r%25\\u{1b}\n");
    }

    #[test]
    fn json_stays_what_it_was() {
        for value in [HOSTILE, "##[error]x", "\u{10fffe}[1]", "::error::\n"] {
            let shown = json(&serde_json::to_string_pretty(&[value]).unwrap());
            assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [value]);
            assert!(!shown.chars().any(|c| is_hidden(c) && c != '\n') && !shown.contains("##["), "{shown}");
        }
    }

    #[test]
    fn an_error_has_one_line_unless_it_lays_out_more() {
        let forged = anyhow!("a\nerror: b").context("reading x\n✓ y");
        assert_eq!(Text::causes(&forged).as_str(), "reading x\\n✓ y: a\\nerror: b");
        let laid_out = Err::<(), _>(Lines("a:\n  b".into())).context("c").unwrap_err();
        assert_eq!(Text::causes(&laid_out).as_str(), "c: a:\n  b");
    }
}
