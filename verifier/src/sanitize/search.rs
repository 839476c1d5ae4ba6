//! mdBook's search index. Its script puts a result's address and the names above it into the page as HTML, so they are
//! escaped here; what else it shows of a result, the script escapes itself.

use anyhow::{Context, Result};
use course::escape::percent_encoded;
use quick_xml::escape::partial_escape;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const BEGIN: &str = "window.search = Object.assign(window.search, JSON.parse('";
const END: &str = "'));";

/// Escapes the index among a book's files.
///
/// # Errors
/// When it is not as mdBook 0.5 writes it: then nobody knows what its script makes of it.
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

/// The index with what a page would take for HTML escaped; nothing where there is none of that.
fn escaped(script: &str) -> Result<Option<String>> {
    let json = script.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END)).context("it is no call")?;
    let json = unquoted(json);
    let texts: Index = serde_json::from_str(&json).context("it is no JSON of this kind")?;
    let above = texts.index.store.docs.values().map(|document| &document.breadcrumbs);
    if above.clone().all(|above| html(above) == *above) && texts.doc_urls.iter().all(|url| quotable(url) == *url) {
        return Ok(None);
    }
    let mut index: Value = serde_json::from_str(&json).context("it is no JSON")?;
    let escape = |text: &mut Value, escaped: fn(&str) -> String| -> Result<()> {
        *text = Value::String(escaped(text.as_str().context("a text is none")?));
        Ok(())
    };
    let addresses = index.get_mut("doc_urls").and_then(Value::as_array_mut).context("it has no addresses")?;
    for address in addresses {
        escape(address, quotable)?;
    }
    let documents = index.pointer_mut("/index/documentStore/docs").and_then(Value::as_object_mut);
    for document in documents.context("it has no documents")?.values_mut() {
        escape(document.get_mut("breadcrumbs").context("a document has no names above it")?, html)?;
    }
    Ok(Some(format!("{BEGIN}{}{END}", quoted(&index.to_string()))))
}

/// What of the index is put into a page as HTML.
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

/// An address that may stand in quotes in HTML.
fn quotable(address: &str) -> String {
    percent_encoded(address, |c| "\"'<>&`".contains(c))
}

/// What stands in a string of a script between its single quotes, as mdBook writes it.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

/// The text that such a string has.
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
    fn an_index_without_html_stays_as_it_is() {
        assert_eq!(escaped(&index("a/b.html#c-d", "It's \\ \"quoted\" » ünïcode")).unwrap(), None);
    }

    #[test]
    fn what_the_page_would_take_for_html_is_escaped() {
        let hostile = index("a.html#\"><img src=x onerror='x'>", "A <img src=x onerror=\"alert('1')\"> & \\ b");
        let wanted = index(
            "a.html#%22%3E%3Cimg src=x onerror=%27x%27%3E",
            "A &lt;img src=x onerror=\"alert('1')\"&gt; &amp; \\ b",
        );
        assert_eq!(escaped(&hostile).unwrap(), Some(wanted));
    }

    #[test]
    fn an_index_of_another_kind_is_no_index() {
        for other in ["", "window.search = {};", &index("a", "b").replace("doc_urls", "urls")] {
            assert!(escaped(other).is_err(), "{other}");
        }
    }
}
