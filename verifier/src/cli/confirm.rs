//! `verify confirm STEP`: confirms a step that no API can check. In a terminal, it shows the statement and what was found,
//! and asks.

use anyhow::Result;
use clap::Args;
use course::Step;
use course::results::{ExpectationResult, Outcome, Results};
use course::terminal;
use tokio::task::spawn_blocking;

use super::Exit;
use super::common::{Common, Output, TextOrJson};
use super::terminal::{Terminal, can_ask, confirmed, notice, print};
use crate::report;
use crate::run::confirm::{self, Confirmed};
use crate::run::{Session, select};
use crate::verdict::Confirmable;

/// The arguments of `verify confirm`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The step
    step: String,
    /// Undo your confirmation
    #[arg(long)]
    undo: bool,
    /// Confirm without being asked
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    output: Output<TextOrJson>,
}

pub(super) async fn run(common: &Common, arguments: &Arguments) -> Result<Exit> {
    let (undo, format) = (arguments.undo, arguments.output.format());
    let terminal = Terminal::for_format(format == TextOrJson::Text);
    let session = Session::open(&common.options(), &terminal)?;
    let step = select::step(&session.course, &arguments.step)?;
    let question = confirm::question(&session, step).await?;
    if !undo && !arguments.yes && format == TextOrJson::Text && can_ask() {
        let results = question.results();
        terminal::notice(&report::text::details(&session.course, &results, step));
        // On another thread: Ctrl-C ends the wait for the answer.
        if !spawn_blocking(|| confirmed("Is this true?", false)).await?? {
            notice("Nothing was confirmed.");
            return Ok(Exit::of([results.view(step).verdict]));
        }
    }
    let Confirmed { results, statements } = question.answer(undo)?;
    for statement in &statements {
        notice(&message(statement, &results, step, undo));
    }
    match format {
        TextOrJson::Json => print(&report::json(&results)?)?,
        TextOrJson::Text => print(&report::text::details(&session.course, &results, step))?,
    }
    Ok(Exit::of([results.view(step).verdict]))
}

/// Whether a statement is confirmed now, and if not, why.
fn message(confirmable: &Confirmable, results: &Results, step: &Step, undo: bool) -> String {
    let Confirmable { statement, about, .. } = confirmable;
    if undo {
        return format!("Undone: {statement}");
    }
    let outcome = results.steps.get(&step.id).and_then(|result| {
        let stated = |expectation: &&ExpectationResult| expectation.statement.as_ref() == Some(statement);
        Some(result.expectations.iter().find(stated)?.outcome)
    });
    match (about, outcome) {
        (_, Some(Outcome::Confirmed)) => format!("Confirmed: {statement}"),
        (Err(reasons), _) => {
            let why: Vec<&str> = reasons.iter().map(|reason| reason.message.as_str()).collect();
            format!("Not confirmed, because what it is about could not be read: {statement} {}", why.join(" "))
        }
        (Ok(_), Some(_)) => format!("Saved, but it does not count yet, for the reasons below: {statement}"),
        (Ok(_), None) => {
            format!("Not confirmed, because the current evidence from AWS does not require it: {statement}")
        }
    }
}
