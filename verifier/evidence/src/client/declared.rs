//! Inputs as a course writes them, before their holes are filled: their names, which ones are required, and the values
//! that no hole decides.

use course::diagnostic::nearest;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

use super::input::{Checking, limit};
use super::reach::Own;
use super::refused::{Refused, Why};
use crate::reads::{Found, Kind, Member, Reach, Shape};

/// What a text of a course is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled {
    /// This text: it has no hole.
    Text(String),
    /// A text with the values of holes in it.
    Partly,
    /// The value of a hole, of any type.
    Any,
}

/// What is known of a course's inputs.
#[derive(Debug, Default)]
pub struct Declared {
    /// What the call may not have, each with the keys that lead to it.
    pub refused: Vec<(Vec<String>, Refused)>,
    /// Values that AWS may have begun to know since the table was made.
    pub unlisted: Vec<Unlisted>,
}

/// A value that an input did not have when the table was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// The keys that lead to it.
    pub keys: Vec<String>,
    /// The input, as in `Filters[0].Name`.
    pub at: String,
    /// The value.
    pub value: String,
    /// The value that was probably meant.
    pub near: Option<String>,
}

/// What is known of inputs whose texts are filled so.
pub fn declared(found: Found, with: &Map<String, Value>, filled: &dyn Fn(&str) -> Filled) -> Declared {
    let own = Own { accounts: &BTreeSet::new(), buckets: None };
    walked(found, with, Walk { found, filled, own: Some(&own), declared: Declared::default() })
}

/// What is known of the inputs of a call to an emulator, which may name anything.
pub fn declared_for_emulator(found: Found, with: &Map<String, Value>, filled: &dyn Fn(&str) -> Filled) -> Declared {
    walked(found, with, Walk { found, filled, own: None, declared: Declared::default() })
}

fn walked(found: Found, with: &Map<String, Value>, mut walk: Walk<'_>) -> Declared {
    let pages = found.operation.pages.iter().flat_map(|pages| pages.input.iter().chain(&pages.limit));
    let of_pages: Vec<&String> = pages.filter(|name| with.contains_key(*name)).collect();
    for name in &of_pages {
        walk.refuse(&Path::default().member(name), Why::Program);
    }
    let others = with.iter().filter(|(name, _)| !of_pages.contains(name));
    let others: Map<String, Value> = others.map(|(name, value)| (name.clone(), value.clone())).collect();
    match found.operation.input.as_deref().and_then(|name| found.service.shape(name)) {
        Some(shape) => walk.structure(&Path::default(), shape, &others),
        None => others.keys().for_each(|name| walk.refuse(&Path::default().member(name), Why::Unknown { near: None })),
    }
    walk.declared
}

/// Where an input is.
#[derive(Debug, Clone, Default)]
struct Path {
    keys: Vec<String>,
    shown: String,
}

impl Path {
    fn then(&self, key: String, shown: &str) -> Path {
        let keys = self.keys.iter().cloned().chain([key]).collect();
        Path { keys, shown: format!("{}{shown}", self.shown) }
    }

    fn member(&self, name: &str) -> Path {
        let dot = if self.shown.is_empty() { "" } else { "." };
        self.then(name.to_owned(), &format!("{dot}{name}"))
    }

    fn element(&self, at: usize) -> Path {
        self.then(at.to_string(), &format!("[{at}]"))
    }

    fn entry(&self, key: &str) -> Path {
        self.then(key.to_owned(), &format!("[\"{key}\"]"))
    }
}

struct Walk<'w> {
    found: Found,
    filled: &'w dyn Fn(&str) -> Filled,
    /// What the values may name; `None` for an emulator.
    own: Option<&'w Own<'w>>,
    declared: Declared,
}

impl Walk<'_> {
    fn refuse(&mut self, path: &Path, why: Why) {
        self.declared.refused.push((path.keys.clone(), Refused { at: path.shown.clone(), why }));
    }

    fn structure(&mut self, path: &Path, shape: &'static Shape, with: &Map<String, Value>) {
        for name in shape.required.iter().filter(|name| !with.contains_key(*name)) {
            // The account itself is filled in, and a misspelt name is reported as such.
            let is_account = shape.members.get(name).is_some_and(|member| member.reach == Some(Reach::Account));
            let unknown = with.keys().filter(|given| !shape.members.contains_key(*given));
            let is_misspelt = unknown.into_iter().any(|given| near(given, shape) == Some(name));
            let is_programs = path.keys.is_empty() && limit(self.found) == Some(name);
            if !is_account && !is_misspelt && !is_programs {
                self.refuse(&path.member(name), Why::Missing);
            }
        }
        for (name, value) in with {
            match shape.members.get(name) {
                Some(member) => self.value(&path.member(name), member, None, value),
                None => {
                    let near = near(name, shape).map(str::to_owned);
                    self.refuse(&path.member(name), Why::Unknown { near });
                }
            }
        }
    }

    /// A value of a member, or of an element of a list or a map, which may name what the list may.
    fn value(&mut self, path: &Path, member: &'static Member, around: Option<&'static Member>, value: &Value) {
        if member.reach == Some(Reach::Program) {
            return self.refuse(path, Why::Program);
        }
        let Some(shape) = self.found.service.shape(&member.shape) else { return };
        let around = around.filter(|around| around.reach.is_some()).unwrap_or(member);
        match (shape.kind, &shape.of, value) {
            (Kind::Structure, _, Value::Object(map)) => self.structure(path, shape, map),
            (Kind::List, Some(of), Value::Array(list)) => {
                list.iter().enumerate().for_each(|(at, value)| self.value(&path.element(at), of, Some(around), value));
            }
            (Kind::Map, Some(of), Value::Object(map)) => {
                map.iter().for_each(|(key, value)| self.value(&path.entry(key), of, Some(around), value));
            }
            (kind, _, Value::String(text)) => match (self.filled)(text) {
                Filled::Any => {}
                Filled::Partly if matches!(kind, Kind::String | Kind::Timestamp | Kind::Blob | Kind::Document) => {}
                Filled::Partly => self.literal(path, member, around, value),
                Filled::Text(text) => {
                    self.listed(path, shape, &text);
                    self.literal(path, member, around, &Value::String(text));
                }
            },
            _ => self.literal(path, member, around, value),
        }
    }

    /// A value that no hole decides. Whose account it names is not known here.
    fn literal(&mut self, path: &Path, member: &'static Member, around: &'static Member, value: &Value) {
        let checking = Checking::new(self.found, self.own);
        match checking.member(&path.shown, member, Some(around), value) {
            Err(Refused { why: Why::Foreign | Why::NoSuchBucket { .. }, .. }) | Ok(()) => {}
            Err(refused) => self.declared.refused.push((path.keys.clone(), refused)),
        }
    }

    fn listed(&mut self, path: &Path, shape: &'static Shape, value: &str) {
        if !shape.values.is_empty() && !shape.values.iter().any(|known| known == value) {
            let near = nearest(value, shape.values.iter().map(String::as_str)).map(str::to_owned);
            let (keys, at) = (path.keys.clone(), path.shown.clone());
            self.declared.unlisted.push(Unlisted { keys, at, value: value.to_owned(), near });
        }
    }
}

/// The member that an unknown name probably means.
fn near(name: &str, shape: &'static Shape) -> Option<&'static str> {
    nearest(name, shape.members.keys().map(String::as_str))
}
