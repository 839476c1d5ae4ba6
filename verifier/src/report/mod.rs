//! Reports: results in the forms that people and programs read. Nothing here judges or prints.

pub mod accounts;
pub mod calls;
pub mod class;
pub mod csv;
pub mod doctor;
pub mod import;
pub mod junit;
pub mod lint;
pub mod policy;
pub mod reference;
pub mod selftest;
pub mod text;

use anyhow::Result;
use clap::ValueEnum;
use course::results::Results;
use course::terminal::{self, Text};
use course::{Course, Step};
use serde::Serialize;

pub(crate) use course::terminal::line as plain;

/// A document as JSON, exactly.
///
/// # Errors
/// Never for documents of this program; JSON cannot express some floating-point numbers.
pub fn json(document: &impl Serialize) -> serde_json::Result<Text> {
    Ok(Text::block(&(terminal::json(&serde_json::to_string_pretty(document)?) + "\n")))
}

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

#[cfg(test)]
mod tests;
