//! Verdicts: a pure function of a step's check, the evidence, the learner's confirmations and what was seen before.

use mdbook_verify::check::statement_about;
use mdbook_verify::course::{Course, Step};
use mdbook_verify::key::Key;
use mdbook_verify::results::{Confirmation, ExpectationResult, Outcome, Reason, ReasonCode, Seen, Verdict};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cel::bound::Bound;
use crate::cel::value::Field;
use crate::cel::{self, Expression, Scope};
use crate::evidence::{self, Section, time};
use crate::mask;
use crate::members;
use crate::plan::{Compiled, CompiledCheck, CompiledExpectation, CompiledProof, Need};
use crate::sentence::Sentence;

/// The evidence of a run: sections as JSON, by account.
pub type Evidence = BTreeMap<String, BTreeMap<Section, Value>>;

/// All that verdicts depend on.
#[derive(Debug)]
pub struct Case {
    /// The course.
    pub course: Arc<Course>,
    /// Its checks, compiled.
    pub compiled: Arc<Compiled>,
    /// What AWS said.
    pub evidence: Arc<Evidence>,
    /// The same, for expressions.
    pub bound: Bound,
    /// Fingerprints of account ids by the course's names, of the accounts that were identified.
    pub fingerprints: BTreeMap<String, String>,
    /// What the learner confirmed before.
    pub confirmations: Vec<Confirmation>,
    /// What was seen before.
    pub seen: Vec<Seen>,
    /// The learner's key.
    pub key: Key,
    /// Whether sentences show account ids, e-mail addresses and phone numbers.
    pub show_identifiers: bool,
}

/// A step's verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is unknown.
    pub reasons: Vec<Reason>,
    /// Each expectation.
    pub expectations: Vec<ExpectationResult>,
    /// Late evidence that was seen now.
    pub seen: Vec<Seen>,
}

/// An expectation while its evidence arrives.
#[derive(Debug, Clone, PartialEq)]
pub struct Awaited {
    /// Its title.
    pub title: String,
    /// How it came out; none while something that it rests on has not arrived.
    pub result: Option<ExpectationResult>,
}

/// How an expectation came out, before it is put in words for the results.
struct Decided {
    outcome: Outcome,
    sentences: Vec<String>,
    reasons: Vec<Reason>,
}

/// Judges steps, each in its place. What a check of checks consists of is judged once, whether it is among them or not.
pub fn judge(case: &Arc<Case>, steps: &[&Step]) -> Vec<Judged> {
    let members = steps.iter().flat_map(|step| &step.members).filter_map(|id| case.course.step(id));
    let simple = steps.iter().copied().filter(|step| step.members.is_empty());
    let mut own: BTreeMap<&str, &Step> = members.map(|step| (step.id.as_str(), step)).collect();
    // A step that is given may say more than the course's: other parameters, or another account.
    own.extend(simple.map(|step| (step.id.as_str(), step)));
    let on_thread = Arc::clone(case);
    let judged = cel::each_on_a_thread(own.values().map(|step| (*step).clone()).collect(), move |step| {
        Judge::new(&on_thread, step).map(Judge::judge)
    });
    let whole = |(step, judged): (&&Step, Result<Result<Judged, String>, String>)| {
        judged.and_then(|judged| judged).unwrap_or_else(|message| not_evaluated(case, step, &message))
    };
    let judged: BTreeMap<&str, Judged> = own.keys().copied().zip(own.values().zip(judged).map(whole)).collect();
    let of = |step: &&Step| match step.members.as_slice() {
        [] => judged[step.id.as_str()].clone(),
        members => {
            let members = members.iter().filter_map(|id| Some((case.course.step(id)?, judged.get(id.as_str())?)));
            members::judge(case, &members.collect::<Vec<_>>())
        }
    };
    steps.iter().map(of).collect()
}

/// A step whose expressions could not be evaluated at all.
fn not_evaluated(case: &Case, step: &Step, message: &str) -> Judged {
    let expectations = case.course.check(step).expectations().iter().map(|expectation| ExpectationResult {
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
    }
}

/// The expectations of a step, as far as their evidence has arrived. This decides nothing: [`judge`] does, once all has.
pub fn so_far(case: &Arc<Case>, step: &Step) -> Vec<Awaited> {
    if !step.members.is_empty() {
        return members::so_far(case, step);
    }
    let (on_thread, own) = (Arc::clone(case), step.clone());
    let awaited = cel::on_a_thread(move || Judge::new(&on_thread, &own).map(|judge| judge.so_far()));
    awaited.and_then(|awaited| awaited).unwrap_or_default()
}

/// Judges one step by its own expectations.
struct Judge<'c> {
    case: &'c Case,
    step: &'c Step,
    check: Arc<CompiledCheck>,
    fingerprint: Option<String>,
    scope: Scope,
}

