//! `verify attest STEP`: the learner's word for what no API can prove.

use anyhow::{Result, bail};
use mdbook_verify::check::{Proof, statement_about};
use mdbook_verify::course::Step;
use mdbook_verify::results::{Confirmation, Results};

use super::session::Session;
use super::{Common, Exit, Format, notice, print};
use crate::evidence::time;
use crate::report::{self, exit};
use crate::run;

pub(super) async fn run(common: &Common, id: &str, withdraw: bool) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json])?;
    let session = Session::open(common)?;
    let step = session.step(id)?;
    let results = give(&session, step, withdraw).await?;
    for statement in statements(&session, step)? {
        let done = if withdraw { "Withdrawn" } else { "Confirmed" };
        notice(&format!("{done}: {statement}"));
    }
    match common.format {
        Format::Json => print(&report::json(&results)?)?,
        _ => print(&report::text::details(&session.course, &results, step))?,
    }
    Ok(exit::of([results.view(step).verdict]))
}

/// Gives the learner's word for a step or takes it back, and judges what comes of it.
pub(super) async fn give(session: &Session<'_>, step: &Step, withdraw: bool) -> Result<Results> {
    let statements = statements(session, step)?;
    // The checks of checks that it belongs to come to something else with it.
    let whole = session.course.steps.iter().filter(|other| other.members.contains(&step.id));
    let names: Vec<String> = [step].into_iter().chain(whole).map(|step| step.id.clone()).collect();
    let steps = run::select(&session.course, &names)?;
    let gathered = session.gather(&steps).await?;
    let Some(account_id) = gathered.account_ids.get(&step.account) else {
        // Without an account there is nothing that the word would be about; the verdict's reasons say why.
        let mut results = Results::empty(session.practice());
        session.bench().judge(&[step], &gathered, &mut results);
        notice(&report::text::details(&session.course, &results, step));
        bail!("your word is about an account, and the {} account cannot be identified", step.account);
    };
    let account = session.store.key().fingerprint(account_id);
    let loaded = session.store.update(|results| {
        let mine = |confirmation: &Confirmation| confirmation.step == step.id && confirmation.account == account;
        results.confirmations.retain(|confirmation| !mine(confirmation));
        if !withdraw {
            results.confirmations.extend(statements.iter().map(|statement| Confirmation {
                step: step.id.clone(),
                statement: statement.clone(),
                account: account.clone(),
                time: time::now(),
            }));
        }
        session.bench().judge(&steps, &gathered, results);
    })?;
    loaded.notice.iter().for_each(|text| notice(text));
    Ok(session.shown(&steps, &gathered, loaded.results))
}

fn statements(session: &Session<'_>, step: &Step) -> Result<Vec<String>> {
    if !step.members.is_empty() {
        bail!("`{}` consists of other steps; give your word on those: {}", step.id, step.members.join(", "));
    }
    let expectations = session.course.check(step).expectations().iter();
    let statements: Vec<String> = expectations
        .filter_map(|expectation| match &expectation.proof {
            Proof::Word { statement, .. } => Some(statement_about(statement, &step.account)),
            Proof::Evidence { .. } => None,
        })
        .collect();
    if statements.is_empty() {
        bail!("`{}` takes no word: AWS can tell whether it is done. Verify it with `verify {0}`", step.id);
    }
    Ok(statements)
}
