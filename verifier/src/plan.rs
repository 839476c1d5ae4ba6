//! The plan: which evidence a course's checks read. It is derived from their expressions, so that authors don't declare
//! API calls.
//!
//! `compile` compiles the checks, and `verdict` evaluates them.

use course::check::Statement;
use course::{Course, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cel::Expression;
use crate::cel::names::Name;
use crate::sentence::Sentence;
use evidence::Section;

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

/// What is read: pairs of an account and a section.
pub type Needs = BTreeSet<(String, Section)>;

/// A check with its expressions compiled.
#[derive(Debug)]
pub struct CompiledCheck {
    /// The `let`s that are values, each after those that it uses.
    pub lets: Vec<(String, Expression)>,
    /// The expectations.
    pub expectations: Vec<CompiledExpectation>,
    /// What it reads.
    needs: BTreeSet<Need>,
    /// The roots of the free names in it.
    roots: BTreeSet<String>,
}

/// An expectation with its expressions compiled.
#[derive(Debug)]
pub struct CompiledExpectation {
    /// The title.
    pub title: String,
    /// When it applies.
    pub when: Option<Expression>,
    /// How it is proved.
    pub proof: CompiledProof,
    /// The sentences that say what to do.
    pub fix: Vec<Sentence>,
}

/// How an expectation is proved.
#[derive(Debug)]
pub enum CompiledProof {
    /// By evidence from AWS.
    Evidence {
        /// The condition.
        that: Expression,
        /// The sentences that say what was found.
        met: Vec<Sentence>,
        /// How late evidence is remembered.
        late: Option<CompiledLate>,
        /// A statement to confirm if AWS refuses the read to everybody in the account.
        instead: Option<CompiledStatement>,
    },
    /// By the learner's confirmation.
    Confirmation {
        /// The statement to confirm.
        statement: CompiledStatement,
        /// A condition on an event that supports the confirmation.
        backed_by: Option<Expression>,
        /// The sentences about that event.
        met: Vec<Sentence>,
    },
}

/// How late evidence is remembered.
#[derive(Debug)]
pub struct CompiledLate {
    /// The event's time.
    pub at: Option<Expression>,
    /// What the event is about.
    pub about: Option<CompiledAbout>,
}

/// A statement that the learner confirms.
#[derive(Debug)]
pub struct CompiledStatement {
    /// The statement, from the course.
    pub statement: Statement,
    /// What the statement is about.
    pub about: Option<CompiledAbout>,
}

/// Identifies what a memory is about, so that the memory is dropped when that changes.
#[derive(Debug)]
pub struct CompiledAbout {
    /// The value that must stay the same.
    pub same: Expression,
    /// Conditions that must still hold.
    pub still: Vec<Expression>,
}

/// Something that an expression reads from AWS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The account; `None` for the step's own account.
    pub account: Option<String>,
    /// The section.
    pub section: Section,
    /// The fields of the section, as far as the expression names them.
    pub fields: Vec<String>,
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
            let own = check.expectations.iter().flat_map(CompiledExpectation::expressions);
            let all = check.lets.iter().map(|(_, expression)| expression).chain(own);
            all.for_each(|expression| literals.extend(expression.literals().iter().cloned()));
        }
        literals
    }

    /// A check by its name; `None` if it has mistakes.
    pub fn named(&self, name: &str) -> Option<&Arc<CompiledCheck>> {
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
        let mut needs: Needs = self
            .check(step)
            .needs
            .iter()
            .map(|need| (need.account.clone().unwrap_or_else(|| step.account.clone()), need.section))
            .collect();
        if step.members.is_empty() {
            needs.insert((step.account.clone(), Section::Identity));
        }
        for member in step.members.iter().filter_map(|id| course.step(id)) {
            needs.extend(self.needs(course, member).iter().cloned());
        }
        let accounts: BTreeSet<String> = needs.iter().map(|(account, _)| account.clone()).collect();
        needs.extend(accounts.into_iter().map(|account| (account, Section::Identity)));
        needs
    }

    /// The plan of a run: the sections to gather for each account.
    pub fn plan<'s>(
        &self,
        course: &Course,
        steps: impl IntoIterator<Item = &'s Step>,
    ) -> BTreeMap<String, BTreeSet<Section>> {
        let mut plan: BTreeMap<String, BTreeSet<Section>> = BTreeMap::new();
        for needs in steps.into_iter().map(|step| self.needs(course, step)) {
            for (account, section) in needs.iter() {
                plan.entry(account.clone()).or_default().insert(*section);
            }
        }
        plan
    }
}

