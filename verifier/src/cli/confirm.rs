//! `verify confirm STEP`: confirms a step that no API can check.

use anyhow::Result;
use course::Step;
use course::results::{ExpectationResult, Outcome, Results};

use super::Exit;
use super::common::{Common, TextOrJson};
use super::terminal::{Terminal, notice, print};
use crate::report;
use crate::run::confirm::{self, Confirmed};
use crate::run::{Session, select};
use crate::verdict::Confirmable;

pub(super) async fn run(common: &Common, id: &str, undo: bool, format: TextOrJson) -> Result<Exit> {
    let terminal = Terminal::for_format(format == TextOrJson::Text);
    let session = Session::open(&common.options(), &terminal)?;
    let step = select::step(&session.course, id)?;
    let Confirmed { results, statements } = confirm::confirm(&session, step, undo).await?;
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
