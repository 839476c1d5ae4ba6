//! Finds `{{ name }}` in a chapter: holes for parameters, and braces that look like one.

use pulldown_cmark::CodeBlockKind;
use std::ops::Range;

use crate::param::Params;

/// `{{ name }}` with a declared parameter's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// With its braces.
    pub range: Range<usize>,
    /// The name.
    pub name: String,
    /// What contains it.
    pub context: Context,
    /// Whether a backslash before it makes it text.
    pub escaped: bool,
}

/// What contains a hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Context {
    /// Text.
    Text,
    /// Code, with its whole range and its kind.
    Code(Range<usize>, Code),
    /// Raw HTML.
    Html,
}

/// The kind of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A span between backticks.
    Span {
        /// Whether it is in a table.
        in_table: bool,
    },
    /// A block between fences.
    Fenced,
    /// An indented block.
    Indented,
}

impl Code {
    pub(super) fn block(kind: &CodeBlockKind<'_>) -> Code {
        match kind {
            CodeBlockKind::Fenced(_) => Code::Fenced,
            CodeBlockKind::Indented => Code::Indented,
        }
    }
}

/// The range of a code span, from backtick to backtick. pulldown-cmark's range includes some control characters at the
/// end of a heading.
pub(super) fn code_span(content: &str, range: Range<usize>) -> Range<usize> {
    let end = content[range.clone()].rfind('`').map_or(range.end, |at| range.start + at + 1);
    range.start..end
}

/// Braces that look like a hole, but have another spelling or the name of no parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearly {
    /// With its braces.
    pub range: Range<usize>,
    /// The name.
    pub name: String,
    /// Whether there is one space on each side of the name.
    pub spaced: bool,
    /// Whether it is in code.
    pub in_code: bool,
}

/// The holes of a chapter, and the braces that look like one. `contexts` and `out_of_reach` are in order and do not
/// overlap.
pub(super) fn find(
    content: &str,
    params: &Params,
    contexts: &[(Range<usize>, Context)],
    out_of_reach: &[Range<usize>],
) -> (Vec<Hole>, Vec<Nearly>) {
    let (mut holes, mut nearly) = (Vec::new(), Vec::new());
    let mut before: Option<(usize, bool)> = None;
    for (at, _) in content.match_indices('{') {
        // Of three in a row, the first two belong together.
        let is_second = before.is_some_and(|(last, was_second)| last + 1 == at && !was_second);
        before = Some((at, is_second));
        let double = braces(&content[at..]).filter(|_| !is_second);
        let read = double.or_else(|| single(content, at).filter(|(name, _)| params.contains_key(*name)));
        let Some((name, length)) = read else { continue };
        let hidden = out_of_reach.partition_point(|range| range.end <= at);
        if out_of_reach.get(hidden).is_some_and(|range| range.contains(&at)) {
            continue;
        }
        let nearest = contexts.partition_point(|(range, _)| range.end <= at);
        let context = contexts.get(nearest).filter(|(range, _)| range.contains(&at));
        let context = context.map_or(Context::Text, |(_, context)| context.clone());
        let range = at..at + length;
        let backslashes = content[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
        // In text, the backslash itself may be escaped.
        let escaped = if context == Context::Text { backslashes % 2 == 1 } else { backslashes > 0 };
        let spaced = is_spaced(&content[range.clone()], name);
        let name = name.to_owned();
        if spaced && params.contains_key(&name) {
            holes.push(Hole { range, name, context, escaped });
        } else if !escaped {
            nearly.push(Nearly { range, name, spaced, in_code: matches!(context, Context::Code(..)) });
        }
    }
    (holes, nearly)
}

/// The name in the hole at the beginning of a text, and the hole's length.
pub(crate) fn hole(text: &str) -> Option<(&str, usize)> {
    let (name, length) = braces(text)?;
    is_spaced(&text[..length], name).then_some((name, length))
}

/// The name in the braces at the beginning of a text, with any spaces, and their length. Nothing after them is read.
fn braces(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix("{{")?.trim_start_matches([' ', '\t']);
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.".contains(c);
    let (name, rest) = inner.split_at(inner.find(|c| !is_letter(c))?);
    let rest = rest.trim_start_matches([' ', '\t']).strip_prefix("}}")?;
    let is_name = name.starts_with(|c: char| !c.is_ascii_digit());
    is_name.then_some((name, text.len() - rest.len()))
}

/// The same for a name in single braces, which are no others' part.
fn single(content: &str, at: usize) -> Option<(&str, usize)> {
    let is_part = content[..at].ends_with(|c: char| c.is_alphanumeric() || "{}\\#%_".contains(c));
    let inner = content[at..].strip_prefix('{').filter(|_| !is_part)?;
    // Nothing after them is read.
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let name = inner.trim_start();
    let (name, rest) = name.split_at(name.find(|c| !is_letter(c))?);
    let rest = rest.trim_start().strip_prefix('}')?;
    (!rest.starts_with('}')).then(|| (name, content.len() - at - rest.len()))
}

fn is_spaced(braces: &str, name: &str) -> bool {
    let inner = braces.strip_prefix("{{ ").and_then(|rest| rest.strip_suffix(" }}"));
    inner == Some(name)
}
