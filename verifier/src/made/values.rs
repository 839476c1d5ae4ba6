//! The values that the list of what is made uses: parameters, inputs and tables.

use course::check::{INPUT, REGION};
use course::input::Given;
use course::param::Params;
use course::table::Row;
use course::{Course, Step};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::plan::CompiledCheck;
use crate::reads::CompiledRead;

/// What a verdict was about: another check, or other inputs, would have made it another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedBy {
    /// [`Step::hash`].
    pub check_hash: String,
    /// What the learner gave, of what the step uses.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: Given,
}

impl JudgedBy {
    /// What a verdict about a step is about now.
    pub(crate) fn now(course: &Course, step: &Step) -> JudgedBy {
        let used = course.inputs_of(step);
        let inputs = course.given.iter().filter(|(name, _)| used.contains(name.as_str()));
        JudgedBy {
            check_hash: step.hash.clone(),
            inputs: inputs.map(|(name, value)| (name.clone(), value.clone())).collect(),
        }
    }
}

/// The values that a list used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListValues {
    /// Parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: Params,
    /// What the learner gave.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: Given,
    /// The rows of tables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, Vec<Row>>,
}

impl ListValues {
    /// The values that the list of a step's check uses now.
    pub(crate) fn now(course: &Course, step: &Step, check: &CompiledCheck) -> ListValues {
        let Some(makes) = &check.makes else { return ListValues::default() };
        let used = check.reached(makes);
        let is_used = |name: &str| used.iter().any(|(root, _)| root == name);
        let is_regional =
            |read: &CompiledRead| read.region.is_none() && read.found.service.global_region("aws").is_none();
        let in_region = check.reads().any(|(name, read)| is_used(name) && is_regional(read));
        let input =
            |name: &str| used.contains(&(INPUT.to_owned(), Some(name.to_owned()))) || in_region && name == REGION;
        let params = course.params_of(step).filter(|(name, _)| is_used(name));
        let tables = course.tables.iter().filter(|(name, _)| is_used(name));
        ListValues {
            params: params.map(|(name, param)| (name.to_owned(), param.clone())).collect(),
            inputs: course.given.iter().filter(|(name, _)| input(name)).map(|(k, v)| (k.clone(), v.clone())).collect(),
            tables: tables.map(|(name, table)| (name.clone(), table.rows.clone())).collect(),
        }
    }

    /// The place that they lead to, in brackets, if they name a region.
    pub(crate) fn place(&self) -> String {
        let region = self.inputs.get(REGION).map(|region| format!(" (region {region})"));
        region.unwrap_or_default()
    }
}
