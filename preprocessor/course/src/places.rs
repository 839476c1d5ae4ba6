//! Finds the places of values in a TOML file, so that errors can point at them.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use toml_edit::{Document, TableLike};

use crate::diagnostic::Span;
use crate::files;

/// A path in a TOML file: keys, and indices in lists from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPath(Vec<String>);

impl KeyPath {
    /// The value at these keys.
    pub fn of<'k>(keys: impl IntoIterator<Item = &'k str>) -> KeyPath {
        KeyPath(keys.into_iter().map(str::to_owned).collect())
    }

    /// A check's expectation, from 0.
    pub fn expectation(at: usize) -> KeyPath {
        KeyPath::of(["expect"]).then(at)
    }

    /// A check's source, from 0.
    pub fn source(at: usize) -> KeyPath {
        KeyPath::of(["source"]).then(at)
    }

    /// The path extended by a key or an index.
    pub fn then(&self, key: impl ToString) -> KeyPath {
        let mut keys = self.0.clone();
        keys.push(key.to_string());
        KeyPath(keys)
    }

    /// The key of a `let`, if this is one.
    pub(crate) fn let_key(&self) -> Option<&str> {
        match self.0.as_slice() {
            [first, key] if first == "let" => Some(key),
            _ => None,
        }
    }

    /// The name of the read that it is in, if it is in one.
    pub(crate) fn read_name(&self) -> Option<&str> {
        match self.0.as_slice() {
            [first, name, ..] if first == "read" => Some(name),
            _ => None,
        }
    }

    /// The keys.
    pub(crate) fn keys(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// The last key.
    pub fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// The first key.
    pub fn root(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }
}

/// As in messages: `[let] name`, `[read.name] with.Filters[0]`, `[[expect]] 2, that`, `[[practice.do]] 1, with.Name`, `preprocessor.verify.results`.
impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<&str> = self.0.iter().map(String::as_str).collect();
        match keys.as_slice() {
            ["let", name] => write!(f, "[let] {name}"),
            ["read", name] => write!(f, "[read.{name}]"),
            ["read", name, key, rest @ ..] => {
                write!(f, "[read.{name}] {key}")?;
                below(f, rest)
            }
            ["practice", list @ ("given" | "do"), at, rest @ ..] => {
                write!(f, "[[practice.{list}]] {}", at.parse::<usize>().unwrap_or_default() + 1)?;
                let Some((key, rest)) = rest.split_first() else { return Ok(()) };
                write!(f, ", {key}")?;
                below(f, rest)
            }
            ["expect", at, rest @ ..] => {
                write!(f, "[[expect]] {}", at.parse::<usize>().unwrap_or_default() + 1)?;
                // The place shows which of several sentences it is.
                rest.first().map_or(Ok(()), |key| write!(f, ", {key}"))
            }
            keys => f.write_str(&keys.join(".")),
        }
    }
}

/// The keys below another one.
fn below(f: &mut fmt::Formatter<'_>, keys: &[&str]) -> fmt::Result {
    keys.iter().try_for_each(|key| match key.parse::<usize>() {
        Ok(at) => write!(f, "[{at}]"),
        Err(_) => write!(f, ".{key}"),
    })
}

/// A TOML file with the places of its values.
#[derive(Debug, Clone)]
pub struct TomlFile {
    path: PathBuf,
    text: String,
    /// Parsed when a place is looked for; `None` if the file is not valid TOML.
    document: OnceLock<Option<Document<String>>>,
}

/// The last key of a path that exists.
#[derive(Default)]
struct Found<'d> {
    key: Option<Range<usize>>,
    value: Option<Range<usize>>,
    text: Option<&'d str>,
    whole: bool,
}

impl TomlFile {
    /// A file in the course; without places if it cannot be read.
    pub fn read(root: &Path, path: impl Into<PathBuf>) -> TomlFile {
        let path = path.into();
        let text = files::read_text(&root.join(&path)).unwrap_or_default();
        TomlFile::of(path, text)
    }

    /// A file with this text.
    pub fn of(path: impl Into<PathBuf>, text: impl Into<String>) -> TomlFile {
        TomlFile { path: path.into(), document: OnceLock::new(), text: text.into() }
    }

    /// The place of a value, or of its table if it does not exist.
    pub fn value(&self, part: &KeyPath) -> Span {
        let found = self.find(part);
        self.span(found.value.map(|range| self.within_quotes(range)))
    }

    /// The place of a key, or of its table if it does not exist.
    pub fn key(&self, part: &KeyPath) -> Span {
        let found = self.find(part);
        self.span(if found.whole { found.key.or(found.value) } else { found.value })
    }

    /// The place of a range of a text, or of the whole text if it has escapes.
    pub fn within(&self, part: &KeyPath, range: Range<usize>) -> Span {
        let found = self.find(part);
        let Some(value) = found.value.map(|range| self.within_quotes(range)) else { return self.span(None) };
        let written = &self.text[value.clone()];
        let alike = found.whole && found.text == Some(written) && written.get(range.clone()).is_some();
        self.span(Some(if alike { value.start + range.start..value.start + range.end } else { value }))
    }

    /// The first line.
    pub fn top(&self) -> Span {
        Span::range(&self.path, &self.text, 0..self.text.lines().next().map_or(0, str::len))
    }

    fn span(&self, range: Option<Range<usize>>) -> Span {
        match range {
            Some(range) => Span::range(&self.path, &self.text, range),
            None => Span::file(&self.path),
        }
    }

