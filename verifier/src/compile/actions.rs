//! Compiles the practice action of a check. Every mistake is reported at its own key.

use course::check::{Check, INPUT, PracticeCall, PracticeOperation, PracticeOperationKind};
use course::diagnostic::did_you_mean;
use course::places::KeyPath;
use evidence::Section;
use evidence::client::{Filled, Why, declared_for_emulator};
use evidence::reads::Found;
use practice::{Switch, writes};
use std::collections::BTreeSet;

use super::reads::{filled, not_offered};
use super::{Compiler, Lets};
use crate::actions::{CompiledAction, CompiledOperation, CompiledOperationKind, signed_up_by};
use crate::cel::Expression;
use crate::plan::Definition;
use crate::reads::{EACH, MOST_CALLS};

/// The section that actions may use: who the account is.
const IDENTITY: &str = "identity";

impl Compiler<'_> {
    /// What does the check's step in the practice accounts. `definitions` are the check's.
    pub(super) fn action(&mut self, definitions: &Lets<Definition>) -> Option<CompiledAction> {
        let practice = self.check.practice.as_ref()?;
        let mut action = CompiledAction::default();
        for (is_given, operations) in [(true, &practice.given), (false, &practice.operations)] {
            let mut responses: Vec<String> = Vec::new();
            if operations.len() > MOST_CALLS {
                let message = format!("an action has at most {MOST_CALLS} operations: use `each`");
                self.fail(&KeyPath::of(["practice", if is_given { "given" } else { "do" }]), None, message);
                continue;
            }
            for (at, operation) in operations.iter().enumerate() {
                let part = KeyPath::of(["practice", if is_given { "given" } else { "do" }]).then(at);
                if is_given {
                    self.before_the_account(&part, operation);
                }
                let compiled = self.operation(&part, operation, &responses);
                if let Some(name) = response(operation) {
                    self.response_name(&part.then("as"), name, &responses);
                    responses.push(name.clone());
                }
                let Some(compiled) = compiled else { continue };
                for expression in compiled.expressions() {
                    self.without_evidence(&part, expression, definitions);
                }
                if is_given { action.given.push(compiled) } else { action.operations.push(compiled) }
            }
        }
        Some(action)
    }

    /// Reports what is to be there before the course begins, in an account for which a step signs up.
    fn before_the_account(&mut self, part: &KeyPath, operation: &PracticeOperation) {
        let account = operation.account.as_ref().unwrap_or(&self.check.account);
        let signs_up = |check: &&Check| signed_up_by(check, &check.account).any(|signed_up| signed_up == account);
        if let Some(check) = self.course.checks.values().find(signs_up) {
            let after = match check.name == self.check.name {
                true => "after the sign-up".to_owned(),
                false => format!("with needs = [\"{}\"]", check.name),
            };
            let message = format!(
                "`given` is done before the course begins, and the account `{account}` is there only after `{}`: put \
                 this into `do`, {after}",
                check.name
            );
            self.fail(part, None, message);
        }
    }

    fn operation(
        &mut self,
        part: &KeyPath,
        operation: &PracticeOperation,
        responses: &[String],
    ) -> Option<CompiledOperation> {
        if let Some(account) = operation.account.as_ref().filter(|name| !self.course.accounts.contains_key(*name)) {
            let known = self.course.accounts.keys().map(String::as_str);
            let message = format!("the course has no account `{account}`{}", did_you_mean(account, known));
            self.fail(&part.then("account"), None, message);
        } else if operation.account.is_none() && self.check.account.is_empty() {
            let message = "the check has no `account`, so say in which account this is done".to_owned();
            self.fail(part, None, message);
        }
        let bound: Vec<String> = responses.iter().cloned().chain([IDENTITY.to_owned()]).collect();
        let each = operation.each.as_deref().and_then(|source| self.compiled(&part.then("each"), source, &bound));
        let bound: Vec<String> = bound.into_iter().chain(operation.each.iter().map(|_| EACH.to_owned())).collect();
        let when = operation.when.as_deref().and_then(|source| self.compiled(&part.then("when"), source, &bound));
        let what = match &operation.what {
            PracticeOperationKind::Call(call) => self.call(part, call, &bound)?,
            PracticeOperationKind::Switch { name, to } => match Switch::read(name, to) {
                Ok(switch) => CompiledOperationKind::Switch(switch),
                Err((is_position, message)) => {
                    self.fail(&part.then(if is_position { "to" } else { "switch" }), None, message);
                    return None;
                }
            },
        };
        Some(CompiledOperation { account: operation.account.clone(), each, when, what })
    }

    fn call(&mut self, part: &KeyPath, call: &PracticeCall, bound: &[String]) -> Option<CompiledOperationKind> {
        let found = writes::find(&call.call);
        let found = found.map_err(|unknown| self.fail(&part.then("call"), None, unknown.to_string())).ok();
        let region = call.region.as_deref().and_then(|text| self.text(&part.then("region"), text, bound));
        let inputs = part.then("with");
        let mut with = Vec::new();
        for (input, value) in &call.with {
            with.extend(self.filled(&inputs.then(input), value, bound).map(|value| (input.clone(), value)));
        }
        let found = found?;
        for (keys, refused) in declared_for_emulator(found, &call.with, &filled(self.texts)).refused {
            let part = keys.iter().fold(inputs.clone(), |part, key| part.then(key));
            match refused.why {
                Why::Unknown { .. } => self.fail_key(&part, refused.to_string()),
                _ => self.fail(&part, None, refused.to_string()),
            }
        }
        if let Some(Filled::Text(name)) = region.as_ref().map(crate::sentence::Sentence::filled) {
            let of_reads = evidence::reads::service(&found.service.name);
            let offered = of_reads.ok().and_then(|service| not_offered(Found { service, ..found }, &name));
            offered.into_iter().for_each(|message| self.fail(&part.then("region"), None, message));
        }
        Some(CompiledOperationKind::Call { found, region, with, name: call.name.clone() })
    }

    fn response_name(&mut self, part: &KeyPath, name: &str, responses: &[String]) {
        let again = responses.iter().any(|known| known == name).then_some("the response of an operation before");
        let own =
            (self.check.lets.contains_key(name) || self.check.reads.contains_key(name)).then_some("the check's own");
        if let Some(taken) = self.taken(name).or(again).or(own) {
            self.fail(part, None, format!("`{name}` is already {taken}. Give the response another name"));
        }
    }

    /// Actions are done, not judged: they know parameters, tables, inputs, the time, who the accounts are, and the
    /// responses of the operations before.
    fn without_evidence(&mut self, part: &KeyPath, expression: &Expression, definitions: &Lets<Definition>) {
        let mut waiting: Vec<&Expression> = vec![expression];
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(expression) = waiting.pop() {
            for name in expression.names() {
                let root = name.root.as_str();
                let is_identity = match root {
                    "accounts" => name.fields.get(1).is_none_or(|section| section == IDENTITY),
                    root => root == IDENTITY || root == INPUT,
                };
                let is_evidence =
                    Section::named(root).is_some() || self.check.reads.contains_key(root) || root == "accounts";
                if is_evidence && !is_identity {
                    let instead = match root {
                        "account" => "write identity.account for the id of the account",
                        _ => "read it with a `call` that has an `as`",
                    };
                    let message = format!("a practice action does not know `{root}`, which is evidence: {instead}");
                    self.fail(part, None, message);
                    return;
                }
                let of_identity = match root {
                    IDENTITY => name.fields.first(),
                    "accounts" => name.fields.get(2),
                    _ => None,
                };
                if let Some(field) = of_identity.filter(|field| *field != "account") {
                    let message =
                        format!("a practice action knows of `{IDENTITY}` only the `account`, and not `{field}`");
                    self.fail(part, None, message);
                    return;
                }
                if seen.insert(root) {
                    let meant = definitions.iter().filter(|(known, _)| known == root);
                    waiting.extend(meant.flat_map(|(_, meant)| meant.expressions()));
                }
            }
        }
    }
}

/// What later operations call the response of an operation.
fn response(operation: &PracticeOperation) -> Option<&String> {
    match &operation.what {
        PracticeOperationKind::Call(call) => call.name.as_ref(),
        PracticeOperationKind::Switch { .. } => None,
    }
}
