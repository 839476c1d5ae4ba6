//! The names and texts of a TOML file, with their places.

use anyhow::{Context, Result};
use toml_edit::{Document, Item, Key, TableLike, Value};

use super::place::Place;

/// All keys and texts.
///
/// # Errors
/// When it is not TOML.
pub(super) fn places(text: &str) -> Result<Vec<Place>> {
    let document = Document::parse(text).context("this is not TOML")?;
    let mut found = Vec::new();
    table(document.as_table(), &mut Vec::new(), &mut found);
    Ok(found)
}

fn table(table: &dyn TableLike, path: &mut Vec<String>, found: &mut Vec<Place>) {
    for (name, _) in table.iter() {
        let Some((key, item)) = table.get_key_value(name) else { continue };
        found.extend(key_place(key, path));
        path.push(name.to_owned());
        match item {
            Item::None => {}
            Item::Value(one) => value(one, path, found),
            Item::Table(inner) => self::table(inner, path, found),
            Item::ArrayOfTables(tables) => {
                for (at, inner) in tables.iter().enumerate() {
                    path.push(at.to_string());
                    self::table(inner, path, found);
                    path.pop();
                }
            }
        }
        path.pop();
    }
}

fn value(one: &Value, path: &mut Vec<String>, found: &mut Vec<Place>) {
    match one {
        Value::String(text) => found.extend(one.span().map(|range| Place {
            path: path.clone(),
            is_key: false,
            text: text.value().clone(),
            range,
        })),
        Value::Array(list) => {
            for (at, inner) in list.iter().enumerate() {
                path.push(at.to_string());
                value(inner, path, found);
                path.pop();
            }
        }
        Value::InlineTable(inner) => table(inner, path, found),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}

fn key_place(key: &Key, path: &[String]) -> Option<Place> {
    Some(Place { path: path.to_vec(), is_key: true, text: key.get().to_owned(), range: key.span()? })
}

/// A text or a key as it was written, with another value.
pub(super) fn written(before: &str, old: &str, new: &str) -> String {
    match before.contains('\\') || !before.contains(old) {
        true => Value::from(new).to_string(),
        false => before.replacen(old, new, 1),
    }
}

/// Whether a text in a check or a shared file is an expression. All other texts have holes.
pub(super) fn is_expression(path: &[&str]) -> bool {
    match path {
        ["let", _] | ["makes"] | ["read", _, "each"] | ["practice", _, _, "each" | "when"] => true,
        ["expect", _, key, ..] => ["when", "rows", "pending", "that", "at", "same", "still", "backed_by"].contains(key),
        _ => false,
    }
}
