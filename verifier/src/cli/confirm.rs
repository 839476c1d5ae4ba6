//! `verify confirm STEP`: the learner confirms what no API can prove.

use anyhow::{Result, bail};
use course::Step;
use course::results::{Outcome, Results};
use course::terminal;

use super::session::Session;
use super::{Common, Exit, Format, notice, print};
use crate::report::{self, exit};
use crate::run;
use crate::verdict::Confirmable;

pub(super) async fn run(common: &Common, id: &str, undo: bool) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json])?;
    let session = Session::open(common)?;
    let step = session.step(id)?;
    let (results, statements) = give(&session, step, undo).await?;
    for statement in &statements {
        notice(&what_became_of(statement, &results, step, undo));
    }
    match common.format {
        Format::Json => print(&report::json(&results)?)?,
        _ => print(&report::text::details(&session.course, &results, step))?,
    }
    Ok(exit::of([results.view(step).verdict]))
}

/// Keeps or removes the learner's confirmation of a step, judges the step, and says what was confirmed.
pub(super) async fn give(session: &Session<'_>, step: &Step, undo: bool) -> Result<(Results, Vec<Confirmable>)> {
    takes_a_word(session, step)?;
    // The checks of checks that it belongs to come to something else with it.
    let whole = session.course.steps.iter().filter(|other| other.members.contains(&step.id));
    let names: Vec<String> = [step].into_iter().chain(whole).map(|step| step.id.clone()).collect();
    let steps = run::select(&session.course, &names)?;
    let gathered = session.gather(&steps).await?;
    if !gathered.account_ids.contains_key(&step.account) {
        // Without an account there is nothing that the word would be about; the verdict's reasons say why.
        let mut results = Results::empty(session.practice());
        session.bench().judge(&[step], &gathered, &mut results);
        terminal::notice(&report::text::details(&session.course, &results, step));
        bail!("a confirmation is about an account, and the {} account cannot be identified", step.account);
    }
    let mut statements = Ok(Vec::new());
    let loaded = session.store.update(|results| {
        statements = session.bench().confirm(step, &gathered, results);
        if undo {
            session.bench().undo(step, &gathered, results);
        }
        session.bench().judge(&steps, &gathered, results);
    })?;
    loaded.notice.iter().for_each(|text| notice(text));
    Ok((session.shown(&steps, &gathered, loaded.results), statements?))
}

/// What became of a statement: whether it is confirmed, and why it is not.
fn what_became_of(told: &Confirmable, results: &Results, step: &Step, undo: bool) -> String {
    let Confirmable { statement, about, .. } = told;
    if undo {
        return format!("Undone: {statement}");
    }
    let outcome = results.steps.get(&step.id).and_then(|result| {
        let stated = |told: &&course::results::ExpectationResult| told.statement.as_ref() == Some(statement);
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

fn takes_a_word(session: &Session<'_>, step: &Step) -> Result<()> {
    if !step.members.is_empty() {
        bail!("`{}` consists of other steps; confirm those: {}", step.id, step.members.join(", "));
    }
    let expectations = session.course.check(step).expectations();
    if !expectations.iter().any(|expectation| expectation.statement().is_some()) {
        bail!("`{}` needs no confirmation: AWS can tell whether it is done. Verify it with `verify {0}`", step.id);
    }
    Ok(())
}