    fn find(&self, part: &KeyPath) -> Found<'_> {
        let mut found = Found::default();
        let document = self.document.get_or_init(|| Document::parse(self.text.clone()).ok());
        let Some(document) = document else { return found };
        let mut table: &dyn TableLike = document.as_table();
        let mut keys = part.0.iter().peekable();
        while let Some(key) = keys.next() {
            // The file may have hyphens in the name.
            let written = table.get_key_value(key).or_else(|| table.get_key_value(&key.replace('_', "-")));
            let Some((key, item)) = written else { return found };
            found = Found { key: key.span(), value: item.span(), text: item.as_str(), whole: keys.peek().is_none() };
            // The span of a table is that of its header.
            found.value = found.value.or(found.key.clone());
            if let Some(inner) = item.as_table_like() {
                table = inner;
                continue;
            }
            let at = keys.peek().and_then(|at| at.parse::<usize>().ok());
            let entry = at.and_then(|at| item.as_array_of_tables()?.get(at));
            if let Some(entry) = entry {
                (found.value, found.whole) = (entry.span().or(found.value), true);
                keys.next();
                table = entry;
                found.whole = keys.peek().is_none();
                continue;
            }
            if let Some(value) = at.and_then(|at| item.as_array()?.get(at)) {
                found = Found { key: None, value: value.span(), text: value.as_str(), whole: true };
                keys.next();
                if let Some(inner) = value.as_inline_table() {
                    table = inner;
                    continue;
                }
            } else if at.is_some() {
                // A single value where a list is allowed.
                keys.next();
                found.whole = true;
            }
            found.whole &= keys.peek().is_none();
            return found;
        }
        found
    }

    /// A string's range without its quotes.
    fn within_quotes(&self, range: Range<usize>) -> Range<usize> {
        let written = &self.text[range.clone()];
        for quotes in ["\"\"\"", "'''", "\"", "'"] {
            let inner = written.strip_prefix(quotes).and_then(|rest| rest.strip_suffix(quotes));
            let Some(inner) = inner.filter(|inner| !inner.is_empty()) else { continue };
            // A line break right after three quotes is not part of the text.
            let skipped = if quotes.len() == 3 { inner.len() - inner.trim_start_matches('\r').len() } else { 0 };
            let newline = usize::from(quotes.len() == 3 && inner[skipped..].starts_with('\n'));
            let skipped = if newline == 1 { skipped + 1 } else { 0 };
            return range.start + quotes.len() + skipped..range.end - quotes.len();
        }
        range
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"title = "production"
account = "prodution"
steps = ["a", "b"]

[let]
x = "budgets"

[[expect]]
that = """
one &&
two"""
met = "{x}"

[[expect]]
that = "a == \"x\" && b"
met = ["{y}", "{x}"]
fix = '{x}'
"#;

    /// The line and the text of a place.
    fn place(span: &Span) -> (usize, String) {
        (span.line, span.text.chars().skip(span.column - 1).take(span.width).collect())
    }

    #[test]
    fn each_value_has_a_place_of_its_own() {
        let file = TomlFile::of("checks/x.toml", TEXT);
        let expect = |at: usize, key: &str| KeyPath::expectation(at).then(key);
        for (part, line, text) in [
            (KeyPath::of(["account"]), 2, "prodution"),
            (KeyPath::of(["steps"]).then(1), 3, "b"),
            (KeyPath::of(["let", "x"]), 6, "budgets"),
            (expect(0, "met"), 12, "{x}"),
            (expect(0, "met").then(0), 12, "{x}"),
            (expect(1, "met").then(1), 16, "{x}"),
            (expect(1, "fix").then(0), 17, "{x}"),
            (expect(0, "fix"), 8, "[[expect]]"),
            (expect(1, "gone"), 14, "[[expect]]"),
        ] {
            assert_eq!(place(&file.value(&part)), (line, text.to_owned()), "{part}");
        }
        assert_eq!(place(&file.key(&KeyPath::of(["let", "x"]))), (6, "x".to_owned()));
        assert_eq!(file.value(&KeyPath::of(["gone"])).line, 0);
        assert_eq!(TomlFile::of("x", "no TOML").value(&KeyPath::of(["a"])).line, 0);
    }

    #[test]
    fn line_endings_and_a_mark_of_byte_order_move_no_place() {
        for text in ["a = 'x'\nb = 'y'\n", "\u{feff}a = 'x'\nb = 'y'\n", "\u{feff}a = 'x'\r\nb = 'y'\r\n"] {
            let file = TomlFile::of("x", text);
            let place = |key: &str| {
                let span = file.value(&KeyPath::of([key]));
                (span.line, span.column, span.text)
            };
            assert_eq!(place("a"), (1, 6, "a = 'x'".to_owned()), "{text:?}");
            assert_eq!(place("b"), (2, 6, "b = 'y'".to_owned()), "{text:?}");
        }
    }

    #[test]
    fn a_place_in_a_text_is_found_in_the_file_unless_something_is_escaped() {
        let file = TomlFile::of("checks/x.toml", TEXT);
        let that = |at: usize| KeyPath::expectation(at).then("that");
        assert_eq!(place(&file.within(&that(0), 7..10)), (11, "two".to_owned()));
        assert_eq!(place(&file.within(&that(1), 13..14)), (15, "a == \\\"x\\\" && b".to_owned()));
        assert_eq!(place(&file.within(&KeyPath::expectation(1).then("met").then(0), 1..2)), (16, "y".to_owned()));
    }
}
