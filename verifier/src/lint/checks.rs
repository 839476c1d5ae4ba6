//! What in a check's expressions and sentences cannot be right, or will not do.

use mdbook_verify::check::{Check, Expectation, Proof, statement_about};
use mdbook_verify::course::Course;
use mdbook_verify::diagnostic::{Diagnostic, Spot};
use std::collections::BTreeSet;
use std::path::Path;

use super::infer::{self, Names};
use super::logic::{self, Sought};
use super::types::{self, Type};
use crate::cel::Expression;
use crate::plan::{CompiledCheck, CompiledExpectation, CompiledProof};

/// Everything about one check, each with the name of its rule.
pub fn check(course: &Course, check: &Check, compiled: &CompiledCheck) -> Vec<(&'static str, Diagnostic)> {
    let path = Path::new("checks").join(format!("{}.toml", check.name));
    let text = std::fs::read_to_string(course.root.join(&path)).unwrap_or_default();
    let names = names(course);
    let mut linter = Linter { course, check, path: &path, text: &text, names, found: Vec::new() };
    linter.lets(compiled);
    for (at, (expectation, written)) in compiled.expectations.iter().zip(check.expectations()).enumerate() {
        linter.expectation(at + 1, expectation, written);
        linter.fix(at + 1, &written.fix, expectation, matches!(written.proof, Proof::Evidence { .. }));
        linter.statement(at + 1, &written.proof);
    }
    linter.apart(compiled);
    linter.found
}

/// The names that every check can use: sections, parameters, and `accounts`.
fn names(course: &Course) -> Names {
    let mut names: Names = types::sections().clone();
    names.extend(course.params.iter().map(|(name, param)| (name.clone(), Type::of_param(param))));
    let account = |name: &String| (name.clone(), Type::record(&format!("accounts.{name}"), types::sections().clone()));
    names.insert("accounts".into(), Type::record("accounts", course.accounts.keys().map(account).collect()));
    names
}

struct Linter<'l> {
    course: &'l Course,
    check: &'l Check,
    path: &'l Path,
    text: &'l str,
    names: Names,
    found: Vec<(&'static str, Diagnostic)>,
}

