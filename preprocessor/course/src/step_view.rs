//! Decides how a step is presented to a learner. The page, the terminal and the reports only lay it out. Nothing in it
//! is escaped. That is done when it is written to a page or a terminal.
//!
//! A learner gets one thing to do at a time. Expectations are in the order in which a learner meets them. So the first
//! one that is not met comes with what to do, and the other open ones only with their titles.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::course::{Course, Step};
use crate::local_time;
use crate::results::{ExpectationResult, Outcome, Reason, ReasonCode, Results, StepResult, Verdict, View, time};

mod commands;
mod expectations;
mod lab;

pub use commands::{Commands, Next};
use expectations::statement;
pub use expectations::{ExpectationView, Sentence, StatementView, expectations, next_unmet};
pub use lab::{InputView, Running};

/// The badge on the results of practice accounts.
pub const PRACTICE: &str = "practice account";

/// A step as it is shown to a learner.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use course::{Course, check::Check, param::Params, results::Results, step_view::StepView};
///
/// let check = r#"
/// title = "A cost budget"
/// account = "production"
/// expect = [{ title = "There is a budget", that = "budgets.size() > 0", fix = "Create a budget." }]
/// "#;
/// let course = Course {
///     root: "book".into(),
///     title: "A course".into(),
///     params: Params::new(),
///     accounts: BTreeMap::new(),
///     inputs: BTreeMap::new(),
///     given: BTreeMap::new(),
///     tables: BTreeMap::new(),
///     checks: [("cost-budget".into(), Check::parse("cost-budget", check).unwrap())].into(),
///     steps: Vec::new(),
/// };
/// let course = course.with_a_step_for_each_check();
/// let results = Results::empty(false);
///
/// let view = StepView::new(&course, &course.steps[0], &results);
/// assert_eq!((view.title, view.label()), ("A cost budget", "Not checked"));
/// assert_eq!(view.commands.verify, "verify cost-budget");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StepView<'v> {
    /// The step's id.
    pub id: &'v str,
    /// Its title: the lesson's text, or the check's title if no lesson names it.
    pub title: &'v str,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether it is not required for completion.
    pub optional: bool,
    /// Whether this is about a practice account.
    pub practice: bool,
    /// How many of the expectations are met, if the step is not done.
    pub progress: Option<String>,
    /// What happened to an older verdict: since when it is no longer true, or why it no longer counts.
    pub drift: Option<String>,
    /// Why the step is unknown, each reason once.
    pub reasons: Vec<&'v Reason>,
    /// The expectations in the check's order. For a check of checks, its members.
    pub expectations: Vec<ExpectationView<'v>>,
    /// Whether the learner's confirmation is needed or was given. For a check of checks, its members are confirmed
    /// instead.
    pub confirmation: Option<ConfirmationState>,
    /// What to do next, if that is a command.
    pub next: Option<Next>,
    /// The commands about it.
    pub commands: Commands,
    /// Whether lessons name a member of it, which is then shown as a step, too.
    pub members_listed: bool,
    /// What only the learner knows and the step depends on.
    pub inputs: Vec<InputView<'v>>,
    /// What it costs, as long as what it makes is there: what is made, or the step that makes it if it is not done yet.
    pub costs: Option<String>,
    /// The page of AWS's console where its next open expectation is done.
    pub console: Option<&'v str>,
    /// Its result; `None` if `unchecked`.
    pub result: Option<&'v StepResult>,
}

/// Whether the learner's confirmation of a step is needed or was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmationState {
    /// Something needs to be confirmed.
    Needed,
    /// Everything is confirmed.
    Given,
}

