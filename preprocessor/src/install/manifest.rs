//! Changes `book.toml` by inserting text, so that everything that the author wrote stays as it is. The result is parsed
//! to make sure that it is right.

use anyhow::{Context, Result, bail};
use std::path::{Component, Path, PathBuf};
use toml_edit::{Array, Document, Item, TableLike};

/// The text of a `book.toml`.
pub(super) struct Manifest {
    /// The byte order mark that some editors write.
    mark: &'static str,
    text: String,
}

/// Text to insert, and where.
type Insertion = (usize, String);

impl Manifest {
    /// # Errors
    /// When the text is not valid TOML.
    pub(super) fn parse(text: &str) -> Result<Manifest> {
        let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |text| ("\u{feff}", text));
        let manifest = Manifest { mark, text: text.to_owned() };
        manifest.table().map(|_| manifest)
    }

    /// The parsed text.
    pub(super) fn table(&self) -> Result<toml::Table> {
        toml::from_str(&self.text).context("book.toml is not valid TOML")
    }

    pub(super) fn text(&self) -> String {
        format!("{}{}", self.mark, self.text)
    }

    /// Makes sure that a table exists. Returns whether it was added.
    ///
    /// # Errors
    /// When something else is in its place.
    pub(super) fn ensure(&mut self, keys: &[&str]) -> Result<bool> {
        if get(&self.table()?, keys)?.is_some() {
            return Ok(false);
        }
        self.put(keys, None)?;
        Ok(true)
    }

    /// The paths in a list.
    ///
    /// # Errors
    /// When it is not a list.
    pub(super) fn list(&self, keys: &[&str], key: &str) -> Result<Vec<String>> {
        let table = self.table()?;
        let Some(value) = get(&table, keys)?.and_then(|table| table.get(key)) else { return Ok(Vec::new()) };
        let shown = keys.join(".");
        let list = value.as_array().with_context(|| {
            format!("`{key}` in [{shown}] of book.toml must be a list, as in {key} = [{}]", quoted_or(value, "…"))
        })?;
        Ok(list.iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect())
    }

    /// Makes sure that a path is in a list. Returns whether it was added.
    ///
    /// # Errors
    /// When something else is in the list's place.
    pub(super) fn add(&mut self, keys: &[&str], key: &str, entry: &str) -> Result<bool> {
        if self.list(keys, key)?.iter().any(|other| plain(other) == plain(entry)) {
            return Ok(false);
        }
        self.put(keys, Some((key, entry)))?;
        Ok(true)
    }

    /// Removes the `./` at the beginning of a path in a list. Returns whether it did.
    ///
    /// # Errors
    /// When something else is in the list's place.
    pub(super) fn shorten(&mut self, keys: &[&str], key: &str, entry: &str) -> Result<bool> {
        let document = self.document()?;
        let list = keys.iter().try_fold(document.as_item(), |item, key| item.get(key)).and_then(|table| table.get(key));
        let Some(list) = list.and_then(Item::as_array) else { return Ok(false) };
        let dotted = |entry: &&toml_edit::Value| entry.as_str().is_some_and(|text| text.starts_with("./"));
        let same = |value: &&toml_edit::Value| value.as_str().is_some_and(|text| plain(text) == plain(entry));
        let Some(span) = list.iter().filter(dotted).find(same).and_then(toml_edit::Value::span) else {
            return Ok(false);
        };
        self.text.replace_range(span, &quoted(entry));
        Ok(true)
    }

    fn document(&self) -> Result<Document<String>> {
        Document::parse(self.text.clone()).context("book.toml is not valid TOML")
    }

    /// Inserts a table, or an entry of a list in it.
    fn put(&mut self, keys: &[&str], entry: Option<(&str, &str)>) -> Result<()> {
        let mut wanted = self.table()?;
        set(&mut wanted, keys, entry)?;
        let put = self.insertions(keys, entry)?.map(|mut insertions| {
            insertions.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
            let mut text = self.text.clone();
            insertions.iter().for_each(|(at, new)| text.insert_str(*at, new));
            text
        });
        match put.filter(|text| toml::from_str::<toml::Table>(text).is_ok_and(|table| table == wanted)) {
            Some(text) => self.text = text,
            None => {
                let line = entry.map(|(key, entry)| format!(", with {key} = [{}]", quoted(entry)));
                let line = line.unwrap_or_default();
                bail!(
                    "nothing can be added to this book.toml automatically; add [{}] to it{line}, and run this again",
                    keys.join(".")
                );
            }
        }
        Ok(())
    }

    fn insertions(&self, keys: &[&str], entry: Option<(&str, &str)>) -> Result<Option<Vec<Insertion>>> {
        let document = self.document()?;
        let mut item = document.as_item();
        for (at, key) in keys.iter().enumerate() {
            match item.get(key) {
                Some(inner) => item = inner,
                None => return Ok(self.new_table(item, keys, at, entry).map(|insertion| vec![insertion])),
            }
        }
        let Some((key, entry)) = entry else { return Ok(Some(Vec::new())) };
        match item.get(key) {
            Some(list) => {
                let (Some(list), Some(span)) = (list.as_array(), list.span()) else { return Ok(None) };
                Ok(Some(self.new_entry(list, span.start, span.end, entry)))
            }
            None => Ok(self.new_key(item, keys, key, &format!("[{}]", quoted(entry))).map(|insertion| vec![insertion])),
        }
    }

    /// A new table in an existing one, which is at `at` of the keys.
    fn new_table(&self, parent: &Item, keys: &[&str], at: usize, entry: Option<(&str, &str)>) -> Option<Insertion> {
        let line = entry.map(|(key, entry)| format!("{key} = [{}]", quoted(entry)));
        let dotted = parent.as_table().is_some_and(|table| table.is_dotted());
        if !dotted && parent.as_inline_table().is_none() {
            return Some(self.section(keys, line));
        }
        let (first, rest) = keys.get(at..)?.split_first()?;
        let inner = line.map_or("{}".to_owned(), |line| format!("{{ {line} }}"));
        let value = rest.iter().rev().fold(inner, |inner, key| format!("{{ {key} = {inner} }}"));
        self.new_key(parent, keys, first, &value)
    }

    /// A section at the end of the file.
    fn section(&self, keys: &[&str], line: Option<String>) -> Insertion {
        let newline = self.newline();
        let ended = self.text.is_empty() || self.text.ends_with('\n');
        let mut lines = Vec::new();
        if !ended {
            lines.push(String::new());
        }
        if !self.text.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("[{}]", keys.join(".")));
        lines.extend(line);
        // The last line has the same end as before.
        if ended {
            lines.push(String::new());
        }
        (self.text.len(), lines.join(newline))
    }

    /// A new key in an existing table.
    fn new_key(&self, table: &Item, keys: &[&str], key: &str, value: &str) -> Option<Insertion> {
        let newline = self.newline();
        if let Some(inline) = table.as_inline_table() {
            let rest = if inline.is_empty() { " " } else { "," };
            return Some((inline.span()?.start + 1, format!(" {key} = {value}{rest}")));
        }
        let table = table.as_table()?;
        if table.is_dotted() {
            // Like its other keys.
            let (first, _) = TableLike::iter(table).next()?;
            let (first, _) = table.get_key_value(first)?;
            let start = self.line_of(first.span()?.start);
            let before = self.text.get(start..first.span()?.start)?;
            return Some((start, format!("{before}{key} = {value}{newline}")));
        }
        match table.span().filter(|_| !table.is_implicit()) {
            Some(header) => Some(match self.text.get(header.end..)?.find('\n') {
                Some(end) => (header.end + end + 1, format!("{key} = {value}{newline}")),
                None => (self.text.len(), format!("{newline}{key} = {value}")),
            }),
            // Only its subtables are in the file.
            None => Some(self.section(keys, Some(format!("{key} = {value}")))),
        }
    }

    /// A new entry at the end of a list, laid out like the last one.
    fn new_entry(&self, list: &Array, start: usize, end: usize, entry: &str) -> Vec<Insertion> {
        let entry = quoted(entry);
        let Some(last) = list.iter().last().and_then(toml_edit::Value::span) else { return vec![(start + 1, entry)] };
        let line = self.line_of(last.start);
        let indent = self.text.get(line..last.start).filter(|before| line > start && before.trim().is_empty());
        let Some(indent) = indent else { return vec![(last.end, format!(", {entry}"))] };
        let rest = self.text.get(last.end..end - 1).unwrap_or_default();
        // A comment may contain commas, and stays with its entry.
        let code = |line: &str| line.split('#').next().unwrap_or_default().to_owned();
        let comma = rest.lines().map(code).collect::<String>().contains(',');
        let line = format!("{}{indent}{entry}", self.newline());
        let eol = rest.find('\n').map_or(last.end, |at| last.end + at - usize::from(rest[..at].ends_with('\r')));
        match (comma, rest.lines().next().is_some_and(|line| code(line).contains(','))) {
            (true, true) if eol > last.end => vec![(eol, format!("{line},"))],
            (false, _) if eol > last.end => vec![(last.end, ",".to_owned()), (eol, line)],
            _ => vec![(last.end, format!(",{line}"))],
        }
    }

    fn line_of(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
    }

    /// The file's own line end.
    fn newline(&self) -> &'static str {
        let first = self.text.find('\n').and_then(|at| self.text.get(..at));
        if first.is_some_and(|line| line.ends_with('\r')) { "\r\n" } else { "\n" }
    }
}

