//! `verify [STEP]...` and `verify build`.

use anyhow::Result;
use course::Step;
use course::results::Results;
use course::terminal;
use std::path::Path;

use super::session::Session;
use super::{Common, Exit, notice, print};
use crate::report::{self, exit};
use crate::{book, generate, recording, run};
use evidence::connection::http;
use evidence::gather::Gathered;

pub(super) async fn run(
    common: &Common,
    names: &[String],
    build: bool,
    record: Option<&Path>,
    replay: Option<&Path>,
) -> Result<Exit> {
    let form = common.form()?;
    if replay.is_none() && common.practice.is_none() {
        http::warm_up();
    }
    let session = Session::open_for(common, names)?;
    let steps = run::select(&session.course, names)?;
    let mut gathered = match replay {
        Some(file) => recording::read(file)?,
        None => session.gather(&steps).await?,
    };
    if let Some(file) = record {
        keep(&session, &steps, file, &gathered)?;
    }
    let results = match replay {
        Some(_) => {
            // Somebody's recording says nothing of this learner's account: the results stay as they are.
            recording::fill_gaps(&mut gathered, &session.compiled.plan(&session.course, steps.iter().copied()));
            let mut results = Results::empty(session.practice());
            session.bench().judge(&steps, &gathered, &mut results);
            session.shown(&steps, &gathered, results)
        }
        None => {
            let loaded = session.store.update(|results| session.bench().judge(&steps, &gathered, results))?;
            if let Some(text) = &loaded.notice {
                notice(text);
            }
            session.shown(&steps, &gathered, loaded.results)
        }
    };
    print(&report::results(form, &session.course, &results, names)?)?;
    if common.verbose {
        terminal::notice(&report::calls::timeline(&gathered.calls));
    }
    if build {
        built(&session.root, session.practice(), common)?;
    }
    let judged = names.iter().filter_map(|name| session.course.step(name));
    Ok(if names.is_empty() {
        exit::of_course(&session.course, &results)
    } else {
        exit::of(judged.map(|step| results.view(step).verdict))
    })
}

pub(super) fn build(common: &Common) -> Result<Exit> {
    let root = book::find(common.course.as_deref())?;
    built(&root, common.practice.is_some(), common)?;
    Ok(Exit::Done)
}

/// `verify build --check`: whether the generated chapters are what the course and the program make of them.
pub(super) fn check(common: &Common) -> Result<Exit> {
    let root = book::find(common.course.as_deref())?;
    let stale = generate::stale(&root, common.trust_course)?;
    for chapter in &stale {
        let shown = chapter.path.strip_prefix(&root).unwrap_or(&chapter.path);
        notice(&format!("{} is out of date: run `verify build`, and keep what it writes.", shown.display()));
    }
    Ok(if stale.is_empty() { Exit::Done } else { Exit::Usage })
}

fn built(root: &Path, practice: bool, common: &Common) -> Result<()> {
    generate::refresh(root, common.trust_course)?;
    let book::Built { page, notices } = book::build(root, practice, common.trust_course)?;
    notices.iter().for_each(|text| notice(text));
    let here = std::env::current_dir().ok();
    let shown = here.and_then(|here| page.strip_prefix(here).ok().map(Path::to_owned)).unwrap_or(page);
    notice(&format!("The book with its verdicts: {}", shown.display()));
    Ok(())
}

/// Records a run, and says where its stand-ins would be judged otherwise than it was.
fn keep(session: &Session<'_>, steps: &[&Step], file: &Path, gathered: &Gathered) -> Result<()> {
    recording::write(file, gathered, session.bench().looked_for(), session.common.show_identifiers)?;
    let otherwise = session.bench().judged_otherwise(steps, gathered, &recording::read(file)?);
    if !otherwise.is_empty() {
        notice(&format!(
            "Without the identifiers that are replaced in {}, these steps are judged otherwise: {}. With --show-identifiers, \
             the recording has them.",
            file.display(),
            otherwise.join(", ")
        ));
    }
    Ok(())
}