impl CompiledExpectation {
    /// The expressions that decide it: when it applies, the condition, and whether a confirmation still counts.
    pub(crate) fn deciding(&self) -> Vec<&Expression> {
        let (that, still) = match &self.proof {
            CompiledProof::Evidence { that, .. } => (Some(that), None),
            CompiledProof::Confirmation { statement, .. } => (None, statement.about.as_ref()),
        };
        self.when.iter().chain(that).chain(still.iter().flat_map(|about| &about.still)).collect()
    }

    /// What the evidence must show if it applies: the condition, or the event that supports a confirmation.
    pub fn condition(&self) -> Option<&Expression> {
        match &self.proof {
            CompiledProof::Evidence { that, .. } => Some(that),
            CompiledProof::Confirmation { backed_by, .. } => backed_by.as_ref(),
        }
    }

    /// All its expressions, including those in its sentences.
    pub fn expressions(&self) -> Vec<&Expression> {
        let mut used: Vec<&Expression> = self.fix.iter().flat_map(Sentence::holes).collect();
        used.extend(self.when.as_ref());
        match &self.proof {
            CompiledProof::Evidence { that, met, late, .. } => {
                used.push(that);
                used.extend(met.iter().flat_map(Sentence::holes));
                used.extend(late.as_ref().and_then(|late| late.at.as_ref()));
            }
            CompiledProof::Confirmation { backed_by, met, .. } => {
                used.extend(backed_by.as_ref());
                used.extend(met.iter().flat_map(Sentence::holes));
            }
        }
        used.extend(self.abouts().into_iter().flat_map(|about| [&about.same].into_iter().chain(&about.still)));
        used
    }

    /// The statement that the learner confirms for it, if any.
    pub fn statement(&self) -> Option<&CompiledStatement> {
        match &self.proof {
            CompiledProof::Evidence { instead, .. } => instead.as_ref(),
            CompiledProof::Confirmation { statement, .. } => Some(statement),
        }
    }

    /// How late evidence for it is remembered.
    pub fn late(&self) -> Option<&CompiledLate> {
        match &self.proof {
            CompiledProof::Evidence { late, .. } => late.as_ref(),
            CompiledProof::Confirmation { .. } => None,
        }
    }

    /// The expressions that decide whether a memory still counts.
    pub fn still(&self) -> Vec<&Expression> {
        self.abouts().into_iter().flat_map(|about| &about.still).collect()
    }

    fn abouts(&self) -> Vec<&CompiledAbout> {
        let late = self.late().and_then(|late| late.about.as_ref());
        late.into_iter().chain(self.statement().and_then(|statement| statement.about.as_ref())).collect()
    }
}

impl CompiledCheck {
    /// A check from its compiled parts.
    pub fn new(lets: Vec<(String, Expression)>, expectations: Vec<CompiledExpectation>) -> CompiledCheck {
        let mut check = CompiledCheck { lets, expectations, needs: BTreeSet::new(), roots: BTreeSet::new() };
        check.needs = check.expectations.iter().flat_map(|expectation| check.needs_of(expectation)).collect();
        let own = check.expectations.iter().flat_map(CompiledExpectation::expressions);
        let all = check.lets.iter().map(|(_, expression)| expression).chain(own);
        check.roots = all.flat_map(|expression| expression.names().iter().map(|name| name.root.clone())).collect();
        check
    }

    /// Whether an expression uses `now`, directly or through `let`s.
    pub(crate) fn asks_the_time(&self, expression: &Expression) -> bool {
        expression.names().iter().any(|name| {
            let used = self.lets.iter().find(|(let_name, _)| *let_name == name.root);
            name.root == NOW || used.is_some_and(|(_, used)| self.asks_the_time(used))
        })
    }

    /// What an expression reads, directly or through `let`s.
    pub fn needs(&self, expression: &Expression) -> BTreeSet<Need> {
        let mut needs = BTreeSet::new();
        for name in expression.names() {
            if let Some((_, used)) = self.lets.iter().find(|(let_name, _)| *let_name == name.root) {
                needs.extend(self.needs(used));
            } else if let Some(need) = need(name) {
                needs.insert(need);
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
        return Some(Need { account: Some(account.clone()), section, fields: fields.to_vec() });
    }
    Some(Need { account: None, section: Section::named(&name.root)?, fields: name.fields.clone() })
}
