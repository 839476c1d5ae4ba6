//! Finds what is left of what the course had the learner make.

use anyhow::Result;
use std::collections::BTreeMap;

use super::asking::Asking;
use super::connect;
use super::read;
use super::session::Session;
use crate::made::Leftover;
use crate::plan::Source;
use evidence::gather::{Gathered, Plan};

/// What is left, and what was read to find it.
#[derive(Debug)]
pub struct Leftovers {
    /// What may still be there.
    pub leftovers: Vec<Leftover>,
    /// What was read.
    pub gathered: Gathered,
}

/// Looks for all that the steps of the course make, whatever their verdicts, and saves what was seen.
///
/// # Errors
/// Files that cannot be written.
pub async fn leftovers(session: &Session<'_>) -> Result<Leftovers> {
    let makes = session.course.steps.iter().filter(|step| session.course.check(step).makes.is_some());
    let mut plan: Plan = BTreeMap::new();
    for (account, source) in makes.flat_map(|step| session.compiled.needs_of_made(step)) {
        let sections = plan.entry(account).or_default();
        if let Source::Section(section) = source {
            sections.insert(section);
        }
    }
    if plan.is_empty() {
        return Ok(Leftovers { leftovers: Vec::new(), gathered: Gathered::default() });
    }
    let connections = connect::connect(session, plan.keys()).await?;
    let asks = Asking::of_made(&session.judge());
    let gathered = read::gathered(session, &plan, asks, &connections, &|_| {}).await?;
    let (leftovers, _) = session.noting(|judge, results| judge.leftovers(&gathered, results))?;
    Ok(Leftovers { leftovers, gathered })
}
