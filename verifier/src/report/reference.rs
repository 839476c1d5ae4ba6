//! The reference chapter: what each check proves and reads, the fields of the evidence, the functions of expressions,
//! the verdicts and the reasons.
//! It is generated from the course and the code, so it is never out of date.

use course::check::{Body, Check, Proof};
use course::fact_source::FactSource;
use course::results::{ReasonCode, Verdict};
use course::{Course, Step};
use schemars::SchemaGenerator;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::needed_calls::{NeededCall, calls};
use crate::cel::functions::{self, Function};
use crate::plan::{Compiled, Needs};
use evidence::policy::PolicyDocument;
use evidence::table::{self, Call, Region};
use evidence::{self, Section};

/// The marker of a generated chapter. A file without it is not overwritten.
pub const MARK: &str =
    "<!-- Written by `verify build` from the checks and the program: changes made here are lost. -->";

/// The chapter, in Markdown.
pub fn chapter(course: &Course, compiled: &Compiled) -> String {
    let mut out = format!("# Reference\n\n{MARK}\n\n");
    let _ = writeln!(out, "## Checks\n");
    let named = course.with_a_step_for_each_check();
    for check in course.checks.values() {
        // Every check has a step in this course.
        if let Some(step) = named.step(&check.name) {
            about_check(&mut out, course, check, &compiled.needs(&named, step));
        }
    }
    let schema = evidence::schema();
    let _ = writeln!(out, "## Evidence\n");
    let _ = writeln!(out, "The evidence that the expressions of a check can use, by section.\n");
    for section in Section::ALL {
        about_section(&mut out, *section, &schema);
    }
    about_functions(&mut out, "##");
    let _ = writeln!(out, "## Verdicts\n\n| sign | verdict | in documents | meaning |\n|---|---|---|---|");
    let verdicts = descriptions(&serde_json::to_value(schemars::schema_for!(Verdict)).unwrap_or_default());
    for verdict in Verdict::ALL.iter().rev() {
        let meaning = verdicts.get(verdict.name()).map(String::as_str).unwrap_or_default();
        let _ =
            writeln!(out, "| {} | {} | `{}` | {} |", verdict.icon(), verdict.label(), verdict.name(), cell(meaning));
    }
    let _ = writeln!(
        out,
        "\n## Reasons\n\nThese are the reasons why a step is unknown.\n\n| in documents | meaning |\n|---|---|"
    );
    for (name, meaning) in descriptions(&serde_json::to_value(schemars::schema_for!(ReasonCode)).unwrap_or_default()) {
        let _ = writeln!(out, "| `{name}` | {} |", cell(&meaning));
    }
    out
}

