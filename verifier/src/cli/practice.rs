//! `verify practice do STEP`, `verify practice undo STEP` and `verify practice reset`.

use anyhow::{Result, bail};
use course::results::Verdict;

use super::Exit;
use super::common::{Common, TextOrJson};
use super::terminal::{Terminal, notice, print};
use crate::book;
use crate::report::{self, Form};
use crate::run::{Options, PracticeStart, Session, practice_step, select};

/// The options of a run in the practice accounts as they are.
fn options(common: &Common) -> Result<Options> {
    let options = common.options();
    match options.practice {
        Some(PracticeStart::Fresh | PracticeStart::Done) => {
            bail!(
                "practice actions are taken in the practice accounts as they are: leave out --practice=fresh or =done"
            )
        }
        practice => Ok(Options { practice: Some(practice.unwrap_or(PracticeStart::Taken)), ..options }),
    }
}

pub(super) async fn take(common: &Common, id: &str, format: TextOrJson) -> Result<Exit> {
    let terminal = Terminal::for_format(format == TextOrJson::Text);
    let session = Session::open_for(&options(common)?, &[id.to_owned()], &terminal)?;
    let step = select::step(&session.course, id)?;
    let done = practice_step::take(&session, step).await?;
    notice(&practice_step::summary(&done.titles));
    let results = &done.verified.results;
    let verdict = results.view(step).verdict;
    if done.titles.is_empty() && verdict.blocks() {
        undo_or_reset(&session.options, id).iter().for_each(|advice| notice(advice));
    }
    let form = if format == TextOrJson::Json { Form::Json } else { Form::Text };
    print(&report::results(form, &session.course, results, &[id.to_owned()])?)?;
    // What is to be confirmed is done as far as this can do it.
    Ok(if verdict == Verdict::NotYet { Exit::NotYet } else { Exit::Done })
}

/// What to do about a step whose action was taken, though it is not done.
fn undo_or_reset(options: &Options, id: &str) -> Vec<String> {
    let again = "If a later step has changed it, undo it, and do it again: verify practice undo";
    match &options.practice {
        Some(PracticeStart::At(address)) => vec![
            format!("{again} {id} --practice={address}"),
            format!(
                "If the emulator was started again since then, its accounts are empty. Forget what was done in them: \
                 verify practice reset --practice={address}"
            ),
        ],
        _ => vec![format!("{again} {id}")],
    }
}

pub(super) async fn undo(common: &Common, id: &str) -> Result<Exit> {
    let terminal = Terminal::default();
    let session = Session::open_for(&options(common)?, &[id.to_owned()], &terminal)?;
    let undone = practice_step::undo(&session, select::step(&session.course, id)?).await?;
    notice(&practice_step::undone_summary(&undone));
    Ok(Exit::Done)
}

pub(super) fn reset(common: &Common) -> Result<Exit> {
    practice_step::reset(&book::find(common.course.as_deref())?)?;
    notice("The practice accounts were reset: nothing is done in them.");
    if let Some(PracticeStart::At(address)) = common.options().practice {
        notice(&format!("What was made in the emulator at {address} is still there: start it again."));
    }
    Ok(Exit::Done)
}
