//! Wraps paragraphs to the width of a terminal: between words, never within one.

use unicode_width::UnicodeWidthChar;

/// A word with its styles, and how many spaces are before it.
#[derive(Debug, Default)]
struct Word<'p> {
    gap: usize,
    text: &'p str,
    columns: usize,
}

/// Adds a paragraph of one line to a text. Lines after the first are indented by `hanging` columns. A command in
/// backquotes is not broken if it fits in a line, so that it can be copied.
pub(super) fn wrap(paragraph: &str, hanging: usize, width: usize, out: &mut String) {
    let mut column = 0;
    for word in words(paragraph, width.saturating_sub(hanging)) {
        if column > hanging && column + word.gap + word.columns > width {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', hanging));
            column = hanging;
        } else {
            out.extend(std::iter::repeat_n(' ', word.gap));
            column += word.gap;
        }
        out.push_str(word.text);
        column += word.columns;
    }
}

/// How many columns a text takes. Its styles take none.
pub(super) fn columns(text: &str) -> usize {
    visible(text).map(|(_, c)| c.width().unwrap_or(0)).sum()
}

/// The characters of a text without its styles, which are all of the form `ESC [ … m`.
fn visible(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut styled = false;
    text.char_indices().filter(move |(_, c)| match (styled, c) {
        (false, '\u{1b}') => {
            styled = true;
            false
        }
        (true, 'm') => {
            styled = false;
            false
        }
        (styled, _) => !styled,
    })
}

fn words(paragraph: &str, room: usize) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let (mut gap, mut start, mut quoted_to) = (0, 0, 0);
    for (at, c) in visible(paragraph) {
        if c == '`' && at >= quoted_to {
            // Up to behind the closing quote. What is too long for a line is broken as other words are.
            let closing = paragraph[at + 1..].find('`').map(|length| at + 2 + length);
            quoted_to = closing.filter(|end| columns(&paragraph[at..*end]) <= room).unwrap_or(at);
        }
        // A line that begins with a colon could be a command of a build server.
        let breaks = c == ' ' && at >= quoted_to && !begins_with_colon(&paragraph[at..]);
        if !breaks {
            continue;
        }
        match &paragraph[start..at] {
            "" => gap += 1,
            text => {
                words.push(Word { gap, text, columns: columns(text) });
                gap = 1;
            }
        }
        start = at + 1;
    }
    match &paragraph[start..] {
        "" => {}
        text => words.push(Word { gap, text, columns: columns(text) }),
    }
    words
}

fn begins_with_colon(text: &str) -> bool {
    visible(text).map(|(_, c)| c).find(|c| *c != ' ') == Some(':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use anstyle::Style;

    fn wrapped(paragraph: &str, hanging: usize, width: usize) -> String {
        let mut out = String::new();
        wrap(paragraph, hanging, width, &mut out);
        out
    }

    #[test]
    fn a_paragraph_breaks_between_words_and_hangs() {
        assert_eq!(wrapped("  one two three", 4, 9), "  one two\n    three");
        assert_eq!(wrapped("one  two", 0, 8), "one  two");
        assert_eq!(wrapped("one  two", 0, 7), "one\ntwo", "the gap is not at the end of a line");
        assert_eq!(wrapped("one Donaudampfschifffahrt b", 2, 8), "one\n  Donaudampfschifffahrt\n  b");
        assert_eq!(
            wrapped("· Donaudampfschifffahrt b", 2, 8),
            "· Donaudampfschifffahrt\n  b",
            "only the lead is before it"
        );
        assert_eq!(wrapped("", 2, 8), "");
    }

    #[test]
    fn wide_characters_and_styles_count_as_what_is_seen() {
        assert_eq!(wrapped("予算 予算 予算", 0, 9), "予算 予算\n予算");
        assert_eq!(wrapped("e\u{301}e\u{301} e\u{301}e\u{301}", 0, 5), "e\u{301}e\u{301} e\u{301}e\u{301}");
        let bold = Style::new().bold();
        let styled = format!("{bold}one two{bold:#} three");
        assert_eq!(wrapped(&styled, 0, 7), format!("{bold}one two{bold:#}\nthree"));
        assert_eq!(columns(&styled), 13);
    }

    #[test]
    fn a_command_in_backquotes_is_whole_if_it_fits() {
        assert_eq!(wrapped("run `a b c` now", 0, 9), "run\n`a b c`\nnow");
        assert_eq!(wrapped("run `a b c` now", 0, 6), "run `a\nb c`\nnow", "it does not fit");
        assert_eq!(wrapped("one ` two", 0, 5), "one `\ntwo");
        assert_eq!(wrapped("`a` b c `d`", 0, 5), "`a` b\nc `d`", "between two of them");
    }

    #[test]
    fn no_line_begins_with_a_colon() {
        assert_eq!(wrapped("one ::error::x two", 0, 5), "one ::error::x\ntwo");
    }
}
