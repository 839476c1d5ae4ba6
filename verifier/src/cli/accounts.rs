//! `verify accounts`: what the course's accounts are bound to.

use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};

use super::session::Session;
use super::{Common, Exit, Format, notice, print};
use crate::bindings::{self, Binding};
use crate::evidence::Section;
use crate::report;
use crate::{account, run};

pub(super) async fn run(common: &Common, bind: &[(String, String)], unbind: &[String]) -> Result<Exit> {
    let session = Session::open(common)?;
    if session.practice() {
        bail!("the practice account is bound to nothing: leave out --practice");
    }
    for name in bind.iter().map(|(name, _)| name).chain(unbind) {
        run::account_exists(&session.course, name)?;
    }
    if !bind.is_empty() || !unbind.is_empty() {
        bindings::update(&session.root, |bindings| {
            bindings.retain(|name, _| !unbind.contains(name));
            for (name, profile) in bind {
                // Binding is how a learner says that another account id is right.
                bindings.insert(name.clone(), Binding { profile: profile.clone(), account_id: None });
            }
        })?;
    }
    let bound = bindings::read(&session.root)?;
    let plan: BTreeMap<String, BTreeSet<Section>> =
        bound.keys().map(|name| (name.clone(), BTreeSet::from([Section::Identity]))).collect();
    let gathered = if bound.is_empty() { run::Gathered::default() } else { session.gather_plan(&plan).await? };
    if !bind.is_empty() || !unbind.is_empty() {
        // What was found in the account that was bound before says nothing about the one that is bound now.
        let loaded = session.store.update(|results| {
            let changed = |name: &String| unbind.contains(name) || bind.iter().any(|(bound, _)| bound == name);
            results.accounts.retain(|name, _| !changed(name));
            session.bench().note_accounts(&gathered, results);
        })?;
        loaded.notice.iter().for_each(|text| notice(text));
    }
    let profiles = account::profile_names().await;
    let lines = report::accounts::lines(&session.course, &bound, &gathered, common.show_identifiers);
    match common.format {
        Format::Json => print(&report::accounts::json(&lines)?)?,
        Format::Text => print(&report::accounts::text(&lines, &profiles))?,
    }
    let works = session.course.accounts.keys().all(|name| gathered.account_ids.contains_key(name));
    Ok(if works { Exit::Done } else { Exit::Unknown })
}
