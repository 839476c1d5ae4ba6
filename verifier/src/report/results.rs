//! Results, in the form that is asked for.

use anyhow::Result;
use clap::ValueEnum;
use course::results::Results;
use course::terminal::Text;
use course::{Course, Step};

use super::{csv, json, junit, text};

/// A form that results are printed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For a terminal
    #[default]
    Text,
    /// The results document
    Json,
    /// JUnit's XML, for build servers
    Junit,
    /// A table for spreadsheets
    Csv,
}

/// Results in a form: of the whole course, or of the steps of these names.
///
/// # Errors
/// Never for results of this program.
pub fn results(form: Form, course: &Course, results: &Results, names: &[String]) -> Result<Text> {
    let named = course.steps.iter().filter(|step| match names {
        [] => step.is_listed(),
        names => names.contains(&step.id),
    });
    let steps: Vec<&Step> = named.collect();
    Ok(match form {
        Form::Json => json(results)?,
        Form::Junit => Text::block(&junit::xml(course, results, &steps)?),
        Form::Csv => Text::block(&csv::table(course, results, &steps)?),
        Form::Text if names.is_empty() => text::summary(course, results),
        Form::Text => {
            let mut text = Text::new();
            for (at, step) in steps.iter().enumerate() {
                text.put(if at == 0 { "" } else { "\n" }).append(&text::details(course, results, step));
            }
            text
        }
    })
}
