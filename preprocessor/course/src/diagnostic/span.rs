//! A place in a file, and how it is drawn.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::terminal::{self, Text};

/// How much of a line is shown, in columns of a terminal.
const WINDOW: usize = 100;
/// How much of it is shown after the beginning of the place, if there is as much.
const BEHIND: usize = 60;
/// A tab, as it is drawn: everywhere as wide.
const TAB: &str = "    ";

/// A place in a file of the course.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file, relative to the book's root.
    pub path: PathBuf,
    /// The line, from 1; 0 where only the file is known.
    pub line: usize,
    /// The column in characters, from 1; 0 where only the line is known.
    pub column: usize,
    /// The line's text. For a long line, the text around the place, with `…` where it was cut.
    pub text: String,
    /// How many characters of the text are before the place.
    pub before: usize,
    /// How many characters are meant. The text may be shorter.
    pub width: usize,
}

impl Span {
    /// A whole file.
    pub fn file(path: impl Into<PathBuf>) -> Span {
        Span { path: path.into(), line: 0, column: 1, text: String::new(), before: 0, width: 0 }
    }

    /// A byte range of a text.
    pub fn range(path: impl Into<PathBuf>, content: &str, range: Range<usize>) -> Span {
        // A text may begin with a byte order mark, which is invisible.
        let first = if content.starts_with('\u{feff}') && range.start > 0 { '\u{feff}'.len_utf8() } else { 0 };
        let start = content.get(..range.start).map_or(0, |before| before.rfind('\n').map_or(first, |at| at + 1));
        let text = content[start..].lines().next().unwrap_or_default();
        let line = content[..start].matches('\n').count() + 1;
        let column = content.get(start..range.start).map_or(1, |before| before.chars().count() + 1);
        let within = |at: usize| at.saturating_sub(start).min(text.len());
        Span::in_line(path, (line, column), text, within(range.start)..within(range.end))
    }

    /// A byte range of a line, whose number and column are known.
    pub(crate) fn in_line(
        path: impl Into<PathBuf>,
        (line, column): (usize, usize),
        text: &str,
        range: Range<usize>,
    ) -> Span {
        let width = text.get(range.clone()).map_or(1, |meant| meant.chars().count().max(1));
        let at = if text.is_char_boundary(range.start) { range.start } else { 0 };
        let (text, before) = excerpt(text, at);
        Span { path: path.into(), line, column, text, before, width }
    }

    /// Space as wide as the line number.
    pub(super) fn margin(&self) -> String {
        " ".repeat(self.number().len())
    }

    fn number(&self) -> String {
        if self.line == 0 { " ".to_owned() } else { self.line.to_string() }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Span { path, line, column, text, before, width } = self;
        let (number, margin) = (self.number(), self.margin());
        let path = terminal::line(&path.to_string_lossy());
        match (line, column) {
            (0, _) if text.is_empty() => return writeln!(f, "{margin}--> {path}"),
            (0, _) => writeln!(f, "{margin}--> {path}, in a line that another preprocessor moved or added")?,
            (line, 0) => writeln!(f, "{margin}--> {path}:{line}, which another preprocessor changed to:")?,
            (line, column) => writeln!(f, "{margin}--> {path}:{line}:{column}")?,
        }
        let end_of = |characters: usize| text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
        // After others, a character may be wider or narrower than alone.
        let [from, to] = [*before, before + width].map(|characters| drawn(&text[..end_of(characters)]).width());
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {}", drawn(text).trim_end())?;
        writeln!(f, "{margin} | {}{}", " ".repeat(from), "^".repeat(to.saturating_sub(from).max(1)))
    }
}

/// A part of a source's line as a terminal shows it.
fn drawn(text: &str) -> String {
    let line = text.split('\t').map(terminal::line).collect::<Vec<_>>().join(TAB);
    // The margin comes first, so the text is never at the beginning of its line.
    let text = Text::block(&format!("|{line}"));
    text.as_str().strip_prefix('|').unwrap_or_default().to_owned()
}

/// The part of a line to show for a place that begins at a byte, and the number of its characters before the place.
fn excerpt(line: &str, at: usize) -> (String, usize) {
    let (before, behind) = line.split_at(at);
    let (_, wanted) = within(behind.chars(), BEHIND);
    let (before_taken, before_columns) = within(before.chars().rev(), WINDOW - wanted);
    let (behind_taken, _) = within(behind.chars(), WINDOW - before_columns);
    let start = before.char_indices().rev().take(before_taken).last().map_or(at, |(start, _)| start);
    let end = behind.char_indices().nth(behind_taken).map_or(line.len(), |(end, _)| at + end);
    let [more_before, more_behind] = [start > 0, end < line.len()].map(|more| if more { "…" } else { "" });
    let text = format!("{more_before}{}{more_behind}", &line[start..end]);
    (text, before_taken + usize::from(start > 0))
}

