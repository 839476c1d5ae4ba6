//! As text for a person.

use anstyle::Style;
use course::terminal::Text;
use evidence::reads::{Found, Free, Hidden, Kind, Listed, Member, Missing, Reach, Selector, Service, Shape};
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::shape::{Regions, is_answered, is_given, regions, side};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// How many values of an enumeration are named if there are too many to name all.
const SOME: usize = 8;
/// How many are too many: EC2 has a thousand types of instances.
const TOO_MANY: usize = 60;

/// The services.
pub fn list(services: &BTreeMap<String, Listed>) -> Text {
    let mut out = Text::new();
    let widest = services.keys().map(String::len).max().unwrap_or_default();
    for (name, listed) in services {
        out.paint(BOLD, name).put(&format!("{}  {:>3}  ", " ".repeat(widest - name.len()), listed.operations));
        out.paint(DIM, &listed.title).put("\n");
    }
    let operations: usize = services.values().map(|listed| listed.operations).sum();
    let _ = write!(out, "\n{} services, {operations} operations that checks may read.\n", services.len());
    out.put("The operations of one: verify schema reads SERVICE\n");
    out
}

/// The operations of a service, each with the inputs that it needs, and its IAM actions where they have other names.
pub fn service(service: &Service, title: &str) -> Text {
    let mut out = Text::new();
    out.paint(BOLD, &service.name).put(&format!(": {title}\n"));
    fact(&mut out, "Region", &region(service));
    out.put("\n");
    for (name, operation) in &service.operations {
        let required = side(service, operation.input.as_ref()).map(|(_, shape)| shape.required.join(", "));
        let required = required.filter(|names| !names.is_empty()).map(|names| format!("  {names}")).unwrap_or_default();
        let others = operation.actions.iter().filter(|action| !is_named(action, name));
        let others = others.map(|action| format!("  [{action}]")).collect::<String>();
        out.put(&format!("  {name}")).paint(DIM, &format!("{required}{others}")).put("\n");
    }
    let _ = write!(out, "\nAfter a name: the inputs that it needs [the IAM action, if it\nhas another name].\n");
    let example = service.operations.keys().next().map_or("Operation", String::as_str);
    let _ = writeln!(out, "One of them: verify schema reads {}:{example}", service.name);
    out
}

/// Whether an IAM action is called as the operation is: IAM ignores case.
fn is_named(action: &str, operation: &str) -> bool {
    action.split_once(':').is_some_and(|(_, name)| name.eq_ignore_ascii_case(operation))
}

/// An operation with all that is known of it.
pub fn operation(found: Found) -> Text {
    let (facts, mut out) = (found.operation, Text::new());
    out.paint(BOLD, &found.to_string()).put("\n");
    fact(&mut out, "IAM action", &actions(found));
    let region = if asks_bucket(found) { "the bucket's own".to_owned() } else { region(found.service) };
    fact(&mut out, "Region", &region);
    let by = if facts.by == "hand" { "a review by hand".to_owned() } else { format!("AWS's policy {}", facts.by) };
    fact(&mut out, "Allowed by", &by);
    if let Some(shows) = &facts.shows {
        fact(&mut out, "Also shows", shows);
    }
    if let Some(pages) = &facts.pages {
        let none = "none are known: if there are more, the read is unknown";
        fact(&mut out, "Pages", if pages.input.is_empty() { none } else { "all are read" });
    }
    for (code, missing) in &facts.none {
        let parent = match missing {
            Missing::None => "",
            Missing::NoneOrParent => ": it, or what it belongs to, is not there",
        };
        fact(&mut out, "None on", &format!("{code}{parent}"));
    }
    if let Some(own) = &facts.own {
        fact(&mut out, "Own", &format!("{} is `self` unless you give it or {}", own.given, own.unless.join(", ")));
    }
    for narrow in &facts.narrow {
        let unless = if narrow.unless.is_empty() {
            String::new()
        } else {
            format!(" unless you give {}", narrow.unless.join(" or "))
        };
        fact(&mut out, "Answers", &format!("{}{unless}", narrow.says));
    }
    elements(&mut out, found);
    for (input, selector) in &facts.selectors {
        fact(&mut out, "Selects", &format!("{input}: {}", selects(selector)));
    }
    for member in &facts.failures {
        fact(&mut out, "Incomplete", &format!("unless {member} is empty"));
    }
    out.put("\n").paint(BOLD, "Inputs").put("\n");
    members(&mut out, found, facts.input.as_ref(), |name, member| is_given(facts, name, member));
    out.put("\n").paint(BOLD, "Answer").put("\n");
    members(&mut out, found, facts.output.as_ref(), |name, member| is_answered(facts, name, member));
    out
}

fn actions(found: Found) -> String {
    let facts = found.operation;
    match facts.actions.is_empty() {
        true => "none: nobody can be denied".to_owned(),
        false => format!("{} ({})", facts.actions.join(", "), facts.level),
    }
}

fn region(service: &Service) -> String {
    match regions(service) {
        Regions::Global(region) => format!("{region}, whatever the read says"),
        Regions::Some(regions) => regions.join(", "),
        Regions::All => "any".to_owned(),
    }
}

/// Whether it is about a bucket, which its own region is asked about.
fn asks_bucket(found: Found) -> bool {
    let input = side(found.service, found.operation.input.as_ref());
    input.is_some_and(|(_, shape)| shape.members.values().any(|member| member.reach == Some(Reach::Bucket)))
}

