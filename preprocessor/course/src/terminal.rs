//! Prints everything that both programs print. `clippy.toml` allows nothing else to print.
//!
//! A course, a recording, AWS's responses and file names can contain anything. Control characters and invisible
//! characters are shown escaped, as in `\u{202e}`, and so is text that the log of a build server takes for a command.
//! Only this program's own styles are printed as they are.
//!
//! Paragraphs are wrapped here, and nowhere else, to the width of the terminal.

mod text;
mod wrap;

use anstream::ColorChoice;
use anstream::adapter::strip_str;
use std::fmt;
use std::io::{self, IsTerminal, Write as _};
use std::ops::RangeInclusive;
use terminal_size::terminal_size_of;

use crate::diagnostic::Diagnostics;
pub use text::{Text, is_hidden, json, line};

/// A message of several lines. All foreign text in it went through [`line()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines(pub String);

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Lines {}

impl Text {
    /// An error and its causes, in one line unless a cause has several lines.
    pub fn causes(error: &anyhow::Error) -> Text {
        Text::block(&error.chain().map(cause).collect::<Vec<_>>().join(": "))
    }
}

/// A cause of an error. Only known types can have several lines.
fn cause(cause: &(dyn std::error::Error + 'static)) -> String {
    if let Some(error) = cause.downcast_ref::<toml::de::Error>() {
        // It shows the place, in which a name may break lines.
        let drawn = error.to_string();
        return line(&format!("{}: {}", drawn.lines().next().unwrap_or_default(), error.message()));
    }
    match cause.is::<Lines>() || cause.is::<Diagnostics>() {
        true => cause.to_string(),
        false => line(&cause.to_string()),
    }
}

/// The widths in columns that paragraphs are wrapped to. Longer lines are tiring to read, and in shorter ones there is
/// no room beside the verdicts.
const WIDTHS: RangeInclusive<usize> = 60..=200;

/// The width where there is no terminal and `COLUMNS` is not set.
const NO_TERMINAL: usize = 100;

/// The width of a terminal, or that of `COLUMNS`.
fn width(terminal: Option<terminal_size::Width>) -> Option<usize> {
    let set = || std::env::var("COLUMNS").ok()?.parse().ok();
    let columns: Option<usize> = terminal.map(|width| width.0.into()).filter(|columns| *columns > 0).or_else(set);
    columns.map(|columns| columns.clamp(*WIDTHS.start(), *WIDTHS.end()))
}

#[expect(clippy::disallowed_methods, reason = "nothing is written")]
fn width_of_output() -> usize {
    width(terminal_size_of(io::stdout()).map(|(width, _)| width)).unwrap_or(NO_TERMINAL)
}

#[expect(clippy::disallowed_methods, reason = "nothing is written")]
fn width_of_notices() -> Option<usize> {
    width(terminal_size_of(io::stderr()).map(|(width, _)| width))
}

/// Prints, in colour if the terminal supports it. A closed pipe is not an error.
///
/// # Errors
/// When standard output cannot be written.
#[expect(clippy::disallowed_methods, reason = "this is the one writer to standard output")]
pub fn print(text: &Text) -> io::Result<()> {
    let text = text.wrapped(width_of_output());
    let out = anstream::stdout();
    let written = match out.current_choice() {
        // In one piece: the stream would strip and write each part of a line by itself.
        ColorChoice::Never => io::stdout().write_all(strip_str(&text).to_string().as_bytes()),
        _ => out.lock().write_all(text.as_bytes()),
    };
    match written.and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Prints a notice to standard error.
pub fn notice(text: &Text) {
    standard_error(format_args!("{}\n", text.wrapped(width_of_notices().unwrap_or(NO_TERMINAL))));
}

/// Prints a notice of one paragraph to standard error. In a log, it stays one line, so that it can be searched.
pub fn tell(text: &Text) {
    match width_of_notices() {
        Some(width) if !text.as_str().contains('\n') => {
            let mut paragraph = Text::new();
            paragraph.hanging(0, text);
            standard_error(format_args!("{}", paragraph.wrapped(width)));
        }
        _ => notice(text),
    }
}

/// Prints panics as escaped text, too.
pub fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let trace = std::backtrace::Backtrace::capture();
        let traced = trace.status() == std::backtrace::BacktraceStatus::Captured;
        notice(&Text::block(&format!("{panic}{}", if traced { format!("\n{trace}") } else { String::new() })));
    }));
}

/// Prints a question, for an answer in the same line.
pub fn ask(question: &Text) {
    standard_error(format_args!("{}", question.as_str()));
}

/// Shows the progress in a line that is overwritten, or removes the line.
pub fn progress(how_far: Option<&Text>) {
    // What is too long for the line could not be overwritten.
    let room = width_of_notices().unwrap_or(NO_TERMINAL) - 1;
    let shown: String = how_far.map_or("", Text::as_str).chars().take(room).collect();
    standard_error(format_args!("\r\x1b[K{shown}"));
}

/// Removes a question or the progress from the last line.
pub fn clear_line() {
    if shows_progress() {
        progress(None);
    }
}

/// Whether progress is shown.
#[expect(clippy::disallowed_methods, reason = "nothing is written")]
pub fn shows_progress() -> bool {
    io::stderr().is_terminal()
}

#[expect(clippy::disallowed_methods, reason = "this is the one writer to standard error")]
fn standard_error(text: fmt::Arguments<'_>) {
    let mut err = anstream::stderr().lock();
    // If standard error is closed, nothing can be reported.
    let _ = err.write_fmt(text).and_then(|()| err.flush());
}

/// Writes bytes for the program that reads them, such as the book for mdBook.
///
/// # Errors
/// When standard output cannot be written.
#[expect(clippy::disallowed_methods, reason = "a program reads this, not a terminal")]
pub fn hand_over(bytes: &[u8]) -> io::Result<()> {
    io::stdout().write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anstyle::{AnsiColor, Style};
    use anyhow::{Context, anyhow};

    /// Control characters, invisible characters, and line separators.
    const HOSTILE: &str = "a\u{1b}[31mb\u{202e}c\u{7}d\0e\rf\u{9b}g\u{7f}h\u{2066}i\u{61c}j\u{200f}k\u{fffe}l\u{2028}m";

    #[test]
    fn hidden_characters_are_shown_and_styles_are_kept() {
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
        assert!(!strip_str(text.as_str()).to_string().contains("\n::"), "{text:?}");
        assert!(!strip_str(text.as_str()).to_string().contains("##["), "{text:?}");
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
