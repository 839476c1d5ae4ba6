//! `mdbook-verify install`: what a book needs for the stock `mdbook` to show widgets.
//!
//! A preprocessor cannot add a style sheet to a book, so it is written beside `book.toml` and listed there. Only what
//! has changed is written, and the author's comments and order stay.

use anyhow::{Context, Result};
use std::path::Path;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use crate::CSS;
use crate::files::{self, Readers};

/// The style sheet's name, beside `book.toml`.
const STYLE_SHEET: &str = "verify.css";

/// Folders whose changes make `mdbook serve` build again: verdicts and checks.
const WATCHED: &[&str] = &["checks", ".verify/results"];

/// What is missing or out of date in a book's folder; `write` mends it.
///
/// # Errors
/// When `book.toml` cannot be read, changed or written.
pub fn install(root: &Path, write: bool) -> Result<Vec<String>> {
    let manifest = root.join("book.toml");
    let text = files::read_text(&manifest).with_context(|| format!("reading {}", manifest.display()))?;
    let mut document: DocumentMut =
        text.parse().with_context(|| format!("{} is not valid TOML", manifest.display()))?;
    let mut changes = Vec::new();

    let sheet = root.join(STYLE_SHEET);
    if files::read_text(&sheet).ok().as_deref() != Some(CSS) {
        changes.push(format!("{STYLE_SHEET}: the style sheet of this version"));
        if write {
            files::write(&sheet, CSS.as_bytes(), Readers::Others)
                .with_context(|| format!("writing {}", sheet.display()))?;
        }
    }
    let before = changes.len();
    if document.get("preprocessor").and_then(|table| table.get("verify")).is_none() {
        table(&mut document, "preprocessor")?["verify"] = Item::Table(Table::new());
        changes.push("book.toml: [preprocessor.verify]".to_owned());
    }
    let output = table(&mut document, "output")?;
    if output.get("html").is_none() {
        output["html"] = Item::Table(Table::new());
    }
    if add(&mut output["html"], "additional-css", &["./verify.css"], &[STYLE_SHEET, "./verify.css"])? {
        changes.push(format!("book.toml: {STYLE_SHEET} in [output.html] additional-css"));
    }
    for folder in WATCHED {
        let build = document.entry("build").or_insert(Item::Table(Table::new()));
        if add(build, "extra-watch-dirs", &[folder], &[folder])? {
            changes.push(format!("book.toml: {folder} in [build] extra-watch-dirs"));
        }
    }
    if write && changes.len() > before {
        files::write(&manifest, document.to_string().as_bytes(), Readers::Others)
            .with_context(|| format!("writing {}", manifest.display()))?;
    }
    Ok(changes)
}

/// A top-level table that shows no header of its own when it only holds others.
fn table<'d>(document: &'d mut DocumentMut, name: &str) -> Result<&'d mut Item> {
    let item = document.entry(name).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    item.as_table_like().with_context(|| format!("`{name}` in book.toml is not a table"))?;
    Ok(item)
}

/// Adds to a list in a table unless one of `same` is in it. Returns whether it did.
fn add(table: &mut Item, key: &str, entries: &[&str], same: &[&str]) -> Result<bool> {
    let table = table.as_table_like_mut().with_context(|| format!("the table of `{key}` in book.toml is none"))?;
    let list = table.entry(key).or_insert(value(Array::new()));
    let list = list.as_array_mut().with_context(|| format!("`{key}` in book.toml is not a list"))?;
    if list.iter().any(|entry| entry.as_str().is_some_and(|entry| same.contains(&entry))) {
        return Ok(false);
    }
    list.extend(entries.iter().copied());
    Ok(true)
}
