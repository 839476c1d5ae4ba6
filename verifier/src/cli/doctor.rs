//! `verify doctor`: checks the connection to the course's accounts, and says what to fix.

use anyhow::Result;
use course::terminal;

use super::Exit;
use super::common::{Common, TextOrJson};
use super::terminal::{Terminal, print};
use crate::report;
use crate::report::doctor::DoctorInput;
use crate::run::Session;
use crate::run::accounts::{self, Tried};

pub(super) async fn run(common: &Common, format: TextOrJson) -> Result<Exit> {
    let terminal = Terminal::for_format(format == TextOrJson::Text);
    let session = Session::open(&common.options(), &terminal)?;
    let Tried { bound, sources, connections, gathered } = accounts::try_all(&session).await?;
    let input = DoctorInput {
        course: &session.course,
        practice: session.practice(),
        bound: &bound,
        connections: &connections,
        sources: &sources,
        gathered: &gathered,
        show_identifiers: common.show_identifiers,
    };
    let diagnosis = input.diagnose();
    match format {
        TextOrJson::Json => print(&report::json(&diagnosis)?)?,
        TextOrJson::Text => print(&diagnosis.text())?,
    }
    if common.verbose {
        terminal::notice(&report::calls::timeline(&gathered.calls));
    }
    Ok(if diagnosis.ok { Exit::Done } else { Exit::Unknown })
}
