//! The pages of an answer as one. An answer that is not complete is an error, never a shorter one.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

use crate::reads::Pages;

/// What comes after a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: the answer is complete.
    Nothing,
    /// Another page, with these inputs.
    Page(Map<String, Value>),
    /// There is more that cannot be read.
    Missing,
}

/// What comes after a page.
pub(super) fn next(pages: &Pages, page: &Value) -> Next {
    if pages.most.is_some_and(|most| count(pages, page) >= most) {
        return Next::Missing;
    }
    let more = pages.more.as_deref().map(|member| at(page, member));
    let tokens: Vec<Value> = pages.output.iter().map(|path| at(page, path)).collect();
    let has_token = tokens.iter().any(|token| !is_empty(token));
    match more {
        // A token that has no end, such as the last entry's name, counts only if there is more.
        Some(Value::Bool(false)) => Next::Nothing,
        Some(Value::Bool(true)) if !has_token || pages.input.is_empty() => Next::Missing,
        _ if !has_token => Next::Nothing,
        _ if pages.input.is_empty() => Next::Missing,
        _ => {
            let given = pages.input.iter().cloned().zip(tokens).filter(|(_, token)| !is_empty(token));
            Next::Page(given.collect())
        }
    }
}

/// The answer without its tokens.
pub(super) fn without_tokens(pages: &Pages, mut answer: Value) -> Value {
    for path in pages.output.iter().filter(|path| !path.contains('[')) {
        let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
        if let Some(parent) = at_mut(&mut answer, parent).and_then(Value::as_object_mut) {
            parent.remove(name);
        }
    }
    answer
}

/// How many entries the lists of an answer have.
pub(super) fn count(pages: &Pages, answer: &Value) -> usize {
    let lists = pages.items.iter().filter_map(|path| path.split('.').try_fold(answer, |value, part| value.get(part)));
    lists.filter_map(Value::as_array).map(Vec::len).sum()
}

/// Adds a page to the answer so far. The names of members that are not the same on all pages are noted: one of them
/// alone would not be the answer's.
pub(super) fn add(pages: &Pages, answer: &mut Value, page: &Value, differing: &mut BTreeSet<String>) {
    for path in &pages.items {
        extend(answer, path, at(page, path));
    }
    // Of all pages, the last one alone says that there is no more.
    if let Some(more) = &pages.more {
        insert(answer, more, at(page, more));
    }
    let apart: Vec<&str> = pages.items.iter().chain(&pages.output).chain(&pages.more).map(String::as_str).collect();
    compare("", answer, page, &apart, differing);
}

fn compare(path: &str, a: &Value, b: &Value, apart: &[&str], differing: &mut BTreeSet<String>) {
    let (Value::Object(a), Value::Object(b)) = (a, b) else { return };
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for name in names {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if apart.contains(&path.as_str()) {
            continue;
        }
        let holds =
            apart.iter().any(|apart| apart.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('.')));
        match (a.get(name), b.get(name)) {
            (Some(a), Some(b)) if holds => compare(&path, a, b, apart, differing),
            (a, b) if a == b => {}
            _ => {
                differing.insert(path);
            }
        }
    }
}

/// A path of a paginator: names, and `[-1]` for the last element of a list.
pub(super) fn at(value: &Value, path: &str) -> Value {
    let found = path.split('.').try_fold(value, |value, part| match part.strip_suffix("[-1]") {
        Some(name) => value.get(name)?.as_array()?.last(),
        None => value.get(part),
    });
    found.cloned().unwrap_or(Value::Null)
}

fn at_mut<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.').filter(|part| !part.is_empty()).try_fold(value, |value, part| value.get_mut(part))
}

fn extend(answer: &mut Value, path: &str, more: Value) {
    match (at_mut(answer, path), more) {
        (_, Value::Null) => {}
        (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
        (Some(Value::Object(map)), Value::Object(more)) => map.extend(more),
        (_, more) => insert(answer, path, more),
    }
}

fn insert(answer: &mut Value, path: &str, value: Value) {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut at = answer;
    for part in parent.split('.').filter(|part| !part.is_empty()) {
        let Some(map) = at.as_object_mut() else { return };
        at = map.entry(part).or_insert_with(|| Value::Object(Map::new()));
    }
    if let Some(map) = at.as_object_mut() {
        map.insert(name.to_owned(), value);
    }
}

/// Whether a member has nothing.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
