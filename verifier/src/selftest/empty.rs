//! An empty account for any course: the evidence of an account right after sign-up, under the course's own account
//! names. All other accounts of the course are set up.

use anyhow::Result;
use course::{Course, Step};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evidence::gather::{self, Gathered, Plan};
use evidence::{Section, time};
use practice::{GENERAL, PRODUCTION, PracticeCloud, Start};

/// The evidence of an account that is set up, and of an empty one.
#[derive(Debug)]
pub(super) struct Accounts {
    gathered: Gathered,
}

impl Accounts {
    /// Reads these sections of the practice accounts.
    ///
    /// # Errors
    /// If the practice accounts reject the sign-up, which is a mistake in them.
    pub(super) async fn gather(course: &Course, sections: &BTreeSet<Section>) -> Result<Accounts> {
        let now = time::now_secs();
        let practice_cloud = PracticeCloud::open(Start::SignedUp, &[], &course.params, now).await?;
        let names = [GENERAL, PRODUCTION].map(str::to_owned);
        let plan: Plan = names.iter().map(|name| (name.clone(), sections.clone())).collect();
        let gathered =
            gather::gather(&plan, &practice_cloud.connections(&names), &BTreeMap::new(), &|_| {}, Default::default())
                .await;
        Ok(Accounts { gathered })
    }

    /// The evidence of a course in which a step's own account is empty.
    pub(super) fn empty_for(&self, course: &Course, step: &Step) -> Gathered {
        let mut gathered = Gathered { now: self.gathered.now.clone(), ..Gathered::default() };
        let mut evidence = BTreeMap::new();
        let members = step.members.iter().filter_map(|id| course.step(id));
        let empty: BTreeSet<&String> = members.chain([step]).map(|step| &step.account).collect();
        for (at, name) in course.accounts.keys().enumerate() {
            let alike = if empty.contains(name) { PRODUCTION } else { GENERAL };
            let (Some(sections), Some(id)) = (self.gathered.evidence.get(alike), self.gathered.account_ids.get(alike))
            else {
                continue;
            };
            // Every account of a course has its own id.
            let own = format!("{:012}", 700_000_000_000 + at);
            let renamed = |(section, value): (&Section, &Value)| (*section, with_id(value, id, &own));
            evidence.insert(name.clone(), sections.iter().map(renamed).collect());
            gathered.account_ids.insert(name.clone(), own);
        }
        gathered.evidence = Arc::new(evidence);
        gathered
    }
}

/// A value with the account's id replaced.
fn with_id(value: &Value, id: &str, own: &str) -> Value {
    match value {
        Value::String(text) => text.replace(id, own).into(),
        Value::Array(items) => items.iter().map(|item| with_id(item, id, own)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), with_id(field, id, own))).collect(),
        other => other.clone(),
    }
}