/// What the elements of a list leave out.
fn elements(out: &mut Text, found: Found) {
    let facts = found.operation;
    let all = facts.get.as_ref().map(|get| format!("; {get} has them")).unwrap_or_default();
    match &facts.leaves_out {
        Some(members) if members.is_empty() => {}
        Some(members) => fact(out, "Elements", &format!("leave out {}{all}", members.join(", "))),
        None if facts.partial => fact(out, "Elements", &format!("a member that is absent is unknown{all}")),
        None => {}
    }
}

fn selects(selector: &Selector) -> String {
    match selector {
        Selector::Members { of, default, .. } => {
            let each = of.iter().map(|(value, members)| format!("{value} for {}", members.join(", ")));
            let default = if default.is_empty() { String::new() } else { format!("; default {}", default.join(", ")) };
            format!("{}{default}", each.collect::<Vec<_>>().join("; "))
        }
        Selector::Keys { of, .. } => format!("the keys of {of}"),
        Selector::Elements => "which elements are answered".to_owned(),
        Selector::Presence => "a member that is absent is unknown".to_owned(),
    }
}

/// A fact, wrapped behind what it is about.
fn fact(out: &mut Text, about: &str, text: &str) {
    out.paragraph(&format!("  {about:<12}"), text);
}

fn members(out: &mut Text, found: Found, name: Option<&String>, is_shown: impl Fn(&str, &Member) -> bool) {
    let Some((name, shape)) = side(found.service, name) else {
        out.paint(DIM, "  none").put("\n");
        return;
    };
    let shown: Vec<_> = shape.members.iter().filter(|(name, member)| is_shown(name, member)).collect();
    if shown.is_empty() {
        out.paint(DIM, "  none").put("\n");
    }
    for (member, facts) in shown {
        let is_required = shape.required.contains(member);
        tree(out, found.service, 1, (member, facts, is_required), &mut vec![name]);
    }
}

/// A member and, below it, its own.
fn tree<'s>(
    out: &mut Text,
    service: &'s Service,
    depth: usize,
    (name, member, is_required): (&str, &'s Member, bool),
    above: &mut Vec<&'s str>,
) {
    let (kind, inner) = kind(service, member);
    let repeated = inner.is_some_and(|(shape, _)| above.contains(&shape));
    let mut notes = if is_required { vec!["required".to_owned()] } else { Vec::new() };
    notes.extend(member.hidden.map(|why| format!("hidden: {}", why_hidden(why))));
    notes.extend(member.free.as_ref().map(free));
    notes.extend(member.reach.and_then(reach).map(str::to_owned));
    notes.extend(repeated.then(|| "as above".to_owned()));
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
    let indent = "  ".repeat(depth);
    let about = Text::line(&format!("{indent}{name}: {}", format!("{kind}{notes}").trim_start()));
    out.hanging(indent.len() + 4, &about);
    let Some((shape_name, shape)) = inner.filter(|_| !repeated && member.hidden.is_none()) else { return };
    above.push(shape_name);
    for (name, member) in &shape.members {
        tree(out, service, depth + 1, (name, member, false), above);
    }
    above.pop();
}

/// What a member is, and the structure in it, which has no name of its own.
fn kind<'s>(service: &'s Service, member: &'s Member) -> (String, Option<(&'s str, &'s Shape)>) {
    let Some(shape) = service.shape(&member.shape) else { return (member.shape.clone(), None) };
    match (shape.kind, &shape.of) {
        (Kind::List, Some(of)) => {
            let (kind, inner) = kind(service, of);
            (of_what("list", &kind), inner)
        }
        (Kind::Map, Some(of)) => {
            let (kind, inner) = kind(service, of);
            (of_what("map", &kind), inner)
        }
        (Kind::Structure, _) => (String::new(), Some((&member.shape, shape))),
        (Kind::String, _) if !shape.values.is_empty() => (values(&shape.values), None),
        (Kind::Boolean, _) => ("true or false".to_owned(), None),
        (Kind::Integer | Kind::Long | Kind::Float | Kind::Double, _) => ("number".to_owned(), None),
        (Kind::Timestamp, _) => ("time".to_owned(), None),
        (Kind::Blob, _) => ("bytes".to_owned(), None),
        (Kind::Document, _) => ("any".to_owned(), None),
        (Kind::String | Kind::List | Kind::Map, _) => ("text".to_owned(), None),
    }
}

/// A list or a map: of structures, whose members follow, or of something else.
fn of_what(collection: &str, kind: &str) -> String {
    if kind.is_empty() { collection.to_owned() } else { format!("{collection} of {kind}") }
}

fn values(values: &[String]) -> String {
    if values.len() < TOO_MANY {
        return values.join(", ");
    }
    format!("{} or {} others", values[..SOME].join(", "), values.len() - SOME)
}

fn why_hidden(why: Hidden) -> &'static str {
    match why {
        Hidden::Sensitive => "sensitive",
        Hidden::Secret => "a secret",
        Hidden::Binary => "binary",
        Hidden::Contents => "contents",
    }
}

fn free(free: &Free) -> String {
    match free {
        Free::Map(_) => "only the keys that you name".to_owned(),
        Free::Pairs(key, _) => format!("only those whose {key} you name"),
    }
}

/// What a value may be, where that is restricted.
fn reach(reach: Reach) -> Option<&'static str> {
    match reach {
        Reach::Account => Some("one of your accounts"),
        Reach::Arn => Some("of one of your accounts, or AWS's"),
        Reach::NameOrArn => Some("an ARN only of one of your accounts"),
        Reach::Owner => Some("self, one of your accounts, or AWS"),
        Reach::Bucket => Some("one of the account's buckets"),
        Reach::Queue | Reach::Address | Reach::Host => Some("of one of your accounts"),
        Reach::Program => None,
    }
}
