//! The plan: which evidence a course's checks read, worked out from their expressions. Nobody declares reads.
//!
//! How checks are compiled is `compile`'s, what expressions decide `verdict`'s.

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
    /// What was worked out of steps, by check and account.
    needs: Mutex<BTreeMap<(String, String), Arc<Needs>>>,
}

/// The name of the moment at which AWS answered.
pub const NOW: &str = "now";
/// In `still`: when what is remembered was seen or confirmed.
pub(crate) const SINCE: &str = "since";

/// What is read: sections by account.
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
    /// The first words of the free names in it.
    roots: BTreeSet<String>,
}

/// An expectation with its expressions compiled.
#[derive(Debug)]
pub struct CompiledExpectation {
    /// The title.
    pub title: String,
    /// Where it applies.
    pub when: Option<Expression>,
    /// What makes it true.
    pub proof: CompiledProof,
    /// What to do.
    pub fix: Vec<Sentence>,
}

/// What makes an expectation true.
#[derive(Debug)]
pub enum CompiledProof {
    /// Evidence from AWS.
    Evidence {
        /// The condition.
        that: Expression,
        /// What was found.
        met: Vec<Sentence>,
        /// How late evidence is remembered.
        late: Option<CompiledLate>,
        /// What the learner confirms where AWS refuses to everybody what `that` reads.
        instead: Option<CompiledStatement>,
    },
    /// What the learner confirms.
    Word {
        /// What the learner confirms.
        statement: CompiledStatement,
        /// An event that backs it.
        backed_by: Option<Expression>,
        /// What was found of that event.
        met: Vec<Sentence>,
    },
}

/// How late evidence is remembered.
#[derive(Debug)]
pub struct CompiledLate {
    /// The event's time.
    pub at: Option<Expression>,
    /// What it was about.
    pub about: Option<CompiledAbout>,
}

/// Something that the learner confirms.
#[derive(Debug)]
pub struct CompiledStatement {
    /// As the course has it.
    pub statement: Statement,
    /// What it is about.
    pub about: Option<CompiledAbout>,
}

/// What is remembered must still be there.
#[derive(Debug)]
pub struct CompiledAbout {
    /// What it is about.
    pub same: Expression,
    /// What is there now.
    pub still: Vec<Expression>,
}

/// Something that an expression reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Whose evidence: the step's own account, or one that the check names.
    pub account: Option<String>,
    /// The section.
    pub section: Section,
    /// The fields of the section, as far as they are written out.
    pub fields: Vec<String>,
}

impl Compiled {
    /// These checks, by name.
    pub(crate) fn of(checks: BTreeMap<String, Arc<CompiledCheck>>) -> Compiled {
        Compiled { checks, needs: Mutex::default() }
    }

    /// The texts that the checks' expressions look for.
    pub fn literals(&self) -> BTreeSet<String> {
        let mut literals = BTreeSet::new();
        for check in self.checks.values() {
            let own = check.expectations.iter().flat_map(CompiledExpectation::expressions);
            let all = check.lets.iter().map(|(_, expression)| expression).chain(own);
            all.for_each(|expression| literals.extend(expression.literals().iter().cloned()));
        }
        literals
    }

    /// A check by its name; none if it is wrong.
    pub fn named(&self, name: &str) -> Option<&Arc<CompiledCheck>> {
        self.checks.get(name)
    }

    /// A step's check, compiled.
    pub fn check(&self, step: &Step) -> &Arc<CompiledCheck> {
        &self.checks[&step.check]
    }

    /// What judging a step reads. The step's own account is always identified, since a verdict is about an account.
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

    /// The plan of a run: the sections to gather, by account.
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
    /// The expressions that decide it: where it applies, what must be true, and, where a confirmation does, whether
    /// what it was about is still there.
    pub(crate) fn deciding(&self) -> Vec<&Expression> {
        let (that, still) = match &self.proof {
            CompiledProof::Evidence { that, .. } => (Some(that), None),
            CompiledProof::Word { statement, .. } => (None, statement.about.as_ref()),
        };
        self.when.iter().chain(that).chain(still.iter().flat_map(|about| &about.still)).collect()
    }