fn about_check(out: &mut String, course: &Course, check: &Check, needs: &Needs) {
    let _ = writeln!(out, "### {}\n", plain(&check.name));
    let _ = writeln!(out, "{}{}.\n", plain(&check.title), of_account(check));
    if let Some(about) = &check.about {
        let _ = writeln!(out, "{}\n", plain(&about.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    match &check.body {
        Body::Steps(steps) => {
            let steps: Vec<String> = steps.iter().map(|step| plain(step)).collect();
            let _ = writeln!(out, "It consists of {}. Its verdict is the worst verdict of these.\n", steps.join(", "));
        }
        Body::Expect(expectations) => {
            for expectation in expectations {
                let how = match &expectation.proof {
                    Proof::Evidence { instead: Some(statement), .. } => {
                        let stated = plain(&statement.about_account(&check.account));
                        format!("proved; if nobody in the account can read it, you confirm: “{stated}”")
                    }
                    Proof::Evidence { late: None, .. } => "proved".to_owned(),
                    Proof::Evidence { late: Some(_), .. } => "proved, some time after it happens".to_owned(),
                    Proof::Confirmation { statement, backed_by, .. } => {
                        let backed =
                            if backed_by.is_some() { ", in addition to an event that AWS recorded" } else { "" };
                        format!("you confirm{backed}: “{}”", plain(&statement.about_account(&check.account)))
                    }
                };
                let rows = expectation.rows.as_ref();
                let rows = rows.map(|table| format!(", for each row of `{table}`")).unwrap_or_default();
                let _ = writeln!(
                    out,
                    "- {} ({how}{rows})",
                    plain(&course.expectation_title(&Step::of_check(check), &expectation.title))
                );
            }
            let removed = check.removes.iter().filter_map(|name| course.checks.get(name));
            for made in removed {
                let _ = writeln!(out, "- Deleted again: {} (proved, if it was seen there before)", plain(&made.title));
            }
            let _ = writeln!(out);
        }
    }
    about_made(out, course, check);
    about_sources(out, &check.sources);
    let _ = writeln!(out, "| account | call | IAM action |\n|---|---|---|");
    for NeededCall { account, name, actions } in calls(needs) {
        let actions = actions.map_or("no permission needed".to_owned(), |actions| format!("`{actions}`"));
        let _ = writeln!(out, "| {} | `{name}` | {actions} |", cell(account));
    }
    let places: BTreeSet<String> = course
        .steps
        .iter()
        .filter(|step| step.check == check.name)
        .flat_map(|step: &Step| step.occurrences.iter())
        .map(|place| format!("[{}]({})", plain(&place.chapter_name), place.chapter.with_extension("md").display()))
        .collect();
    let places = places.into_iter().map(|place| place.replace("(index.md)", "(README.md)")).collect::<Vec<_>>();
    if !places.is_empty() {
        let _ = writeln!(out, "\nUsed in {}.", places.join(", "));
    }
    let _ = writeln!(out);
}

/// What a check has the learner make and give.
fn about_made(out: &mut String, course: &Course, check: &Check) {
    if let Some(made) = &check.makes {
        let costs = made.costs.as_ref().map(|costs| format!(" It costs {}.", plain(costs))).unwrap_or_default();
        let removes = course.checks.values().find(|other| other.removes.contains(&check.name));
        let removes = removes.map(|other| format!(" {} removes it.", plain(&other.name))).unwrap_or_default();
        let _ = writeln!(out, "What it has you make is remembered on your machine until it is gone.{costs}{removes}\n");
    }
    let inputs = check.uses_inputs(&course.inputs);
    if !inputs.is_empty() {
        let labels = inputs.iter().map(|name| format!("“{}” (`{name}`)", plain(&course.inputs[*name].label)));
        let _ = writeln!(out, "You give: {}.\n", labels.collect::<Vec<_>>().join(", "));
    }
}

/// The facts of a check that may change, with their sources.
fn about_sources(out: &mut String, sources: &[FactSource]) {
    if sources.is_empty() {
        return;
    }
    let _ = writeln!(out, "| fact that may change | source | reviewed |\n|---|---|---|");
    for source in sources {
        let FactSource { fact, url, reviewed } = source;
        // A URL has no character that ends a link here, but it may contain an entity or the end of a cell.
        let url = url.replace('&', "&amp;");
        let _ = writeln!(out, "| {} | [{}](<{url}>) | {reviewed} |", literal(fact), source.host());
    }
    let _ = writeln!(out);
}

/// The account that is judged, unless a step names another one.
fn of_account(check: &Check) -> String {
    if check.account.is_empty() { String::new() } else { format!(" (in the {} account)", plain(&check.account)) }
}

/// The IAM action of a call.
fn action(call: &Call) -> String {
    call.action.map_or("no permission needed".to_owned(), |action| format!("`{action}`"))
}

fn about_section(out: &mut String, section: Section, schema: &Value) {
    let _ = writeln!(out, "### {}\n", plain(section.name()));
    let own = &schema["properties"][section.name()];
    let mut records = Vec::new();
    let kind = kind(own, schema, &mut records);
    let _ = writeln!(out, "This is {kind}.");
    if let Some(late) = section.freshness().late {
        let _ = writeln!(out, "{late}");
    }
    let _ = writeln!(out, "\n| call | IAM action | region |\n|---|---|---|");
    for call in table::of(section) {
        let region = match call.region {
            Region::Profile => "the profile's",
            Region::UsEast1 => "us-east-1",
            Region::Bucket => "the bucket's",
            Region::UsEast1AndProfile => "us-east-1, and the profile's if it is different",
        };
        let _ = writeln!(out, "| `{}` | {} | {region} |", call.name(), action(call));
    }
    about_records(out, records, schema);
    let _ = writeln!(out);
}

/// The fields of records, and of the records in them.
fn about_records(out: &mut String, mut records: Vec<String>, schema: &Value) {
    let mut at = 0;
    while let Some(name) = records.get(at).cloned() {
        at += 1;
        let record = &schema["$defs"][&name];
        let _ =
            writeln!(out, "\n**{}**: {}\n", plain(&name), plain(record["description"].as_str().unwrap_or_default()));
        let _ = writeln!(out, "| field | type | description |\n|---|---|---|");
        for (field, of) in record["properties"].as_object().into_iter().flatten() {
            let what = of["description"].as_str().unwrap_or_default();
            let _ = writeln!(out, "| `{field}` | {} | {} |", kind_of_field(of, schema, &mut records), cell(what));
        }
    }
}

/// The functions and macros of expressions, and the record that `policy` returns.
pub(super) fn about_functions(out: &mut String, heading: &str) {
    let _ = writeln!(
        out,
        "{heading} Functions\n\nThe expressions of a check are in CEL, the Common Expression Language. They can use its operators \
         and these functions. If a function fails, the step is *unknown*, unless the rest of the expression decides.\n\n\
         | function | result | example |\n|---|---|---|"
    );
    for Function { written, returns, example, .. } in functions::all() {
        let _ = writeln!(out, "| `{written}` | {} | `{}` |", cell(returns), example.replace('|', "\\|"));
    }
    let mut records = Vec::new();
    let mut generator = SchemaGenerator::default();
    let policy = generator.subschema_for::<PolicyDocument>().to_value();
    let schema = json!({ "$defs": generator.definitions() });
    let policy = kind(&policy, &schema, &mut records);
    let _ = writeln!(out, "\n`policy(text)` returns a {policy}.");
    about_records(out, records, &schema);
    let _ = writeln!(out);
}

fn kind_of_field(of: &Value, schema: &Value, records: &mut Vec<String>) -> String {
    let is_nullable = |one: &Value| {
        one["type"] == "null" || one["type"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"))
    };
    let optional = is_nullable(of) || any_of(of, schema).into_iter().any(is_nullable);
    let kind = kind(of, schema, records);
    if optional { format!("{kind}, or absent") } else { kind }
}

/// The alternatives of a schema, with references resolved.
fn any_of<'s>(of: &'s Value, schema: &'s Value) -> Vec<&'s Value> {
    let of = match of["$ref"].as_str() {
        Some(reference) => &schema["$defs"][reference.rsplit('/').next().unwrap_or_default()],
        None => of,
    };
    of["anyOf"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|one| {
            let deeper = any_of(one, schema);
            if deeper.is_empty() { vec![one] } else { deeper }
        })
        .collect()
}

/// The name of a type. Records in it are added to `records`.
pub(super) fn kind(of: &Value, schema: &Value, records: &mut Vec<String>) -> String {
    if let Some(reference) = of["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let definition = &schema["$defs"][name];
        if definition["properties"].is_object() && name != "Unreadable" {
            if !records.iter().any(|known| known == name) {
                records.push(name.to_owned());
            }
            return plain(name);
        }
        return kind(definition, schema, records);
    }
    if let Some(any) = of["anyOf"].as_array() {
        let unreadable = |one: &&Value| one["$ref"].as_str().is_some_and(|to| to.ends_with("/Unreadable"));
        let known = any.iter().filter(|one| !unreadable(one) && one["type"] != "null");
        return known.map(|one| kind(one, schema, records)).next().unwrap_or_default();
    }
    let name = match &of["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    };
    match name {
        "string" if of["format"] == "date-time" => "a time".to_owned(),
        "string" => "text".to_owned(),
        "integer" => "a whole number".to_owned(),
        "number" => "a number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => format!("a list of {}", kind(&of["items"], schema, records)),
        other => other.to_owned(),
    }
}

/// The descriptions of an enum's values.
fn descriptions(schema: &Value) -> BTreeMap<String, String> {
    let one_of = schema["oneOf"].as_array().into_iter().flatten();
    let named = |one: &Value| Some((one["const"].as_str()?.to_owned(), one["description"].as_str()?.to_owned()));
    one_of.filter_map(named).collect()
}

/// Text as Markdown: everything is escaped except code spans.
fn plain(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // A code span is not closed.
        return escaped(text);
    }
    let part = |(at, part): (usize, &&str)| match at % 2 {
        0 => escaped(part),
        _ => part.replace(char::is_control, " "),
    };
    parts.iter().enumerate().map(part).collect::<Vec<_>>().join("`")
}

/// Text as a table cell: everything is escaped, including code spans and the double braces of lessons.
fn literal(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    escaped(&words.collect::<Vec<_>>().join(" "))
}

/// Text without inline Markdown. What is special only at the beginning of a line is not escaped, unlike in the values
/// of parameters, so that the chapter's source is easy to read.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_{}[]<>#|&~$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(if c.is_control() { ' ' } else { c });
    }
    escaped
}

pub(super) fn cell(text: &str) -> String {
    plain(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
