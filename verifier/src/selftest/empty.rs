//! An empty account for any course: the evidence of an account right after sign-up, under the course's own account
//! names. All other accounts of the course are set up.

use anyhow::Result;
use course::{Course, Step};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evidence::client::{Answers, Ask, Outcome};
use evidence::gather::{self, Asks, Gathered, Plan, Questions};
use evidence::{Section, time};
use practice::{GENERAL, PRODUCTION, PracticeCloud, Start};

/// The evidence of an account that is set up, and of an empty one.
#[derive(Debug)]
pub(super) struct Accounts {
    practice_cloud: PracticeCloud,
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
        Ok(Accounts { practice_cloud, gathered })
    }

    /// What an empty account answers to the reads of a step's own account. Reads of other accounts have no answer.
    pub(super) async fn answers(&self, step: &Step, plan: &Plan, asks: Arc<dyn Asks>, own: &str) -> Result<Answers> {
        let connections = self.practice_cloud.connections([&PRODUCTION.to_owned()]);
        let connections = connections.into_values().map(|connection| (step.account.clone(), connection)).collect();
        let sections = plan.get(&step.account).cloned().unwrap_or_default();
        let plan = Plan::from([(step.account.clone(), sections)]);
        let questions = Questions { enough: None, asks: Some(asks) };
        let gathered = gather::gather(&plan, &connections, &BTreeMap::new(), &|_| {}, questions).await;
        let Some(id) = gathered.account_ids.get(&step.account) else { return Ok(Answers::new()) };
        let mut answers = Answers::new();
        for (account, ask, outcome) in gathered.outcomes() {
            let ask: Ask = renamed(ask, id, own)?;
            let outcome: Outcome = renamed(outcome, id, own)?;
            answers.entry(account.to_owned()).or_default().insert(Arc::new(ask), Arc::new(outcome));
        }
        Ok(answers)
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

/// The same with the account's id replaced.
fn renamed<T: Serialize + DeserializeOwned>(one: &T, id: &str, own: &str) -> Result<T> {
    Ok(serde_json::from_value(with_id(&serde_json::to_value(one)?, id, own))?)
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
