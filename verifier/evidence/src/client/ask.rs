//! What a check asks AWS, and what came of it, by values that can be compared.

use course::results::{Reason, ReasonCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::account::Client;
use super::bind::{Binding, Named};
use super::call::{Call, Failure};
use super::refused::{Refused, Why};
use crate::reads::{self, Found};

/// A call that checks ask for: reads with the same call are made once in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The operation, as in `ec2:DescribeVpcs`.
    pub call: String,
    /// The region; `None` for the profile's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The values of its inputs.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Value>,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Outcome {
    /// The evidence in its answer.
    Answer(Value),
    /// It failed.
    Failed {
        /// AWS's error code, if AWS refused it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// What happened.
        reasons: Vec<Reason>,
    },
}

/// The calls of a run and what came of them, by account.
pub type Answers = BTreeMap<String, BTreeMap<Arc<Ask>, Arc<Outcome>>>;

impl Ask {
    /// The operation.
    ///
    /// # Errors
    /// When the table does not have it.
    pub fn found(&self) -> Result<Found, reads::Unknown> {
        reads::find(&self.call)
    }
}

impl Ord for Ask {
    fn cmp(&self, other: &Ask) -> Ordering {
        let inputs = || order_of_maps(&self.with, &other.with);
        self.call.cmp(&other.call).then_with(|| self.region.cmp(&other.region)).then_with(inputs)
    }
}

impl PartialOrd for Ask {
    fn partial_cmp(&self, other: &Ask) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of two inputs. It has no meaning, but differs for different values.
fn order(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Object(one), Value::Object(other)) => order_of_maps(one, other),
        (Value::Array(values), Value::Array(others)) => {
            let first = values.iter().zip(others).map(|(one, other)| order(one, other)).find(|order| order.is_ne());
            first.unwrap_or_else(|| values.len().cmp(&others.len()))
        }
        // Of other kinds there are few.
        (one, other) => one.to_string().cmp(&other.to_string()),
    }
}

fn order_of_maps(one: &Map<String, Value>, other: &Map<String, Value>) -> Ordering {
    let entry = |((name, one), (other_name, other)): ((&String, &Value), (&String, &Value))| {
        name.cmp(other_name).then_with(|| order(one, other))
    };
    let first = one.iter().zip(other).map(entry).find(|order| order.is_ne());
    first.unwrap_or_else(|| one.len().cmp(&other.len()))
}

impl Outcome {
    /// Why a call failed. An error that says that there is nothing is an answer.
    pub fn failures(&self, ask: &Ask) -> &[Reason] {
        match self {
            Outcome::Answer(_) => &[],
            Outcome::Failed { code, reasons } => {
                let says_none = |code: &String| ask.found().is_ok_and(|found| found.operation.none.contains_key(code));
                if code.as_ref().is_some_and(says_none) { &[] } else { reasons }
            }
        }
    }

    /// A call that was not made, or whose result does not count.
    pub fn failed(reasons: Vec<Reason>) -> Outcome {
        Outcome::Failed { code: None, reasons }
    }
}

impl Client {
    /// Makes a call, and binds its answer. Only members that are named are kept.
    pub async fn answer(&self, ask: &Ask, named: &Named) -> Outcome {
        let account = self.account();
        let reason = |code, message: String| {
            Outcome::failed(vec![Reason { code, account: Some(account.to_owned()), action: None, message }])
        };
        let found = match ask.found() {
            Ok(found) => found,
            Err(unknown) => return reason(ReasonCode::CourseError, unknown.to_string()),
        };
        let region = ask.region.clone().unwrap_or_else(|| self.region_of(found));
        let call = Call { found, region: &region, input: &ask.with };
        match self.read(call).await {
            Ok(answer) => {
                let binding = Binding { account, found, input: &answer.input, named };
                Outcome::Answer(binding.bind(&answer.value, &answer.differing))
            }
            Err(Failure::Failed { code, reasons }) => Outcome::Failed { code, reasons },
            Err(Failure::Refused(refused)) => {
                let message = format!("{found} was not called in the {account} account: {refused}.");
                reason(code_of(&refused), message)
            }
        }
    }
}

/// What a refusal is for the learner: a mistake in the course, or something that is not theirs.
fn code_of(refused: &Refused) -> ReasonCode {
    match refused.why {
        Why::NoSuchBucket { .. } => ReasonCode::NoSuchResource,
        Why::Foreign => ReasonCode::NotAvailableHere,
        _ => ReasonCode::CourseError,
    }
}
