//! `[read.NAME]`: a read of AWS that a check or a file in `checks/shared/` declares.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

use super::lets::is_identifier;
use crate::words::{holes, identifiers};

/// A read of AWS: an operation and its inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The operation, as in `ec2:DescribeVpcs`.
    pub call: String,
    /// The values of its inputs. Texts may have `{CEL}` holes; one that is a single hole has its value's type.
    pub with: Map<String, Value>,
    /// CEL: a list. The call is made for each of its elements, which is `each` in the inputs.
    pub each: Option<String>,
    /// The region, with `{CEL}` holes.
    pub region: Option<String>,
    /// The account, if it is not the check's.
    pub account: Option<String>,
    /// AWS's error codes that say that there is nothing.
    pub none_on: Vec<String>,
    /// The file of `checks/shared/` that declares it, without `.toml`; `None` for the check's own.
    pub shared: Option<String>,
}

/// AWS's services that are the same in all regions, so that the course's region decides nothing about their reads. The
/// verifier's table of reads has them, too, and a test compares the two.
pub const GLOBAL_SERVICES: [&str; 10] =
    ["account", "billing", "budgets", "cloudfront", "freetier", "iam", "organizations", "route53", "shield", "support"];

/// The reads of a check or of a shared file, by name.
pub type Reads = BTreeMap<String, Read>;

/// A read of AWS: a call, and what expressions get of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadTable {
    /// The operation, as in `ec2:DescribeVpcs`. `verify schema reads` lists all of them.
    call: String,
    /// The operation's inputs, with AWS's names. A text may have `{…}`; one that is only `{…}` has the value's own type.
    #[serde(default)]
    with: Map<String, Value>,
    /// An expression: a list. The call is made for each element, `{each}` in the inputs, and the answer is a list of
    /// records with `each` and `answer`.
    each: Option<String>,
    /// The region, as a code, with `{…}`. Without it, that of the input `region`, or of the learner's profile.
    region: Option<String>,
    /// Another account of the course.
    account: Option<String>,
    /// Error codes of AWS which mean that there is nothing. The answer is then without values: test it with `has(…)`.
    #[serde(default)]
    none_on: Vec<String>,
}

impl ReadTable {
    /// The read of this name.
    ///
    /// # Errors
    /// A name that expressions cannot use.
    pub(super) fn named(self, name: &str, shared: Option<&str>) -> Result<Read, String> {
        if !is_identifier(name) {
            return Err(format!("`{name}` is not a valid name: use letters, digits and `_`"));
        }
        let ReadTable { call, with, each, region, account, none_on } = self;
        Ok(Read { call, with, each, region, account, none_on, shared: shared.map(str::to_owned) })
    }
}

impl Read {
    /// The texts that may have holes: the region, and those in the inputs.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.region.as_deref().into_iter().collect();
        self.with.values().for_each(|value| texts_in(value, &mut texts));
        texts
    }

    /// Whether it is made in the course's region.
    pub(super) fn is_regional(&self) -> bool {
        let service = self.call.split(':').next().unwrap_or_default();
        self.region.is_none() && !GLOBAL_SERVICES.contains(&service)
    }

    /// The identifiers that it uses.
    pub fn identifiers(&self) -> impl Iterator<Item = &str> {
        let in_holes = self.texts().into_iter().flat_map(holes).flat_map(identifiers);
        in_holes.chain(self.each.as_deref().into_iter().flat_map(identifiers))
    }

    /// What decides the answer, for a check's hash.
    pub(super) fn decides(&self) -> impl Serialize {
        (&self.call, &self.with, &self.each, &self.region, &self.account, &self.none_on)
    }
}

pub(super) fn texts_in<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts_in(value, texts)),
        Value::Object(values) => values.values().for_each(|value| texts_in(value, texts)),
        _ => {}
    }
}
