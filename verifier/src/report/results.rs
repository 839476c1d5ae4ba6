//! Results in a chosen output format.

use anyhow::Result;
use clap::ValueEnum;
use course::results::Results;
use course::terminal::Text;
use course::{Course, Step};

use super::{csv, json, junit, markdown, summary, text};

/// An output format of results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Text for a terminal
    #[default]
    Text,
    /// The results document
    Json,
    /// JUnit XML, for build servers
    Junit,
    /// CSV, for spreadsheets
    Csv,
    /// Markdown, to keep or to hand in
    Markdown,
}

/// Results in a format: of the named steps, or of the whole course if `names` is empty.
///
/// # Errors
/// Never: results of this program can always be printed.
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
        Form::Markdown => Text::block(&markdown::document(course, results, &steps)),
        Form::Text if names.is_empty() => summary::summary(course, results),
        Form::Text => {
            let mut text = Text::new();
            for (at, step) in steps.iter().enumerate() {
                text.put(if at == 0 { "" } else { "\n" }).append(&text::details(course, results, step));
            }
            // These steps say themselves what of theirs is there.
            text.append(&summary::others_running(course, results, &steps));
            text
        }
    })
}
