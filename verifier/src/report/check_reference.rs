//! The chapter with everything that there is to write a check. Its text is in `check_reference.md`; what the program knows
//! is filled in, so that it is never out of date.

use anyhow::{Context, Result, bail};
use practice::SWITCHES;
use serde_json::Value;
use std::fmt::Write;

use super::reference::{self, MARK, cell};
use crate::lint::RULES;
use crate::selftest::cases;
use crate::shipped;
use evidence::Section;

/// The text, with a comment where something is filled in.
const TEXT: &str = include_str!("check_reference.md");

/// The check of a new course that is the example.
const EXAMPLE: &str = "checks/";

/// The chapter, in Markdown.
///
/// # Errors
/// When the text asks for something that there is not.
pub fn chapter() -> Result<String> {
    let mut out = String::new();
    let mut rest = TEXT;
    while let Some((before, after)) = rest.split_once("<!-- ") {
        let (asked, after) = after.split_once(" -->").context("a comment is not closed")?;
        out.push_str(before);
        match filled(asked)? {
            Some(text) => out.push_str(text.trim_end()),
            None => drop(write!(out, "<!-- {asked} -->")),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// What is filled in for a comment; `None` if it is a comment.
fn filled(asked: &str) -> Result<Option<String>> {
    let words: Vec<&str> = asked.split(' ').collect();
    Ok(Some(match words.as_slice() {
        ["mark"] => MARK.to_owned(),
        ["rules"] => listed(RULES),
        ["switches"] => listed(&SWITCHES),
        ["example"] => example()?,
        ["functions"] => {
            let mut out = String::new();
            reference::about_functions(&mut out, "###");
            out
        }
        ["sections"] => sections(),
        ["keys", schema] => keys(&self::schema(schema)?, None)?,
        ["keys", schema, table] => keys(&self::schema(schema)?, Some(table))?,
        _ if asked.starts_with("verify: ") => return Ok(None),
        _ => bail!("the chapter asks for `{asked}`, which there is not"),
    }))
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn schema(name: &str) -> Result<Value> {
    Ok(match name {
        "check" => course::check::schema(),
        "cases" => cases::schema(),
        "course" => course::options_schema(),
        _ => bail!("there is no schema of {name}"),
    })
}

/// The keys of a table of a schema, or of its root.
fn keys(schema: &Value, table: Option<&str>) -> Result<String> {
    let of = match table {
        Some(table) => &schema["definitions"][table],
        None => match &schema["properties"]["preprocessor"]["properties"]["verify"] {
            Value::Null => schema,
            verify => verify,
        },
    };
    let properties = of["properties"].as_object().with_context(|| format!("the schema has no {table:?}"))?;
    let required = |key: &str| of["required"].as_array().is_some_and(|all| all.iter().any(|one| one == key));
    let mut out = "| key | value | meaning |\n|---|---|---|\n".to_owned();
    // What is required comes first.
    let mut all: Vec<_> = properties.iter().collect();
    all.sort_by_key(|(key, _)| !required(key));
    for (key, property) in all {
        let needed = if required(key) { ", required" } else { "" };
        let meaning = cell(property["description"].as_str().unwrap_or_default());
        let _ = writeln!(out, "| `{key}` | {}{needed} | {meaning} |", kind(property, schema));
    }
    Ok(out)
}

/// The kind of a value in TOML.
fn kind(of: &Value, schema: &Value) -> String {
    if let Some(reference) = of["$ref"].as_str() {
        let named = reference.rsplit('/').next().unwrap_or_default();
        return kind(&schema["definitions"][named], schema);
    }
    if let Some([only]) = of["allOf"].as_array().map(Vec::as_slice) {
        return kind(only, schema);
    }
    if let Some(any) = of["anyOf"].as_array().filter(|_| of["properties"].is_null()) {
        return any.iter().map(|one| kind(one, schema)).collect::<Vec<_>>().join(" or ");
    }
    if of["oneOf"].is_array() && of["properties"].is_null() || of["enum"].is_array() {
        let consts = of["oneOf"].as_array().into_iter().flatten().map(|one| &one["const"]);
        let all: Vec<String> =
            consts.chain(of["enum"].as_array().into_iter().flatten()).map(|one| format!("`{one}`")).collect();
        return all.join(", ");
    }
    match of["type"].as_str() {
        Some("string") if of["format"] == "date" => "a date".to_owned(),
        Some("string") => "text".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("integer") => "a whole number".to_owned(),
        Some("number") => "a number".to_owned(),
        Some("array") => format!("a list of {}", kind(&of["items"], schema)),
        Some("object") => "a table".to_owned(),
        _ => "any".to_owned(),
    }
}

/// The sections, with the names of their fields.
fn sections() -> String {
    let schema = evidence::schema();
    let mut out = "| section | value | fields |\n|---|---|---|\n".to_owned();
    for section in Section::ALL {
        let mut records = Vec::new();
        let kind = reference::kind(&schema["properties"][section.name()], &schema, &mut records);
        let fields = records.first().map(|record| &schema["$defs"][record]["properties"]);
        let fields: Vec<&str> =
            fields.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let _ = writeln!(out, "| `{}` | {kind} | {} |", section.name(), listed(&fields));
    }
    out
}

/// A check of a new course: its own one that reads something.
fn example() -> Result<String> {
    let files = shipped::starter()?;
    let reads = |(name, text): &(&String, &String)| name.starts_with(EXAMPLE) && text.contains("[read.");
    let found = files.iter().filter(|(name, _)| !name.trim_start_matches(EXAMPLE).contains('/')).find(reads);
    found.map(|(_, text)| text.clone()).context("no check of a new course has a read")
}
