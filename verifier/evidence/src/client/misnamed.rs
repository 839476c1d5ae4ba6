//! Inputs as a course writes them, before their holes are filled: their names, and which ones are required.

use course::diagnostic::nearest;
use serde_json::{Map, Value};

use super::refused::{Refused, Why};
use crate::reads::{Found, Reach, Service, Shape};

/// What is wrong with the names of inputs: those that there are not, those that `verify` sets, and missing ones.
pub fn misnamed(found: Found, with: &Map<String, Value>) -> Vec<Refused> {
    let mut refused = Vec::new();
    let pages = found.operation.pages.iter().flat_map(|pages| pages.input.iter().chain(&pages.limit));
    for name in pages.filter(|name| with.contains_key(*name)) {
        refused.push(Refused { at: name.clone(), why: Why::Program });
    }
    match found.operation.input.as_deref().and_then(|name| found.service.shape(name)) {
        Some(shape) => structure(found.service, "", shape, with, &mut refused),
        None => refused.extend(with.keys().map(|name| Refused { at: name.clone(), why: Why::Unknown { near: None } })),
    }
    refused
}

fn structure(
    service: &'static Service,
    at: &str,
    shape: &'static Shape,
    with: &Map<String, Value>,
    refused: &mut Vec<Refused>,
) {
    let path = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    for name in &shape.required {
        // The account itself is filled in.
        let is_account = shape.members.get(name).is_some_and(|member| member.reach == Some(Reach::Account));
        if !with.contains_key(name) && !is_account {
            refused.push(Refused { at: path(name), why: Why::Missing });
        }
    }
    for (name, value) in with {
        match shape.members.get(name) {
            None => {
                let near = nearest(name, shape.members.keys().map(String::as_str)).map(str::to_owned);
                refused.push(Refused { at: path(name), why: Why::Unknown { near } });
            }
            Some(member) if member.reach == Some(Reach::Program) => {
                refused.push(Refused { at: path(name), why: Why::Program });
            }
            Some(member) => {
                let shape = service.shape(&member.shape);
                shape.into_iter().for_each(|shape| within(service, &path(name), shape, value, refused));
            }
        }
    }
}

fn within(service: &'static Service, at: &str, shape: &'static Shape, value: &Value, refused: &mut Vec<Refused>) {
    let of = shape.of.as_ref().and_then(|of| service.shape(&of.shape));
    match (value, of) {
        (Value::Object(map), _) if !shape.members.is_empty() => structure(service, at, shape, map, refused),
        (Value::Object(map), Some(of)) => {
            map.iter().for_each(|(key, value)| within(service, &format!("{at}[\"{key}\"]"), of, value, refused));
        }
        (Value::Array(list), Some(of)) => {
            list.iter()
                .enumerate()
                .for_each(|(index, value)| within(service, &format!("{at}[{index}]"), of, value, refused));
        }
        _ => {}
    }
}
