//! `verify leftovers`: what is left of what the course had the learner make.

use anyhow::Result;
use course::terminal;

use super::Exit;
use super::common::{Common, Output, TextOrJson};
use super::terminal::{Terminal, print};
use crate::made::Left;
use crate::report;
use crate::run::{Session, leftovers};

pub(super) async fn run(common: &Common, output: Output<TextOrJson>) -> Result<Exit> {
    let format = output.format();
    let terminal = Terminal::for_format(format == TextOrJson::Text);
    let session = Session::open(&common.options(), &terminal)?;
    let found = leftovers::leftovers(&session).await?;
    let lines = report::leftovers::lines(&session.course, &found.leftovers, common.show_identifiers);
    match format {
        TextOrJson::Json => print(&report::json(&lines)?)?,
        TextOrJson::Text => print(&report::leftovers::text(&session.course, &lines, session.practice()))?,
    }
    if common.verbose {
        terminal::notice(&report::calls::timeline(&found.gathered.calls));
    }
    let any = |is: fn(&Left) -> bool| found.leftovers.iter().any(|left| is(&left.left));
    Ok(match () {
        () if any(|left| matches!(left, Left::There(_))) => Exit::NotYet,
        () if any(|left| !matches!(left, Left::NotAsked(_))) => Exit::Unknown,
        () => Exit::Done,
    })
}