impl Linter<'_> {
    fn lets(&mut self, compiled: &CompiledCheck) {
        // They stand each after those that it uses.
        for (name, expression) in &compiled.lets {
            let kind = self.infer(&format!("[let] {name}"), expression, expression.source());
            self.names.insert(name.clone(), kind);
        }
        let used: BTreeSet<String> = compiled
            .lets
            .iter()
            .map(|(_, expression)| expression)
            .chain(compiled.expectations.iter().flat_map(CompiledExpectation::expressions))
            .flat_map(|expression| expression.names().iter().map(|name| name.root.clone()))
            .collect();
        for (name, expression) in compiled.lets.iter().filter(|(name, _)| !used.contains(name)) {
            let spot = self.spot(expression.source(), None);
            self.warn("unused-let", spot, format!("nothing uses `{name}`"), "take it out of [let]");
        }
    }

    fn expectation(&mut self, number: usize, expectation: &CompiledExpectation, written: &Expectation) {
        let place = |key: &str| format!("[[expect]] {number}, {key}");
        if let Some(when) = &expectation.when {
            self.condition(&place("when"), when);
        }
        let met = match &expectation.proof {
            CompiledProof::Evidence { that, met, late } => {
                self.condition(&place("that"), that);
                for (key, expression) in late.iter().flat_map(|(at, same)| [("at", at), ("same", same)]) {
                    if let Some(expression) = expression {
                        let kind = self.infer(&place(key), expression, expression.source());
                        if !kind.can_be_shown() {
                            let message = format!("{}: this is {kind}, and must be text or a number", place(key));
                            self.warn(
                                "wrong-type",
                                self.spot(expression.source(), None),
                                message,
                                "name one of its fields",
                            );
                        }
                    }
                }
                met
            }
            CompiledProof::Word { backed_by, met, .. } => {
                if let Some(event) = backed_by {
                    self.condition(&place("backed_by"), event);
                }
                met
            }
        };
        let (Proof::Evidence { met: met_written, .. } | Proof::Word { met: met_written, .. }) = &written.proof;
        for (key, sentences, texts) in [("met", met, met_written), ("fix", &expectation.fix, &written.fix)] {
            for (sentence, text) in sentences.iter().zip(texts) {
                for hole in sentence.holes() {
                    let kind = self.infer(&place(key), hole, text);
                    if !kind.can_be_shown() {
                        let message = format!("{}: a sentence cannot show {kind}", place(key));
                        let help = "name one of its fields, as in {b.name}";
                        self.warn("hole", self.spot(text, Some(hole.source())), message, help);
                    }
                }
            }
        }
    }

    /// An expression that must be true or false.
    fn condition(&mut self, place: &str, expression: &Expression) {
        let kind = self.infer(place, expression, expression.source());
        if !kind.agrees(&Type::Bool) {
            let message = format!("{place}: this is {kind}, and must be true or false");
            self.warn("wrong-type", self.spot(expression.source(), None), message, "compare it with something");
        }
    }

    /// The type of an expression that stands in a text of the check.
    fn infer(&mut self, place: &str, expression: &Expression, text: &str) -> Type {
        let (kind, mistakes) = infer::infer(expression.tree(), &self.names);
        for mistake in mistakes {
            let spot = self.spot(text, mistake.word.as_deref().or(Some(expression.source())));
            let help = "`verify schema evidence` and the reference chapter list every section and field";
            self.warn(mistake.rule, spot, format!("{place}: {}", mistake.message), help);
        }
        kind
    }

    /// A statement names the account, and nothing else is filled in.
    fn statement(&mut self, number: usize, proof: &Proof) {
        let Proof::Word { statement, .. } = proof else { return };
        let filled = statement_about(statement, "");
        if let Some(at) = filled.find('{') {
            let hole = filled[at..].split_inclusive('}').next().unwrap_or_default();
            let message = format!("[[expect]] {number}: nothing fills {hole} in a statement");
            let spot = self.spot(statement, Some(hole));
            self.warn(
                "statement",
                spot,
                message,
                "`{account}` is filled with the course's name for the account, and nothing else is",
            );
        }
    }

    /// What a learner reads when the expectation isn't met.
    fn fix(&mut self, number: usize, fix: &[String], compiled: &CompiledExpectation, by_evidence: bool) {
        let spot = |linter: &Self| match fix.first() {
            Some(first) => linter.spot(first, None),
            None => linter.spot(&compiled.title, None),
        };
        if fix.is_empty() && by_evidence {
            let message = format!("[[expect]] {number} does not say what to do when it isn't met");
            self.warn("fix", spot(self), message, "add a fix: where to click, and what to choose");
        } else if !fix.is_empty() && compiled.fix.iter().all(|sentence| sentence.holes().next().is_some()) {
            let message = format!("[[expect]] {number}: every sentence of its fix has a hole");
            let help =
                "a sentence whose hole cannot be filled is left out: add one without a hole, or nothing may be said";
            self.warn("fix", spot(self), message, help);
        }
    }

    /// Expectations that each look for one of the same things, and so may find different ones. Where one asks for all
    /// that the other does and more, whatever meets it meets both.
    fn apart(&mut self, compiled: &CompiledCheck) {
        let looking = compiled.expectations.iter().enumerate().flat_map(|(at, expectation)| match &expectation.proof {
            CompiledProof::Evidence { that, .. } => {
                logic::sought(that.tree()).into_iter().map(|sought| (at + 1, that, sought)).collect()
            }
            CompiledProof::Word { .. } => Vec::new(),
        });
        let looking: Vec<(usize, &Expression, Sought<'_>)> = looking.collect();
        for (at, (first, _, one)) in looking.iter().enumerate() {
            let another = looking[at + 1..].iter().find(|(second, _, other)| {
                let same = first != second && one.list == other.list;
                same && !logic::implies(one.wanted, other.wanted) && !logic::implies(other.wanted, one.wanted)
            });
            let Some((second, that, _)) = another else { continue };
            let list = &one.list;
            let message = format!(
                "[[expect]] {first} and {second} each look for one of `{list}`, and different ones may meet them"
            );
            let help = format!(
                "name those that meet the first in [let], as in found = \"{list}.filter(x, …)\", and look among them"
            );
            let spot = self.spot(that.source(), None);
            self.warn("apart", spot, message, help);
        }
    }

    fn warn(&mut self, rule: &'static str, spot: Spot, message: String, help: impl Into<String>) {
        self.found.push((rule, Diagnostic { spot, message, help: Some(help.into()) }));
    }

    /// Where a text of the check stands in its file, or a word in it.
    fn spot(&self, source: &str, word: Option<&str>) -> Spot {
        let Some(at) = self.text.find(source).filter(|_| !source.is_empty()) else {
            return Spot::of_text(self.path, self.text, source);
        };
        let within = word.and_then(|word| find_word(source, word).map(|start| start..start + word.len()));
        let within = within.unwrap_or(0..source.len());
        debug_assert!(self.course.checks.contains_key(&self.check.name));
        Spot::range(self.path, self.text, at + within.start..at + within.end)
    }
}

/// Where a word stands by itself.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let alone = |at: &usize| !part(text[..*at].chars().next_back()) && !part(text[at + word.len()..].chars().next());
    text.match_indices(word).map(|(at, _)| at).find(alone)
}
