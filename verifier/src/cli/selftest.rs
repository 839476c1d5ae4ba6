//! `verify selftest`: proves that each check distinguishes done from not done, for its author.

use anyhow::{Result, bail};

use super::Exit;
use super::common::{Common, TextOrJson};
use super::terminal::{Terminal, print};
use crate::run::Session;
use crate::{report, selftest};

pub(super) async fn run(common: &Common, names: &[String], format: TextOrJson) -> Result<Exit> {
    let terminal = Terminal::default();
    let session = Session::open(&common.options(), &terminal)?;
    let course = &session.course;
    if let Some(name) = names.iter().find(|name| !course.checks.contains_key(*name)) {
        bail!(
            "there is no check `{name}`{}",
            course::diagnostic::did_you_mean(name, course.checks.keys().map(String::as_str))
        );
    }
    if let Some(stray) = selftest::cases::strays(course).first() {
        bail!("checks/cases/{stray}.toml has cases, but there is no check `{stray}`");
    }
    let proofs = selftest::prove_all(course, &session.compiled, names).await?;
    print(&match format {
        TextOrJson::Json => report::selftest::json(&proofs)?,
        TextOrJson::Text => report::selftest::text(&proofs),
    })?;
    Ok(if proofs.iter().all(|proof| proof.problems.is_empty()) { Exit::Done } else { Exit::NotYet })
}
