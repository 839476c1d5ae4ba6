//! `verify explain STEP`: what a step checks, what was read, and what to do. Makes no calls to AWS.

use anyhow::Result;
use course::results::Results;

use super::Exit;
use super::common::{Common, TextOrJson};
use super::terminal::{Terminal, notice, print};
use crate::report;
use crate::run::{Session, select};

pub(super) fn run(common: &Common, id: &str, format: TextOrJson) -> Result<Exit> {
    let terminal = Terminal::default();
    let session = Session::open_for(&common.options(), &[id.to_owned()], &terminal)?;
    let step = select::step(&session.course, id)?;
    let results = session.store.read().unwrap_or_else(|unusable| {
        notice(&format!("{} cannot be used: {unusable}.", session.store.path().display()));
        Results::empty(session.practice())
    });
    match format {
        TextOrJson::Json => {
            let mut only = results;
            only.steps.retain(|other| other == id || step.members.contains(other));
            print(&report::json(&only)?)?;
        }
        TextOrJson::Text => {
            let needs = session.compiled.needs(&session.course, step);
            print(&report::text::explanation(&session.course, &results, step, &needs))?;
        }
    }
    Ok(Exit::Done)
}
