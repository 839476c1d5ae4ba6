//! `verify status`: what is done, from the results.

use anyhow::{Result, bail};

use super::session::Session;
use super::{Common, Exit, Format, print};
use crate::report::{self, exit};

pub(super) fn run(common: &Common) -> Result<Exit> {
    let session = Session::open(common)?;
    let results = match session.store.read() {
        Ok(results) => results,
        Err(unusable) => bail!(
            "{} cannot be used: {unusable}. `verify` sets it aside and starts anew.",
            session.store.path().display()
        ),
    };
    match common.format {
        Format::Json => print(&report::json(&results)?)?,
        Format::Text => print(&report::text::summary(&session.course, &results))?,
    }
    Ok(exit::of_course(&session.course, &results))
}
