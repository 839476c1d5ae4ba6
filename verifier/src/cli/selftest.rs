//! `verify selftest`: proves that each check can tell done from not done, for its author.

use anyhow::{Result, bail};
use std::sync::Arc;

use super::session::Session;
use super::{Common, Exit, Format, print};
use crate::{compile, report, selftest};

pub(super) async fn run(common: &Common, names: &[String]) -> Result<Exit> {
    common.takes(&[Format::Text, Format::Json])?;
    let session = Session::open(common)?;
    let course = Arc::new(session.course.with_a_step_for_each_check());
    let compiled = Arc::clone(&session.compiled);
    if let Some(name) = names.iter().find(|name| !course.checks.contains_key(*name)) {
        bail!("there is no check `{name}`{}", compile::did_you_mean(name, course.checks.keys().map(String::as_str)));
    }
    if let Some(stray) = selftest::cases::strays(&course).first() {
        bail!("checks/cases/{stray}.toml has cases for a check that there is none of");
    }
    let situations = selftest::Situations::gather(&course, &compiled).await?;
    let mut proofs = Vec::new();
    for step in course.steps.iter().filter(|step| names.is_empty() || names.contains(&step.check)) {
        let cases = selftest::cases::read(&course, &step.check)?;
        proofs.push(selftest::prove(&course, &compiled, step, &situations, &cases));
    }
    print(&match common.format {
        Format::Json => report::selftest::json(&proofs)?,
        _ => report::selftest::text(&proofs),
    })?;
    Ok(if proofs.iter().all(|proof| proof.problems.is_empty()) { Exit::Done } else { Exit::NotYet })
}
