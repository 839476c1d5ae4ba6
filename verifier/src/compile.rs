//! Compiling a course's checks: each name in them must mean something, and nothing may take too long.

use mdbook_verify::check::{Check, Expectation, Late, Proof};
use mdbook_verify::course::{Course, Step};
use mdbook_verify::diagnostic::{Diagnostic, Diagnostics, Spot, nearest};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::cel::names::Name;
use crate::cel::{self, Expression, cost, functions};
use crate::evidence::Section;
use crate::plan::{Compiled, CompiledCheck, CompiledExpectation, CompiledProof};
use crate::sentence::Sentence;

/// What is wrong with a check's expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckError {
    /// The check's name.
    pub check: String,
    /// Where in the check, as in `[[expect]] 2, that`.
    pub place: String,
    /// The text that is wrong.
    pub source: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "checks/{}.toml: {}: {}", self.check, self.place, self.message)
    }
}

/// Compiles all checks of a course.
///
/// # Errors
/// Everything that is wrong with them.
pub fn compile(course: &Arc<Course>) -> Result<Compiled, Vec<CheckError>> {
    whole(compile_all(course))
}

/// Compiles the checks of these steps, with those that they consist of. Mistakes in others are no hindrance.
///
/// # Errors
/// Everything that is wrong with them.
pub fn compile_steps(course: &Arc<Course>, steps: &[&Step]) -> Result<Compiled, Vec<CheckError>> {
    let members = steps.iter().flat_map(|step| &step.members).filter_map(|id| course.step(id));
    let names: BTreeSet<&String> = steps.iter().copied().chain(members).map(|step| &step.check).collect();
    whole(compile_named(course, names.into_iter().cloned().collect()))
}

fn whole((compiled, errors): (Compiled, Vec<CheckError>)) -> Result<Compiled, Vec<CheckError>> {
    if errors.is_empty() { Ok(compiled) } else { Err(errors) }
}

/// Compiles what can be compiled of a course's checks, and says what is wrong with the others.
pub fn compile_all(course: &Arc<Course>) -> (Compiled, Vec<CheckError>) {
    compile_named(course, course.checks.keys().cloned().collect())
}

fn compile_named(course: &Arc<Course>, names: Vec<String>) -> (Compiled, Vec<CheckError>) {
    let mut checks = BTreeMap::new();
    let mut errors = Vec::new();
    let compiling = {
        let course = Arc::clone(course);
        cel::each_on_threads(names.clone(), move |name| Compiler::new(&course, &course.checks[name]).compile())
    };
    for (name, compiled) in names.into_iter().zip(compiling) {
        match compiled {
            Ok(Ok(compiled)) => {
                checks.insert(name, Arc::new(compiled));
            }
            Ok(Err(found)) => errors.extend(found),
            Err(message) => {
                errors.push(CheckError { check: name, place: "expressions".into(), source: String::new(), message });
            }
        }
    }
    (Compiled::of(checks), errors)
}

/// Compiles one check.
struct Compiler<'c> {
    course: &'c Course,
    check: &'c Check,
    errors: Vec<CheckError>,
}

