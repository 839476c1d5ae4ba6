//! The results of all steps, each of which is read where it is needed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::kept::Kept;
use super::step::StepResult;

/// The results of steps by id. Most runs are about one step of many.
///
/// A result that cannot be read is as one that is not there. There is none: [`super::Results::of_anybody`] refuses such a
/// document, and a sealed one was written by this program.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct StepResults(BTreeMap<String, Kept<Box<StepResult>>>);

impl StepResults {
    /// The result of a step.
    pub fn get(&self, id: &str) -> Option<&StepResult> {
        self.0.get(id)?.read().ok()?.map(Box::as_ref)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut StepResult> {
        self.0.get_mut(id)?.read_mut().ok()?.map(Box::as_mut)
    }

    /// Sets the result of a step.
    pub fn insert(&mut self, id: String, result: StepResult) {
        self.0.insert(id, Kept::from(Box::new(result)));
    }

    /// Removes the result of a step, and returns it.
    pub fn remove(&mut self, id: &str) -> Option<StepResult> {
        self.0.remove(id)?.into_value().map(|result| *result)
    }

    /// Keeps only the results of these steps.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&String) -> bool) {
        self.0.retain(|id, _| is_kept(id));
    }

    /// Whether there are no results.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The steps' ids, in their order.
    pub fn ids(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// The steps' ids and results, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &StepResult)> {
        self.0.iter().filter_map(|(id, kept)| Some((id, kept.read().ok()??.as_ref())))
    }

    /// The results, in the order of the ids.
    pub fn values(&self) -> impl Iterator<Item = &StepResult> {
        self.iter().map(|(_, result)| result)
    }

    /// How many bytes they are at least as text, as far as they were not made here.
    pub(super) fn text_len(&self) -> usize {
        self.0.iter().map(|(id, kept)| id.len() + kept.text_len() + "\"\":,".len()).sum()
    }

    /// Reads all of them.
    ///
    /// # Errors
    /// The first that is not a result.
    pub(super) fn read_all(&self) -> serde_json::Result<()> {
        self.0.values().try_for_each(|kept| match kept.read()? {
            Some(result) => result.evidence.read().map(drop),
            None => Ok(()),
        })
    }
}

impl IntoIterator for StepResults {
    type Item = (String, StepResult);
    type IntoIter = std::vec::IntoIter<(String, StepResult)>;

    fn into_iter(self) -> Self::IntoIter {
        let read = self.0.into_iter().filter_map(|(id, kept)| Some((id, *kept.into_value()?)));
        read.collect::<Vec<_>>().into_iter()
    }
}

impl FromIterator<(String, StepResult)> for StepResults {
    fn from_iter<I: IntoIterator<Item = (String, StepResult)>>(results: I) -> StepResults {
        StepResults(results.into_iter().map(|(id, result)| (id, Kept::from(Box::new(result)))).collect())
    }
}
