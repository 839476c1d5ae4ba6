//! Finds mistakes in conditions: of two that are about the same list, and of values that may be absent.

use course::check::{INPUT, Proof, ROW};
use course::places::KeyPath;
use std::collections::BTreeSet;

use super::Linter;
use crate::cel::{Written, functions, types};
use crate::lint::copies::{self, Condition};
use crate::lint::form::{Form, Sought};
use crate::lint::guards::{self, Unasked};
use crate::lint::infer::Mistake;
use crate::lint::logic::Values;
use crate::lint::truths::{self, Constant};
use crate::plan::{NOW, SINCE};

impl Linter<'_> {
    /// Expectations that search the same list, so that different elements may match them. If one condition implies the
    /// other, an element that matches it matches both.
    pub(super) fn apart(&mut self, values: &Values<'_>) {
        let mut before: Vec<(usize, Sought)> = Vec::new();
        for (at, expectation) in self.check.expectations().iter().enumerate() {
            let Proof::Evidence { that, .. } = &expectation.proof else { continue };
            let Ok(expression) = self.texts.compiled(that) else { continue };
            let looked = self.budget.within(|| {
                let form = Form::of(expression.expanded(), values);
                let (required, sought) = (form.sought_in_every_case(), form.sought());
                let twice = required.iter().enumerate().find_map(|(first, one)| {
                    let other = required[first + 1..].iter().find(|other| differ(one, other))?;
                    Some((at, other.clone()))
                });
                let elsewhere = before.iter().find_map(|(first, one)| {
                    sought.iter().find(|other| differ(one, other)).map(|other| (*first, other.clone()))
                });
                (sought, twice, elsewhere)
            });
            let Ok((sought, twice, elsewhere)) = looked else { return };
            for (first, Sought { list, .. }) in twice.into_iter().chain(elsewhere) {
                let message = match first == at {
                    true => format!("[[expect]] {} searches `{list}` twice, and may find different elements", at + 1),
                    false => format!(
                        "[[expect]] {} and {} both search `{list}`, and may find different elements",
                        first + 1,
                        at + 1
                    ),
                };
                let help = format!(
                    "name the elements that match the first condition in [let], as in found = \"{list}.filter(x, …)\", and \
                     search only those; if this is intended, add allow = [\"apart\"] at the top of the check"
                );
                self.warn("apart", self.file.value(&KeyPath::expectation(at).then("that")), message, help);
            }
            before.extend(sought.into_iter().map(|sought| (at, sought)));
        }
    }

    /// Conditions that depend on nothing that is read, so that every account meets them, or none.
    pub(super) fn constant(&mut self, values: &Values<'_>) {
        let before = self.found.len();
        for (name, meant) in &self.check.lets {
            self.constants(&self.part_of(name), &meant.text, values);
        }
        // What uses a constant `let` is constant, too: that is one mistake.
        let none = Values::default();
        let values = if self.found.len() > before { &none } else { values };
        for (at, expectation) in self.check.expectations().iter().enumerate() {
            let part = |key: &str| KeyPath::expectation(at).then(key);
            let (that, others) = match &expectation.proof {
                Proof::Evidence { that, pending, .. } => {
                    (Some(that), [("when", &expectation.when), ("pending", pending)])
                }
                Proof::Confirmation { backed_by, .. } => {
                    (None, [("when", &expectation.when), ("backed_by", backed_by)])
                }
            };
            let uses_none = |that: &&String| self.texts.compiled(that).is_ok_and(|that| !self.may_read(&that));
            match that {
                Some(that) if uses_none(&that) => {
                    let part = part("that");
                    let message = format!("{part}: this uses no evidence, so it is the same for every learner");
                    let help = "use a section or a read, or `confirm` if nothing can be read";
                    self.warn("constant", self.file.value(&part), message, help);
                }
                that => that.iter().for_each(|that| self.constants(&part("that"), that, values)),
            }
            for (key, source) in others {
                source.iter().for_each(|source| self.constants(&part(key), source, values));
            }
        }
    }

    /// The conditions in an expression that are always true, or never.
    fn constants(&mut self, part: &KeyPath, source: &str, values: &Values<'_>) {
        let Ok(expression) = self.texts.compiled(source) else { return };
        let Ok(found) = self.budget.within(|| truths::constants(expression.tree(), values)) else { return };
        for Constant { node, value, joins } in found {
            let (message, help) = match (value, joins) {
                (true, true) => (
                    "this is always true",
                    "correct it: it tests nothing. A value that is neither of two is a != 'x' && a != 'y'",
                ),
                (true, false) => ("this is always true", "correct it, or remove it: it tests nothing"),
                (false, true) => (
                    "this is never true",
                    "correct it: nothing can meet it. A value that is one of two is a == 'x' || a == 'y'",
                ),
                (false, false) => ("this is never true", "correct it: nothing can meet it"),
            };
            let mistake = Mistake {
                rule: "constant",
                message: message.to_owned(),
                node,
                word: None,
                within: None,
                help: Some(help.to_owned()),
            };
            self.mistake(part, 0, &expression, mistake);
        }
    }

    /// Whether an expression uses evidence, itself or through `let`s, or a name that is not known.
    fn may_read(&self, expression: &Written) -> bool {
        let roots = |written: &Written| written.names().iter().map(|name| name.root.clone()).collect::<Vec<_>>();
        let (mut waiting, mut seen) = (roots(expression), BTreeSet::new());
        while let Some(name) = waiting.pop() {
            let is_given =
                [INPUT, ROW, NOW, SINCE].contains(&name.as_str()) || functions::TYPES.contains(&name.as_str());
            if types::sections().contains_key(&name) {
                return true;
            }
            if is_given || self.constants.contains(name.as_str()) || !seen.insert(name.clone()) {
                continue;
            }
            match self.check.lets.get(&name).map(|meant| self.texts.compiled(&meant.text)) {
                Some(Ok(written)) => waiting.extend(roots(&written)),
                Some(Err(_)) | None => return true,
            }
        }
        false
    }

    /// Conditions on values that may be absent.
    pub(super) fn unasked(&mut self, values: &Values<'_>) {
        let compiled = |source: Option<&String>| self.texts.compiled(source?).ok();
        let mut looked_at =
            vec![(KeyPath::of(["makes"]), compiled(self.check.makes.as_ref().map(|made| &made.list)), None)];
        for (at, expectation) in self.check.expectations().iter().enumerate() {
            let part = |key: &str| KeyPath::expectation(at).then(key);
            let when = compiled(expectation.when.as_ref());
            looked_at.push((part("when"), when.clone(), None));
            let others = match &expectation.proof {
                Proof::Evidence { that, pending, .. } => [("that", Some(that)), ("pending", pending.as_ref())],
                Proof::Confirmation { backed_by, .. } => [("backed_by", backed_by.as_ref()), ("", None)],
            };
            looked_at.extend(others.map(|(key, source)| (part(key), compiled(source), when.clone())));
        }
        for (part, expression, when) in looked_at {
            let Some(expression) = expression else { continue };
            let known = when.as_ref().map(|when| when.expanded());
            let look = || guards::unasked(expression.expanded(), known, values, &self.names);
            let Ok(found) = self.budget.within(look) else { return };
            for Unasked { message, help } in found {
                self.warn("empty", self.file.value(&part), format!("{part}: {message}"), help);
            }
        }
    }

    /// Similar conditions on the same kind of element, each of which tests something that the other does not.
    pub(super) fn copied(&mut self, values: &Values<'_>) {
        let mut before: Vec<(usize, Vec<Condition>)> = Vec::new();
        for (at, expectation) in self.check.expectations().iter().enumerate() {
            let Proof::Evidence { that, .. } = &expectation.proof else { continue };
            let Ok(expression) = self.texts.compiled(that) else { continue };
            let looked = self.budget.within(|| {
                let conditions = copies::conditions(expression.expanded(), values, &self.names);
                let twice = before.iter().chain([&(at, conditions.clone())]).find_map(|(first, earlier)| {
                    let pair = |one: &Condition| conditions.iter().find_map(|other| one.difference(other));
                    earlier.iter().find_map(pair).map(|found| (*first, found))
                });
                (conditions, twice)
            });
            let Ok((conditions, twice)) = looked else { return };
            if let Some((first, found)) = twice {
                let part = KeyPath::expectation(at).then("that");
                let message = format!(
                    "[[expect]] {} and {} have different conditions for {}: {}",
                    first + 1,
                    at + 1,
                    found.element,
                    found.difference
                );
                let help = "write the condition once, as a let with a parameter (\"warns(a)\" = \"…\"); if this is \
                            intended, add allow = [\"copied\"] at the top of the check";
                self.warn("copied", self.file.value(&part), message, help);
            }
            before.push((at, conditions));
        }
    }
}

/// Whether two searches may find different elements of a list.
fn differ(one: &Sought, other: &Sought) -> bool {
    one.list == other.list && !one.wanted.implies(&other.wanted) && !other.wanted.implies(&one.wanted)
}
