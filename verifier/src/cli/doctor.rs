//! `verify doctor`: checks the connection to the course's accounts, and says what to fix.

use anyhow::Result;
use course::terminal;

use super::Exit;
use super::common::{Common, TextOrJson};
use super::terminal::{Terminal, print};
use crate::report;
use crate::report::doctor::DoctorInput;
use crate::run::Session;
use crate::run::accounts;

pub(super) async fn run(common: &Common, format: TextOrJson) -> Result<Exit> {
    let terminal = Terminal::for_format(format == TextOrJson::Text);
    let session = Session::open(&common.options(), &terminal)?;
    let tried = accounts::try_all(&session).await?;
    let diagnosis = DoctorInput::of(&session, &tried, common.show_identifiers).diagnose();
    match format {
        TextOrJson::Json => print(&report::json(&diagnosis)?)?,
        TextOrJson::Text => print(&diagnosis.text())?,
    }
    if common.verbose {
        terminal::notice(&report::calls::timeline(&tried.gathered.calls));
    }
    Ok(if diagnosis.ok { Exit::Done } else { Exit::Unknown })
}
