//! Parameters in lessons: `{{ name }}` becomes the parameter's value.

use std::ops::Range;

use crate::diagnostic::{likeness, suggest};
use crate::param::Params;
use crate::scan::{self, Context, Hole};

/// A hole whose name no parameter has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownName {
    pub(crate) range: Range<usize>,
    pub(crate) name: String,
    pub(crate) help: Option<String>,
}

/// How alike an unknown name in code must be to a parameter's to count as misspelt: other template languages write
/// the same braces.
const LIKE: f64 = 0.9;

/// What takes the place of a hole, if anything does.
///
/// # Errors
/// A name that looks like a parameter's and isn't.
pub(crate) fn replacement(hole: &Hole, params: &Params) -> Result<Option<(Range<usize>, String)>, UnknownName> {
    let known = params.get(&hole.name);
    let backslash = || Ok(Some((hole.range.start - 1..hole.range.start, String::new())));
    match (known, hole.context) {
        // In text, Markdown itself takes the backslash for an escape.
        (_, Context::Text) if hole.escaped => Ok(None),
        (Some(_), _) if hole.escaped => backslash(),
        (Some(value), Context::Code) => Ok(Some((hole.range.clone(), value.to_string()))),
        (Some(value), Context::Text) => Ok(Some((hole.range.clone(), markdown(&value.to_string())))),
        (Some(value), Context::Html) => Ok(Some((hole.range.clone(), html(&value.to_string())))),
        (None, _) if params.is_empty() => Ok(None),
        (None, Context::Code) if !alike(&hole.name, params) => Ok(None),
        (None, _) if hole.escaped => backslash(),
        (None, _) => Err(UnknownName {
            range: hole.range.clone(),
            name: hole.name.clone(),
            help: suggest(&hole.name, params.keys().map(String::as_str)),
        }),
    }
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
            // One brace on: more may stand in a row.
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn alike(name: &str, params: &Params) -> bool {
    likeness(name, params.keys().map(String::as_str)).any(|(alike, _)| alike > LIKE)
}

fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '$' | '#' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
