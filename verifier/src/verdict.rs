//! Verdicts: a pure function of a step's check, the evidence, the learner's confirmations and what was seen before.

mod decided;
mod inputs;
mod scope;

use course::Step;
use course::results::{self, ExpectationResult, Outcome, Reason, ReasonCode, Seen, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cel::{self, Expression, Scope};
use crate::members;
use crate::plan::{CompiledCheck, CompiledExpectation, CompiledLate, CompiledProof, CompiledStatement, Need};
use crate::remembered::{Standing, Voided};
use crate::sentence::Sentence;
use decided::{Decided, Memory};
use evidence::mask;
use evidence::{self, Section, time};
use scope::scope;

pub use inputs::{Awaited, Confirmable, Inputs, Judged};

/// Judges steps, each in its place. What a check of checks consists of is judged once, whether it is among them or not.
pub fn judge(inputs: &Arc<Inputs>, steps: &[&Step]) -> Vec<Judged> {
    let members = steps.iter().flat_map(|step| &step.members).filter_map(|id| inputs.course.step(id));
    let simple = steps.iter().copied().filter(|step| step.members.is_empty());
    let mut own: BTreeMap<&str, &Step> = members.map(|step| (step.id.as_str(), step)).collect();
    // A step that is given may say more than the course's: other parameters, or another account.
    own.extend(simple.map(|step| (step.id.as_str(), step)));
    let on_thread = Arc::clone(inputs);
    let judged = cel::each_on_a_thread(own.values().map(|step| (*step).clone()).collect(), move |step| {
        Judge::new(&on_thread, step).map(Judge::judge)
    });
    let whole = |(step, judged): (&&Step, Result<Result<Judged, String>, String>)| {
        judged.and_then(|judged| judged).unwrap_or_else(|message| not_evaluated(inputs, step, &message))
    };
    let judged: BTreeMap<&str, Judged> = own.keys().copied().zip(own.values().zip(judged).map(whole)).collect();
    let of = |step: &&Step| match step.members.as_slice() {
        [] => judged[step.id.as_str()].clone(),
        members => {
            let members = members.iter().filter_map(|id| Some((inputs.course.step(id)?, judged.get(id.as_str())?)));
            members::judge(inputs, &members.collect::<Vec<_>>())
        }
    };
    steps.iter().map(of).collect()
}

/// A step whose expressions could not be evaluated at all.
fn not_evaluated(inputs: &Inputs, step: &Step, message: &str) -> Judged {
    let expectations = inputs.course.check(step).expectations().iter().map(|expectation| ExpectationResult {
        title: expectation.title.clone(),
        outcome: Outcome::Unknown,
        sentences: Vec::new(),
        statement: None,
    });
    Judged {
        verdict: Verdict::Unknown,
        reasons: vec![course_error(&step.account, message)],
        expectations: expectations.collect(),
        seen: Vec::new(),
        voided: Voided::default(),
    }
}

/// What of a step can be confirmed.
///
/// # Errors
/// When its expressions cannot be evaluated at all.
pub fn confirmable(inputs: &Arc<Inputs>, step: &Step) -> Result<Vec<Confirmable>, String> {
    let (on_thread, own) = (Arc::clone(inputs), step.clone());
    cel::on_a_thread(move || Judge::new(&on_thread, &own).map(|judge| judge.confirmable()))?
}

/// Whether every condition of a step that rests on a section is decided.
pub fn is_decided(inputs: &Arc<Inputs>, step: &Step, account: &str, section: Section) -> bool {
    let (on_thread, own, account) = (Arc::clone(inputs), step.clone(), account.to_owned());
    let decided =
        cel::on_a_thread(move || Judge::new(&on_thread, &own).is_ok_and(|judge| judge.is_decided(&account, section)));
    decided.unwrap_or(false)
}

/// The expectations of a step, as far as their evidence has arrived. This decides nothing: [`judge`] does, once all has.
pub fn so_far(inputs: &Arc<Inputs>, step: &Step) -> Vec<Awaited> {
    if !step.members.is_empty() {
        return members::so_far(inputs, step);
    }
    let (on_thread, own) = (Arc::clone(inputs), step.clone());
    let awaited = cel::on_a_thread(move || Judge::new(&on_thread, &own).map(|judge| judge.so_far()));
    awaited.and_then(|awaited| awaited).unwrap_or_default()
}

/// Judges one step by its own expectations.
pub(crate) struct Judge<'c> {
    pub(crate) inputs: &'c Inputs,
    pub(crate) step: &'c Step,
    check: Arc<CompiledCheck>,
    pub(crate) fingerprint: Option<String>,
    /// What decides.
    pub(crate) scope: Scope<'c>,
    /// What is told, where that is more: something that could not be read need not hide what was.
    telling: Option<Scope<'c>>,
}

