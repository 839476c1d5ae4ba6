//! Explains what the TOML parser says, to somebody who writes a course.

use crate::diagnostic::{nearest, suggest};

/// What is wrong with a file, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Explains an error in a text. `top`: keys that belong at the top of the file, before its first table.
pub fn explain(text: &str, error: &toml::de::Error, top: &[&str]) -> Explained {
    let (said, span) = (error.message(), error.span().unwrap_or_default());
    let there = text.get(span.clone()).unwrap_or_default();
    let line = line_at(text, span.start);
    let named: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let key = line.split('=').next().unwrap_or_default().trim();
    let explained = |message: String, help: &str| Explained { message, help: Some(help.to_owned()) };
    match (said.split([' ', ':']).take(2).collect::<Vec<_>>().join(" ").as_str(), named.as_slice()) {
        ("unknown field", [unknown, known @ ..]) => unknown_key(text, span.start, unknown, known, top),
        ("unknown variant", [unknown, known @ ..]) => Explained {
            message: format!("`{unknown}` is not a value of `{key}`"),
            help: suggest(unknown, known.iter().copied()),
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
fn unknown_key(text: &str, at: usize, unknown: &str, known: &[&str], top: &[&str]) -> Explained {
    let in_table = text[..at].lines().any(|line| line.trim_start().starts_with('['));
    let help = match nearest(unknown, known.iter().copied()) {
        _ if in_table && top.contains(&unknown) && !known.contains(&unknown) => {
            Some(format!("write `{unknown}` at the top of the file, before the first line in brackets"))
        }
        _ => suggest(unknown, known.iter().copied()),
    };
    Explained { message: format!("there is no key `{unknown}` here"), help }
}

/// A value of another type than its key has.
fn wrong_type(said: &str, there: &str, key: &str) -> Explained {
    let wanted = said.rsplit_once("expected ").map_or("text or a list of texts", |(_, wanted)| wanted);
    let header = there.trim_matches(['[', ']']);
    let is_header = there.starts_with('[') && !header.contains(['"', ',', '=']) && !header.is_empty();
    let (message, help) = match wanted {
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
        other => return Explained { message: format!("`{key}` must be {other}"), help: None },
    };
    Explained { message, help: Some(help) }
}

/// A text that is not TOML.
fn malformed(said: &str, there: &str, line: &str, text: &str, at: usize) -> Explained {
    let is_quoted = line.matches('"').count() > 2;
    let (message, help) = match said {
        _ if said.starts_with("string values must be quoted") => {
            let bare = one_line(there).trim_matches(['“', '”', '„', '‘', '’', '«', '»', '\'', '`']).to_owned();
            ("a text must be between straight quotation marks".to_owned(), format!("write \"{bare}\""))
        }
        _ if said.starts_with("key with no value") && text[..at].trim_end().ends_with(':') => {
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
        _ => return Explained { message: format!("this is not TOML: {said}"), help: None },
    };
    Explained { message, help: Some(help) }
}

fn line_at(text: &str, at: usize) -> &str {
    let begin = text[..at.min(text.len())].rfind('\n').map_or(0, |end| end + 1);
    text[begin..].lines().next().unwrap_or_default()
}

/// The first line of a value, which may be long.
fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().chars().take(60).collect()
}
