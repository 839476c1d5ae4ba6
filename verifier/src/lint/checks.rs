//! What in a check's expressions and sentences cannot be right, or will not do.

use mdbook_verify::check::{Check, Expectation, Proof, statement_about};
use mdbook_verify::course::Course;
use mdbook_verify::diagnostic::{Diagnostic, Spot};
use mdbook_verify::places::{Part, TomlFile};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use super::infer::{self, Names};
use super::logic::{Form, Sought};
use super::{RULES, nearest_rule};
use crate::cel::Expression;
use crate::cel::types::{self, Type};
use crate::compile::{self, Lets};
use crate::sentence::Sentence;

/// Everything about one check, each with the name of its rule. What cannot be compiled is `compile`'s to tell, and is let
/// pass here, and so is what parameters whose values could not be read are used for. Call it [`crate::cel::on_a_thread`].
pub fn check(course: &Course, check: &Check, unread: &BTreeSet<String>) -> Vec<(&'static str, Diagnostic)> {
    let path = Path::new("checks").join(format!("{}.toml", check.name));
    let file = TomlFile::read(&course.root, path);
    let names = names(course, unread);
    let mut linter = Linter { check, file, names, used: BTreeSet::new(), found: Vec::new() };
    let lets = linter.lets();
    for (at, expectation) in check.expectations().iter().enumerate() {
        linter.expectation(at, expectation);
        linter.fix(at, &expectation.fix);
        linter.statement(at, &expectation.proof);
    }
    linter.unused(&lets);
    linter.apart(&lets);
    linter.allowed();
    linter.found
}

/// The names that every check can use: sections, parameters, and `accounts`.
fn names(course: &Course, unread: &BTreeSet<String>) -> Names {
    let mut names: Names = types::sections().clone();
    let kind = |name: &String, param| if unread.contains(name) { Type::Any } else { Type::of_param(param) };
    names.extend(course.params.iter().map(|(name, param)| (name.clone(), kind(name, param))));
    let account = |name: &String| (name.clone(), Type::record(&format!("accounts.{name}"), types::sections().clone()));
    names.insert("accounts".into(), Type::record("accounts", course.accounts.keys().map(account).collect()));
    names
}

struct Linter<'l> {
    check: &'l Check,
    file: TomlFile,
    names: Names,
    /// The names that its expressions use, and the words of those that cannot be compiled.
    used: BTreeSet<String>,
    found: Vec<(&'static str, Diagnostic)>,
}

