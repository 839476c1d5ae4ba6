//! `verify set`: gives the inputs of the course, or shows them.

use anyhow::Result;

use super::Exit;
use super::common::{Common, Output, TextOrJson};
use super::terminal::{Terminal, print};
use crate::report;
use crate::run::{given, session};

/// The arguments of `verify set`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The name of an input, and its value [default: show all inputs]
    #[arg(value_name = "NAME=VALUE", value_parser = pair)]
    values: Vec<(String, String)>,
    /// Forget the value of an input
    #[arg(long, value_name = "NAME")]
    unset: Vec<String>,
    #[command(flatten)]
    output: Output<TextOrJson>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some((name, _)) if !name.is_empty() => Err(format!("to forget a value: --unset {name}")),
        _ => Err("write NAME=VALUE, as in bucket=ada-cats-2026".to_owned()),
    }
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> Result<Exit> {
    let terminal = Terminal::default();
    let (course, _) = session::read(&common.options(), &terminal)?;
    given::set(&course, &arguments.values, &arguments.unset)?;
    let course = session::learners(&course.root.clone(), course)?;
    match arguments.output.format() {
        TextOrJson::Json => print(&report::json(&report::inputs::lines(&course))?)?,
        TextOrJson::Text => {
            let changed = arguments.values.iter().map(|(name, _)| name).chain(&arguments.unset);
            print(&report::inputs::text(&course, &changed.map(String::as_str).collect()))?;
        }
    }
    Ok(Exit::Done)
}
