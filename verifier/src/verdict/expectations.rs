//! A step's verdict by its own expectations.

use course::Step;
use course::results::{self, ExpectationResult, Outcome, Reason, ReasonCode, Seen, Verdict};
use std::collections::BTreeSet;

use super::decided::{Decided, Memory};
use super::inputs::{Awaited, Confirmable, Judged, Voided};
use super::judge::Judge;
use crate::cel::{self, Expression, Scope};
use crate::made::{JudgedBy, ListValues, Listing, Removal, Sighting};
use crate::plan::{CompiledExpectation, CompiledLate, CompiledProof, CompiledStatement, Need, Source, What};
use crate::remembered::Standing;
use evidence::{Section, time};

impl Judge<'_> {
    pub(super) fn judge(self) -> Judged {
        let mut memory = Memory::default();
        let all = self.check.expectations.iter().enumerate();
        let decided: Vec<(Decided, &CompiledExpectation)> =
            all.map(|(at, expectation)| (self.expectation(at, expectation, &mut memory), expectation)).collect();
        let removed: Vec<(&Step, Removal)> =
            self.removes().map(|made| (made, crate::made::remove(self.inputs, made))).collect();
        let outcomes = decided.iter().map(|(decided, _)| decided.outcome);
        let outcomes: Vec<Outcome> =
            outcomes.chain(removed.iter().map(|(_, removal)| removal.result.outcome)).collect();
        let any = |outcome: Outcome| outcomes.contains(&outcome);
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
            reasons.extend(removed.iter().flat_map(|(_, removal)| removal.reasons.clone()));
        }
        let (mut sightings, mut unread) = self.sighted(verdict.is_done());
        for (made, removal) in &removed {
            sightings.extend(removal.sightings.iter().cloned());
            unread.extend(removal.is_unread.then(|| made.id.clone()));
        }
        if verdict.is_done() {
            sightings.extend(removed.iter().filter_map(|(made, _)| self.removed(made)));
        }
        let own = decided.into_iter().map(|(decided, expectation)| self.result(decided, expectation));
        let expectations = own.chain(removed.into_iter().map(|(_, removal)| removal.result)).collect();
        let Memory { seen, voided } = memory;
        Judged { verdict, reasons: reasons.into_iter().collect(), expectations, seen, voided, sightings, unread }
    }

    /// The steps that made what this one wants removed.
    fn removes(&self) -> impl Iterator<Item = &Step> {
        self.step.removes.iter().filter_map(|id| self.inputs.course.step(id))
    }

    /// What is there now of what it has the learner make, and its id if that could not be read.
    fn sighted(&self, is_done: bool) -> (Vec<Sighting>, Vec<String>) {
        if self.check.makes.is_none() {
            return Default::default();
        }
        let values = ListValues::now(&self.inputs.course, self.step, &self.check);
        let complete = is_done.then(|| JudgedBy::now(&self.inputs.course, self.step));
        match crate::made::sight(self.inputs, self.step, &values, complete.as_ref()) {
            (Listing::Unread(_), _) => (Vec::new(), vec![self.step.id.clone()]),
            (Listing::Ids { .. }, sightings) => (sightings, Vec::new()),
        }
    }

    /// That what a step makes was removed.
    fn removed(&self, made: &Step) -> Option<Sighting> {
        let account = self.inputs.account_ids.get(&made.account)?.clone();
        Some(Sighting::Removed { step: made.id.clone(), account })
    }

    /// The result of an expectation, with the page of the console where it is done.
    fn result(&self, decided: Decided, expectation: &CompiledExpectation) -> ExpectationResult {
        let title = self.inputs.course.expectation_title(self.step, &expectation.title);
        let result = decided.of(expectation, title, &self.step.account);
        let console = expectation.console.as_ref().and_then(|link| link.address(self.sentence_scope()));
        ExpectationResult { console, ..result }
    }

    pub(super) fn so_far(self) -> Vec<Awaited> {
        let arrived = |need: &Need| match &need.what {
            What::Section(section) => self.inputs.has(need.account.as_ref().unwrap_or(&self.step.account), *section),
            What::Read(name) => self.reads.has(name),
            What::Input(_) => true,
        };
        let awaited = self.check.expectations.iter().enumerate().map(|(at, expectation)| {
            let ready = self.inputs.has(&self.step.account, Section::Identity)
                && self.check.needs_of(expectation).iter().all(arrived);
            let result =
                ready.then(|| self.result(self.expectation(at, expectation, &mut Memory::default()), expectation));
            Awaited { title: self.inputs.course.expectation_title(self.step, &expectation.title), result }
        });
        awaited.collect()
    }

    pub(super) fn is_decided(&self, account: &str, section: Section) -> bool {
        let rests = |expression: &Expression| {
            let own = |need: &Need| need.account.as_deref().unwrap_or(&self.step.account) == account;
            self.check.needs(expression).iter().any(|need| need.what == What::Section(section) && own(need))
        };
        let decided = |expression: &Expression| !matches!(expression.decide(&self.scope), cel::Outcome::Undecided(_));
        // What is there is only known from the whole list.
        if self.check.makes.as_ref().is_some_and(|makes| rests(makes) && makes.list(&self.scope).is_err()) {
            return false;
        }
        let need = (account.to_owned(), Source::Section(section));
        if self.removes().any(|made| self.inputs.compiled.needs_of_made(made).contains(&need)) {
            return false;
        }
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
                about: self.would_confirm(statement.about.as_ref()),
            })
        };
        self.check.expectations.iter().enumerate().filter_map(stated).collect()
    }

    fn expectation(&self, at: usize, expectation: &CompiledExpectation, memory: &mut Memory) -> Decided {
        let Voided { seen, confirmations } = self.voided(at, expectation);
        memory.voided.seen.extend(seen);
        memory.voided.confirmations.extend(confirmations);
        if let Some(table) = &expectation.rows {
            return self.rows(table, expectation);
        }
        if let Some(when) = &expectation.when {
            match when.decide(&self.scope) {
                cel::Outcome::True => {}
                cel::Outcome::False => return Decided::without_sentences(Outcome::NotApplicable),
                cel::Outcome::Undecided(why) => {
                    let unknown = self.unknown(when, &why);
                    // What evidence refutes, nobody's word proves.
                    let is_false = |that: &Expression| matches!(that.decide(&self.scope), cel::Outcome::False);
                    let can_be_confirmed =
                        unknown.is_refused_to_everybody() && !expectation.condition().is_some_and(is_false);
                    return match expectation.statement().filter(|_| can_be_confirmed) {
                        Some(statement) => self.confirmed(expectation, statement, Vec::new(), unknown.reasons),
                        None => unknown,
                    };
                }
            }
        }
        match &expectation.proof {
            CompiledProof::Evidence { that, met, pending, late, instead } => {
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
                    cel::Outcome::False if late.is_some() => {
                        let why = match late.as_ref().and_then(|late| late.at.as_ref()) {
                            Some(_) => "AWS has recorded nothing of this yet. It takes some minutes after you did it.",
                            None => "AWS does not show this yet. It can take some minutes until it does.",
                        };
                        let reason = self.reason(ReasonCode::NotVisibleYet, why.into());
                        Decided::unknown(self.sentences(&expectation.fix), vec![reason])
                    }
                    cel::Outcome::False => {
                        self.not_met(pending.as_deref(), &self.scope, self.sentences(&expectation.fix))
                    }
                    cel::Outcome::Undecided(why) => {
                        let unknown = self.unknown(that, &why);
                        match instead.as_ref().filter(|_| unknown.is_refused_to_everybody()) {
                            Some(statement) => self.confirmed(expectation, statement, Vec::new(), unknown.reasons),
                            // What shows it may be missing because it has not been done. A read that failed says nothing.
                            None if late.is_some() && unknown.is_missing() => {
                                Decided::unknown(self.sentences(&expectation.fix), unknown.reasons)
                            }
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

    /// The outcome of a condition that is false: AWS may still be working on it.
    pub(super) fn not_met(&self, pending: Option<&Expression>, scope: &Scope, fix: Vec<String>) -> Decided {
        match pending.map(|pending| (pending, pending.decide(scope))) {
            None | Some((_, cel::Outcome::False)) => Decided::new(Outcome::NotMet, fix),
            Some((_, cel::Outcome::True)) => {
                let message = "AWS is still working on it. Verify again in a few minutes.".to_owned();
                let reasons = vec![self.reason(ReasonCode::InProgress, message)];
                Decided { reasons, ..Decided::without_sentences(Outcome::Unknown) }
            }
            Some((pending, cel::Outcome::Undecided(why))) => self.unknown(pending, &why),
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
            Err(reasons) => Some(Decided::unknown(Vec::new(), reasons)),
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
            return Decided::unknown(Vec::new(), self.reasons([need], ""));
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
                return Decided::unknown(event, reasons);
            }
            None => {}
        }
        // Don't ask for a confirmation if it cannot be determined what it would be about.
        if let Err(reasons) = self.would_confirm(statement.about.as_ref()) {
            return Decided::unknown(event, reasons);
        }
        sentences.extend(event);
        let why = statement.statement.why.as_deref().unwrap_or("This check does not read it.");
        let mut reasons =
            vec![self.reason(ReasonCode::NeedsConfirmation, format!("It needs your confirmation. {why}"))];
        reasons.extend(refused);
        Decided { reasons, ..Decided::new(Outcome::Unconfirmed, sentences) }
    }

    fn remember(&self, at: usize, late: &CompiledLate) -> Option<Seen> {
        let now = || self.inputs.now.clone().unwrap_or_else(time::now);
        let time = match &late.at {
            // What happened between it and now might end it. If it is not known when it was, nothing is remembered.
            Some(at) => at.time(self.sentence_scope())?,
            None => now(),
        };
        Some(Seen {
            step: self.step.id.clone(),
            expectation: at,
            check_hash: self.step.hash.clone(),
            inputs: self.step.inputs.clone(),
            accounts: self.accounts()?,
            about: self.is_about(late.about.as_ref()).ok()?,
            time,
        })
    }

    pub(super) fn unknown(&self, expression: &Expression, why: &str) -> Decided {
        Decided::unknown(Vec::new(), self.why_unknown(expression, why))
    }
}
