//! What identifies a step: its check, with the parameters and tables that decide its verdict.

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Check, hex};
use crate::course::{Course, Step};
use crate::parallel;
use crate::param::Param;
use crate::table::Row;

impl Course {
    /// The course with each step's hash.
    pub(crate) fn with_hashes(mut self) -> Course {
        let with_params =
            |check: &str, params: &BTreeMap<&str, &Param>| hashed(&[check, &serde_json::json!(params).to_string()]);
        // Many steps may have the same check: its hash, the parameters that it mentions, and the hash of its steps if it
        // mentions none.
        let checks: Vec<(&String, &Check)> = self.checks.iter().collect();
        let checks = parallel::each(&checks, |(name, check)| {
            let (params, tables) = (check.mentions(&self.params), check.uses_tables(&self.tables));
            let rows: BTreeMap<&str, &[Row]> =
                tables.into_iter().map(|name| (name, self.tables[name].rows.as_slice())).collect();
            let hash = hashed(&[&check.hash(), &serde_json::json!(rows).to_string()]);
            let without_params = params.is_empty().then(|| with_params(&hash, &BTreeMap::new()));
            (name.as_str(), (hash, params, without_params))
        });
        let checks: BTreeMap<&str, (String, BTreeSet<&str>, Option<String>)> = checks.into_iter().collect();
        let own = |step: &Step| match &checks[step.check.as_str()] {
            (_, _, Some(without_params)) => without_params.clone(),
            (check, mentions, None) => {
                with_params(check, &self.params_of(step).filter(|(name, _)| mentions.contains(name)).collect())
            }
        };
        let own: Vec<String> = self.steps.iter().map(own).collect();
        let by_id: BTreeMap<&str, &str> =
            self.steps.iter().zip(&own).map(|(step, own)| (step.id.as_str(), own.as_str())).collect();
        let hash = |(step, own): (&Step, &String)| {
            if step.members.is_empty() && step.removes.is_empty() {
                return own.clone();
            }
            let members = step.members.iter().filter_map(|id| by_id.get(id.as_str()).copied());
            let removed = step.removes.iter().filter_map(|id| self.check(self.step(id)?).makes_hash());
            let behind: Vec<String> = members.map(str::to_owned).chain(removed).collect();
            let parts: Vec<&str> = [own.as_str()].into_iter().chain(behind.iter().map(String::as_str)).collect();
            hashed(&parts)
        };
        let hashes: Vec<String> = self.steps.iter().zip(&own).map(hash).collect();
        for (step, hash) in self.steps.iter_mut().zip(hashes) {
            step.hash = hash;
        }
        self
    }
}

/// A hash of texts. A line break, which none of them has, keeps them apart.
fn hashed(parts: &[&str]) -> String {
    hex(&Sha256::digest(parts.join("\n").as_bytes())[..16])
}
