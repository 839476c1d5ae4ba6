//! Finds the identifiers and holes in CEL expressions and sentences, without a CEL parser.

use std::ops::Range;

/// Words that CEL reserves: <https://github.com/cel-expr/cel-spec/blob/master/doc/langdef.md#syntax>.
#[rustfmt::skip]
pub const RESERVED: &[&str] = &[
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
    "return", "var", "void", "while",
];

/// The contents of a sentence's holes.
pub(crate) fn holes(sentence: &str) -> Vec<&str> {
    hole_ranges(sentence).into_iter().map(|hole| &sentence[hole]).collect()
}

/// The ranges of the contents of a sentence's holes. `{{` is a literal brace.
pub fn hole_ranges(sentence: &str) -> Vec<Range<usize>> {
    let mut holes = Vec::new();
    let mut start = 0;
    while let Some(at) = sentence[start..].find('{') {
        start += at + 1;
        if sentence[start..].starts_with('{') {
            start += 1;
            continue;
        }
        let end = start + hole_end(&sentence[start..]).unwrap_or(sentence.len() - start);
        holes.push(start..end);
        start = end;
    }
    holes
}

/// A title whose holes are the names of values, with these values. `{{` and `}}` are braces.
pub(crate) fn with_values(title: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let braces = |text: &str| text.replace("{{", "{").replace("}}", "}");
    let (mut filled, mut rest) = (String::with_capacity(title.len()), 0);
    for hole in hole_ranges(title) {
        let whole = hole.start - 1..title.len().min(hole.end + 1);
        filled.push_str(&braces(&title[rest..whole.start]));
        filled.push_str(&value(title[hole].trim()).unwrap_or_else(|| title[whole.clone()].to_owned()));
        rest = whole.end;
    }
    filled.push_str(&braces(&title[rest..]));
    filled
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
    let is_own = |word: &Range<usize>| !is_field(expression, word);
    words(expression).into_iter().filter(is_own).map(|word| &expression[word]).collect()
}

/// The ranges of the names of accounts in an expression: `NAME` in `accounts.NAME`.
pub fn accounts(expression: &str) -> Vec<Range<usize>> {
    let words = words(expression);
    let pairs = words.iter().zip(words.iter().skip(1));
    let is_name = |(of, name): &(&Range<usize>, &Range<usize>)| {
        let selects = expression[of.end..name.start].trim() == ".";
        expression[(*of).clone()] == *"accounts" && !is_field(expression, of) && selects
    };
    pairs.filter(is_name).map(|(_, name)| name.clone()).collect()
}

/// Whether a word of an expression is the name of a field.
fn is_field(expression: &str, word: &Range<usize>) -> bool {
    expression[..word.start].trim_end().ends_with('.')
}

/// The words of an expression outside of strings.
fn words(expression: &str) -> Vec<Range<usize>> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in outside_of_strings(expression).filter(|(_, c)| part(*c)) {
        match found.last_mut() {
            Some(word) if word.end == at => word.end += 1,
            _ => found.push(at..at + 1),
        }
    }
    found
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_has_the_values_of_its_names() {
        let value = |name: &str| (name == "suffix").then(|| "-production {x}".to_owned());
        let cases = [
            ("plain", "plain"),
            ("ends with {suffix}.", "ends with -production {x}."),
            ("{ suffix }{suffix}", "-production {x}-production {x}"),
            ("{{suffix}} and }} {{", "{suffix} and } {"),
            ("{other} é {suffix", "{other} é -production {x}"),
            ("{}", "{}"),
        ];
        for (title, shown) in cases {
            assert_eq!(with_values(title, value), shown, "{title}");
        }
    }
}
