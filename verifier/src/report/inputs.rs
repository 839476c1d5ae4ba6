//! The inputs of a course, and what the learner gave.

use anstyle::Style;
use course::Course;
use course::terminal::Text;
use serde::Serialize;
use std::collections::BTreeSet;

use super::plain;

/// An input as it is shown.
#[derive(Debug, Serialize)]
pub struct InputLine<'c> {
    /// Its name.
    name: &'c str,
    /// What the learner is asked for.
    label: &'c str,
    /// Its value, if it has one.
    value: Option<&'c str>,
    /// An example.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'c str>,
    /// The steps that use it.
    steps: Vec<&'c str>,
}

/// The inputs of a course.
pub fn lines(course: &Course) -> Vec<InputLine<'_>> {
    let mut lines = Vec::new();
    for (name, input) in &course.inputs {
        let steps = course.steps.iter().filter(|step| course.inputs_of(step).contains(name.as_str()));
        lines.push(InputLine {
            name,
            label: &input.label,
            value: course.given.get(name).map(String::as_str),
            example: input.example.as_deref(),
            steps: steps.map(|step| step.id.as_str()).collect(),
        });
    }
    lines
}

/// The same for a terminal. Of inputs that were just changed, only the new values.
pub fn text(course: &Course, changed: &BTreeSet<&str>) -> Text {
    let mut out = Text::new();
    let lines = lines(course);
    if !changed.is_empty() {
        for line in lines.iter().filter(|line| changed.contains(line.name)) {
            value(&mut out, line);
        }
        return out;
    }
    if lines.is_empty() {
        out.put("This course has no inputs.\n");
    }
    for line in &lines {
        value(&mut out, line);
        let InputLine { name, label, example, steps, .. } = line;
        out.paragraph("    ", label);
        if !steps.is_empty() {
            out.paragraph("    ", &format!("Used by {}.", steps.join(", ")));
        }
        let example = example.unwrap_or("VALUE");
        out.put("    ").paint(Style::new().dimmed(), &format!("verify set {name}={}", shell_word(example))).put("\n");
    }
    out
}

fn value(out: &mut Text, line: &InputLine<'_>) {
    let value = line.value.map_or_else(|| "(not given)".to_owned(), plain);
    out.paint(Style::new().bold(), line.name).put(&format!(" = {value}\n"));
}

/// A value as a shell takes it for one word.
pub fn shell_word(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,".contains(c);
    match value.chars().all(is_plain) {
        true => value.to_owned(),
        false => format!("'{}'", plain(value).replace('\'', r"'\''")),
    }
}
