//! Replaces `{{ name }}` in lessons with the parameter's value, escaped so that it is always plain text.

use std::ops::Range;

use crate::edit::Edits;
use crate::escape::{percent_encoded, references};
use crate::param::Params;
use crate::scan::{self, Code, Context, Hole};

/// Placeholder for two braces that do not begin a hole. Markdown text never contains NUL.
pub(crate) const NO_HOLE: &str = "{\0{";

/// The replacements for a chapter's holes, and for the backslashes before escaped holes.
pub(crate) fn edits(content: &str, holes: &[Hole], params: &Params) -> Edits {
    let mut edits = Edits::default();
    let mut rest = holes;
    while let Some(hole) = rest.first() {
        let many = rest.iter().take_while(|other| code(other).is_some() && code(other) == code(hole)).count();
        let (these, others) = rest.split_at(many.max(1));
        rest = others;
        match &hole.context {
            Context::Code(range, kind) => {
                edits.put(range.clone(), in_code(content, range.clone(), *kind, these, params));
            }
            // In text, the backslash is a Markdown escape.
            Context::Text if hole.escaped => {}
            Context::Html if hole.escaped => drop(edits.put(hole.range.start - 1..hole.range.start, "")),
            Context::Text => drop(edits.put(hole.range.clone(), in_text(content, hole, &value(hole, params)))),
            Context::Html => drop(edits.put(hole.range.clone(), html(&value(hole, params)))),
        }
    }
    edits
}

/// A plain text with its holes filled.
pub(crate) fn fill(text: &str, params: &Params) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        match scan::hole(rest).and_then(|(name, length)| Some((params.get(name)?, length))) {
            Some((value, length)) => {
                filled.push_str(&value.to_string());
                rest = &rest[length..];
            }
            // Advance by one brace, because there may be more in a row.
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled.replace(NO_HOLE, "{{")
}

/// A code span's text in which escaped holes are marked with [`NO_HOLE`].
pub(crate) fn escaped_in_code(text: &str, params: &Params) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\{{") {
        let (before, escaped) = rest.split_at(at);
        kept.push_str(before);
        let is_hole = scan::hole(&escaped[1..]).is_some_and(|(name, _)| params.contains_key(name));
        kept.push_str(if is_hole { NO_HOLE } else { "\\{{" });
        rest = &escaped["\\{{".len()..];
    }
    kept.push_str(rest);
    kept
}

/// A text escaped for Markdown.
pub fn markdown(text: &str) -> String {
    escaped(text, |first| first.is_ascii_digit())
}

fn value(hole: &Hole, params: &Params) -> String {
    params.get(&hole.name).map(ToString::to_string).unwrap_or_default()
}

fn code(hole: &Hole) -> Option<&Range<usize>> {
    match &hole.context {
        Context::Code(range, _) => Some(range),
        Context::Text | Context::Html => None,
    }
}

fn in_text(content: &str, hole: &Hole, value: &str) -> String {
    let (before, after) = (line_before(content, hole.range.start), line_after(content, hole.range.end));
    if is_in_tag(before) {
        // An attribute without quotation marks cannot be empty.
        return if value.is_empty() && before.ends_with('=') { "\"\"".to_owned() } else { html(value) };
    }
    let in_destination = is_in_destination(before);
    if !in_destination && is_in_address(before, value, after) {
        return address(value);
    }
    if is_in_heading_attributes(before, after) {
        return value.chars().map(|c| if c.is_alphanumeric() || "-_.:/".contains(c) { c } else { '-' }).collect();
    }
    // The beginning of a line can make a list, a heading or a rule, and adjacent digits can be part of it.
    let begins = before.chars().all(|c| c.is_whitespace() || c.is_ascii_digit() || ">-+*.)[]x:|".contains(c));
    let text = match before.ends_with('<') {
        // A name here would be the name of an element.
        true => escaped(value, |first| first.is_ascii_alphabetic()),
        false => escaped(value, |first| begins && first.is_ascii_digit()),
    };
    match (in_destination, text.is_empty()) {
        (true, _) => text.replace(' ', "%20").replace("&#32;", "%20"),
        (false, true) if begins || joins(before, after) => NOTHING.to_owned(),
        (false, _) => text,
    }
}

/// An empty element.
pub const NOTHING: &str = "<span></span>";

/// Whether the text before and after a place would have another meaning if nothing were between them.
fn joins(before: &str, after: &str) -> bool {
    let (before, after) = (before.chars().next_back(), after.trim_end().chars().next().and(after.chars().next()));
    match (before, after) {
        // Spaces before the end of a line make a line break.
        (_, None) => true,
        (Some('"'), Some('"')) | (Some('\''), Some('\'')) | (Some('('), Some(')')) | (Some('['), Some(']')) => false,
        (Some(before), Some(after)) => {
            let apart = before.is_whitespace() || after.is_whitespace();
            !apart && (before.is_ascii_punctuation() || after.is_ascii_punctuation())
        }
        (None, _) => false,
    }
}

