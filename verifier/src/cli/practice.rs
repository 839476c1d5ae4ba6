//! `verify practice do STEP` and `verify practice reset`.

use anyhow::Result;

use super::Exit;
use super::common::Common;
use super::terminal::{Terminal, notice};
use crate::book;
use crate::run::{Session, practice_step, select};

pub(super) async fn take(common: &Common, id: &str) -> Result<Exit> {
    let terminal = Terminal::default();
    let session = Session::open_for(&common.options(), &[id.to_owned()], &terminal)?;
    let taken = practice_step::take(&session, select::step(&session.course, id)?).await?;
    notice(&practice_step::summary(&taken));
    notice(&format!("  verify --practice {id}"));
    Ok(Exit::Done)
}

pub(super) fn reset(common: &Common) -> Result<Exit> {
    practice_step::reset(&book::find(common.course.as_deref())?)?;
    notice("The practice accounts were reset: nothing is done in them.");
    Ok(Exit::Done)
}