impl<'v> StepView<'v> {
    /// The view of a step with the current results.
    pub fn new(course: &'v Course, step: &'v Step, results: &'v Results) -> StepView<'v> {
        let View { verdict, result, stale } = results.view(step);
        let members: Vec<&Step> = step.members.iter().filter_map(|id| course.step(id)).collect();
        let expectations = match result {
            Some(result) => {
                let known = result.expectations.iter().map(|result| (result.title.as_str(), Some(result)));
                let mut expectations = expectations(known);
                let sentences = expectations.iter_mut().flat_map(|view| &mut view.sentences);
                sentences.for_each(|sentence| *sentence = local_time::shown(sentence).into_owned().into());
                match verdict {
                    Verdict::Unknown => ask_of_members(&mut expectations, &members, results),
                    // Something else must be done first, or there is nothing to confirm.
                    _ => expectations.iter_mut().for_each(|view| view.statements.retain(|it| it.confirmed)),
                }
                expectations
            }
            None => {
                let own = expectations(titles(course, step, &members).into_iter().map(|title| (title, None)));
                let removed = step.removes.iter().filter_map(|id| course.step(id));
                let removed = removed.map(|made| ExpectationView::new(course.removal_title(made).into()));
                own.into_iter().chain(removed).collect()
            }
        };
        let commands = Commands::new(step, results.practice);
        StepView {
            id: &step.id,
            title: course.title_of(step),
            verdict,
            optional: step.optional,
            practice: results.practice,
            progress: result.filter(|_| verdict == Verdict::NotYet).and_then(progress),
            drift: stale.map(str::to_owned).or_else(|| result.and_then(StepResult::drift)).map(in_local_time),
            reasons: result.filter(|_| verdict == Verdict::Unknown).map(reasons).unwrap_or_default(),
            confirmation: if members.is_empty() { confirmation(&expectations) } else { None },
            next: match stale {
                Some(_) => Some(Next::new("Verify again:", vec![commands.verify.clone()])),
                None => lab::give_next(course, step, result, results.practice)
                    .or_else(|| confirm_next(&expectations, &commands, &members, results)),
            },
            inputs: lab::inputs(course, step),
            costs: lab::costs(course, step, results),
            console: lab::console(course, step, result),
            expectations,
            commands,
            members_listed: members.into_iter().any(Step::is_listed),
            result,
        }
    }

    /// The verdict's label.
    pub fn label(&self) -> &'static str {
        self.verdict.label()
    }

    /// Notes about the verdict: whether the step is optional, its progress, and when it was checked.
    pub fn notes(&self) -> Vec<String> {
        let optional = self.optional.then(|| "optional".to_owned());
        let checked = self.result.map(|result| format!("checked {}", local_time::shown(&result.checked)));
        optional.into_iter().chain(self.progress.clone()).chain(checked).collect()
    }

    /// Why the step is unknown, each sentence once. `message` gives a reason's.
    pub fn messages(&self, message: fn(&Reason) -> &str) -> impl Iterator<Item = Cow<'v, str>> {
        messages(self.reasons.iter().copied(), message)
    }

    /// Why the step has its verdict and what to do, the most important first, each sentence once.
    pub fn sentences(&self) -> Vec<Sentence> {
        self.sentences_with(self.messages(Reason::message))
    }

    /// The same without what is about the access to an account, which all steps of the account have in common.
    pub fn own_sentences(&self) -> Vec<Sentence> {
        let own = self.reasons.iter().copied().filter(|reason| !reason.is_about_access());
        self.sentences_with(messages(own, Reason::message))
    }

    fn sentences_with(&self, messages: impl Iterator<Item = Cow<'v, str>>) -> Vec<Sentence> {
        use Outcome::{Confirmed, Met, NotMet, Unconfirmed, Unknown};
        let outcomes: &[Outcome] = match self.verdict {
            Verdict::NotYet => &[NotMet],
            Verdict::Unknown => &[Unknown, Unconfirmed],
            Verdict::Verified | Verdict::Confirmed => &[Met, Confirmed],
            Verdict::NotApplicable | Verdict::Unchecked => &[],
        };
        let reasons = messages.map(|message| Sentence { outcome: Unknown, text: message.into_owned() });
        let of_expectations = self.expectations.iter().filter_map(|expectation| {
            let outcome = expectation.outcome.filter(|outcome| outcomes.contains(outcome))?;
            let sentences = expectation.sentences.iter().map(|sentence| sentence.clone().into_owned());
            let sentences = sentences.map(move |text| Sentence { outcome, text });
            Some(sentences.chain(expectation.statements.iter().map(StatementView::sentence)))
        });
        let mut before = BTreeSet::new();
        reasons.chain(of_expectations.flatten()).filter(|sentence| before.insert(sentence.text.clone())).collect()
    }

    /// The lines for a list of steps: the sentences, what happened to an older verdict, and what to do next.
    pub fn lines(&self) -> Vec<String> {
        let sentences = self.sentences().into_iter().map(|sentence| sentence.text);
        sentences.chain(self.drift.clone()).chain(self.next.as_ref().map(Next::to_string)).collect()
    }

    /// The statements of this step or its members, confirmed or not.
    fn statements(&self) -> impl Iterator<Item = &StatementView<'v>> {
        self.expectations.iter().flat_map(|expectation| &expectation.statements)
    }

    /// The statement to confirm now, or the statement that was confirmed.
    pub fn statement(&self) -> Option<String> {
        let given = self.confirmation? == ConfirmationState::Given;
        let statements = self.statements().filter(|statement| statement.confirmed == given);
        Some(statements.map(|statement| statement.text).collect::<Vec<_>>().join(" "))
    }

    /// Whether only a confirmation is missing.
    pub fn only_needs_confirmation(&self) -> bool {
        !self.reasons.is_empty() && self.reasons.iter().all(|reason| reason.code == ReasonCode::NeedsConfirmation)
    }

    /// When and by which version it was checked, and when it was first done.
    pub fn judged(&self) -> Option<String> {
        let result = self.result?;
        let first = result.first_verified.as_ref().map(|first| format!(" First done {}.", time(first)));
        let judged = format!("Checked {} by verify {}.{}", time(&result.checked), result.by, first.unwrap_or_default());
        Some(in_local_time(judged))
    }
}

