//! Explains what the TOML parser says, to somebody who writes a course.

use std::ops::Range;

use crate::diagnostic::{nearest, suggest};

/// What is wrong with a file, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Where it is, if that is known.
    pub range: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Explains an error in a text. `top`: keys that belong at the top of the file, before its first table.
pub fn explain(text: &str, error: &toml::de::Error, top: &[&str]) -> Explained {
    let Said { message, help, instead } = said(text, error, top);
    Explained { range: instead.or(error.span()), message, help }
}

/// What is said about an error.
struct Said {
    message: String,
    help: Option<String>,
    /// Where the mistake is, if it is not where the parser stopped.
    instead: Option<Range<usize>>,
}

fn said(text: &str, error: &toml::de::Error, top: &[&str]) -> Said {
    let (said, span) = (error.message(), error.span().unwrap_or_default());
    let there = text.get(span.clone()).unwrap_or_default();
    let line = line_at(text, span.start);
    let named: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let key = line.split('=').next().unwrap_or_default().trim();
    let explained = |message: String, help: &str| Said { message, help: Some(help.to_owned()), instead: None };
    match (said.split([' ', ':']).take(2).collect::<Vec<_>>().join(" ").as_str(), named.as_slice()) {
        ("unknown field", [unknown, known @ ..]) => unknown_key(text, span.start, unknown, known, top),
        ("unknown variant", [unknown, known @ ..]) => Said {
            message: format!("`{unknown}` is not a value of `{key}`"),
            help: suggest(unknown, known.iter().copied()),
            instead: None,
        },
        ("missing field", _) if text.trim().is_empty() => explained(
            "this file is empty".to_owned(),
            "begin it with title = \"…\", and account = \"…\"; then write [[expect]] with that = \"…\" and fix = \"…\"",
        ),
        ("missing field", [missing, ..]) if span.start == 0 && misplaced(text, missing).is_some() => Said {
            message: format!("`{missing}` is below a line in brackets, so it belongs to that"),
            help: Some("move it to the top of the file, before the first line in brackets".to_owned()),
            instead: misplaced(text, missing),
        },
        ("missing field", [missing, ..]) => explained(
            format!("`{missing}` is missing"),
            &match span.start {
                0 => format!("add a line {missing} = \"…\" at the top of the file"),
                _ => format!("add a line {missing} = … to this table"),
            },
        ),
        ("duplicate key", _) => explained(format!("`{}` is there twice", there.trim()), "remove one of the two"),
        ("invalid type" | "data did", _) => wrong_type(said, there, key),
        _ => malformed(said, there, line, text, span.start),
    }
}

/// A key that nothing knows at its place.
fn unknown_key(text: &str, at: usize, unknown: &str, known: &[&str], top: &[&str]) -> Said {
    let in_table = text[..at].lines().any(|line| line.trim_start().starts_with('['));
    let help = match nearest(unknown, known.iter().copied()) {
        _ if in_table && top.contains(&unknown) && !known.contains(&unknown) => {
            Some(format!("write `{unknown}` at the top of the file, before the first line in brackets"))
        }
        _ if line_at(text, at).trim_start().starts_with('[')
            && TABLES.contains(&unknown)
            && !known.contains(&unknown) =>
        {
            let whole = line_at(text, at).trim().trim_matches(['[', ']']);
            let own = whole.find(unknown).map_or(unknown, |at| &whole[at..]);
            Some(format!("write [{own}], as a table of the check"))
        }
        _ => suggest(unknown, known.iter().copied()),
    };
    Said { message: format!("there is no key `{unknown}` here"), help, instead: None }
}

/// The tables of a check.
const TABLES: &[&str] = &["let", "read", "practice", "source"];

/// The keys with a condition.
const CONDITIONS: &[&str] = &["that", "when", "pending", "backed_by"];

/// A key of the top of the file that is below `[let]` or a read, which do not have it.
fn misplaced(text: &str, key: &str) -> Option<Range<usize>> {
    let (mut at, mut is_below) = (0, false);
    for line in text.split_inclusive('\n') {
        let begin = at + line.len() - line.trim_start().len();
        at += line.len();
        if line.trim_start().starts_with('[') {
            is_below = ["[let]", "[read."].iter().any(|table| line.trim_start().starts_with(table));
        }
        let is_key = line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        if is_key && is_below {
            return Some(begin..begin + key.len());
        }
    }
    None
}