/// Whether a value is in an address between angle brackets, `<https://a.example/{{ value }}>`.
fn is_in_address(before: &str, value: &str, after: &str) -> bool {
    let Some((_, begin)) = before.rsplit_once('<').filter(|(text, _)| !text.ends_with('\\')) else { return false };
    let ends = |c: char| c.is_whitespace() || "<>".contains(c);
    // A value may be the whole address, or a part of an address that the lesson begins.
    let (written, end) = match (begin.is_empty(), without_holes(after)) {
        (true, _) => (value.to_owned(), after.to_owned()),
        (false, end) => (without_holes(begin), end),
    };
    let has_scheme = written.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() >= 2
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
    });
    has_scheme && !written.contains(ends) && end.find(ends).is_some_and(|at| end[at..].starts_with('>'))
}

/// A value in an address between angle brackets, percent-encoded.
fn address(value: &str) -> String {
    percent_encoded(value, |c| c.is_whitespace() || c.is_control() || "<>\"`\\|".contains(c))
}

/// Whether a place on a line is within a heading's own attributes, `{#id .class}`.
fn is_in_heading_attributes(line: &str, after: &str) -> bool {
    let is_heading = line.trim_start_matches(|c: char| c.is_whitespace() || ">-+*.)".contains(c)).starts_with('#');
    let (line, after) = (without_holes(line), without_holes(after));
    let begin = line.rfind(" {").map(|at| line[at + 2..].trim_start());
    let end = after.trim_end().strip_suffix('}');
    let whole = begin.zip(end).filter(|(begin, _)| begin.starts_with(['#', '.']));
    is_heading && whole.is_some_and(|(begin, end)| ![begin, end].iter().any(|part| part.contains(['{', '}'])))
}

/// A text with each hole replaced by its name.
fn without_holes(text: &str) -> String {
    text.replace("{{ ", "").replace(" }}", "")
}

/// How many bytes of a line are searched for what contains a hole. Addresses and tags are shorter.
const LOOKED_BACK: usize = 2048;

/// The text before a place on its line, or the end of that text.
fn line_before(content: &str, at: usize) -> &str {
    let start = content.floor_char_boundary(at.saturating_sub(LOOKED_BACK));
    content[start..at].rsplit('\n').next().unwrap_or_default()
}

/// The text after a place on its line.
fn line_after(content: &str, at: usize) -> &str {
    let end = content.floor_char_boundary(content.len().min(at + LOOKED_BACK));
    content[at..end].lines().next().unwrap_or_default()
}

/// Whether a line ends within what may become a tag once its holes are filled.
fn is_in_tag(line: &str) -> bool {
    let tag = line.rfind('<').map(|at| &line[at + 1..]);
    tag.is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()) && !tag.contains('>') && tag.contains('='))
}

/// Whether a line ends within a link's destination.
fn is_in_destination(line: &str) -> bool {
    let link = line.rfind("](").map(|at| &line[at + 2..]);
    let label = line.trim_start_matches([' ', '>']).strip_prefix('[').filter(|label| !label.starts_with('^'));
    let definition = label.and_then(|label| label.split_once("]: ")).map(|(_, destination)| destination);
    let open = |text: &str| {
        let text = text.strip_prefix('<').unwrap_or(text);
        !without_holes(text).contains(|c: char| c.is_whitespace() || "()<>".contains(c))
    };
    link.or(definition).is_some_and(open)
}

/// A text escaped for Markdown. Its first letter or digit is a reference if it could begin something, such as the
/// number of a list item.
fn escaped(text: &str, begins: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut rest = text.chars().peekable();
    let mut is_blank = true;
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let between = |is: fn(char) -> bool| before.is_some_and(is) && next.is_some_and(is);
        match c {
            // These have no meaning inside words and numbers, and other tools read them more easily unescaped.
            '-' | '.' | ',' | ':' | '/' | '@' | '+' | '%' if between(|c| c.is_alphanumeric()) => escaped.push(c),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A backslash before one of these would not keep it from ending a cell, or code that begins before.
            '|' => escaped.push_str("&#124;"),
            '`' => escaped.push_str("&#96;"),
            c if c.is_ascii_punctuation() => escaped.extend(['\\', c]),
            // Line ends are spaces; those at the ends, and several in a row, count as well.
            c if c.is_ascii_whitespace() || c.is_control() || "\u{2028}\u{2029}".contains(c) => {
                escaped.push_str(if between(|c| !c.is_whitespace()) { " " } else { "&#32;" });
            }
            c if c.is_whitespace() => escaped.push_str(&format!("&#{};", u32::from(c))),
            c if is_blank && begins(c) => escaped.push_str(&format!("&#{};", u32::from(c))),
            c => escaped.push(c),
        }
        is_blank &= c.is_whitespace();
        before = Some(c);
    }
    escaped
}