impl ConfirmationState {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            ConfirmationState::Needed => "needed",
            ConfirmationState::Given => "given",
        }
    }
}

/// The messages of reasons, each once.
fn messages<'v>(
    reasons: impl Iterator<Item = &'v Reason>,
    message: fn(&Reason) -> &str,
) -> impl Iterator<Item = Cow<'v, str>> {
    let mut before = BTreeSet::from([""]);
    let messages = reasons.map(message);
    messages.filter(move |message| before.insert(message)).map(local_time::shown)
}

fn in_local_time(text: String) -> String {
    local_time::shown(&text).into_owned()
}

/// The titles of the expectations of a step that was never checked.
fn titles<'v>(course: &'v Course, step: &'v Step, members: &[&'v Step]) -> Vec<Cow<'v, str>> {
    let members = members.iter().map(|member| course.check(member).title.as_str().into());
    let own = course.check(step).expectations().iter();
    let own = own.map(|expectation| course.expectation_title(step, &expectation.title).into());
    members.chain(own).collect()
}

fn confirmation(expectations: &[ExpectationView<'_>]) -> Option<ConfirmationState> {
    let mut statements = expectations.iter().flat_map(|expectation| &expectation.statements).peekable();
    statements.peek()?;
    Some(match statements.all(|statement| statement.confirmed) {
        true => ConfirmationState::Given,
        false => ConfirmationState::Needed,
    })
}

/// Adds the open statements of members to the view of their check of checks, whose expectations they are.
fn ask_of_members<'v>(expectations: &mut [ExpectationView<'v>], members: &[&Step], results: &'v Results) {
    for (expectation, member) in expectations.iter_mut().zip(members) {
        let asked = unconfirmed(results.view(member)).filter_map(statement);
        expectation.statements.extend(asked);
    }
}

/// The expectations of a step that need a confirmation, if nothing else must be done first.
fn unconfirmed(view: View<'_>) -> impl Iterator<Item = &ExpectationResult> {
    let results = view.result.filter(|_| view.verdict == Verdict::Unknown).into_iter();
    results.flat_map(|result| &result.expectations).filter(|result| result.outcome == Outcome::Unconfirmed)
}

/// What to confirm next, with the command for each step that has something to confirm.
fn confirm_next(
    expectations: &[ExpectationView<'_>],
    commands: &Commands,
    members: &[&Step],
    results: &Results,
) -> Option<Next> {
    let mut statements = expectations.iter().flat_map(|expectation| &expectation.statements);
    if !statements.any(|statement| !statement.confirmed) {
        return None;
    }
    let asking = members.iter().filter(|member| unconfirmed(results.view(member)).next().is_some());
    let of_members: Vec<String> = asking.map(|member| Commands::new(member, results.practice).confirm).collect();
    let commands = if members.is_empty() { vec![commands.confirm.clone()] } else { of_members };
    Some(Next::new("If this is true, confirm it:", commands))
}

/// How many of the expectations that apply are met.
fn progress(result: &StepResult) -> Option<String> {
    let applies = result.expectations.iter().filter(|result| result.outcome != Outcome::NotApplicable);
    let met = applies.clone().filter(|result| matches!(result.outcome, Outcome::Met | Outcome::Confirmed)).count();
    let all = applies.count();
    (all > 1).then(|| format!("{met} of {all} done"))
}

/// The reasons. The same reason for several accounts counts once.
fn reasons(result: &StepResult) -> Vec<&Reason> {
    let mut before = BTreeSet::new();
    result.reasons.iter().filter(|reason| before.insert((reason.code, reason.message.as_str()))).collect()
}

#[cfg(test)]
mod tests;
