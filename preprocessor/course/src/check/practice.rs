//! `[practice]`: what does a check's step in the practice accounts.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::lets::is_identifier;
use super::reads::texts_in;
use crate::places::KeyPath;

/// What does a check's step in the practice accounts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Practice {
    /// What it does, for learners; by default, the check's title. Its only hole is `{account}`, the step's account.
    pub title: Option<String>,
    /// The checks whose actions must be taken before.
    pub needs: Vec<String>,
    /// The checks whose actions do this step, too.
    pub same_as: Vec<String>,
    /// What is there before the course begins.
    pub given: Vec<PracticeOperation>,
    /// What it does, in order.
    pub operations: Vec<PracticeOperation>,
}

/// Something that is done in a practice account.
#[derive(Debug, Clone, PartialEq)]
pub struct PracticeOperation {
    /// The account, if it is not the step's.
    pub account: Option<String>,
    /// CEL: a list. The operation is done for each of its elements, which is `each` in it.
    pub each: Option<String>,
    /// CEL: whether it is done at all.
    pub when: Option<String>,
    /// What is done.
    pub what: PracticeOperationKind,
}

/// What is done in a practice account.
#[derive(Debug, Clone, PartialEq)]
pub enum PracticeOperationKind {
    /// An AWS operation.
    Call(PracticeCall),
    /// A switch of what AWS has only a console for.
    Switch {
        /// Its name.
        name: String,
        /// Its new position.
        to: Value,
    },
}

/// A call of an AWS operation in a practice account.
#[derive(Debug, Clone, PartialEq)]
pub struct PracticeCall {
    /// The operation, as in `ec2:CreateVpc`.
    pub call: String,
    /// The values of its inputs, with `{CEL}` holes.
    pub with: Map<String, Value>,
    /// The region, with `{CEL}` holes.
    pub region: Option<String>,
    /// What later operations call its response. With `each`, it is the list of all responses.
    pub name: Option<String>,
}

/// What does the step in the practice accounts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PracticeTable {
    /// What it does, for learners. `{account}` in it is the step's account. Without it, the check's title.
    title: Option<String>,
    /// Checks whose actions must be taken before.
    #[serde(default)]
    needs: Vec<String>,
    /// Instead of `do`: checks whose actions do this step, too.
    #[serde(default)]
    same_as: Vec<String>,
    /// What is there before the course begins.
    #[serde(default)]
    given: Vec<OperationTable>,
    /// What is done, in order.
    #[serde(default, rename = "do")]
    operations: Vec<OperationTable>,
}

/// An operation in a practice account: a `call` or a `switch`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["call"] }, { "required": ["switch"] }]))]
struct OperationTable {
    /// The account, if it is not the step's.
    account: Option<String>,
    /// An expression: a list. It is done for each element, which is `each`.
    each: Option<String>,
    /// An expression: it is done only if this is true.
    when: Option<String>,
    /// An AWS operation: one that writes, or one that checks may read.
    call: Option<String>,
    /// The operation's inputs, with `{…}`.
    with: Option<Map<String, Value>>,
    /// The region, with `{…}`. Without it, the course's.
    region: Option<String>,
    /// A name for the response, for later operations: `{vpc.Vpc.VpcId}`. With `each`, the list of all responses.
    #[serde(rename = "as")]
    name: Option<String>,
    /// What AWS has only a console or a sign-up for, such as `root-mfa`.
    switch: Option<String>,
    /// The switch's new position. Without it, `true`.
    to: Option<Value>,
}

impl PracticeTable {
    /// The action, and everything that is wrong in it, each with its key.
    pub(super) fn read(self) -> (Practice, Vec<(KeyPath, String)>) {
        let mut wrong = Vec::new();
        let root = KeyPath::of(["practice"]);
        let mut operations = |key: &str, tables: Vec<OperationTable>| {
            let mut read = Vec::new();
            for (at, table) in tables.into_iter().enumerate() {
                match table.read() {
                    Ok(operation) => read.push(operation),
                    Err((inner, why)) => {
                        let part = root.then(key).then(at);
                        wrong.push((inner.map_or(part.clone(), |inner| part.then(inner)), why));
                    }
                }
            }
            read
        };
        let given = operations("given", self.given);
        let does = operations("do", self.operations);
        if self.title.as_ref().is_some_and(|title| title.replace("{account}", "").contains(['{', '}'])) {
            wrong.push((root.then("title"), "the only hole of a title is {account}, the step's account".to_owned()));
        }
        if !self.same_as.is_empty() && !does.is_empty() {
            let why = "an action either has `do`, or is the `same_as` those of other checks, not both";
            wrong.push((root.then("same_as"), why.to_owned()));
        }
        let (title, needs, same_as) = (self.title, self.needs, self.same_as);
        (Practice { title, needs, same_as, given, operations: does }, wrong)
    }
}

type Misused = (Option<&'static str>, String);

impl OperationTable {
    fn read(self) -> Result<PracticeOperation, Misused> {
        let OperationTable { account, each, when, call, with, region, name, switch, to } = self;
        let misused = |key, why: &str| Err((Some(key), why.to_owned()));
        let what = match (call, switch) {
            (Some(_), Some(_)) => return misused("switch", "an operation has either `call` or `switch`, not both"),
            (None, None) => return Err((None, "an operation needs a `call` or a `switch`".to_owned())),
            (Some(_), None) if to.is_some() => return misused("to", "`to` belongs to a `switch`"),
            (Some(call), None) => {
                if name.as_ref().is_some_and(|name| !is_identifier(name)) {
                    return misused("as", "this is not a valid name: use letters, digits and `_`");
                }
                PracticeOperationKind::Call(PracticeCall { call, with: with.unwrap_or_default(), region, name })
            }
            (None, Some(_)) if with.is_some() => return misused("with", "a `switch` has `to`, and no `with`"),
            (None, Some(_)) if region.is_some() => return misused("region", "a `switch` has no region"),
            (None, Some(_)) if name.is_some() => return misused("as", "a `switch` has no response"),
            (None, Some(_)) if each.is_some() => return misused("each", "a `switch` is not set for each of a list"),
            (None, Some(name)) => PracticeOperationKind::Switch { name, to: to.unwrap_or(Value::Bool(true)) },
        };
        Ok(PracticeOperation { account, each, when, what })
    }
}

impl PracticeOperation {
    /// Its expressions outside of texts.
    pub fn expressions(&self) -> impl Iterator<Item = &str> {
        self.each.as_deref().into_iter().chain(self.when.as_deref())
    }

    /// The texts that may have holes.
    pub fn texts(&self) -> Vec<&str> {
        let PracticeOperationKind::Call(call) = &self.what else { return Vec::new() };
        let mut texts: Vec<&str> = call.region.as_deref().into_iter().collect();
        call.with.values().for_each(|value| texts_in(value, &mut texts));
        texts
    }
}

impl Practice {
    /// Everything that is done in it, with its place.
    pub fn all(&self) -> impl Iterator<Item = (KeyPath, &PracticeOperation)> {
        let placed = |key: &'static str, operations: &'_ [PracticeOperation]| -> Vec<KeyPath> {
            (0..operations.len()).map(|at| KeyPath::of(["practice", key]).then(at)).collect()
        };
        let given = placed("given", &self.given).into_iter().zip(&self.given);
        given.chain(placed("do", &self.operations).into_iter().zip(&self.operations))
    }
}
