//! `verify explain STEP`: what it asks for, what was read, what to do. Asks AWS nothing.

use anyhow::Result;
use course::results::Results;

use super::session::Session;
use super::{Common, Exit, Format, notice, print};
use crate::report;

pub(super) fn run(common: &Common, id: &str) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json])?;
    let session = Session::open_for(common, &[id.to_owned()])?;
    let step = session.step(id)?;
    let results = session.store.read().unwrap_or_else(|unusable| {
        notice(&format!("{} cannot be used: {unusable}.", session.store.path().display()));
        Results::empty(session.practice())
    });
    match common.format {
        Format::Json => {
            let mut only = results;
            only.steps.retain(|other, _| other == id || step.members.contains(other));
            print(&report::json(&only)?)?;
        }
        _ => {
            let needs = session.compiled.needs(&session.course, step);
            print(&report::text::explanation(&session.course, &results, step, &needs))?;
        }
    }
    Ok(Exit::Done)
}
