//! Finds the identifiers and holes in CEL expressions and sentences, without a CEL parser.

use std::ops::Range;

/// The contents of a sentence's holes. `{{` is a literal brace.
pub(crate) fn holes(sentence: &str) -> Vec<&str> {
    let mut holes = Vec::new();
    let mut rest = sentence;
    while let Some(at) = rest.find('{') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let end = hole_end(rest).unwrap_or(rest.len());
        holes.push(&rest[..end]);
        rest = &rest[end..];
    }
    holes
}

/// A sentence as it is shown, if it has no holes.
pub fn without_holes(sentence: &str) -> Option<String> {
    holes(sentence).is_empty().then(|| sentence.replace("{{", "{").replace("}}", "}"))
}

/// The end of a hole, for the text after its opening brace: the matching brace outside of strings.
pub fn hole_end(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in outside_of_strings(text) {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The identifiers of an expression, without the names of fields and the words in strings.
pub fn identifiers(expression: &str) -> Vec<&str> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in outside_of_strings(expression).filter(|(_, c)| part(*c)) {
        match found.last_mut() {
            Some(word) if word.end == at => word.end += 1,
            _ => found.push(at..at + 1),
        }
    }
    let is_field = |word: &Range<usize>| expression[..word.start].trim_end().ends_with('.');
    found.into_iter().filter(|word| !is_field(word)).map(|word| &expression[word]).collect()
}

/// The characters of an expression outside of strings.
fn outside_of_strings(expression: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut quote, mut escaped) = (None, false);
    expression.char_indices().filter(move |(_, c)| {
        match (quote, *c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(*c),
            (None, _) => return true,
        }
        false
    })
}
