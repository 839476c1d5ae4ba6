//! The plan: which evidence a course's checks read. It is derived from their expressions and from the reads that they
//! declare.
//!
//! `compile` compiles the checks, and `verdict` evaluates them.

mod expectation;

use course::check::INPUT;
use course::{Course, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::actions::CompiledAction;
use crate::cel::Expression;
use crate::cel::names::Name;
use crate::reads::CompiledRead;
use evidence::client::Named;
use evidence::freshness::Freshness;
use evidence::{Section, reads, table};

pub use expectation::{CompiledAbout, CompiledExpectation, CompiledLate, CompiledProof, CompiledStatement};

/// The checks of a course, compiled.
#[derive(Debug, Default)]
pub struct Compiled {
    checks: BTreeMap<String, Arc<CompiledCheck>>,
    /// The needs of each check in each account, once they are known.
    needs: Mutex<BTreeMap<(String, String), Arc<Needs>>>,
}

/// The name of the time at which AWS answered.
pub const NOW: &str = "now";
/// In `still`: the time when the evidence was seen or the statement was confirmed.
pub(crate) const SINCE: &str = "since";

/// What is read: pairs of an account and what is read of it.
pub type Needs = BTreeSet<(String, Source)>;

/// What evidence comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A section.
    Section(Section),
    /// An operation that a read calls, as in `ec2:DescribeVpcs`.
    Operation(String),
}

/// What is read, by account.
pub type Sources = BTreeMap<String, BTreeSet<Source>>;

impl Source {
    /// How soon a change can appear in it.
    pub fn freshness(&self) -> Freshness {
        match self {
            Source::Section(section) => section.freshness(),
            Source::Operation(_) => Freshness::of_reads(),
        }
    }

    /// Its name: of the section, or of the operation.
    pub fn name(&self) -> &str {
        match self {
            Source::Section(section) => section.name(),
            Source::Operation(name) => name,
        }
    }

    /// The calls that it takes, each with the IAM actions that it needs.
    pub fn calls(&self) -> Vec<(String, Vec<String>)> {
        match self {
            Source::Section(section) => {
                let actions = |call: &table::Call| call.action.map(str::to_owned).into_iter().collect();
                table::of(*section).map(|call| (call.name(), actions(call))).collect()
            }
            Source::Operation(name) => {
                let found = reads::find(name).ok();
                found.into_iter().map(|found| (name.clone(), found.operation.actions.clone())).collect()
            }
        }
    }
}

/// A check with its expressions compiled.
#[derive(Debug)]
pub struct CompiledCheck {
    /// The `let`s that are values, and the reads, each after those that it uses.
    pub definitions: Vec<(String, Definition)>,
    /// The expectations.
    pub expectations: Vec<CompiledExpectation>,
    /// The list of what it has the learner make.
    pub makes: Option<Expression>,
    /// What does its step in the practice accounts.
    pub practice: Option<CompiledAction>,
    /// What it reads.
    needs: BTreeSet<Need>,
    /// The roots of the free names in it.
    roots: BTreeSet<String>,
    /// The names of fields and the strings in it.
    looked_up: BTreeSet<String>,
}

/// What a name of a check means.
#[derive(Debug)]
pub enum Definition {
    /// The value of an expression.
    Let(Expression),
    /// A read of AWS.
    Read(Box<CompiledRead>),
}

impl Definition {
    /// Its expressions.
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Definition::Let(expression) => vec![expression],
            Definition::Read(read) => read.expressions(),
        }
    }

    /// The roots of the names that it uses.
    pub(crate) fn roots(&self) -> Vec<String> {
        let names = self.expressions().into_iter().flat_map(Expression::names);
        names.map(|name| name.root.clone()).collect()
    }
}

/// Something that an expression reads from AWS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The account; `None` for the step's own account.
    pub account: Option<String>,
    /// What is read.
    pub what: What,
    /// The fields of it, as far as the expression names them.
    pub fields: Vec<String>,
}

/// What an expression reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A section.
    Section(Section),
    /// A read of the check, by its name.
    Read(String),
    /// An input of the course, which the learner gives.
    Input(String),
}

impl Compiled {
    /// These checks, by name.
    pub(crate) fn of(checks: BTreeMap<String, Arc<CompiledCheck>>) -> Compiled {
        Compiled { checks, needs: Mutex::default() }
    }

