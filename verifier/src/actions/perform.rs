//! Does the operations of a practice action.

use course::Step;
use course::check::REGION;
use evidence::reads::Found;
use practice::PracticeError;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::accounts::{Emulated, PracticeAccounts};
use super::compiled::CompiledOperationKind;
use super::error::ActionError;
use super::fill::{self, FilledCall, Values, Which};
use crate::compile::not_offered;
use crate::reads::MOST_CALLS;

impl PracticeAccounts {
    /// The inputs that a step's action uses, as they are now. Only what is made in a region uses the course's region.
    pub fn inputs_of(&self, step: &Step) -> BTreeMap<String, String> {
        let Some(check) = self.compiled.find(&step.check) else { return BTreeMap::new() };
        let operations = check.practice.iter().flat_map(|action| &action.operations);
        let used = operations.flat_map(|operation| {
            let in_region = match &operation.what {
                CompiledOperationKind::Call { found, region: None, .. } => {
                    reads_of(*found).service.global_region("aws").is_none()
                }
                _ => false,
            };
            let region = in_region.then(|| REGION.to_owned());
            fill::used_inputs(&self.course, check, operation).into_iter().chain(region)
        });
        used.filter_map(|name| self.course.given.get(&name).map(|value| (name, value.clone()))).collect()
    }

    /// Does the operations of a step's action, except in these accounts.
    pub(super) async fn perform(
        &self,
        step: &Step,
        is_given: bool,
        except: &BTreeSet<String>,
        given: &BTreeMap<String, String>,
    ) -> Result<(), ActionError> {
        let Some(check) = self.compiled.find(&step.check).cloned() else {
            let why = format!("`{}` cannot be done: its check has mistakes, which `verify lint` lists", step.id);
            return Err(ActionError::Accounts { why });
        };
        let Some(action) = check.practice.as_ref() else { return Ok(()) };
        let operations = if is_given { &action.given } else { &action.operations };
        let mut values = Values {
            course: Arc::clone(&self.course),
            check: Arc::clone(&check),
            step: step.clone(),
            account_ids: self.account_ids(),
            given: Arc::new(given.clone()),
            responses: BTreeMap::new(),
            now: self.now(),
        };
        for (at, operation) in operations.iter().enumerate() {
            let account = operation.account.as_ref().unwrap_or(&step.account);
            if except.contains(account) {
                continue;
            }
            let failed = |why: String| ActionError::Failed { step: step.id.clone(), is_given, operation: at + 1, why };
            let refused = |error: PracticeError| match error {
                PracticeError::Lacking { why } => ActionError::Lacking { step: step.id.clone(), why },
                error => failed(error.to_string()),
            };
            // What is made again has other ids.
            let again = self.times.get(&step.id).map_or_else(String::new, |times| format!(" again {times}"));
            let origin = format!("{} {is_given} {at}{again}", step.id);
            let which = Which { is_given, at };
            if let Some(input) = values.missing_input(which) {
                let label = self.course.inputs.get(&input).map_or_else(String::new, |input| input.label.clone());
                return Err(ActionError::NeedsInput { step: step.id.clone(), input, label });
            }
            let times = fill::fill(values.clone(), which).map_err(&failed)?;
            match &operation.what {
                CompiledOperationKind::Switch(switch) => {
                    if !times.is_empty() {
                        self.switch(account, switch.clone(), &origin).await.map_err(refused)?;
                    }
                }
                CompiledOperationKind::Call { found, name, .. } => {
                    let mut responses = Vec::new();
                    if times.len() > MOST_CALLS {
                        return Err(failed(format!(
                            "it would be done {} times; at most {MOST_CALLS} are",
                            times.len()
                        )));
                    }
                    for (element, FilledCall { region, with }) in times.into_iter().enumerate() {
                        let region = region.or_else(|| given.get(REGION).cloned());
                        let wrong = region.as_deref().and_then(|region| not_offered(reads_of(*found), region));
                        wrong.map_or(Ok(()), |why| Err(failed(why)))?;
                        let origin = format!("{origin} {element}");
                        let response = match &self.emulated {
                            Emulated::Here(cloud) => {
                                cloud.call(account, *found, region.as_deref(), with, &origin).await
                            }
                            Emulated::Elsewhere(other) => other.call(account, *found, region.as_deref(), with).await,
                        };
                        responses.push(response.map_err(refused)?);
                    }
                    if let Some(name) = name {
                        let all = Value::Array(responses.clone());
                        // Of what was not done, nothing is there.
                        let one = responses.pop().unwrap_or_else(|| json!({}));
                        let response = if operation.each.is_some() { all } else { one };
                        values.responses.insert(name.clone(), response);
                    }
                }
            }
        }
        Ok(())
    }
}

/// An operation with the service of the table of reads, which knows the regions.
fn reads_of(found: Found) -> Found {
    evidence::reads::service(&found.service.name).map_or(found, |service| Found { service, ..found })
}
