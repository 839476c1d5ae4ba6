//! An answer as evidence: every member is known, known to be none, or unreadable.
//!
//! Only the members that a course names are kept. In an answer to `Describe…` or `Get…`, an absent list or map is
//! empty, and another absent member is known to be none. In the elements of a `List…`, an absent member may just have
//! been left out, unless the table says that they are complete. Secrets are unreadable on purpose.

use course::results::{Reason, ReasonCode};
use regex::Regex;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::read::{OTHERS, REST, UNREADABLE, escaped};
use crate::reads::{Found, Free, Hidden, Kind, Member, Operation, Selector, Shape};

/// The names that a course's expressions look up in the answers of each operation: other members are not kept.
pub type Named = BTreeMap<String, BTreeSet<String>>;

/// How an answer is bound.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The course's name for the account.
    pub account: &'a str,
    /// The operation.
    pub found: Found,
    /// The input that it was given.
    pub input: &'a Map<String, Value>,
    /// The names that the course's expressions look up: of members, and of keys of maps.
    pub named: &'a Named,
}

/// The names of keys of maps whose values are secrets, as the table's generator finds the members.
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = "password|passwd|passphrase|passcode|secret|tokens?|credentials?|user_?data|psk|pin|authorization\
        |plaintext|connection_?string\
        |(private|pre_?shared|shared|api|auth|authentication|access|ssh|secret|signing|license|registration|activation\
        |client|master|session|connection|account|encryption)_?key|secret_?(string|binary|value|hash)|key_?material";
    Regex::new(&format!("(?i)({names})(_?value)?s?$")).ok()
});

/// Whether the value of a key is a secret. Without the expression, everything is.
fn is_secret(key: &str) -> bool {
    SECRET.as_ref().is_none_or(|secret| secret.is_match(key))
}

/// Something that is not read, with the reason.
fn unreadable(reason: Reason) -> Value {
    json!({ UNREADABLE: [reason] })
}

impl Binding<'_> {
    /// The evidence in an answer. `differing`: members that are not the same on all of its pages.
    pub fn bind(&self, answer: &Value, differing: &BTreeSet<String>) -> Value {
        let Operation { output, selectors, .. } = self.found.operation;
        let Some(shape) = output.as_deref().and_then(|name| self.found.service.shape(name)) else {
            return json!({});
        };
        let by_presence = selectors.values().any(|selector| *selector == Selector::Presence);
        let nothing = BTreeSet::new();
        let named = self.named.get(&self.name()).unwrap_or(&nothing);
        let walk =
            Walk { binding: self, named, differing, unselected: unselected(self.found, self.input), by_presence };
        walk.structure("", shape, answer.as_object().unwrap_or(&Map::new()), false)
    }

    /// The evidence of an answer that says that there is nothing.
    pub fn none(&self) -> Value {
        self.bind(&json!({}), &BTreeSet::new())
    }

    fn name(&self) -> String {
        self.found.to_string()
    }

    fn reason(&self, code: ReasonCode, message: String) -> Reason {
        Reason { code, account: Some(self.account.to_owned()), action: None, message }
    }

    /// The values of an input as texts, if it has one.
    fn given(&self, input: &str) -> Option<Vec<String>> {
        given(self.input, input)
    }
}

/// The members that an input does not select, each with the input that does.
pub fn unselected(found: Found, with: &Map<String, Value>) -> Vec<(String, String)> {
    let mut unselected = Vec::new();
    for (input, selector) in &found.operation.selectors {
        let Selector::Members { of, default, all } = selector else { continue };
        let given = given(with, input).unwrap_or_else(|| default.clone());
        if all.as_ref().is_some_and(|all| given.contains(all)) {
            continue;
        }
        let selected: BTreeSet<&String> =
            of.iter().filter(|(value, _)| given.contains(value)).flat_map(|(_, members)| members).collect();
        let missing = of.values().flatten().filter(|member| !selected.contains(member));
        unselected.extend(missing.map(|member| (member.clone(), input.clone())));
    }
    unselected
}

/// The values of an input as texts, if it has one.
fn given(with: &Map<String, Value>, input: &str) -> Option<Vec<String>> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match with.get(input)? {
        Value::Null => None,
        Value::Array(values) => Some(values.iter().map(text).collect()),
        value => Some(vec![text(value)]),
    }
}