    /// All strings in the checks' expressions.
    pub fn literals(&self) -> BTreeSet<String> {
        let mut literals = BTreeSet::new();
        for check in self.checks.values() {
            let own = check.expectations.iter().flat_map(CompiledExpectation::expressions).chain(&check.makes);
            let all = check.definitions.iter().flat_map(|(_, meant)| meant.expressions()).chain(own);
            all.for_each(|expression| literals.extend(expression.literals().iter().cloned()));
        }
        literals
    }

    /// The names of fields and the strings in the checks that call each operation: what they can look up in its answers.
    pub fn named(&self) -> Named {
        let mut named = Named::new();
        for check in self.checks.values() {
            for (_, read) in check.reads() {
                named.entry(read.call()).or_default().extend(check.looked_up.iter().cloned());
            }
        }
        named
    }

    /// A check by its name; `None` if it has mistakes.
    pub fn find(&self, name: &str) -> Option<&Arc<CompiledCheck>> {
        self.checks.get(name)
    }

    /// A step's check, compiled.
    pub fn check(&self, step: &Step) -> &Arc<CompiledCheck> {
        &self.checks[&step.check]
    }

    /// What judging a step reads. The step's own account is always identified, because a verdict is about an account.
    pub fn needs(&self, course: &Course, step: &Step) -> Arc<Needs> {
        let key = (step.check.clone(), step.account.clone());
        let known = self.needs.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let needs = Arc::new(self.work_out_needs(course, step));
            self.needs.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&needs));
            needs
        })
    }

    fn work_out_needs(&self, course: &Course, step: &Step) -> Needs {
        let mut needs = self.sources_of(step, &self.check(step).needs);
        for made in step.removes.iter().filter_map(|id| course.step(id)) {
            needs.extend(self.needs_of_made(made));
        }
        if step.members.is_empty() && !step.account.is_empty() {
            needs.insert((step.account.clone(), Source::Section(Section::Identity)));
        }
        for member in step.members.iter().filter_map(|id| course.step(id)) {
            needs.extend(self.needs(course, member).iter().cloned());
        }
        let accounts: BTreeSet<String> = needs.iter().map(|(account, _)| account.clone()).collect();
        needs.extend(accounts.into_iter().map(|account| (account, Source::Section(Section::Identity))));
        needs
    }

    /// What finding out reads whether that is there which a step makes.
    pub fn needs_of_made(&self, step: &Step) -> Needs {
        let check = self.check(step);
        let Some(makes) = &check.makes else { return Needs::new() };
        let mut needs = self.sources_of(step, &check.needs(makes));
        let accounts: BTreeSet<String> = needs.iter().map(|(account, _)| account.clone()).collect();
        let identified = accounts.into_iter().chain([step.account.clone()]);
        needs.extend(identified.map(|account| (account, Source::Section(Section::Identity))));
        needs
    }

    /// What is read for the needs of a step's check.
    fn sources_of<'n>(&self, step: &Step, needs: impl IntoIterator<Item = &'n Need>) -> Needs {
        let (check, mut sources) = (self.check(step), Needs::new());
        for need in needs {
            let account = need.account.as_ref().unwrap_or(&step.account);
            match &need.what {
                What::Section(section) => drop(sources.insert((account.clone(), Source::Section(*section)))),
                What::Read(name) => sources.extend(check.read(name).into_iter().flat_map(|read| {
                    let account = read.account.as_ref().unwrap_or(&step.account);
                    read.calls().map(|call| (account.clone(), Source::Operation(call)))
                })),
                What::Input(_) => {}
            }
        }
        sources
    }

    /// What steps read, by account.
    pub fn sources<'s>(&self, course: &Course, steps: impl IntoIterator<Item = &'s Step>) -> Sources {
        let mut sources = Sources::new();
        for (account, source) in steps.into_iter().flat_map(|step| Needs::clone(&self.needs(course, step))) {
            sources.entry(account).or_default().insert(source);
        }
        sources
    }

    /// The plan of a run: the sections to gather for each account.
    pub fn plan<'s>(
        &self,
        course: &Course,
        steps: impl IntoIterator<Item = &'s Step>,
    ) -> BTreeMap<String, BTreeSet<Section>> {
        let mut plan: BTreeMap<String, BTreeSet<Section>> = BTreeMap::new();
        for needs in steps.into_iter().map(|step| self.needs(course, step)) {
            for (account, source) in needs.iter() {
                if let Source::Section(section) = source {
                    plan.entry(account.clone()).or_default().insert(*section);
                }
            }
        }
        plan
    }
}