/// A value of another type than its key has.
fn wrong_type(said: &str, there: &str, key: &str) -> Said {
    let wanted = said.rsplit_once("expected ").map_or("text or a list of texts", |(_, wanted)| wanted);
    let header = there.trim_matches(['[', ']']);
    let is_header = there.starts_with('[') && !header.contains(['"', ',', '=']) && !header.is_empty();
    let is_list = there.starts_with('[') && !is_header;
    let (message, help) = match wanted {
        "struct ReadTable" => (
            format!("`{key}` is about one read, and a read has a name"),
            "write [read.NAME] instead of [read], as in [read.buckets]".to_owned(),
        ),
        _ if there.starts_with("[[") && ["let", "practice"].contains(&header) => {
            (format!("`{header}` is a single table, and this is a list of tables"), format!("write [{header}]"))
        }
        "a string" if CONDITIONS.contains(&key) && ["true", "false"].contains(&there) => (
            format!("`{key}` must be a condition, which is text"),
            "write a condition about the account, such as \"root.mfa\"".to_owned(),
        ),
        "a string" if is_list && key == "region" => (
            "`region` is one region, and this is a list".to_owned(),
            "for several, write each = \"['us-east-1', 'us-west-2']\" and region = \"{each}\"".to_owned(),
        ),
        "a string" if is_list && key == "account" => (
            "`account` is one account, and this is a list".to_owned(),
            "name one; a lesson can name another, with account=NAME in a directive".to_owned(),
        ),
        "a string" if is_list => {
            (format!("`{key}` is one text, and this is a list"), "write one of them alone".to_owned())
        }
        "a sequence" if is_header => {
            (format!("`{header}` is a list of tables, and this is a single table"), format!("write [[{header}]]"))
        }
        "a map" if is_header => {
            (format!("`{header}` is a single table, and this is a list of tables"), format!("write [{header}]"))
        }
        "a sequence" => (format!("`{key}` must be a list"), format!("put brackets around it: [{}]", one_line(there))),
        "a string" if !there.contains(['"', '[', '{']) => {
            (format!("`{key}` must be text"), format!("put it in quotation marks: \"{}\"", one_line(there)))
        }
        "a string" => (format!("`{key}` must be text"), "write it between quotation marks".to_owned()),
        "a map" => (format!("`{key}` must be a table"), format!("write [{key}], and its keys below it")),
        "a boolean" => (format!("`{key}` must be true or false"), "write true or false, without quotes".to_owned()),
        "text or a list of texts" => {
            let help = "write it between quotation marks, or several texts between brackets, with commas".to_owned();
            (format!("`{key}` must be text or a list of texts"), help)
        }
        other => {
            let wanted = if other.starts_with("struct ") { "a table" } else { other };
            return Said { message: format!("`{key}` must be {wanted}"), help: None, instead: None };
        }
    };
    Said { message, help: Some(help), instead: None }
}

