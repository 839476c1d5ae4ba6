//! Expectations with their expressions compiled.

use course::check::Statement;

use crate::cel::Expression;
use crate::sentence::Sentence;

/// An expectation with its expressions compiled.
#[derive(Debug)]
pub struct CompiledExpectation {
    /// The title.
    pub title: String,
    /// When it applies.
    pub when: Option<Expression>,
    /// The table for each of whose rows it must be true.
    pub rows: Option<String>,
    /// How it is proved.
    pub proof: CompiledProof,
    /// The sentences that say what to do.
    pub fix: Vec<Sentence>,
    /// The address of the console's page where it is done.
    pub console: Option<Sentence>,
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
        /// Whether AWS is still working on it.
        pending: Option<Box<Expression>>,
        /// How late evidence is remembered.
        late: Option<CompiledLate>,
        /// A statement to confirm if AWS refuses the read to everybody in the account.
        instead: Option<Box<CompiledStatement>>,
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
        used.extend(self.console.iter().flat_map(Sentence::holes));
        match &self.proof {
            CompiledProof::Evidence { that, met, late, pending, .. } => {
                used.push(that);
                used.extend(pending.as_deref());
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
            CompiledProof::Evidence { instead, .. } => instead.as_deref(),
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