impl Linter<'_> {
    /// The `let`s that can be compiled, each after those that it uses; of those in a circle, nothing is known.
    fn lets(&mut self) -> Lets {
        let compiled = self.check.lets.iter().map(|(name, source)| (name.clone(), self.compiled(source)));
        let compiled: Vec<(String, Option<Expression>)> = compiled.collect();
        let compiled = compiled.into_iter().filter_map(|(name, it)| Some((name, it?))).collect();
        let (lets, _) = compile::in_order(compiled);
        for (name, expression) in &lets {
            let kind = self.infer(&Part::of(["let", name.as_str()]), 0, expression);
            self.names.insert(name.clone(), kind);
        }
        lets
    }

    fn compiled(&mut self, source: &str) -> Option<Expression> {
        let compiled = Expression::parse(source).ok();
        match &compiled {
            Some(expression) => self.used.extend(expression.names().iter().map(|name| name.root.clone())),
            None => self.used.extend(words(source)),
        }
        compiled
    }

    fn unused(&mut self, lets: &[(String, Expression)]) {
        let unused = lets.iter().map(|(name, _)| name).filter(|name| !self.used.contains(*name));
        for name in unused.cloned().collect::<Vec<_>>() {
            let spot = self.file.key(&Part::of(["let", name.as_str()]));
            self.warn("unused-let", spot, format!("nothing uses `{name}`"), "take it out of [let]");
        }
    }

    fn expectation(&mut self, at: usize, expectation: &Expectation) {
        let part = |key: &str| Part::expectation(at).then(key);
        self.condition(&part("when"), expectation.when.as_deref());
        let met = match &expectation.proof {
            Proof::Evidence { that, met, late } => {
                self.condition(&part("that"), Some(that));
                for (key, source) in late.iter().flat_map(|late| [("at", &late.at), ("same", &late.same)]) {
                    self.shown(&part(key), source.as_deref());
                }
                met
            }
            Proof::Word { backed_by, met, .. } => {
                self.condition(&part("backed_by"), backed_by.as_deref());
                met
            }
        };
        for (key, texts) in [("met", met), ("fix", &expectation.fix)] {
            for (at, text) in texts.iter().enumerate() {
                self.sentence(&part(key).then(at), text);
            }
        }
    }

    /// An expression that must be true or false.
    fn condition(&mut self, part: &Part, source: Option<&str>) {
        let Some(expression) = source.and_then(|source| self.compiled(source)) else { return };
        let kind = self.infer(part, 0, &expression);
        if !kind.agrees(&Type::Bool) {
            let message = format!("{part}: this is {kind}, and must be true or false");
            self.warn("wrong-type", self.file.value(part), message, "compare it with something");
        }
    }

    /// An expression that is remembered as text.
    fn shown(&mut self, part: &Part, source: Option<&str>) {
        let Some(expression) = source.and_then(|source| self.compiled(source)) else { return };
        let kind = self.infer(part, 0, &expression);
        if !kind.can_be_shown() {
            let message = format!("{part}: this is {kind}, and must be text or a number");
            self.warn("wrong-type", self.file.value(part), message, "name one of its fields");
        }
    }

    fn sentence(&mut self, part: &Part, text: &str) {
        let Ok(sentence) = Sentence::parse(text) else {
            self.used.extend(words(text));
            return;
        };
        for (at, hole) in sentence.placed_holes() {
            self.used.extend(hole.names().iter().map(|name| name.root.clone()));
            let kind = self.infer(part, at, hole);
            if !kind.can_be_shown() {
                let message = format!("{part}: a sentence cannot show {kind}");
                let spot = self.file.within(part, at..at + hole.source().len());
                self.warn("hole", spot, message, "name one of its fields, as in {b.name}");
            }
        }
        for (range, name) in doubled(text) {
            if !self.names.contains_key(name) {
                continue;
            }
            let message = format!("{part}: two braces are shown as one, and `{name}` is not filled in");
            let spot = self.file.within(part, range);
            self.warn("braces", spot, message, format!("write {{{name}}}: only lessons have two braces"));
        }
    }

    /// The type of an expression that begins there in a text of the check.
    fn infer(&mut self, part: &Part, begin: usize, expression: &Expression) -> Type {
        let (kind, mistakes) = infer::infer(expression.tree(), &self.names);
        for mistake in mistakes {
            let range = expression.range(mistake.node, mistake.word.as_deref());
            let range = range.unwrap_or(0..expression.source().len());
            let spot = self.file.within(part, begin + range.start..begin + range.end);
            let help = "`verify schema evidence` and the reference chapter list every section and field";
            self.warn(mistake.rule, spot, format!("{part}: {}", mistake.message), help);
        }
        kind
    }

    /// A statement names the account, and nothing else is filled in.
    fn statement(&mut self, at: usize, proof: &Proof) {
        let Proof::Word { statement, .. } = proof else { return };
        let filled = statement_about(statement, "");
        if let Some(begin) = filled.find('{') {
            let hole = filled[begin..].split_inclusive('}').next().unwrap_or_default();
            let message = format!("[[expect]] {}: nothing fills {hole} in a statement", at + 1);
            let part = Part::expectation(at).then("attest");
            let spot = match statement.find(hole) {
                Some(begin) => self.file.within(&part, begin..begin + hole.len()),
                None => self.file.value(&part),
            };
            let help = "`{account}` is filled with the course's name for the account, and nothing else is";
            self.warn("statement", spot, message, help);
        }
    }

    /// What a learner reads when the expectation isn't met.
    fn fix(&mut self, at: usize, fix: &[String]) {
        let has_hole = |text: &String| Sentence::parse(text).is_ok_and(|sentence| sentence.holes().next().is_some());
        if !fix.is_empty() && fix.iter().all(has_hole) {
            let message = format!("[[expect]] {}: every sentence of its fix has a hole", at + 1);
            let help =
                "a sentence whose hole cannot be filled is left out: add one without a hole, or nothing may be said";
            let spot = self.file.value(&Part::expectation(at).then("fix").then(0));
            self.warn("fix", spot, message, help);
        }
    }

    /// Expectations that each look for one of the same things, and so may find different ones. Where one asks for all
    /// that the other does and more, whatever meets it meets both.
    fn apart(&mut self, lets: &[(String, Expression)]) {
        let trees = lets.iter().map(|(name, expression)| (name.as_str(), expression.tree())).collect();
        let mut before: Vec<(usize, Sought)> = Vec::new();
        for (at, expectation) in self.check.expectations().iter().enumerate() {
            let Proof::Evidence { that, .. } = &expectation.proof else { continue };
            let Ok(expression) = Expression::parse(that) else { continue };
            let form = Form::of(expression.tree(), &trees);
            let beside = form.sought_beside();
            let twice = beside.iter().enumerate().find_map(|(first, one)| {
                let other = beside[first + 1..].iter().find(|other| differ(one, other))?;
                Some((at, other.clone()))
            });
            let sought = form.sought();
            let elsewhere = before.iter().find_map(|(first, one)| {
                sought.iter().find(|other| differ(one, other)).map(|other| (*first, other.clone()))
            });
            for (first, Sought { list, .. }) in twice.into_iter().chain(elsewhere) {
                let message = match first == at {
                    true => format!("[[expect]] {} looks twice for one of `{list}`, and finds different ones", at + 1),
                    false => format!(
                        "[[expect]] {} and {} each look for one of `{list}`, and different ones may meet them",
                        first + 1,
                        at + 1
                    ),
                };
                let help = format!(
                    "name those that meet the first in [let], as in found = \"{list}.filter(x, …)\", and look among \
                     them; if it is meant so, say allow = [\"apart\"] at the top of the check"
                );
                self.warn("apart", self.file.value(&Part::expectation(at).then("that")), message, help);
            }
            before.extend(sought.into_iter().map(|sought| (at, sought)));
        }
    }

    /// `allow` names rules.
    fn allowed(&mut self) {
        for (at, rule) in self.check.allow.iter().enumerate().filter(|(_, rule)| !RULES.contains(&rule.as_str())) {
            let spot = self.file.value(&Part::of(["allow"]).then(at));
            let message = format!("`{rule}` is no rule whose warnings can be allowed in a check");
            self.warn("allow", spot, message, nearest_rule(rule));
        }
    }

    fn warn(&mut self, rule: &'static str, spot: Spot, message: String, help: impl Into<String>) {
        self.found.push((rule, Diagnostic { spot, message, help: Some(help.into()) }));
    }
}

/// Whether different ones of a list may be found.
fn differ(one: &Sought, other: &Sought) -> bool {
    one.list == other.list && !one.wanted.implies(&other.wanted) && !other.wanted.implies(&one.wanted)
}

/// What may be names in a text that cannot be compiled.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map(str::to_owned)
}

/// Names between two braces, as lessons write them.
fn doubled(text: &str) -> Vec<(Range<usize>, &str)> {
    let hole = |(at, _): (usize, &str)| {
        let after = &text[at + 2..];
        let end = after.find("}}")?;
        let name = after[..end].trim();
        Some((at..at + 2 + end + 2, name))
    };
    text.match_indices("{{").filter_map(hole).collect()
}
