//! What both programs print goes through here, and nothing else prints: `clippy.toml` keeps that.
//!
//! A course, a recording, AWS and file names may hold anything. Characters that a terminal obeys or that nobody sees are
//! shown escaped, as in `\u{202e}`, and so is what the log of a build server takes for a command. Only styles that this
//! program chose reach a terminal as they are.

mod text;

use std::fmt;
use std::io::{self, IsTerminal, Write as _};

use crate::diagnostic::Diagnostics;
pub use text::{Text, is_hidden, json, line};

/// A message that is laid out in several lines. What comes from elsewhere in it went through [`line()`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines(pub String);

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Lines {}

impl Text {
    /// An error and its causes: one line, unless one of them is laid out in lines of its own.
    pub fn causes(error: &anyhow::Error) -> Text {
        Text::block(&error.chain().map(cause).collect::<Vec<_>>().join(": "))
    }
}

/// A cause of an error. Only what is known to lay out its lines has more than one.
fn cause(cause: &(dyn std::error::Error + 'static)) -> String {
    if let Some(error) = cause.downcast_ref::<toml::de::Error>() {
        // It draws the place, in which a name may break lines.
        let drawn = error.to_string();
        return line(&format!("{}: {}", drawn.lines().next().unwrap_or_default(), error.message()));
    }
    match cause.is::<Lines>() || cause.is::<Diagnostics>() {
        true => cause.to_string(),
        false => line(&cause.to_string()),
    }
}

/// Prints, in colour where the terminal has it. A reader that has gone away is no error.
///
/// # Errors
/// When standard output takes nothing.
#[expect(clippy::disallowed_methods, reason = "this is the one writer to standard output")]
pub fn print(text: &Text) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_str().as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Says something beside the output.
pub fn notice(text: &Text) {
    beside(format_args!("{}\n", text.as_str()));
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
    beside(format_args!("{}", question.as_str()));
}

/// Shows how far something is in a line that goes away again, or takes it away.
pub fn progress(how_far: Option<&Text>) {
    beside(format_args!("\r\x1b[K{}", how_far.map_or("", Text::as_str)));
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
    use anstyle::{AnsiColor, Style};
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