/// A text that is not TOML.
fn malformed(said: &str, there: &str, line: &str, text: &str, at: usize) -> Said {
    let is_quoted = line.matches('"').count() > 2;
    let begin = text[..at.min(text.len())].rfind('\n').map_or(0, |end| end + 1);
    let place = |word: &str| line.find(word).map(|at| begin + at..begin + at + word.len());
    let mut instead = None;
    let (message, help) = match said {
        _ if said.starts_with("string values must be quoted") && flag(there).is_some() => (
            format!("`{there}` is neither text nor true or false"),
            format!("write {}, or \"{there}\" for text", flag(there).unwrap_or_default()),
        ),
        _ if said.starts_with("string values must be quoted") && crate::param::number_with_sign(there).is_some() => (
            "a number has no sign of a currency and no `%`".to_owned(),
            format!("write {}", crate::param::number_with_sign(there).unwrap_or_default()),
        ),
        _ if said.starts_with("key with no value") && line.trim_start().starts_with("//") => {
            instead = place("//");
            ("a comment begins with #".to_owned(), "write # instead of //".to_owned())
        }
        _ if said.starts_with("key with no value") && open_before(text, begin).is_some() => {
            instead = open_before(text, begin);
            (
                "this text goes on in the next line".to_owned(),
                "begin and end a text of several lines with \"\"\"".to_owned(),
            )
        }
        _ if said.starts_with("unexpected key or value") && is_bare_list(line) => {
            instead = line.find('"').map(|at| begin + at..begin + at + 1);
            ("several texts are a list".to_owned(), format!("put brackets around them: {}", bracketed(line)))
        }
        _ if said.starts_with("unclosed array table") || said.starts_with("unclosed table") => {
            let name = line.trim().trim_matches(['[', ']', ' ']);
            let whole = if line.trim_start().starts_with("[[") { format!("[[{name}]]") } else { format!("[{name}]") };
            ("a closing bracket is missing".to_owned(), format!("write {whole}"))
        }
        _ if said.starts_with("unquoted keys cannot be empty") && line.trim_start().starts_with("[ [") => {
            let name = line.trim().trim_matches(['[', ']', ' ']);
            ("the brackets of a table have no spaces between them".to_owned(), format!("write [[{name}]]"))
        }
        _ if said.starts_with("missing comma between array elements") => {
            ("a comma is missing before this".to_owned(), "write a comma between the elements of a list".to_owned())
        }
        _ if said.starts_with("unclosed array") => ("this list is not closed".to_owned(), "end it with ]".to_owned()),
        _ if said.starts_with("string values must be quoted") => {
            let bare = one_line(there).trim_matches(['“', '”', '„', '‘', '’', '«', '»', '\'', '`']).to_owned();
            ("a text must be between straight quotation marks".to_owned(), format!("write \"{bare}\""))
        }
        _ if said.starts_with("key with no value") && text[..at].trim_end().ends_with(':') => {
            instead = place(":");
            ("a key and its value have `=` between them".to_owned(), "write `=` instead of `:`".to_owned())
        }
        _ if said.starts_with("key with no value") => {
            ("this key has no value".to_owned(), "write key = \"value\"".to_owned())
        }
        _ if said.starts_with("unexpected key or value") && is_quoted => (
            "the text ends at the quotation mark before this".to_owned(),
            "between \"…\", write text of an expression between single quotation marks, as in 'COST'".to_owned(),
        ),
        _ if said.starts_with("invalid unquoted key") => {
            let key = line.split('=').next().unwrap_or_default().trim();
            ("this sign must be between quotation marks in a key".to_owned(), format!("write \"{key}\" = …"))
        }
        _ if said.starts_with("missing escaped value") => (
            "a backslash has a meaning of its own between \"…\"".to_owned(),
            "write it twice, or put the text between single quotation marks".to_owned(),
        ),
        _ if said.starts_with("invalid basic string") => (
            "the text has no closing quotation mark".to_owned(),
            "end it with \" on the same line, or begin and end a text of several lines with \"\"\"".to_owned(),
        ),
        _ => return Said { message: format!("this is not TOML: {said}"), help: None, instead: None },
    };
    Said { message, help: Some(help), instead }
}

/// What a word for yes or no is in TOML.
fn flag(word: &str) -> Option<&'static str> {
    match word.trim().to_ascii_lowercase().as_str() {
        "yes" | "on" | "true" => Some("true"),
        "no" | "off" | "false" => Some("false"),
        _ => None,
    }
}

/// The value that goes on in the line that begins at a byte: a text without its end, or an expression after one.
fn open_before(text: &str, begin: usize) -> Option<Range<usize>> {
    let before = text[..begin].trim_end();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let (key, value) = before[start..].split_once('=')?;
    let is_text = value.trim_start().starts_with('"') && !value.trim_start().starts_with("\"\"\"");
    let goes_on = ["&&", "||", "?", ":", "+", ".", ")"].iter().any(|sign| text[begin..].trim_start().starts_with(sign));
    let is_open = value.matches('"').count() % 2 == 1;
    let at = start + key.len() + 1 + value.len() - value.trim_start().len();
    (is_text && (is_open || goes_on)).then_some(at..at + 1)
}

/// The keys whose value can be a list of texts.
const LISTS: &[&str] = &["fix", "met", "still", "use", "steps", "removes", "allow", "none_on"];

/// Whether a line has such a key and several texts, of which the first does not begin a list.
fn is_bare_list(line: &str) -> bool {
    let Some((_, value)) = line.split_once('=').filter(|(key, _)| LISTS.contains(&key.trim())) else { return false };
    let mut parts = value.trim().split('"');
    let (before, after) = (parts.next(), parts.nth(1));
    before == Some("") && after.is_some_and(|after| after.trim() == ",")
}

/// The value of a line, between brackets.
fn bracketed(line: &str) -> String {
    let value = line.split_once('=').map_or(line, |(_, value)| value).trim();
    format!("[{}]", one_line(value.trim_end_matches(']')))
}

fn line_at(text: &str, at: usize) -> &str {
    let begin = text[..at.min(text.len())].rfind('\n').map_or(0, |end| end + 1);
    text[begin..].lines().next().unwrap_or_default()
}

/// The first line of a value, which may be long.
fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().chars().take(60).collect()
}
