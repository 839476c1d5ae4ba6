//! The outcome of an expectation, and what a step remembers.

use course::results::{ExpectationResult, Outcome, Reason, ReasonCode, RowResult, Seen};

use super::inputs::Voided;
use crate::plan::{CompiledExpectation, CompiledProof};

/// The outcome of an expectation, before it is written to the results.
pub(super) struct Decided {
    pub(super) outcome: Outcome,
    pub(super) sentences: Vec<String>,
    pub(super) reasons: Vec<Reason>,
    /// The rows of a table for which it is not met, or not known.
    pub(super) rows: Vec<RowResult>,
}

impl Decided {
    pub(super) fn of(self, expectation: &CompiledExpectation, title: String, account: &str) -> ExpectationResult {
        // A statement that replaces evidence is shown only if that evidence could not be read.
        let asked = match expectation.proof {
            CompiledProof::Confirmation { .. } => self.outcome != Outcome::NotApplicable,
            CompiledProof::Evidence { .. } => matches!(self.outcome, Outcome::Confirmed | Outcome::Unconfirmed),
        };
        let statement = expectation.statement().filter(|_| asked);
        ExpectationResult {
            title,
            statement: statement.map(|statement| statement.statement.about_account(account)),
            outcome: self.outcome,
            sentences: self.sentences,
            rows: self.rows,
            console: None,
        }
    }

    /// Whether it is unknown only because AWS refuses the read to everybody in the account. The learner can then
    /// confirm it.
    pub(super) fn is_refused_to_everybody(&self) -> bool {
        !self.reasons.is_empty() && self.reasons.iter().all(|reason| reason.code == ReasonCode::NotAvailableHere)
    }

    /// Whether it is unknown only because what it is about is not in the account.
    pub(super) fn is_missing(&self) -> bool {
        !self.reasons.is_empty() && self.reasons.iter().all(|reason| reason.code == ReasonCode::NoSuchResource)
    }

    /// Unknown, for these reasons.
    pub(super) fn unknown(sentences: Vec<String>, reasons: Vec<Reason>) -> Decided {
        Decided { reasons, ..Decided::new(Outcome::Unknown, sentences) }
    }

    pub(super) fn without_sentences(outcome: Outcome) -> Decided {
        Decided::new(outcome, Vec::new())
    }

    pub(super) fn new(outcome: Outcome, sentences: Vec<String>) -> Decided {
        Decided { outcome, sentences, reasons: Vec::new(), rows: Vec::new() }
    }
}

/// What is remembered, and which memories no longer count.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) seen: Vec<Seen>,
    pub(super) voided: Voided,
}
