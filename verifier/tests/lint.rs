//! If a field of evidence is removed, lint fails wherever a check uses it.

use crate::common::COURSE;
use course::Course;
use course::check::Check;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use verify::lint::checks;
use verify::{cel, compile};

/// The names of all fields of all records of evidence.
fn fields() -> BTreeSet<String> {
    let schema = evidence::schema();
    let records = schema["$defs"].as_object().unwrap().values();
    let fields = records.filter_map(|record| record["properties"].as_object()).flat_map(serde_json::Map::keys);
    fields
        .cloned()
        .chain(
            schema["properties"]
                .as_object()
                .into_iter()
                .flat_map(|it: &serde_json::Map<String, Value>| it.keys().cloned()),
        )
        .collect()
}

/// What lint finds if a check of the course has this text.
fn found(name: &str, text: &str) -> Option<Vec<String>> {
    let mut course: Course = (*COURSE.0).clone();
    let mut check = Check::parse(name, text).ok()?;
    // Shared files that it uses.
    let shared = COURSE.0.checks[name].lets.clone().into_iter().filter(|(_, meant)| meant.shared.is_some());
    check.lets.extend(shared);
    course.checks.insert(name.to_owned(), check);
    let course = Arc::new(course);
    let (_, errors) = compile::compile_all(&course);
    let mut found: Vec<String> = errors.iter().map(|error| error.message.clone()).collect();
    let name = name.to_owned();
    let allowed = course.checks[&name].allow.clone();
    let linted = cel::on_a_thread(move || {
        let check = &course.checks[&name];
        checks::check(&course, check, &compile::texts(check), &BTreeSet::new())
    });
    let meant = |rule: &str| allowed.iter().any(|allowed| allowed == rule);
    found
        .extend(linted.unwrap().into_iter().filter(|(rule, _)| !meant(rule)).map(|(_, diagnostic)| diagnostic.message));
    Some(found)
}

#[test]
fn a_field_that_is_renamed_fails_every_check_that_uses_it() {
    let mut tried = 0;
    for name in COURSE.0.checks.keys() {
        let path = COURSE.0.root.join("checks").join(format!("{name}.toml"));
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(found(name, &text), Some(Vec::new()), "{name} is right as it is");
        for field in fields() {
            let used = format!(".{field}");
            let after =
                |at: usize| text[at + used.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_');
            // An address in a sentence is not a field.
            let in_words = |at: usize| text[..at].ends_with("your");
            for (at, _) in text.match_indices(&used).filter(|(at, _)| after(*at) && !in_words(*at)) {
                let renamed = format!("{}.{field}_gone{}", &text[..at], &text[at + used.len()..]);
                let found = found(name, &renamed).unwrap();
                assert!(found.iter().any(|message| message.contains(&format!("{field}_gone"))), "{name}: {found:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 60, "{tried} uses");
}
