//! `verify confirm STEP`: the learner confirms what no API can prove.

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
        notice(&what_became_of(statement, &results, step, undo));
    }
    match format {
        TextOrJson::Json => print(&report::json(&results)?)?,
        TextOrJson::Text => print(&report::text::details(&session.course, &results, step))?,
    }
    Ok(Exit::of([results.view(step).verdict]))
}

/// What became of a statement: whether it is confirmed, and why it is not.
fn what_became_of(confirmable: &Confirmable, results: &Results, step: &Step, undo: bool) -> String {
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
            format!("Not confirmed, since what it is about cannot be read: {statement} {}", why.join(" "))
        }
        (Ok(_), Some(_)) => format!("Kept, but it does not count yet, for the reasons below: {statement}"),
        (Ok(_), None) => format!("Not confirmed, since it is not asked for by what AWS says now: {statement}"),
    }
}