impl<'c> Judge<'c> {
    fn new(inputs: &'c Inputs, step: &'c Step) -> Result<Judge<'c>, String> {
        let check = Arc::clone(inputs.compiled.check(step));
        let fingerprint = inputs.fingerprints.get(&step.account).cloned();
        let (own, whole) = scope(inputs, step, &check, false)?;
        let telling = if whole { None } else { Some(scope(inputs, step, &check, true)?.0) };
        let scope = own;
        Ok(Judge { inputs, step, check, fingerprint, scope, telling })
    }

    /// The names that sentences, and what is remembered, can use.
    pub(crate) fn telling(&self) -> &Scope<'c> {
        self.telling.as_ref().unwrap_or(&self.scope)
    }

    fn judge(self) -> Judged {
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

    fn so_far(self) -> Vec<Awaited> {
        let arrived = |need: &Need| self.inputs.has(need.account.as_ref().unwrap_or(&self.step.account), need.section);
        let awaited = self.check.expectations.iter().enumerate().map(|(at, expectation)| {
            let ready = self.inputs.has(&self.step.account, Section::Identity)
                && self.check.needs_of(expectation).iter().all(arrived);
            let result = ready
                .then(|| self.expectation(at, expectation, &mut Memory::default()).of(expectation, &self.step.account));
            Awaited { title: expectation.title.clone(), result }
        });
        awaited.collect()
    }

    fn is_decided(&self, account: &str, section: Section) -> bool {
        let rests = |expression: &Expression| {
            let own = |need: &Need| need.account.as_deref().unwrap_or(&self.step.account) == account;
            self.check.needs(expression).iter().any(|need| need.section == section && own(need))
        };
        let decided = |expression: &Expression| !matches!(expression.decide(&self.scope), cel::Outcome::Undecided(_));
        self.check.expectations.iter().all(|expectation| {
            // What is remembered may be judged by the whole list, unless something is seen now.
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

    fn confirmable(&self) -> Vec<Confirmable> {
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
                cel::Outcome::False => return Decided::silent(Outcome::NotApplicable),
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
                    cel::Outcome::True => Decided::told(Outcome::Met, self.tell(met)),
                    cel::Outcome::False if late.is_some() => Decided {
                        outcome: Outcome::Unknown,
                        sentences: self.tell(&expectation.fix),
                        reasons: vec![self.reason(
                            ReasonCode::NotVisibleYet,
                            "AWS shows this some minutes after it happened, and nothing is there yet.".into(),
                        )],
                    },
                    cel::Outcome::False => Decided::told(Outcome::NotMet, self.tell(&expectation.fix)),
                    cel::Outcome::Undecided(why) => {
                        let unknown = self.unknown(that, &why);
                        match instead.as_ref().filter(|_| unknown.is_refused_to_everybody()) {
                            Some(statement) => self.confirmed(expectation, statement, Vec::new(), unknown.reasons),
                            None => unknown,
                        }
                    }
                }
            }
            CompiledProof::Word { statement, backed_by, met } => {
                let backed = |event: &Expression| matches!(event.decide(&self.scope), cel::Outcome::True);
                let event = if backed_by.as_ref().is_some_and(backed) { self.tell(met) } else { Vec::new() };
                self.confirmed(expectation, statement, event, Vec::new())
            }
        }
    }

    /// What is remembered of late evidence, where that decides.
    fn late(&self, at: usize, late: &CompiledLate, decided: &cel::Outcome, memory: &mut Memory) -> Option<Decided> {
        if let cel::Outcome::True = decided {
            memory.seen.extend(self.remember(at, late));
            return None;
        }
        match self.seen_before(at, late.about.as_ref()) {
            Ok(Some(seen)) => {
                let when = results::time(&seen.time);
                Some(Decided::told(Outcome::Met, vec![format!("Seen before; it happened at {when}.")]))
            }
            Ok(None) => None,
            Err(reasons) => Some(Decided { outcome: Outcome::Unknown, sentences: Vec::new(), reasons }),
        }
    }

    /// What a statement comes to, with what an event told of it. `refused` says why AWS could not be asked.
    fn confirmed(
        &self,
        expectation: &CompiledExpectation,
        statement: &CompiledStatement,
        event: Vec<String>,
        refused: Vec<Reason>,
    ) -> Decided {
        // A confirmation is about an account: without one there is nothing to confirm.
        if self.fingerprint.is_none() {
            let need = Need { account: None, section: Section::Identity, fields: Vec::new() };
            return Decided { outcome: Outcome::Unknown, sentences: Vec::new(), reasons: self.reasons([need], "") };
        }
        let text = statement.statement.about_account(&self.step.account);
        let mut sentences = self.tell(&expectation.fix);
        match self.confirmation(&text, statement.about.as_ref()) {
            Some((_, Standing::Holds)) => return Decided::told(Outcome::Confirmed, event),
            Some((confirmed, Standing::Void)) => {
                let when = results::time(&confirmed.time);
                sentences.insert(0, format!("You confirmed it at {when}; what that was about has changed since."));
            }
            Some((_, Standing::Unreadable(reasons))) => {
                return Decided { outcome: Outcome::Unknown, sentences: event, reasons };
            }
            None => {}
        }
        // Nobody is asked to confirm something of which it cannot be told what it would be about.
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
        let told = late.at.as_ref().and_then(|at| at.time(self.telling()));
        Some(Seen {
            step: self.step.id.clone(),
            expectation: at,
            check_hash: self.step.hash.clone(),
            account: self.fingerprint.clone()?,
            about: self.is_about(late.about.as_ref()).ok()?,
            time: told.or_else(|| self.inputs.now.clone()).unwrap_or_else(time::now),
        })
    }

    fn unknown(&self, expression: &Expression, why: &str) -> Decided {
        Decided { outcome: Outcome::Unknown, sentences: Vec::new(), reasons: self.why_unknown(expression, why) }
    }

    /// Why an expression cannot be decided.
    pub(crate) fn why_unknown(&self, expression: &Expression, why: &str) -> Vec<Reason> {
        let needs = self.check.needs(expression);
        if self.inputs.now.is_some() || !self.check.asks_the_time(expression) {
            return self.reasons(needs, why);
        }
        let message = "AWS's answer did not say what time it is.".to_owned();
        let timeless = self.reason(ReasonCode::IncompleteAnswer, message);
        let read = self.read_reasons(needs);
        if read.is_empty() { vec![timeless] } else { read }
    }

    fn reason(&self, code: ReasonCode, message: String) -> Reason {
        Reason { code, account: Some(self.step.account.clone()), action: None, message }
    }

    /// The reasons of everything unreadable among these needs; a mistake in the check where there is nothing.
    fn reasons(&self, needs: impl IntoIterator<Item = Need>, why: &str) -> Vec<Reason> {
        let reasons = self.read_reasons(needs);
        if reasons.is_empty() { vec![course_error(&self.step.account, &self.shown(why.to_owned()))] } else { reasons }
    }

    /// The reasons of everything unreadable among these needs.
    fn read_reasons(&self, needs: impl IntoIterator<Item = Need>) -> Vec<Reason> {
        let mut reasons = BTreeSet::new();
        for need in needs {
            let account = need.account.as_ref().unwrap_or(&self.step.account);
            let section = self.inputs.evidence.get(account).and_then(|sections| sections.get(&need.section));
            if let Some(section) = section {
                evidence::collect_reasons(section, &need.fields, &mut reasons);
            }
        }
        let mask = |reason: Reason| Reason { message: self.shown(reason.message), ..reason };
        reasons.into_iter().map(mask).collect()
    }

    /// The sentences that can be told.
    fn tell<'s>(&self, sentences: impl IntoIterator<Item = &'s Sentence>) -> Vec<String> {
        let shown = |words| self.shown(words);
        sentences.into_iter().filter_map(|sentence| sentence.fill(self.telling(), &shown)).collect()
    }

    /// Words from AWS as the results show them.
    fn shown(&self, words: String) -> String {
        if self.inputs.show_identifiers { words } else { mask::text(&words) }
    }
}

fn course_error(account: &str, why: &str) -> Reason {
    Reason {
        code: ReasonCode::CourseError,
        account: Some(account.to_owned()),
        action: None,
        message: format!("The check cannot be evaluated: {why}. Tell the course's author."),
    }
}
