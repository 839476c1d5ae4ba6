//! Finds mistakes in the practice action of a check: what its operations ask for, and the types of their responses.

use course::check::{PracticeCall, PracticeOperation, PracticeOperationKind};
use course::places::KeyPath;
use evidence::Section;
use evidence::client::declared_for_emulator;
use practice::writes;

use super::Linter;
use crate::cel::types::{self, Type};
use crate::compile::filled;
use crate::reads::EACH;

impl Linter<'_> {
    /// The operations of the practice action, each of which knows the responses of those before.
    pub(super) fn action(&mut self) {
        let Some(practice) = &self.check.practice else { return };
        let before = self.names.clone();
        for (key, operations) in [("given", &practice.given), ("do", &practice.operations)] {
            // An action that uses evidence has this one mistake.
            let is_evidence = |name: &str| Section::named(name).is_some() || self.check.reads.contains_key(name);
            self.names.retain(|name, _| name == "identity" || !is_evidence(name));
            for (at, operation) in operations.iter().enumerate() {
                self.operation(&KeyPath::of(["practice", key]).then(at), operation);
            }
            self.names.clone_from(&before);
        }
    }

    fn operation(&mut self, part: &KeyPath, operation: &PracticeOperation) {
        let element = operation.each.as_ref().map(|source| self.element(&part.then("each"), source));
        self.names.extend(element.map(|element| (EACH.to_owned(), element)));
        self.condition(&part.then("when"), operation.when.as_deref());
        let response = match &operation.what {
            PracticeOperationKind::Call(call) => self.operation_call(part, call),
            PracticeOperationKind::Switch { .. } => None,
        };
        self.names.remove(EACH);
        if let Some((name, kind)) = response {
            let kind = if operation.each.is_some() { Type::list(kind) } else { kind };
            // A name that is taken keeps its meaning, so that this is one mistake.
            self.names.entry(name).or_insert(kind);
        }
    }

    /// The inputs of a call; its response, if it has a name.
    fn operation_call(&mut self, part: &KeyPath, call: &PracticeCall) -> Option<(String, Type)> {
        let found = writes::find(&call.call).ok();
        if let Some(region) = &call.region {
            self.input(&part.then("region"), "the region", region, &Type::Text);
        }
        let inputs = found.and_then(|found| found.service.shape(found.operation.input.as_deref()?));
        for (input, value) in &call.with {
            let member = inputs.and_then(|inputs| inputs.members.get(input));
            self.value(&part.then("with").then(input), input, value, found, member);
        }
        if let Some(found) = found {
            let declared = declared_for_emulator(found, &call.with, &filled(self.texts));
            self.unlisted_inputs(&part.then("with"), &call.call, declared);
        }
        let answer = found.filter(|found| found.operation.output.is_some()).map(types::answer);
        Some((call.name.clone()?, answer.map_or(Type::Any, |answer| (*answer).clone())))
    }
}