impl<'c> Compiler<'c> {
    fn new(course: &'c Course, check: &'c Check) -> Compiler<'c> {
        Compiler { course, check, errors: Vec::new() }
    }

    fn compile(mut self) -> Result<CompiledCheck, Vec<CheckError>> {
        for name in self.check.lets.keys() {
            if Section::named(name).is_some() || name == "accounts" || self.course.params.contains_key(name) {
                self.fail("[let]", name, format!("`{name}` is already a section, a parameter or `accounts`"));
            }
        }
        for name in self.course.params.keys().filter(|name| Section::named(name).is_some()) {
            self.fail("parameters", name, format!("the course's parameter `{name}` has the name of a section"));
        }
        let lets = self.check.lets.iter().filter_map(|(name, source)| {
            self.expression(&format!("[let] {name}"), source).map(|expression| (name.clone(), expression))
        });
        let lets = lets.collect::<Vec<_>>();
        let lets = self.in_order(lets);
        let expectations = self.check.expectations();
        let expectations =
            expectations.iter().enumerate().filter_map(|(at, expectation)| self.expectation(at + 1, expectation));
        let expectations: Vec<CompiledExpectation> = expectations.collect();
        self.costs(&lets, &expectations);
        if self.errors.is_empty() { Ok(CompiledCheck::new(lets, expectations)) } else { Err(self.errors) }
    }

    fn expectation(&mut self, number: usize, expectation: &Expectation) -> Option<CompiledExpectation> {
        let place = |part: &str| format!("[[expect]] {number}, {part}");
        let when = expectation.when.as_deref().map(|source| self.expression(&place("when"), source));
        let proof = match &expectation.proof {
            Proof::Evidence { that, met, late } => {
                let that = self.expression(&place("that"), that);
                let met = met.iter().filter_map(|text| self.sentence(&place("met"), text)).collect();
                let late = late.as_ref().map(|Late { at, same }| {
                    let at = at.as_deref().and_then(|source| self.expression(&place("at"), source));
                    (at, same.as_deref().and_then(|source| self.expression(&place("same"), source)))
                });
                CompiledProof::Evidence { that: that?, met, late }
            }
            Proof::Word { statement, backed_by, met } => CompiledProof::Word {
                statement: statement.clone(),
                backed_by: backed_by.as_deref().and_then(|source| self.expression(&place("backed_by"), source)),
                met: met.iter().filter_map(|text| self.sentence(&place("met"), text)).collect(),
            },
        };
        let fix = expectation.fix.iter().filter_map(|text| self.sentence(&place("fix"), text));
        let fix = fix.collect();
        Some(CompiledExpectation { title: expectation.title.clone(), when: when.flatten(), proof, fix })
    }

    fn sentence(&mut self, place: &str, text: &str) -> Option<Sentence> {
        let sentence = match Sentence::parse(text) {
            Ok(sentence) => sentence,
            Err(message) => {
                self.fail(place, text, message);
                return None;
            }
        };
        for hole in sentence.holes() {
            self.names(place, hole);
        }
        Some(sentence)
    }

    fn expression(&mut self, place: &str, source: &str) -> Option<Expression> {
        match Expression::compile(source) {
            Ok(expression) => {
                self.names(place, &expression);
                Some(expression)
            }
            Err(message) => {
                self.fail(place, source, message);
                None
            }
        }
    }

    /// Every free name must mean something, and so must what was meant for a macro.
    fn names(&mut self, place: &str, expression: &Expression) {
        for (name, _) in functions::meant_for_macros(expression.tree()) {
            self.fail(place, expression.source(), functions::misused(&name));
        }
        for name in expression.names() {
            if let Err(message) = self.meaning(name) {
                self.fail(place, expression.source(), message);
            }
        }
    }

    fn meaning(&self, name: &Name) -> Result<(), String> {
        let root = name.root.as_str();
        if root != "accounts" {
            let known = || {
                let sections = Section::ALL.iter().map(|section| section.name());
                let params = self.course.params.keys().map(String::as_str);
                sections.chain(params).chain(self.check.lets.keys().map(String::as_str)).chain(["accounts"])
            };
            if known().any(|known| known == root) || TYPES.contains(&root) {
                return Ok(());
            }
            return Err(format!("there is no `{root}`{}", did_you_mean(root, known())));
        }
        let [account, section, ..] = name.fields.as_slice() else {
            return Err("`accounts` is always written out as accounts.NAME.SECTION".into());
        };
        if !self.course.accounts.contains_key(account) {
            let known = self.course.accounts.keys().map(String::as_str);
            return Err(format!("the course has no account `{account}`{}", did_you_mean(account, known)));
        }
        if Section::named(section).is_none() {
            let known = Section::ALL.iter().map(|section| section.name());
            return Err(format!("there is no section `{section}`{}", did_you_mean(section, known)));
        }
        Ok(())
    }

    /// Refuses what would take too long or too much memory.
    fn costs(&mut self, lets: &[(String, Expression)], expectations: &[CompiledExpectation]) {
        let mut costs = BTreeMap::new();
        for (name, expression) in lets {
            match cost::of(expression.tree(), &costs) {
                Ok(cost) => drop(costs.insert(name.clone(), cost)),
                Err(message) => self.fail(&format!("[let] {name}"), expression.source(), message),
            }
        }
        for (at, expectation) in expectations.iter().enumerate() {
            for expression in expectation.expressions() {
                if let Err(message) = cost::of(expression.tree(), &costs) {
                    self.fail(&format!("[[expect]] {}", at + 1), expression.source(), message);
                }
            }
        }
    }

    /// The `let`s, each after those that it uses.
    fn in_order(&mut self, mut lets: Vec<(String, Expression)>) -> Vec<(String, Expression)> {
        let mut ordered: Vec<(String, Expression)> = Vec::new();
        while !lets.is_empty() {
            let waits = |expression: &Expression| {
                expression.names().iter().any(|name| lets.iter().any(|(waiting, _)| *waiting == name.root))
            };
            let Some(ready) = lets.iter().position(|(_, expression)| !waits(expression)) else {
                let names: Vec<&str> = lets.iter().map(|(name, _)| name.as_str()).collect();
                let message = format!("these use each other in a circle: {}", names.join(", "));
                let first = lets[0].1.source().to_owned();
                self.fail("[let]", &first, message);
                return Vec::new();
            };
            ordered.push(lets.remove(ready));
        }
        ordered
    }

    fn fail(&mut self, place: &str, source: &str, message: String) {
        let (check, place, source) = (self.check.name.clone(), place.to_owned(), source.to_owned());
        self.errors.push(CheckError { check, place, source, message });
    }
}

/// CEL's own type names, which `type(x) == string` and conversions use.
const TYPES: &[&str] = &["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"];

/// `: did you mean …?` for the nearest name, if one is near.
pub fn did_you_mean<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    nearest(name, known).map(|known| format!(": did you mean `{known}`?")).unwrap_or_default()
}

/// The errors with the places where they stand in their files.
pub fn located(course_root: &std::path::Path, errors: Vec<CheckError>) -> anyhow::Error {
    let found = errors.iter().map(|error| diagnostic(course_root, error));
    match Diagnostics::check(found.collect()) {
        Err(diagnostics) => diagnostics.into(),
        Ok(()) => anyhow::anyhow!("the checks do not compile"),
    }
}

/// An error with the place where it stands in its file.
pub fn diagnostic(course_root: &std::path::Path, error: &CheckError) -> Diagnostic {
    let path = std::path::Path::new("checks").join(format!("{}.toml", error.check));
    let text = std::fs::read_to_string(course_root.join(&path)).unwrap_or_default();
    let spot = Spot::of_text(path, &text, &error.source);
    Diagnostic { spot, message: format!("{}: {}", error.place, error.message), help: None }
}