/// How many characters fit in so many columns, and how many columns they take.
fn within(characters: impl Iterator<Item = char>, columns: usize) -> (usize, usize) {
    let mut sums = characters.scan(0, |sum, c| {
        *sum += columns_of(c);
        Some(*sum)
    });
    let (mut taken, mut taken_columns) = (0, 0);
    while let Some(sum) = sums.next().filter(|sum| *sum <= columns) {
        (taken, taken_columns) = (taken + 1, sum);
    }
    (taken, taken_columns)
}

/// How many columns a character takes. Characters without a width count as well, because there may be any number of
/// them.
fn columns_of(c: char) -> usize {
    match c {
        '\t' => TAB.len(),
        c if terminal::is_hidden(c) => c.escape_unicode().count(),
        c => c.width().unwrap_or(1).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two drawn lines of a place between `[` and `]` in a line, without their margins.
    fn drawn_lines(line: &str) -> [String; 2] {
        let (from, to) = (line.find('[').unwrap(), line.find(']').unwrap());
        let text = format!("{}{}{}", &line[..from], &line[from + 1..to], &line[to + 1..]);
        let drawn = Span::range("a", &text, from..to - 1).to_string();
        let lines: Vec<&str> = drawn.lines().collect();
        [lines[2], lines[3]].map(|line| line.split_once("| ").unwrap().1.to_owned())
    }

    #[test]
    fn the_caret_is_where_a_terminal_shows_the_place() {
        for (line, shown, caret) in [
            ("ab[cd]ef", "abcdef", "  ^^"),
            ("日本[語]x", "日本語x", "    ^^"),
            ("😀[x]", "😀x", "  ^"),
            ("👩‍💻[x]", "👩‍💻x", "  ^"),
            ("e\u{301}[x]", "e\u{301}x", " ^"),
            ("a\u{200b}b[x]", "a\u{200b}bx", "  ^"),
            ("ｈ[ｉ]", "ｈｉ", "  ^^"),
            ("\t[x]\ty", "    x    y", "    ^"),
            ("a\u{202e}[b\u{7}c]d", "a\\u{202e}b\\u{7}cd", &format!("{}^^^^^^^", " ".repeat(9))),
            ("x[] ", "x", " ^"),
        ] {
            assert_eq!(drawn_lines(line), [shown, caret], "{line:?}");
        }
        // A command of a build server: its bracket is escaped, and counts as that.
        let drawn = Span::range("a", "##[x", 3..4).to_string();
        assert!(drawn.ends_with(&format!("| ##\\u{{5b}}x\n  | {}^\n", " ".repeat(8))), "{drawn}");
    }

    #[test]
    fn of_a_long_line_what_stands_around_the_place_is_shown() {
        let [a, b] = ["a", "b"].map(|letter| letter.repeat(2 << 20));
        for (line, shown, caret) in [
            (
                [&"a".repeat(50), "[x]", &"b".repeat(49)].concat(),
                ["a".repeat(50), "x".into(), "b".repeat(49)].concat(),
                50,
            ),
            (format!("{a}[x]{b}"), format!("…{}x{}…", &a[..40], &b[..59]), 41),
            (format!("[x]{b}"), format!("x{}…", &b[..99]), 0),
            (format!("{a}[x]"), format!("…{}x", &a[..99]), 100),
            (format!("日{a}[x]"), format!("…{}x", &a[..99]), 100),
            (format!("{}[x]{b}", "日".repeat(1 << 20)), format!("…{}x{}…", "日".repeat(20), &b[..59]), 41),
        ] {
            assert_eq!(drawn_lines(&line), [shown, " ".repeat(caret) + "^"]);
        }
        let [shown, caret] = drawn_lines(&format!("x [{a}]"));
        assert_eq!([shown, caret], [format!("x {}…", &a[..98]), format!("  {}", "^".repeat(99))]);
        // Whatever has no width counts all the same.
        let marks = format!("e{}[x]", "\u{301}".repeat(1 << 20));
        assert_eq!(drawn_lines(&marks)[0].chars().count(), 101);
        let span = Span::range("a", &format!("1\n{a}x"), 2 + a.len()..3 + a.len());
        assert_eq!((span.line, span.column, span.before, span.width), (2, a.len() + 1, 100, 1));
    }

    #[test]
    fn what_is_not_known_of_a_place_is_said() {
        let known = Span::in_line("a.md", (7, 3), "- x", 2..3);
        for (span, wanted) in [
            (known.clone(), " --> a.md:7:3\n  |\n7 | - x\n  |   ^\n"),
            (
                Span { column: 0, ..known.clone() },
                " --> a.md:7, which another preprocessor changed to:\n  |\n7 | - x\n  |   ^\n",
            ),
            (
                Span { line: 0, ..known },
                " --> a.md, in a line that another preprocessor moved or added\n  |\n  | - x\n  |   ^\n",
            ),
            (Span::file("a.md"), " --> a.md\n"),
        ] {
            assert_eq!(span.to_string(), wanted);
        }
    }
}
