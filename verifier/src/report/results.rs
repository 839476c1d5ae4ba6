//! Results, in the form that is asked for.

use anyhow::Result;
use course::results::Results;
use course::terminal::Text;
use course::{Course, Step};

use super::{csv, json, junit, text};

/// A form that results are printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For a terminal.
    Text,
    /// The results document.
    Json,
    /// JUnit's XML.
    Junit,
    /// A table for spreadsheets.
    Csv,
}

/// Results in a form: of the whole course, or of the steps of these names.
///
/// # Errors
/// Never for results of this program.
pub fn results(form: Form, course: &Course, results: &Results, names: &[String]) -> Result<Text> {
    let told = course.steps.iter().filter(|step| match names {
        [] => step.is_listed(),
        names => names.contains(&step.id),
    });
    let told: Vec<&Step> = told.collect();
    Ok(match form {
        Form::Json => json(results)?,
        Form::Junit => Text::block(&junit::xml(course, results, &told)?),
        Form::Csv => Text::block(&csv::table(course, results, &told)?),
        Form::Text if names.is_empty() => text::summary(course, results),
        Form::Text => {
            let mut text = Text::new();
            for (at, step) in told.iter().enumerate() {
                text.put(if at == 0 { "" } else { "\n" }).append(&text::details(course, results, step));
            }
            text
        }
    })
}
