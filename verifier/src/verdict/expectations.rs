//! A step's verdict by its own expectations.

use course::results::{self, Outcome, Reason, ReasonCode, Seen, Verdict};
use std::collections::BTreeSet;

use super::decided::{Decided, Memory};
use super::inputs::{Awaited, Confirmable, Judged, Voided};
use super::judge::Judge;
use crate::cel::{self, Expression};
use crate::plan::{CompiledExpectation, CompiledLate, CompiledProof, CompiledStatement, Need, What};
use crate::remembered::Standing;
use evidence::{Section, time};

impl Judge<'_> {
    pub(super) fn judge(self) -> Judged {
        let mut memory = Memory::default();
        let all = self.check.expectations.iter().enumerate();
        let decided: Vec<(Decided, &CompiledExpectation)> =
            all.map(|(at, expectation)| (self.expectation(at, expectation, &mut memory), expectation)).collect();
        let any = |outcome: Outcome| decided.iter().any(|(decided, _)| decided.outcome == outcome);
        let verdict = if any(Outcome::NotMet) {
            Verdict::NotYet
        } else if any(Outcome::Unknown) || any(Outcome::Unconfirmed) {
            Verdict::Unknown
        } else if any(Outcome::Confirmed) {
            Verdict::Confirmed
        } else if any(Outcome::Met) {
            Verdict::Verified
        } else {
            Verdict::NotApplicable
        };
        let mut reasons: BTreeSet<Reason> = BTreeSet::new();
        if verdict == Verdict::Unknown {
            reasons.extend(decided.iter().flat_map(|(decided, _)| decided.reasons.clone()));
        }
        let expectations =
            decided.into_iter().map(|(decided, expectation)| decided.of(expectation, &self.step.account));
        let (reasons, expectations) = (reasons.into_iter().collect(), expectations.collect());
        Judged { verdict, reasons, expectations, seen: memory.seen, voided: memory.voided }
    }

    pub(super) fn so_far(self) -> Vec<Awaited> {
        let arrived = |need: &Need| match &need.what {
            What::Section(section) => self.inputs.has(need.account.as_ref().unwrap_or(&self.step.account), *section),
            What::Read(name) => self.reads.has(name),
        };
        let awaited = self.check.expectations.iter().enumerate().map(|(at, expectation)| {
            let ready = self.inputs.has(&self.step.account, Section::Identity)
                && self.check.needs_of(expectation).iter().all(arrived);
            let result = ready
                .then(|| self.expectation(at, expectation, &mut Memory::default()).of(expectation, &self.step.account));
            Awaited { title: expectation.title.clone(), result }
        });
        awaited.collect()
    }

    pub(super) fn is_decided(&self, account: &str, section: Section) -> bool {
        let rests = |expression: &Expression| {
            let own = |need: &Need| need.account.as_deref().unwrap_or(&self.step.account) == account;
            self.check.needs(expression).iter().any(|need| need.what == What::Section(section) && own(need))
        };
        let decided = |expression: &Expression| !matches!(expression.decide(&self.scope), cel::Outcome::Undecided(_));
        self.check.expectations.iter().all(|expectation| {
            // A memory may need the whole list, unless something is seen now.
            let seen = |that: &Expression| matches!(that.decide(&self.scope), cel::Outcome::True);
            let remembers = expectation.still().into_iter().any(rests);
            if remembers && !(expectation.late().is_some() && expectation.condition().is_some_and(seen)) {
                return false;
            }
            let (when, proof) = (expectation.when.as_ref(), expectation.condition());
            let applies = when.is_none_or(|when| !matches!(when.decide(&self.scope), cel::Outcome::False));
            when.into_iter().chain(proof.into_iter().filter(|_| applies)).filter(|it| rests(it)).all(decided)
        })
    }

    pub(super) fn confirmable(&self) -> Vec<Confirmable> {
        let stated = |(at, expectation): (usize, &CompiledExpectation)| {
            let statement = expectation.statement()?;
            Some(Confirmable {
                statement: statement.statement.about_account(&self.step.account),
                outcome: self.expectation(at, expectation, &mut Memory::default()).outcome,
                about: self.is_about(statement.about.as_ref()),
            })
        };
        self.check.expectations.iter().enumerate().filter_map(stated).collect()
    }

    fn expectation(&self, at: usize, expectation: &CompiledExpectation, memory: &mut Memory) -> Decided {
        let Voided { seen, confirmations } = self.voided(at, expectation);
        memory.voided.seen.extend(seen);
        memory.voided.confirmations.extend(confirmations);
        if let Some(when) = &expectation.when {
            match when.decide(&self.scope) {
                cel::Outcome::True => {}
                cel::Outcome::False => return Decided::without_sentences(Outcome::NotApplicable),
                cel::Outcome::Undecided(why) => {
                    let unknown = self.unknown(when, &why);
                    return match expectation.statement().filter(|_| unknown.is_refused_to_everybody()) {
                        Some(statement) => self.confirmed(expectation, statement, Vec::new(), unknown.reasons),
                        None => unknown,
                    };
                }
            }
        }
        match &expectation.proof {
            CompiledProof::Evidence { that, met, late, instead } => {
                let decided = that.decide(&self.scope);
                let decided = match late {
                    Some(late) => match self.late(at, late, &decided, memory) {
                        Some(known) => return known,
                        None => decided,
                    },
                    None => decided,
                };
                match decided {
                    cel::Outcome::True => Decided::new(Outcome::Met, self.sentences(met)),
                    cel::Outcome::False if late.is_some() => Decided {
                        outcome: Outcome::Unknown,
                        sentences: self.sentences(&expectation.fix),
                        reasons: vec![self.reason(
                            ReasonCode::NotVisibleYet,
                            "AWS shows this some minutes after it happened, and nothing is there yet.".into(),
                        )],
                    },
                    cel::Outcome::False => Decided::new(Outcome::NotMet, self.sentences(&expectation.fix)),
                    cel::Outcome::Undecided(why) => {
                        let unknown = self.unknown(that, &why);
                        match instead.as_ref().filter(|_| unknown.is_refused_to_everybody()) {
                            Some(statement) => self.confirmed(expectation, statement, Vec::new(), unknown.reasons),
                            None => unknown,
                        }
                    }
                }
            }
            CompiledProof::Confirmation { statement, backed_by, met } => {
                let backed = |event: &Expression| matches!(event.decide(&self.scope), cel::Outcome::True);
                let event = if backed_by.as_ref().is_some_and(backed) { self.sentences(met) } else { Vec::new() };
                self.confirmed(expectation, statement, event, Vec::new())
            }
        }
    }

    /// The outcome by remembered late evidence, if that decides it.
    fn late(&self, at: usize, late: &CompiledLate, decided: &cel::Outcome, memory: &mut Memory) -> Option<Decided> {
        if let cel::Outcome::True = decided {
            memory.seen.extend(self.remember(at, late));
            return None;
        }
        match self.seen_before(at, late.about.as_ref()) {
            Ok(Some(seen)) => {
                let when = results::time(&seen.time);
                Some(Decided::new(Outcome::Met, vec![format!("Seen before; it happened at {when}.")]))
            }
            Ok(None) => None,
            Err(reasons) => Some(Decided { outcome: Outcome::Unknown, sentences: Vec::new(), reasons }),
        }
    }

    /// The outcome of a statement, with the sentences about its event. `refused`: why AWS could not be asked.
    fn confirmed(
        &self,
        expectation: &CompiledExpectation,
        statement: &CompiledStatement,
        event: Vec<String>,
        refused: Vec<Reason>,
    ) -> Decided {
        // A confirmation is about an account. Without an account, there is nothing to confirm.
        if self.fingerprint.is_none() {
            let need = Need { account: None, what: What::Section(Section::Identity), fields: Vec::new() };
            return Decided { outcome: Outcome::Unknown, sentences: Vec::new(), reasons: self.reasons([need], "") };
        }
        let text = statement.statement.about_account(&self.step.account);
        let mut sentences = self.sentences(&expectation.fix);
        match self.confirmation(&text, statement.about.as_ref()) {
            Some((_, Standing::Holds)) => return Decided::new(Outcome::Confirmed, event),
            Some((confirmed, Standing::Void)) => {
                let when = results::time(&confirmed.time);
                sentences.insert(0, format!("You confirmed this at {when}, but it has changed since then."));
            }
            Some((_, Standing::Unreadable(reasons))) => {
                return Decided { outcome: Outcome::Unknown, sentences: event, reasons };
            }
            None => {}
        }
        // Don't ask for a confirmation if it cannot be determined what it would be about.
        if let Err(reasons) = self.is_about(statement.about.as_ref()) {
            return Decided { outcome: Outcome::Unknown, sentences: event, reasons };
        }
        sentences.extend(event);
        let why = statement.statement.why.as_deref().unwrap_or("This check does not read it.");
        let mut reasons =
            vec![self.reason(ReasonCode::NeedsConfirmation, format!("It needs your confirmation. {why}"))];
        reasons.extend(refused);
        Decided { outcome: Outcome::Unconfirmed, sentences, reasons }
    }

    fn remember(&self, at: usize, late: &CompiledLate) -> Option<Seen> {
        let happened = late.at.as_ref().and_then(|at| at.time(self.sentence_scope()));
        Some(Seen {
            step: self.step.id.clone(),
            expectation: at,
            check_hash: self.step.hash.clone(),
            account: self.fingerprint.clone()?,
            about: self.is_about(late.about.as_ref()).ok()?,
            time: happened.or_else(|| self.inputs.now.clone()).unwrap_or_else(time::now),
        })
    }

    fn unknown(&self, expression: &Expression, why: &str) -> Decided {
        Decided { outcome: Outcome::Unknown, sentences: Vec::new(), reasons: self.why_unknown(expression, why) }
    }
}
