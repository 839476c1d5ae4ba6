//! As JSON: an object of services, each an object of operations.

use evidence::reads::{Found, Kind, Member, Service};
use serde_json::{Map, Value, json};

use super::shape::{Regions, hidden, is_answered, is_given, regions, side};

/// Services with what is said of each.
pub fn document<'s>(services: impl Iterator<Item = (&'s str, Value)>) -> Value {
    services.map(|(name, operations)| (name.to_owned(), operations)).collect::<Map<_, _>>().into()
}

/// Some operations of a service.
pub fn operations(found: impl Iterator<Item = Found>) -> Value {
    found.map(|found| (found.name.to_owned(), operation(found))).collect::<Map<_, _>>().into()
}

fn operation(found: Found) -> Value {
    let facts = found.operation;
    let hidden = hidden(found).into_iter().map(|(path, why)| (path, json!(why))).collect::<Map<_, _>>();
    json!({
        "actions": facts.actions,
        "level": facts.level,
        "allowed_by": facts.by,
        "shows": facts.shows,
        "regions": match regions(found.service) {
            Regions::Global(region) => json!([region]),
            Regions::Some(regions) => json!(regions),
            Regions::All => json!("all"),
        },
        "inputs": members(found, facts.input.as_ref(), |name, member| is_given(facts, name, member)),
        "members": members(found, facts.output.as_ref(), |name, member| is_answered(facts, name, member)),
        "hidden": hidden,
        "none": facts.none,
        "pages": facts.pages,
        "selectors": facts.selectors,
        "partial": facts.partial,
        "get": facts.get,
        "leaves_out": facts.leaves_out,
        "failures": facts.failures,
        "narrow": facts.narrow,
    })
}

fn members(found: Found, name: Option<&String>, is_shown: impl Fn(&str, &Member) -> bool) -> Value {
    let Some((name, shape)) = side(found.service, name) else { return json!({}) };
    let shown = shape.members.iter().filter(|(name, member)| is_shown(name, member));
    shown
        .map(|(member, facts)| {
            let mut value = value_of(found.service, facts, &mut vec![name]);
            if shape.required.contains(member) {
                value["required"] = json!(true);
            }
            (member.clone(), value)
        })
        .collect::<Map<_, _>>()
        .into()
}

/// What a member is.
fn value_of<'s>(service: &'s Service, member: &'s Member, above: &mut Vec<&'s str>) -> Value {
    let mut value = Map::new();
    if let Some(hidden) = member.hidden {
        value.insert("hidden".to_owned(), json!(hidden));
    }
    if let Some(free) = &member.free {
        value.insert("free".to_owned(), json!(free));
    }
    if let Some(reach) = member.reach {
        value.insert("may_name".to_owned(), json!(reach));
    }
    let Some(shape) = service.shape(&member.shape) else { return value.into() };
    value.insert("type".to_owned(), json!(shape.kind));
    if !shape.values.is_empty() {
        value.insert("values".to_owned(), json!(shape.values));
    }
    if above.contains(&member.shape.as_str()) {
        value.insert("recursive".to_owned(), json!(member.shape));
        return value.into();
    }
    above.push(&member.shape);
    if shape.kind == Kind::Structure {
        let members = shape.members.iter();
        let members: Map<String, Value> =
            members.map(|(name, member)| (name.clone(), value_of(service, member, above))).collect();
        value.insert("members".to_owned(), members.into());
    }
    if let Some(of) = &shape.of {
        value.insert("of".to_owned(), value_of(service, of, above));
    }
    above.pop();
    value.into()
}
