//! `verify doctor`: what works between this machine and the course's accounts, and what to do about the rest.

use anyhow::Result;
use course::terminal;
use std::collections::BTreeMap;

use super::session::Session;
use super::{Common, Exit, Format, print};
use crate::report;
use crate::report::doctor::DoctorInput;
use evidence::Section;
use evidence::bindings::Bindings;
use evidence::gather::Gathered;

pub(super) async fn run(common: &Common) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json])?;
    let session = Session::open(common)?;
    let bound = if session.practice() { Bindings::new() } else { session.bindings()? };
    let plan = session.compiled.plan(&session.course, &session.course.steps);
    let mut asked = plan.clone();
    asked.retain(|name, _| session.practice() || bound.contains_key(name));
    asked.values_mut().for_each(|sections| sections.extend([Section::Privileges]));
    let (connections, gathered) = if asked.is_empty() {
        (BTreeMap::new(), Gathered::default())
    } else {
        let connections = session.connect(asked.keys()).await?;
        let gathered = session.read_until_interrupted(&asked, &connections).await?;
        (connections, gathered)
    };
    let patient = DoctorInput {
        course: &session.course,
        practice: session.practice(),
        bound: &bound,
        connections: &connections,
        plan: &plan,
        gathered: &gathered,
        show_identifiers: common.show_identifiers,
    };
    let diagnosis = patient.diagnose();
    match common.format {
        Format::Json => print(&report::json(&diagnosis)?)?,
        _ => print(&diagnosis.text())?,
    }
    if common.verbose {
        terminal::notice(&report::calls::timeline(&gathered.calls));
    }
    Ok(if diagnosis.ok { Exit::Done } else { Exit::Unknown })
}
