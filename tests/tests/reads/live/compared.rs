//! Compares answers, value by value.

use evidence::reads::{self, Protocol};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

use super::Exception;

/// What was compared.
pub(super) struct Compared {
    exceptions: &'static [Exception],
    used: BTreeSet<&'static Exception>,
    unexpected: Vec<String>,
    refused: Vec<String>,
    unsupported: Vec<String>,
    calls: usize,
    errors: Vec<String>,
    in_pages: Vec<String>,
    pub(super) values: usize,
    pub(super) services: BTreeSet<String>,
    pub(super) protocols: HashSet<Protocol>,
}

impl Compared {
    /// Nothing yet. `refused` has the steps that the emulator refused.
    pub(super) fn new(exceptions: &'static [Exception], refused: &Value) -> Compared {
        Compared {
            exceptions,
            used: BTreeSet::new(),
            unexpected: Vec::new(),
            refused: refused.as_object().unwrap().keys().cloned().collect(),
            unsupported: Vec::new(),
            calls: 0,
            errors: Vec::new(),
            in_pages: Vec::new(),
            values: 0,
            services: BTreeSet::new(),
            protocols: HashSet::new(),
        }
    }

    /// Compares a call: boto3's answer and ours.
    pub(super) fn add(&mut self, theirs: &Value, ours: &Value) {
        let name = theirs["call"].as_str().unwrap();
        self.calls += 1;
        if theirs.get("unsupported").is_some() {
            // boto3 cannot read the response.
            self.unsupported.push(name.to_owned());
            self.expect(name, "", ours.get("value").is_none(), format!("{theirs} {ours}"));
            return;
        }
        if let Some(error) = theirs.get("error") {
            let (code, message) = (error["code"].as_str().unwrap(), error["message"].as_str().unwrap());
            let said = ours["reasons"][0]["message"].as_str().unwrap_or_default();
            let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
            if self.expect(name, "", ours["code"] == code && said.contains(&message), format!("{theirs} {ours}")) {
                self.errors.push(format!("{name}: {code}"));
            }
            return;
        }
        let Some(value) = ours.get("value") else {
            self.expect(name, "", false, format!("{ours}"));
            return;
        };
        let differing = theirs["differing"].as_array().unwrap();
        if theirs["pages"].as_u64() > Some(1) {
            self.in_pages.push(format!("{name}: {} pages", theirs["pages"]));
        }
        self.expect(name, "", theirs["differing"] == ours["differing"], format!("{differing:?} {}", ours["differing"]));
        let without = |value: &Value| {
            let mut value = value.clone();
            let members = value.as_object_mut().unwrap();
            members.retain(|name, _| !differing.contains(&Value::String(name.clone())));
            value
        };
        self.value(name, "", &without(&theirs["value"]), &without(value));
        let found = reads::find(name).unwrap();
        self.services.insert(found.service.name.clone());
        self.protocols.insert(found.service.protocols[0]);
    }

    fn value(&mut self, name: &str, at: &str, theirs: &Value, ours: &Value) {
        match (theirs, ours) {
            (Value::Object(theirs), Value::Object(ours)) => {
                let members: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
                for member in members {
                    let at = if at.is_empty() { member.clone() } else { format!("{at}.{member}") };
                    match (theirs.get(member), ours.get(member)) {
                        (Some(theirs), Some(ours)) => self.value(name, &at, theirs, ours),
                        (theirs, ours) => {
                            self.expect(name, &at, false, format!("{theirs:?} {ours:?}"));
                        }
                    }
                }
            }
            (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
                let both = theirs.iter().zip(ours).enumerate();
                both.for_each(|(index, (theirs, ours))| self.value(name, &format!("{at}[{index}]"), theirs, ours));
            }
            // boto3 parses policies and templates.
            (Value::Object(_) | Value::Array(_), Value::String(text)) => match serde_json::from_str(text) {
                Ok(ours) => self.value(name, at, theirs, &ours),
                Err(error) => {
                    self.expect(name, at, false, format!("{error}: {text}"));
                }
            },
            _ => {
                self.values += 1;
                self.expect(name, at, to_the_second(theirs) == to_the_second(ours), format!("{theirs} {ours}"));
            }
        }
    }

    /// Notes a difference that is not an exception. Returns whether there is none.
    fn expect(&mut self, name: &str, at: &str, is_same: bool, shown: String) -> bool {
        if is_same {
            return true;
        }
        match self.exceptions.iter().find(|(call, place, _)| *call == name && *place == at) {
            Some(exception) => {
                self.used.insert(exception);
            }
            None => self.unexpected.push(format!("{name} {at}: {shown}")),
        }
        false
    }

    /// What differs and is not an exception, and exceptions that are not needed.
    pub(super) fn differences(&self) -> Vec<String> {
        let needless = self.exceptions.iter().filter(|exception| !self.used.contains(exception));
        let needless = needless.map(|(call, at, _)| format!("{call} {at}: this exception is not needed"));
        self.unexpected.iter().cloned().chain(needless).collect()
    }

    /// What was compared, in words.
    pub(super) fn summary(&self) -> String {
        let listed = |title: &str, lines: &[String]| {
            let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
            if lines.is_empty() { String::new() } else { format!("{title}:\n{lines}") }
        };
        format!(
            "{} calls of {} services\n{}{}{}{}",
            self.calls,
            self.services.len(),
            listed("Steps that the emulator refused", &self.refused),
            listed("Responses that neither can read", &self.unsupported),
            listed("Answers in pages", &self.in_pages),
            listed("Errors", &self.errors),
        )
    }
}

/// A value, with a time without a part of a second.
fn to_the_second(value: &Value) -> Value {
    let is_time = |text: &str| text.len() > 19 && text.ends_with('Z') && text.as_bytes()[10] == b'T';
    match value.as_str().filter(|text| is_time(text)) {
        Some(text) => Value::String(text[..19].to_owned()),
        None => value.clone(),
    }
}