impl CompiledCheck {
    /// A check from its compiled parts.
    pub fn new(
        definitions: Vec<(String, Definition)>,
        expectations: Vec<CompiledExpectation>,
        makes: Option<Expression>,
    ) -> CompiledCheck {
        let (needs, roots, looked_up) = Default::default();
        let mut check = CompiledCheck { definitions, expectations, makes, practice: None, needs, roots, looked_up };
        check.needs = check.expectations.iter().flat_map(|expectation| check.needs_of(expectation)).collect();
        check.needs.extend(check.makes.iter().flat_map(|makes| check.needs(makes)).collect::<Vec<_>>());
        let own = check.expectations.iter().flat_map(CompiledExpectation::expressions).chain(&check.makes);
        let meant = check.definitions.iter().flat_map(|(_, meant)| meant.expressions());
        let all: Vec<&Expression> = meant.chain(own).collect();
        let roots = all.iter().flat_map(|expression| expression.names().iter().map(|name| name.root.clone()));
        let looked_up = all.iter().flat_map(|expression| expression.looked_up());
        (check.roots, check.looked_up) = (roots.collect(), looked_up.map(str::to_owned).collect());
        check
    }

    /// A read, by its name.
    pub fn read(&self, name: &str) -> Option<&CompiledRead> {
        self.definitions.iter().find_map(|(known, meant)| match meant {
            Definition::Read(read) if known == name => Some(read.as_ref()),
            _ => None,
        })
    }

    /// Its reads, each after those that it uses.
    pub fn reads(&self) -> impl Iterator<Item = (&str, &CompiledRead)> {
        self.definitions.iter().filter_map(|(name, meant)| match meant {
            Definition::Read(read) => Some((name.as_str(), read.as_ref())),
            Definition::Let(_) => None,
        })
    }

    fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.iter().find(|(known, _)| known == name).map(|(_, meant)| meant)
    }

    /// Whether an expression uses `now`, directly or through what it uses.
    pub(crate) fn asks_the_time(&self, expression: &Expression) -> bool {
        expression.names().iter().any(|name| {
            let used = || self.definition(&name.root).into_iter().flat_map(Definition::expressions);
            name.root == NOW || used().any(|used| self.asks_the_time(used))
        })
    }

    /// The names that an expression uses, directly or through what it uses, each with the field that follows it.
    pub(crate) fn reached(&self, expression: &Expression) -> BTreeSet<(String, Option<String>)> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&Name> = expression.names().iter().collect();
        while let Some(name) = waiting.pop() {
            if reached.insert((name.root.clone(), name.fields.first().cloned())) {
                let meant = self.definition(&name.root).into_iter().flat_map(Definition::expressions);
                waiting.extend(meant.flat_map(Expression::names));
            }
        }
        reached
    }

    /// What an expression reads, directly or through what it uses.
    pub fn needs(&self, expression: &Expression) -> BTreeSet<Need> {
        let mut needs = BTreeSet::new();
        for name in expression.names() {
            match self.definition(&name.root) {
                None => needs.extend(need(name)),
                Some(meant) => {
                    needs.extend(meant.expressions().into_iter().flat_map(|used| self.needs(used)));
                    if let Definition::Read(_) = meant {
                        let what = What::Read(name.root.clone());
                        needs.insert(Need { account: None, what, fields: name.fields.clone() });
                    }
                }
            }
        }
        needs
    }

    /// What an expectation reads, including its sentences.
    pub(crate) fn needs_of(&self, expectation: &CompiledExpectation) -> BTreeSet<Need> {
        expectation.expressions().into_iter().flat_map(|expression| self.needs(expression)).collect()
    }

    /// Whether it uses a name.
    pub fn uses(&self, name: &str) -> bool {
        self.roots.contains(name)
    }
}

/// The evidence that a free name refers to, if any.
fn need(name: &Name) -> Option<Need> {
    if name.root == "accounts" {
        let [account, section, fields @ ..] = name.fields.as_slice() else { return None };
        let section = Section::named(section)?;
        return Some(Need { account: Some(account.clone()), what: What::Section(section), fields: fields.to_vec() });
    }
    if name.root == INPUT {
        let what = What::Input(name.fields.first()?.clone());
        return Some(Need { account: None, what, fields: Vec::new() });
    }
    Some(Need { account: None, what: What::Section(Section::named(&name.root)?), fields: name.fields.clone() })
}
