//! `verify [STEP]...`: verifies steps.

use anyhow::Result;
use course::terminal;
use std::path::Path;

use super::common::Common;
use super::exit::leave;
use super::terminal::{Terminal, print};
use super::{Exit, build};
use crate::report::{self, Form};
use crate::run::{Session, select, verify};
use evidence::connection::http;

/// The arguments of `verify`, in addition to the common ones.
pub(super) struct Asked<'a> {
    pub(super) steps: &'a [String],
    pub(super) build: bool,
    pub(super) record: Option<&'a Path>,
    pub(super) replay: Option<&'a Path>,
    pub(super) format: Form,
}

pub(super) async fn run(common: &Common, asked: &Asked<'_>) -> Result<Exit> {
    if asked.replay.is_none() && common.practice.is_none() {
        http::warm_up();
    }
    let terminal = Terminal::for_format(asked.format == Form::Text);
    let options = common.options();
    let session = match asked.replay {
        Some(_) => Session::open_for(&options, asked.steps, &terminal)?,
        None => Session::open_to_read(&options, asked.steps, &terminal).await?,
    };
    let session = session.asked_for(asked.steps)?;
    let steps = select::steps(&session.course, asked.steps)?;
    let verified = match asked.replay {
        Some(file) => verify::replay(&session, &steps, file)?,
        None => verify::verify(&session, &steps, asked.record).await?,
    };
    print(&report::results(asked.format, &session.course, &verified.results, asked.steps)?)?;
    if common.verbose {
        terminal::notice(&report::calls::timeline(&verified.gathered.calls));
    }
    if asked.build {
        build::run(common)?;
    }
    let exit = Exit::of_named(&session.course, &verified.results, asked.steps);
    leave((session, verified));
    Ok(exit)
}