    /// What is asked of evidence where it applies: what must be true, or what backs a confirmation.
    pub fn condition(&self) -> Option<&Expression> {
        match &self.proof {
            CompiledProof::Evidence { that, .. } => Some(that),
            CompiledProof::Word { backed_by, .. } => backed_by.as_ref(),
        }
    }

    /// All its expressions, with those in its sentences.
    pub fn expressions(&self) -> Vec<&Expression> {
        let mut used: Vec<&Expression> = self.fix.iter().flat_map(Sentence::holes).collect();
        used.extend(self.when.as_ref());
        match &self.proof {
            CompiledProof::Evidence { that, met, late, .. } => {
                used.push(that);
                used.extend(met.iter().flat_map(Sentence::holes));
                used.extend(late.as_ref().and_then(|late| late.at.as_ref()));
            }
            CompiledProof::Word { backed_by, met, .. } => {
                used.extend(backed_by.as_ref());
                used.extend(met.iter().flat_map(Sentence::holes));
            }
        }
        used.extend(self.abouts().into_iter().flat_map(|about| [&about.same].into_iter().chain(&about.still)));
        used
    }

    /// What the learner confirms for it, if anything.
    pub fn statement(&self) -> Option<&CompiledStatement> {
        match &self.proof {
            CompiledProof::Evidence { instead, .. } => instead.as_ref(),
            CompiledProof::Word { statement, .. } => Some(statement),
        }
    }

    /// How late evidence for it is remembered.
    pub fn late(&self) -> Option<&CompiledLate> {
        match &self.proof {
            CompiledProof::Evidence { late, .. } => late.as_ref(),
            CompiledProof::Word { .. } => None,
        }
    }

    /// What tells whether something that is remembered is still there.
    pub fn still(&self) -> Vec<&Expression> {
        self.abouts().into_iter().flat_map(|about| &about.still).collect()
    }

    fn abouts(&self) -> Vec<&CompiledAbout> {
        let late = self.late().and_then(|late| late.about.as_ref());
        late.into_iter().chain(self.statement().and_then(|statement| statement.about.as_ref())).collect()
    }
}

impl CompiledCheck {
    /// A check of compiled parts.
    pub fn new(lets: Vec<(String, Expression)>, expectations: Vec<CompiledExpectation>) -> CompiledCheck {
        let mut check = CompiledCheck { lets, expectations, needs: BTreeSet::new(), roots: BTreeSet::new() };
        check.needs = check.expectations.iter().flat_map(|expectation| check.needs_of(expectation)).collect();
        let own = check.expectations.iter().flat_map(CompiledExpectation::expressions);
        let all = check.lets.iter().map(|(_, expression)| expression).chain(own);
        check.roots = all.flat_map(|expression| expression.names().iter().map(|name| name.root.clone())).collect();
        check
    }

    /// Whether an expression asks what time it is, through the `let`s that it uses.
    pub(crate) fn asks_the_time(&self, expression: &Expression) -> bool {
        expression.names().iter().any(|name| {
            let used = self.lets.iter().find(|(let_name, _)| *let_name == name.root);
            name.root == NOW || used.is_some_and(|(_, used)| self.asks_the_time(used))
        })
    }

    /// What an expression reads, through the `let`s that it uses.
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

    /// What an expectation reads, with its sentences.
    pub(crate) fn needs_of(&self, expectation: &CompiledExpectation) -> BTreeSet<Need> {
        expectation.expressions().into_iter().flat_map(|expression| self.needs(expression)).collect()
    }

    /// Whether it uses a name.
    pub fn uses(&self, name: &str) -> bool {
        self.roots.contains(name)
    }
}

/// The evidence that a free name means, if it means evidence.
fn need(name: &Name) -> Option<Need> {
    if name.root == "accounts" {
        let [account, section, fields @ ..] = name.fields.as_slice() else { return None };
        let section = Section::named(section)?;
        return Some(Need { account: Some(account.clone()), section, fields: fields.to_vec() });
    }
    Some(Need { account: None, section: Section::named(&name.root)?, fields: name.fields.clone() })
}