impl<'c> Judge<'c> {
    fn new(case: &'c Case, step: &'c Step) -> Result<Judge<'c>, String> {
        let check = Arc::clone(case.compiled.check(step));
        let mut scope = Scope::default();
        for (name, param) in case.course.params_of(step).filter(|(name, _)| check.uses(name)) {
            let json = serde_json::to_value(param).map_err(|error| error.to_string())?;
            scope.bind(name, Field::from_json(&json));
        }
        if check.uses("accounts") {
            scope.bind("accounts", Field::Known(Box::new(case.bound.accounts())));
        }
        for (section, field) in case.bound.sections(&step.account).filter(|(section, _)| check.uses(section.name())) {
            scope.bind(section.name(), field.clone());
        }
        for (name, expression) in &check.lets {
            scope.bind_let(name, expression)?;
        }
        let fingerprint = case.fingerprints.get(&step.account).cloned();
        Ok(Judge { case, step, check, fingerprint, scope })
    }

    fn judge(self) -> Judged {
        let mut seen = Vec::new();
        let all = self.check.expectations.iter().enumerate();
        let decided: Vec<(Decided, &CompiledExpectation)> =
            all.map(|(at, expectation)| (self.expectation(at, expectation, &mut seen), expectation)).collect();
        let any = |outcome: Outcome| decided.iter().any(|(decided, _)| decided.outcome == outcome);
        let verdict = if any(Outcome::NotMet) {
            Verdict::NotYet
        } else if any(Outcome::Unknown) || any(Outcome::Unconfirmed) {
            Verdict::Unknown
        } else if any(Outcome::Confirmed) {
            Verdict::Attested
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
        Judged { verdict, reasons, expectations, seen }
    }

    fn so_far(self) -> Vec<Awaited> {
        let arrived = |need: &Need| self.case.has(need.account.as_ref().unwrap_or(&self.step.account), need.section);
        let awaited = self.check.expectations.iter().enumerate().map(|(at, expectation)| {
            let ready = self.case.has(&self.step.account, Section::Identity)
                && self.check.needs_of(expectation).iter().all(arrived);
            let result =
                ready.then(|| self.expectation(at, expectation, &mut Vec::new()).of(expectation, &self.step.account));
            Awaited { title: expectation.title.clone(), result }
        });
        awaited.collect()
    }

    fn expectation(&self, at: usize, expectation: &CompiledExpectation, seen: &mut Vec<Seen>) -> Decided {
        if let Some(when) = &expectation.when {
            match when.decide(&self.scope) {
                cel::Outcome::True => {}
                cel::Outcome::False => return Decided::silent(Outcome::NotApplicable),
                cel::Outcome::Undecided(why) => return self.unknown(when, &why),
            }
        }
        match &expectation.proof {
            CompiledProof::Evidence { that, met, late } => {
                let decided = that.decide(&self.scope);
                if let (cel::Outcome::True, Some((at_time, same))) = (&decided, late) {
                    seen.extend(self.remember(at, at_time.as_ref(), same.as_ref()));
                }
                let remembered = || {
                    let (_, same) = late.as_ref()?;
                    self.remembered(at, same.as_ref())
                };
                match decided {
                    cel::Outcome::True => Decided::told(Outcome::Met, self.tell(met)),
                    cel::Outcome::False | cel::Outcome::Undecided(_) if remembered().is_some() => {
                        let time = remembered().map(|seen| seen.time.clone()).unwrap_or_default();
                        Decided::told(Outcome::Met, vec![format!("Seen before; it happened at {time}.")])
                    }
                    cel::Outcome::False if late.is_some() => Decided {
                        outcome: Outcome::Unknown,
                        sentences: self.tell(&expectation.fix),
                        reasons: vec![Reason {
                            code: ReasonCode::NotVisibleYet,
                            account: Some(self.step.account.clone()),
                            action: None,
                            message: "AWS shows this some minutes after it happened, and nothing is there yet.".into(),
                        }],
                    },
                    cel::Outcome::False => Decided::told(Outcome::NotMet, self.tell(&expectation.fix)),
                    cel::Outcome::Undecided(why) => self.unknown(that, &why),
                }
            }
            CompiledProof::Word { statement, backed_by, met } => {
                self.word(expectation, &statement_about(statement, &self.step.account), backed_by, met)
            }
        }
    }

    fn word(
        &self,
        expectation: &CompiledExpectation,
        statement: &str,
        backed_by: &Option<Expression>,
        met: &[Sentence],
    ) -> Decided {
        // A word is about an account: without one there is nothing to confirm.
        let Some(fingerprint) = &self.fingerprint else {
            let need = Need { account: None, section: Section::Identity, fields: Vec::new() };
            return Decided { outcome: Outcome::Unknown, sentences: Vec::new(), reasons: self.reasons([need], "") };
        };
        let backed = backed_by.as_ref().is_some_and(|event| matches!(event.decide(&self.scope), cel::Outcome::True));
        let event = if backed { self.tell(met) } else { Vec::new() };
        let confirmed = self.case.confirmations.iter().any(|confirmation| {
            confirmation.step == self.step.id
                && confirmation.statement == statement
                && confirmation.account == *fingerprint
        });
        if confirmed {
            return Decided::told(Outcome::Confirmed, event);
        }
        let mut sentences = self.tell(&expectation.fix);
        sentences.extend(event);
        Decided {
            outcome: Outcome::Unconfirmed,
            sentences,
            reasons: vec![Reason {
                code: ReasonCode::NeedsConfirmation,
                account: Some(self.step.account.clone()),
                action: None,
                message: "AWS has no way to read this: it takes your word.".into(),
            }],
        }
    }

    /// What an event was about, as it is remembered; `None` where that cannot be told.
    fn about(&self, same: Option<&Expression>) -> Option<String> {
        let about = match same {
            Some(same) => same.words(&self.scope)?,
            None => String::new(),
        };
        Some(self.case.key.digest(format!("about {about}").as_bytes()))
    }

    fn remember(&self, at: usize, time: Option<&Expression>, same: Option<&Expression>) -> Option<Seen> {
        Some(Seen {
            step: self.step.id.clone(),
            expectation: at,
            check_hash: self.step.hash.clone(),
            account: self.fingerprint.clone()?,
            about: self.about(same)?,
            time: time.and_then(|time| time.words(&self.scope)).unwrap_or_else(time::now),
        })
    }

    fn remembered(&self, at: usize, same: Option<&Expression>) -> Option<&Seen> {
        let about = self.about(same)?;
        self.case.seen.iter().find(|seen| {
            seen.step == self.step.id
                && seen.expectation == at
                && seen.check_hash == self.step.hash
                && Some(&seen.account) == self.fingerprint.as_ref()
                && seen.about == about
        })
    }

    fn unknown(&self, expression: &Expression, why: &str) -> Decided {
        let needs = self.check.needs(expression);
        Decided { outcome: Outcome::Unknown, sentences: Vec::new(), reasons: self.reasons(needs, why) }
    }

    /// The reasons of everything unreadable among these needs; a mistake in the check where there is nothing.
    fn reasons(&self, needs: impl IntoIterator<Item = Need>, why: &str) -> Vec<Reason> {
        let mut reasons = BTreeSet::new();
        for need in needs {
            let account = need.account.as_ref().unwrap_or(&self.step.account);
            let section = self.case.evidence.get(account).and_then(|sections| sections.get(&need.section));
            if let Some(section) = section {
                evidence::collect_reasons(section, &need.fields, &mut reasons);
            }
        }
        if reasons.is_empty() {
            reasons.insert(course_error(&self.step.account, why));
        }
        let mask = |reason: Reason| Reason { message: self.shown(reason.message), ..reason };
        reasons.into_iter().map(mask).collect()
    }

    /// The sentences that can be told.
    fn tell<'s>(&self, sentences: impl IntoIterator<Item = &'s Sentence>) -> Vec<String> {
        let shown = |words| self.shown(words);
        sentences.into_iter().filter_map(|sentence| sentence.fill(&self.scope, &shown)).collect()
    }

    /// Words from AWS as the results show them.
    fn shown(&self, words: String) -> String {
        if self.case.show_identifiers { words } else { mask::text(&words) }
    }
}

impl Case {
    /// Whether a section has arrived, readable or not.
    pub(crate) fn has(&self, account: &str, section: Section) -> bool {
        self.evidence.get(account).is_some_and(|sections| sections.contains_key(&section))
    }
}

impl Decided {
    fn of(self, expectation: &CompiledExpectation, account: &str) -> ExpectationResult {
        let statement = match &expectation.proof {
            CompiledProof::Word { statement, .. } => Some(statement_about(statement, account)),
            CompiledProof::Evidence { .. } => None,
        };
        ExpectationResult {
            title: expectation.title.clone(),
            statement: statement.filter(|_| self.outcome != Outcome::NotApplicable),
            outcome: self.outcome,
            sentences: self.sentences,
        }
    }

    fn silent(outcome: Outcome) -> Decided {
        Decided::told(outcome, Vec::new())
    }

    fn told(outcome: Outcome, sentences: Vec<String>) -> Decided {
        Decided { outcome, sentences, reasons: Vec::new() }
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
