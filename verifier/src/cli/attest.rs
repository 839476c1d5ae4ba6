//! `verify attest STEP`: the learner's word for what no API can prove.

use anyhow::{Result, bail};
use course::Step;
use course::results::{Outcome, Results};
use course::terminal;

use super::session::Session;
use super::{Common, Exit, Format, notice, print};
use crate::report::{self, exit};
use crate::run;
use crate::verdict::Confirmable;

pub(super) async fn run(common: &Common, id: &str, withdraw: bool) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json])?;
    let session = Session::open(common)?;
    let step = session.step(id)?;
    let (results, statements) = give(&session, step, withdraw).await?;
    for statement in &statements {
        notice(&what_became_of(statement, &results, step, withdraw));
    }
    match common.format {
        Format::Json => print(&report::json(&results)?)?,
        _ => print(&report::text::details(&session.course, &results, step))?,
    }
    Ok(exit::of([results.view(step).verdict]))
}

/// Gives the learner's word for a step or takes it back, judges what comes of it, and tells what was confirmed.
pub(super) async fn give(session: &Session<'_>, step: &Step, withdraw: bool) -> Result<(Results, Vec<Confirmable>)> {
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
        bail!("your word is about an account, and the {} account cannot be identified", step.account);
    }
    let mut statements = Ok(Vec::new());
    let loaded = session.store.update(|results| {
        statements = session.bench().confirm(step, &gathered, results);
        if withdraw {
            session.bench().withdraw(step, &gathered, results);
        }
        session.bench().judge(&steps, &gathered, results);
    })?;
    loaded.notice.iter().for_each(|text| notice(text));
    Ok((session.shown(&steps, &gathered, loaded.results), statements?))
}

/// What became of a statement: whether it is confirmed, and why it is not.
fn what_became_of(told: &Confirmable, results: &Results, step: &Step, withdraw: bool) -> String {
    let Confirmable { statement, about, .. } = told;
    if withdraw {
        return format!("Withdrawn: {statement}");
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
        bail!("`{}` consists of other steps; give your word on those: {}", step.id, step.members.join(", "));
    }
    let expectations = session.course.check(step).expectations();
    if !expectations.iter().any(|expectation| expectation.statement().is_some()) {
        bail!("`{}` takes no word: AWS can tell whether it is done. Verify it with `verify {0}`", step.id);
    }
    Ok(())
}
