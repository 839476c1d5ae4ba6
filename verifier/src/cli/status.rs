//! `verify status`: what is done, from the saved results. Nothing is compiled or read from AWS.

use anyhow::{Result, bail};

use super::Exit;
use super::common::Common;
use super::exit::leave;
use super::terminal::{Terminal, print};
use crate::report::{self, Form};
use crate::run::session;

pub(super) fn run(common: &Common, format: Form) -> Result<Exit> {
    let (course, store) = session::read(&common.options(), &Terminal::default())?;
    let results = match store.read() {
        Ok(results) => results,
        Err(unusable) => {
            bail!(
                "{} cannot be used: {unusable}. `verify` sets it aside and creates a new file.",
                store.path().display()
            )
        }
    };
    print(&report::results(format, &course, &results, &[])?)?;
    let exit = Exit::of_course(&course, &results);
    leave((course, results));
    Ok(exit)
}