/// An existing table.
fn get<'t>(table: &'t toml::Table, keys: &[&str]) -> Result<Option<&'t toml::Table>> {
    let mut table = table;
    for (at, key) in keys.iter().enumerate() {
        let Some(value) = table.get(*key) else { return Ok(None) };
        let not = || format!("`{}` in book.toml is not a table", keys.get(..=at).unwrap_or_default().join("."));
        table = value.as_table().with_context(not)?;
    }
    Ok(Some(table))
}

/// The same change in the parsed file.
fn set(table: &mut toml::Table, keys: &[&str], entry: Option<(&str, &str)>) -> Result<()> {
    let mut table = table;
    for key in keys {
        let value = table.entry(*key).or_insert_with(|| toml::Table::new().into());
        table = value.as_table_mut().with_context(|| format!("`{key}` in book.toml is not a table"))?;
    }
    if let Some((key, entry)) = entry {
        let list = table.entry(key).or_insert_with(|| toml::value::Array::new().into());
        list.as_array_mut().with_context(|| format!("`{key}` in book.toml is not a list"))?.push(entry.into());
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

fn quoted_or(value: &toml::Value, other: &str) -> String {
    value.as_str().map_or_else(|| other.to_owned(), quoted)
}

/// A path without `.`.
pub(super) fn plain(path: &str) -> PathBuf {
    Path::new(path).components().filter(|part| *part != Component::CurDir).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSS: (&[&str], &str) = (&["output", "html"], "additional-css");

    /// A text after everything was added to it.
    fn added(text: &str) -> String {
        let mut manifest = Manifest::parse(text).unwrap();
        manifest.ensure(&["preprocessor", "verify"]).unwrap();
        manifest.add(CSS.0, CSS.1, "verify.css").unwrap();
        let made = manifest.text();
        assert!(!manifest.ensure(&["preprocessor", "verify"]).unwrap(), "{made}");
        assert!(!manifest.add(CSS.0, CSS.1, "./verify.css").unwrap(), "{made}");
        made
    }

    #[test]
    fn everything_else_stays_as_it_was() {
        for (before, after) in [
            ("", "[preprocessor.verify]\n\n[output.html]\nadditional-css = [\"verify.css\"]\n"),
            ("[book]", "[book]\n\n[preprocessor.verify]\n\n[output.html]\nadditional-css = [\"verify.css\"]"),
            (
                "\u{feff}[book]\r\n[preprocessor.verify]\r\n",
                "\u{feff}[book]\r\n[preprocessor.verify]\r\n\r\n[output.html]\r\nadditional-css = [\"verify.css\"]\r\n",
            ),
            (
                "[output.html] # x\ntheme  =  't'\n",
                "[output.html] # x\nadditional-css = [\"verify.css\"]\ntheme  =  't'\n\n[preprocessor.verify]\n",
            ),
            ("[output.html]", "[output.html]\nadditional-css = [\"verify.css\"]\n\n[preprocessor.verify]"),
            (
                "[output.html.print]\nenable = false\n",
                "[output.html.print]\nenable = false\n\n[preprocessor.verify]\n\n[output.html]\nadditional-css = [\"verify.css\"]\n",
            ),
            (
                "output = {html = {}}\n",
                "output = {html = { additional-css = [\"verify.css\"] }}\n\n[preprocessor.verify]\n",
            ),
            (
                "output = { html = { theme = 't' } }\npreprocessor = {}\n",
                "output = { html = { additional-css = [\"verify.css\"], theme = 't' } }\npreprocessor = { verify = {} }\n",
            ),
            ("output = {}\n", "output = { html = { additional-css = [\"verify.css\"] } }\n\n[preprocessor.verify]\n"),
            (
                "output.html.theme = 't' # x\n",
                "output.html.additional-css = [\"verify.css\"]\noutput.html.theme = 't' # x\n\n[preprocessor.verify]\n",
            ),
            (
                "[output]\n  html.print.enable = true\n",
                "[output]\n  html.additional-css = [\"verify.css\"]\n  html.print.enable = true\n\n[preprocessor.verify]\n",
            ),
            (
                "preprocessor.katex.after = []\noutput.epub.a = 1\n",
                "preprocessor.verify = {}\npreprocessor.katex.after = []\noutput.html = { additional-css = [\"verify.css\"] }\noutput.epub.a = 1\n",
            ),
            (
                "[output]\nepub.a = 1\n[preprocessor.verify]\n",
                "[output]\nepub.a = 1\n[preprocessor.verify]\n\n[output.html]\nadditional-css = [\"verify.css\"]\n",
            ),
        ] {
            assert_eq!(added(before), after, "{before:?}");
        }
    }

    #[test]
    fn an_entry_is_laid_out_as_the_others() {
        for (before, after) in [
            ("[]", "[\"verify.css\"]"),
            ("[ # none\n]", "[\"verify.css\" # none\n]"),
            ("['a.css']", "['a.css', \"verify.css\"]"),
            ("['a.css', ]", "['a.css', \"verify.css\", ]"),
            ("['a.css', # a\n  ]", "['a.css', \"verify.css\", # a\n  ]"),
            ("[\n  'a.css'\n]", "[\n  'a.css',\n  \"verify.css\"\n]"),
            ("[\r\n\t'a.css',\r\n]", "[\r\n\t'a.css',\r\n\t\"verify.css\",\r\n]"),
            ("[\n  'a.css', # a, b\n  # end\n]", "[\n  'a.css', # a, b\n  \"verify.css\",\n  # end\n]"),
            ("[\n  'a.css' # a, b\n]", "[\n  'a.css', # a, b\n  \"verify.css\"\n]"),
            ("[\n  'a.css' # a\n  , # b\n]", "[\n  'a.css',\n  \"verify.css\" # a\n  , # b\n]"),
            ("[\n  'a.css']", "[\n  'a.css',\n  \"verify.css\"]"),
        ] {
            let newline = if before.contains('\r') { "\r\n" } else { "\n" };
            let around =
                |list: &str| format!("[preprocessor.verify]{newline}[output.html]{newline}additional-css={list} # x");
            assert_eq!(added(&around(before)), around(after), "{before:?}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_an_error() {
        let add = |text: &str| Manifest::parse(text).and_then(|mut manifest| manifest.add(CSS.0, CSS.1, "verify.css"));
        for (text, message) in [
            ("[output.html]\nadditional-css = 'a.css'\n", "must be a list, as in additional-css = [\"a.css\"]"),
            ("output = 1\n", "`output` in book.toml is not a table"),
            ("[[output.html]]\n", "`output.html` in book.toml is not a table"),
            ("[output.html\n", "book.toml is not valid TOML"),
            ("output = { html.theme = 't' }\n", "add [output.html] to it, with additional-css = [\"verify.css\"]"),
        ] {
            let error = add(text).unwrap_err().to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn a_path_is_shortened_in_its_place() {
        let text = "[output.html]\nadditional-css = [ 'a.css' , './verify.css' ] # x\n";
        let mut manifest = Manifest::parse(text).unwrap();
        assert!(manifest.shorten(CSS.0, CSS.1, "verify.css").unwrap());
        assert_eq!(manifest.text(), text.replace("'./verify.css'", "\"verify.css\""));
        assert!(!manifest.shorten(CSS.0, CSS.1, "verify.css").unwrap());
    }
}