/// A walk through an answer.
struct Walk<'a> {
    binding: &'a Binding<'a>,
    named: &'a BTreeSet<String>,
    differing: &'a BTreeSet<String>,
    unselected: Vec<(String, String)>,
    /// Whether an input selects members in a way that only their presence shows.
    by_presence: bool,
}

impl Walk<'_> {
    /// A structure; `in_list`: whether it is in an element of a list at the top of the answer.
    fn structure(&self, path: &str, shape: &'static Shape, value: &Map<String, Value>, in_list: bool) -> Value {
        let mut bound = Map::new();
        let mut are_left_out = false;
        for (name, member) in &shape.members {
            if !self.named.contains(name) {
                are_left_out = true;
                continue;
            }
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            bound.insert(name.clone(), self.member(&path, name, member, value.get(name), in_list));
        }
        if are_left_out {
            bound.insert(OTHERS.to_owned(), json!(true));
        }
        Value::Object(bound)
    }

    fn member(&self, path: &str, name: &str, member: &'static Member, value: Option<&Value>, in_list: bool) -> Value {
        let call = self.binding.name();
        if let Some(hidden) = member.hidden {
            let what = match hidden {
                Hidden::Sensitive | Hidden::Secret => "it can be a secret",
                Hidden::Binary => "it is binary data",
                Hidden::Contents => "it is contents, not a setting",
            };
            return unreadable(
                self.binding.reason(ReasonCode::CourseError, format!("verify never reads `{name}` of {call}: {what}.")),
            );
        }
        if self.differing.contains(path) {
            let message = format!("`{name}` is not the same on all pages of {call}.");
            return unreadable(self.binding.reason(ReasonCode::IncompleteAnswer, message));
        }
        // Even if AWS returns something: it may be an empty list in the place of what was not asked for.
        if let Some((_, input)) = self.unselected.iter().find(|(member, _)| member == name) {
            let message = format!("{call} returns `{name}` only if `{input}` asks for it.");
            return unreadable(self.binding.reason(ReasonCode::CourseError, message));
        }
        let Some(shape) = self.binding.found.service.shape(&member.shape) else { return self.ill_formed(name) };
        match value {
            None | Some(Value::Null) => match self.why_absent(name, in_list) {
                Some(reason) => unreadable(reason),
                None => match shape.kind {
                    Kind::List => json!([]),
                    Kind::Map => self.map(name, member, shape, &Map::new(), path, in_list),
                    _ => Value::Null,
                },
            },
            Some(value) => self.value(path, name, member, shape, value, in_list),
        }
    }

    /// Why an absent member is not known to be none.
    fn why_absent(&self, name: &str, in_list: bool) -> Option<Reason> {
        let (call, operation) = (self.binding.name(), self.binding.found.operation);
        if self.by_presence {
            let message = format!("{call} may not have been asked for `{name}`.");
            return Some(self.binding.reason(ReasonCode::IncompleteAnswer, message));
        }
        let is_left_out =
            operation.leaves_out.as_ref().is_some_and(|members| members.iter().any(|member| member == name));
        if in_list && (operation.partial || is_left_out) {
            let get =
                operation.get.as_ref().map(|get| format!(": {}:{get} returns it", self.binding.found.service.name));
            let message = format!("{call} may leave out `{name}`{}.", get.unwrap_or_default());
            return Some(self.binding.reason(ReasonCode::IncompleteAnswer, message));
        }
        None
    }

    /// A value that is not what the table says, or that the table does not describe.
    fn ill_formed(&self, name: &str) -> Value {
        let message = format!("`{name}` of {} is not what verify expects.", self.binding.name());
        unreadable(self.binding.reason(ReasonCode::IncompleteAnswer, message))
    }

    fn value(
        &self,
        path: &str,
        name: &str,
        member: &'static Member,
        shape: &'static Shape,
        value: &Value,
        in_list: bool,
    ) -> Value {
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(map)) => self.structure(path, shape, map, in_list),
            (Kind::List, Value::Array(list)) => {
                let Some((of, element)) = self.element(shape) else { return self.ill_formed(name) };
                let bound = list.iter().map(|value| match (value, &member.free) {
                    (Value::Object(pair), Some(Free::Pairs(key, text))) => self.pair(path, element, pair, key, text),
                    _ => self.value(path, name, of, element, value, true),
                });
                bound.collect()
            }
            (Kind::Map, Value::Object(map)) => self.map(name, member, shape, map, path, in_list),
            (Kind::Document, value) => self.document(value),
            (_, Value::Array(_) | Value::Object(_) | Value::Null) => self.ill_formed(name),
            (Kind::Structure | Kind::List | Kind::Map, _) => self.ill_formed(name),
            (_, value) => value.clone(),
        }
    }

    /// What a list or a map has.
    fn element(&self, shape: &'static Shape) -> Option<(&'static Member, &'static Shape)> {
        let of = shape.of.as_ref()?;
        Some((of, self.binding.found.service.shape(&of.shape)?))
    }

    /// A value of any form, whose keys somebody chose.
    fn document(&self, value: &Value) -> Value {
        match value {
            Value::Array(list) => list.iter().map(|value| self.document(value)).collect(),
            Value::Object(map) => {
                let bound = map.iter().map(|(key, value)| {
                    let value = self.why_hidden(key, true, value).map_or_else(|| self.document(value), unreadable);
                    (escaped(key).into_owned(), value)
                });
                Value::Object(bound.collect())
            }
            value => value.clone(),
        }
    }

    fn map(
        &self,
        name: &str,
        member: &'static Member,
        shape: &'static Shape,
        map: &Map<String, Value>,
        path: &str,
        in_list: bool,
    ) -> Value {
        let Some((of, element)) = self.element(shape) else { return self.ill_formed(name) };
        let is_free = member.free.is_some();
        // As in AWS's own SDKs, a key without a value is not there.
        let mut bound: Map<String, Value> = map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| {
                let value = match self.why_hidden(key, is_free, value) {
                    Some(reason) => unreadable(reason),
                    None => self.value(path, name, of, element, value, in_list),
                };
                (escaped(key).into_owned(), value)
            })
            .collect();
        if let Some(reason) = self.why_partial(name) {
            // What was asked for and is not in the answer is known to be none.
            for key in self.asked_keys(name) {
                bound.entry(escaped(&key)).or_insert(Value::Null);
            }
            bound.insert(REST.to_owned(), unreadable(reason));
        }
        Value::Object(bound)
    }

    /// Why the value of a map's key is not read.
    fn why_hidden(&self, key: &str, is_free: bool, value: &Value) -> Option<Reason> {
        let is_text = value.is_string() || value.is_array();
        if is_text && is_secret(key) {
            let message = format!("verify never reads `{key}` of {}: it can be a secret.", self.binding.name());
            return Some(self.binding.reason(ReasonCode::CourseError, message));
        }
        if is_free && !self.named.contains(key) {
            let message = format!("The course does not name `{key}` of {}.", self.binding.name());
            return Some(self.binding.reason(ReasonCode::IncompleteAnswer, message));
        }
        None
    }

    /// Why a map may have keys that are not in the answer.
    fn why_partial(&self, name: &str) -> Option<Reason> {
        self.binding.found.operation.selectors.iter().find_map(|(input, selector)| {
            let Selector::Keys { of, all } = selector else { return None };
            let given = self.binding.given(input).unwrap_or_default();
            let is_whole = of != name || all.as_ref().is_some_and(|all| given.contains(all));
            let message =
                || format!("{} returns only the keys of `{name}` that `{input}` asks for.", self.binding.name());
            (!is_whole).then(|| self.binding.reason(ReasonCode::CourseError, message()))
        })
    }

    /// The keys of a map that the input asks for.
    fn asked_keys(&self, name: &str) -> Vec<String> {
        let asks = |selector: &Selector| matches!(selector, Selector::Keys { of, .. } if of == name);
        let inputs = self.binding.found.operation.selectors.iter().filter(|(_, selector)| asks(selector));
        inputs.flat_map(|(input, _)| self.binding.given(input).unwrap_or_default()).collect()
    }

    /// A structure of a key and a value, which somebody chose.
    fn pair(&self, path: &str, shape: &'static Shape, pair: &Map<String, Value>, key: &str, text: &str) -> Value {
        let mut bound = self.structure(path, shape, pair, true);
        let named = pair.get(key).and_then(Value::as_str).unwrap_or_default();
        if let (Some(bound), Some(value)) =
            (bound.as_object_mut().filter(|bound| bound.contains_key(text)), pair.get(text))
            && let Some(reason) = self.why_hidden(named, true, value)
        {
            bound.insert(text.to_owned(), unreadable(reason));
        }
        bound
    }
}
