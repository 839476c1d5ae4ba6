//! `verify status`: what is done, from the results. Nothing is compiled or asked for that.

use anyhow::{Result, bail};

use super::{Common, Exit, print, session};
use crate::report::{self, exit};

pub(super) fn run(common: &Common) -> Result<Exit> {
    let form = common.form()?;
    let (course, store) = session::read(common)?;
    let results = match store.read() {
        Ok(results) => results,
        Err(unusable) => {
            bail!("{} cannot be used: {unusable}. `verify` sets it aside and starts anew.", store.path().display())
        }
    };
    print(&report::results(form, &course, &results, &[])?)?;
    Ok(exit::of_course(&course, &results))
}
