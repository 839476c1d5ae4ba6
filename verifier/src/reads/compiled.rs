//! A read, compiled.

use evidence::reads::{Found, Reach};

use super::template::Template;
use crate::cel::Expression;
use crate::sentence::Sentence;

/// What the inputs of a read call the element that its call is made for.
pub(crate) const EACH: &str = "each";
/// How many reads may depend on each other.
pub(crate) const MOST_DEEP: usize = 5;
/// How many calls the reads of a check may make.
pub(crate) const MOST_CALLS: usize = 200;
/// How many calls the checks of a run may make.
pub(crate) const MOST_CALLS_OF_A_RUN: usize = 5_000;

/// A read of a check, compiled.
#[derive(Debug)]
pub struct CompiledRead {
    /// The operation.
    pub found: Found,
    /// The account, if it is not the step's.
    pub account: Option<String>,
    /// The region, if the read says one.
    pub region: Option<Sentence>,
    /// The list whose elements the call is made for.
    pub each: Option<Expression>,
    /// The inputs, by name.
    pub with: Vec<(String, Template)>,
    /// The error codes that say that there is nothing.
    pub none_on: Vec<String>,
}

impl CompiledRead {
    /// The operation, as in `ec2:DescribeVpcs`.
    pub fn call(&self) -> String {
        self.found.to_string()
    }

    /// The calls that it makes: its own, and the list of buckets if it is about one.
    pub fn calls(&self) -> impl Iterator<Item = String> {
        let shape = self.found.operation.input.as_deref().and_then(|name| self.found.service.shape(name));
        let is_about_a_bucket =
            shape.is_some_and(|shape| shape.members.values().any(|member| member.reach == Some(Reach::Bucket)));
        is_about_a_bucket.then(|| "s3:ListBuckets".to_owned()).into_iter().chain([self.call()])
    }

    /// All its expressions.
    pub fn expressions(&self) -> Vec<&Expression> {
        let in_region = self.region.iter().flat_map(Sentence::holes);
        let in_inputs = self.with.iter().flat_map(|(_, template)| template.holes());
        self.each.iter().chain(in_region).chain(in_inputs).collect()
    }
}
