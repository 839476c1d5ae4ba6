//! Escapes mdBook's search index. mdBook's script inserts the URL and the breadcrumbs of a result as HTML, so they are
//! escaped here. The script escapes the other parts of a result itself.

use anyhow::{Context, Result};
use course::escape::percent_encoded;
use quick_xml::escape::partial_escape;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const BEGIN: &str = "window.search = Object.assign(window.search, JSON.parse('";
const END: &str = "'));";

/// Escapes the search index in a book's files.
///
/// # Errors
/// If the index does not have the format of mdBook 0.5.
pub(super) fn escape(files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    let is_index = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("searchindex") && name.ends_with(".js")
    };
    for (path, bytes) in files.iter_mut().filter(|(path, _)| is_index(path)) {
        let script = std::str::from_utf8(bytes).with_context(|| format!("reading {}", path.display()))?;
        let escaped = escaped(script).with_context(|| format!("mdBook's search index {}", path.display()))?;
        if let Some(escaped) = escaped {
            *bytes = escaped.into_bytes();
        }
    }
    Ok(())
}

/// The escaped index. `None` if there is nothing to escape.
fn escaped(script: &str) -> Result<Option<String>> {
    let json = script
        .strip_prefix(BEGIN)
        .and_then(|rest| rest.strip_suffix(END))
        .context("it does not have the expected form")?;
    let json = unquoted(json);
    let texts: Index = serde_json::from_str(&json).context("its JSON does not have the expected fields")?;
    let above = texts.index.store.docs.values().map(|document| &document.breadcrumbs);
    if above.clone().all(|above| html(above) == *above) && texts.doc_urls.iter().all(|url| quotable(url) == *url) {
        return Ok(None);
    }
    let mut index: Value = serde_json::from_str(&json).context("it is not JSON")?;
    let escape = |text: &mut Value, escaped: fn(&str) -> String| -> Result<()> {
        *text = Value::String(escaped(text.as_str().context("a field is not text")?));
        Ok(())
    };
    let addresses = index.get_mut("doc_urls").and_then(Value::as_array_mut).context("it has no `doc_urls`")?;
    for address in addresses {
        escape(address, quotable)?;
    }
    let documents = index.pointer_mut("/index/documentStore/docs").and_then(Value::as_object_mut);
    for document in documents.context("it has no `docs`")?.values_mut() {
        escape(document.get_mut("breadcrumbs").context("a document has no `breadcrumbs`")?, html)?;
    }
    Ok(Some(format!("{BEGIN}{}{END}", quoted(&index.to_string()))))
}

/// The parts of the index that are inserted into a page as HTML.
#[derive(Deserialize)]
struct Index {
    doc_urls: Vec<String>,
    index: Documents,
}

#[derive(Deserialize)]
struct Documents {
    #[serde(rename = "documentStore")]
    store: Store,
}

#[derive(Deserialize)]
struct Store {
    docs: BTreeMap<String, Document>,
}

#[derive(Deserialize)]
struct Document {
    breadcrumbs: String,
}

/// A text as HTML.
fn html(text: &str) -> String {
    partial_escape(text).into_owned()
}

/// A URL that is safe in a quoted HTML attribute.
fn quotable(address: &str) -> String {
    percent_encoded(address, |c| "\"'<>&`".contains(c))
}

/// The content of a single-quoted JavaScript string, as mdBook writes it.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

/// The text of such a string.
fn unquoted(string: &str) -> String {
    let mut text = String::with_capacity(string.len());
    let mut characters = string.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => text.extend(characters.next()),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(url: &str, breadcrumbs: &str) -> String {
        let json = serde_json::json!({
            "doc_urls": [url],
            "index": { "documentStore": { "docs": { "0": { "breadcrumbs": breadcrumbs, "title": "t", "body": "<b>" } } } },
        });
        format!("{BEGIN}{}{END}", quoted(&json.to_string()))
    }

    #[test]
    fn an_index_without_html_is_unchanged() {
        assert_eq!(escaped(&index("a/b.html#c-d", "It's \\ \"quoted\" » ünïcode")).unwrap(), None);
    }

    #[test]
    fn html_in_the_index_is_escaped() {
        let hostile = index("a.html#\"><img src=x onerror='x'>", "A <img src=x onerror=\"alert('1')\"> & \\ b");
        let wanted = index(
            "a.html#%22%3E%3Cimg src=x onerror=%27x%27%3E",
            "A &lt;img src=x onerror=\"alert('1')\"&gt; &amp; \\ b",
        );
        assert_eq!(escaped(&hostile).unwrap(), Some(wanted));
    }

    #[test]
    fn an_index_in_another_format_is_rejected() {
        for other in ["", "window.search = {};", &index("a", "b").replace("doc_urls", "urls")] {
            assert!(escaped(other).is_err(), "{other}");
        }
    }
}