/// Code with its holes filled, between delimiters that no value can close.
fn in_code(content: &str, range: Range<usize>, kind: Code, holes: &[Hole], params: &Params) -> String {
    let code = &content[range.clone()];
    let (mark, opening) = opening(code, kind);
    let first_line = code[opening.end..].find('\n').map_or(code.len(), |end| opening.end + end);
    let (mut edits, mut marked) = (Edits::default(), false);
    for hole in holes {
        let at = hole.range.start - range.start..hole.range.end - range.start;
        if hole.escaped {
            edits.put(at.start - 1..at.start, "");
            continue;
        }
        let value = value(hole, params).replace(['\n', '\r'], " ");
        marked |= value.contains(mark);
        if matches!(kind, Code::Span { .. })
            && !value.starts_with(char::is_alphabetic)
            && let Some(end) = line_end_before(code, at.start)
        {
            // At the beginning of a line, a value could begin another block. Markdown reads the line's end as a space.
            edits.put(end..at.start, " ");
        }
        edits.put(
            at.clone(),
            match kind {
                Code::Span { in_table: true } => value.replace('|', "\\|"),
                // The info string of a block is not code.
                Code::Fenced if at.start < first_line => html(&value),
                _ => value,
            },
        );
    }
    let filled = edits.apply(code);
    match kind {
        Code::Span { .. } => span(code, &filled, opening.len()),
        Code::Fenced if marked => fenced(&filled, mark, opening, closing(code)),
        Code::Fenced | Code::Indented => filled,
    }
}

/// Where the line before a place in code ends, if only the markers of its containers are between them.
fn line_end_before(code: &str, at: usize) -> Option<usize> {
    let before = code[..at].trim_end_matches([' ', '\t', '>']);
    before.ends_with('\n').then(|| before.trim_end_matches(['\n', '\r']).len())
}

/// The delimiter character of code, and the range of its opening delimiter.
fn opening(code: &str, kind: Code) -> (char, Range<usize>) {
    let start = match kind {
        Code::Indented => return ('`', 0..0),
        Code::Span { .. } => code.find('`'),
        Code::Fenced => code.find(['`', '~']),
    };
    let rest = &code[start.unwrap_or_default()..];
    let mark = rest.chars().next().unwrap_or('`');
    let run = rest.len() - rest.trim_start_matches(mark).len();
    (mark, code.len() - rest.len()..code.len() - rest.len() + run)
}

/// The longest run of a character in a text.
fn longest(text: &str, mark: char) -> usize {
    text.split(|c| c != mark).map(str::len).max().unwrap_or_default()
}

/// A filled code span that shows its values unchanged: between more backticks than any run inside, and with the padding
/// that Markdown strips.
fn span(before: &str, filled: &str, ticks: usize) -> String {
    let inner = |span: &str| span.get(ticks..span.len().saturating_sub(ticks)).unwrap_or_default().to_owned();
    let is_padded = |inner: &str| inner.starts_with(' ') && inner.ends_with(' ') && !inner.trim().is_empty();
    let (before, inner) = (inner(before), inner(filled));
    let ends = inner.split(|c| c != '`').any(|run| run.len() == ticks);
    let marks = "`".repeat(if ends { longest(&inner, '`') + 1 } else { ticks });
    let touches = inner.starts_with('`') || inner.ends_with('`');
    match inner.is_empty() {
        true => format!("{marks} {marks}"),
        false if !is_padded(&before) && (touches || is_padded(&inner)) => format!("{marks} {inner} {marks}"),
        false => format!("{marks}{inner}{marks}"),
    }
}

/// A filled code block between fences that are longer than any run in its values.
fn fenced(filled: &str, mark: char, opening: Range<usize>, closing: &str) -> String {
    let inner = &filled[opening.end..filled.len() - closing.len()];
    let more = (longest(inner, mark) + 1).saturating_sub(opening.len());
    let more = mark.to_string().repeat(more);
    let end = if closing.is_empty() { "" } else { more.as_str() };
    format!("{}{more}{inner}{end}{closing}", &filled[..opening.end])
}

/// The closing fence of a block, and what follows it; empty if the block ends with its container.
fn closing(block: &str) -> &str {
    let Some((before, last)) = block.trim_end().rsplit_once('\n') else { return "" };
    let fence = last.trim_start_matches([' ', '\t', '>']);
    let is_fence =
        fence.len() >= 3 && (fence.bytes().all(|byte| byte == b'`') || fence.bytes().all(|byte| byte == b'~'));
    if is_fence { &block[before.len() + 1 + last.len() - fence.len()..] } else { "" }
}

fn html(text: &str) -> String {
    references(&text.replace(['\n', '\r'], " "), |c| c.is_alphanumeric() || "-.,:/%+@".contains(c))
}

#[cfg(test)]
mod tests;
