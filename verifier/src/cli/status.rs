//! `verify status`: what is done, from the results.

use anyhow::{Result, bail};

use super::session::Session;
use super::{Common, Exit, print};
use crate::report::{self, exit};

pub(super) fn run(common: &Common) -> Result<Exit> {
    let form = common.form()?;
    let session = Session::open(common)?;
    let results = match session.store.read() {
        Ok(results) => results,
        Err(unusable) => bail!(
            "{} cannot be used: {unusable}. `verify` sets it aside and starts anew.",
            session.store.path().display()
        ),
    };
    print(&report::results(form, &session.course, &results, &[])?)?;
    Ok(exit::of_course(&session.course, &results))
}
