//! An account with nothing in it, for any course: what an account says right after its sign-up, under the course's own
//! names. All other accounts of the course are set up.

use anyhow::Result;
use course::{Course, Step};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evidence::gather::{self, Gathered, Plan};
use evidence::{Section, time};
use practice::{GENERAL, PRODUCTION, PracticeCloud, Start};

/// What an account says that is set up, and one with nothing in it.
#[derive(Debug)]
pub(super) struct Accounts {
    gathered: Gathered,
}

impl Accounts {
    /// Asks the practice accounts for these sections.
    ///
    /// # Errors
    /// When the practice account refuses the sign-up, which is a mistake in it.
    pub(super) async fn gather(course: &Course, sections: &BTreeSet<Section>) -> Result<Accounts> {
        let now = time::now_secs();
        let world = PracticeCloud::open(Start::SignedUp, &[], &course.params, now).await?;
        let names = [GENERAL, PRODUCTION].map(str::to_owned);
        let plan: Plan = names.iter().map(|name| (name.clone(), sections.clone())).collect();
        let gathered = gather::gather(&plan, &world.connections(&names), &BTreeMap::new(), &|_| {}, None).await;
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
            // No two accounts of a course are the same one.
            let own = format!("{:012}", 700_000_000_000 + at);
            let renamed = |(section, value): (&Section, &Value)| (*section, with_id(value, id, &own));
            evidence.insert(name.clone(), sections.iter().map(renamed).collect());
            gathered.account_ids.insert(name.clone(), own);
        }
        gathered.evidence = Arc::new(evidence);
        gathered
    }
}

/// The same, of an account with another id.
fn with_id(value: &Value, id: &str, own: &str) -> Value {
    match value {
        Value::String(text) => text.replace(id, own).into(),
        Value::Array(items) => items.iter().map(|item| with_id(item, id, own)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), with_id(field, id, own))).collect(),
        other => other.clone(),
    }
}
