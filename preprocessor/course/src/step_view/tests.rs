//! Every verdict with every outcome, and what changes with the kind of account, an optional step, and drift.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::*;
use crate::check::Check;
use crate::course::Occurrence;
use crate::testing;

const OUTCOMES: [Outcome; 6] =
    [Outcome::Met, Outcome::NotMet, Outcome::Unknown, Outcome::Confirmed, Outcome::Unconfirmed, Outcome::NotApplicable];

/// A course with the check `budget` of a lesson's step, and `both` of it and a member that no lesson names.
fn course() -> Course {
    let checks = [
        (
            "budget",
            "title = \"A budget\"\naccount = \"mine\"\n[[expect]]\ntitle = \"It is there\"\nthat = \"true\"\nfix = \"Do it.\"\n",
        ),
        (
            "alert",
            "title = \"An alert\"\naccount = \"mine\"\n[[expect]]\ntitle = \"It is on\"\nthat = \"true\"\nfix = \"Do it.\"\n",
        ),
        ("both", "title = \"Both\"\nsteps = [\"budget\", \"alert\"]\n"),
    ];
    let parsed = checks.map(|(name, text)| (name.to_owned(), Check::parse(name, text).unwrap()));
    let mut course = testing::course(parsed);
    let budget = course.steps.iter_mut().find(|step| step.id == "budget").unwrap();
    budget.occurrences.push(Occurrence {
        chapter: "one.md".into(),
        chapter_name: "One".into(),
        text: "Budget created".into(),
    });
    course
}

fn result(course: &Course, step: &str, verdict: Verdict, expectations: Vec<ExpectationResult>) -> StepResult {
    StepResult {
        verdict,
        reasons: Vec::new(),
        expectations,
        evidence: Vec::new().into(),
        checked: "2026-11-24T10:03:11Z".into(),
        attempts: None,
        first_checked: None,
        first_verified: None,
        held_until: None,
        lapsed: None,
        removed: None,
        inputs: None,
        by: "0.1.0".into(),
        check_hash: course.step(step).unwrap().hash.clone(),
        accounts: BTreeMap::new(),
    }
}

/// An expectation whose sentences and statement say what they are.
fn expectation(title: &str, outcome: Outcome) -> ExpectationResult {
    let sentences = vec![format!("{title} {}.", outcome.name()), format!("{title} {}.", outcome.name())];
    let statement = Some(format!("{title} is so."));
    ExpectationResult { statement, ..ExpectationResult::new(title.into(), outcome, sentences) }
}

fn reason(code: ReasonCode, message: &str) -> Reason {
    Reason { code, account: None, action: None, message: message.into() }
}

/// A step with a verdict, an expectation that is met, and two with another outcome.
fn judged(course: &Course, verdict: Verdict, outcome: Outcome, practice: bool) -> Results {
    let expectations = vec![expectation("A", Outcome::Met), expectation("B", outcome), expectation("C", outcome)];
    let mut judged = result(course, "budget", verdict, expectations);
    let denied = || reason(ReasonCode::Denied, "AWS refused.");
    judged.reasons = vec![denied(), denied(), reason(ReasonCode::Throttled, "AWS refused.")];
    let mut results = Results::empty(practice);
    results.steps.insert("budget".into(), judged);
    results
}

/// A view as a list.
fn listed(view: &StepView<'_>) -> String {
    let mut out = format!("{} | {}\n", view.label(), view.notes().join(" | "));
    for Sentence { outcome, text } in view.sentences() {
        let _ = writeln!(out, "  {}: {text}", outcome.name());
    }
    for ExpectationView { title, outcome, sentences, statements, .. } in &view.expectations {
        let statements: Vec<String> = statements.iter().map(ToString::to_string).collect();
        let outcome = outcome.map_or("awaited", Outcome::name);
        let _ = writeln!(out, "  [{outcome}] {title} | {} | {}", sentences.join(" "), statements.join(" "));
    }
    let confirmation = view.confirmation.map_or("-", ConfirmationState::name);
    let next = view.next.as_ref().map(Next::to_string).unwrap_or_default();
    let _ = writeln!(out, "  next: {next} | confirmation: {confirmation} | drift: {:?}", view.drift);
    out
}

#[test]
fn every_verdict_and_outcome_has_its_sentences_and_what_to_do_next() {
    let course = course();
    let step = course.step("budget").unwrap();
    let mut table = String::new();
    for verdict in Verdict::ALL {
        for outcome in OUTCOMES {
            let results = judged(&course, verdict, outcome, false);
            let view = StepView::new(&course, step, &results);
            let _ = writeln!(table, "{} with {}: {}", verdict.name(), outcome.name(), listed(&view));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn practice_optional_and_drift_change_nothing_else() {
    let course = course();
    let (plain, held, lapsed) =
        (None, Some("2026-11-20T08:00:00Z".to_owned()), Some("2026-11-21T08:00:00Z".to_owned()));
    let drifts = [
        (&plain, &plain, None),
        (&held, &plain, Some("Done 2026-11-20 08:00 UTC, when it could last be determined.")),
        (&held, &lapsed, Some("Done 2026-11-20 08:00 UTC, and no longer done when checked at 2026-11-21 08:00 UTC.")),
    ];
    for verdict in Verdict::ALL {
        for outcome in OUTCOMES {
            let without = judged(&course, verdict, outcome, false);
            let step = course.step("budget").unwrap();
            let wanted = listed(&StepView::new(&course, step, &without));
            for (practice, optional) in [(false, false), (false, true), (true, false), (true, true)] {
                for (held, lapsed, drift) in drifts {
                    let mut results = judged(&course, verdict, outcome, practice);
                    let result = results.steps.get_mut("budget").unwrap();
                    (result.held_until, result.lapsed) = (held.clone(), lapsed.clone());
                    let step = Step { optional, ..step.clone() };
                    let view = StepView::new(&course, &step, &results);
                    assert_eq!((view.practice, view.optional, view.drift.as_deref()), (practice, optional, drift));
                    let flag = if practice { "--practice " } else { "" };
                    assert_eq!(view.commands.verify, format!("verify {flag}budget"));
                    assert_eq!(view.commands.explain, format!("verify {flag}explain budget"));
                    assert_eq!(view.commands.undo, format!("verify {flag}confirm --undo budget"));
                    let mut same = listed(&view).replace("--practice ", "").replace("| optional | ", "| ");
                    same = same.replace(&format!("{:?}", view.drift), "None");
                    assert_eq!(same, wanted, "{verdict} {outcome:?} {practice} {optional} {drift:?}");
                }
            }
        }
    }
}

#[test]
fn a_step_that_was_never_judged_or_is_about_something_else_says_so() {
    let course = course();
    let step = course.step("budget").unwrap();
    let never = Results::empty(true);
    let mut changed = judged(&course, Verdict::Verified, Outcome::Met, true);
    changed.steps.get_mut("budget").unwrap().check_hash = "another".into();
    let mut elsewhere = judged(&course, Verdict::Verified, Outcome::Met, false);
    elsewhere.steps.get_mut("budget").unwrap().accounts.insert("mine".into(), "another".into());
    let both = StepView::new(&course, course.step("both").unwrap(), &never);
    let views = [never.clone(), changed, elsewhere].map(|results| listed(&StepView::new(&course, step, &results)));
    insta::assert_snapshot!(format!("{}{}", views.concat(), listed(&both)), @r#"
    Not checked | 
      [awaited] It is there |  | 
      next:  | confirmation: - | drift: None
    Not checked | 
      [awaited] It is there |  | 
      next: Verify again: verify --practice budget | confirmation: - | drift: Some("The check has changed since it was last verified.")
    Not checked | 
      [awaited] It is there |  | 
      next: Verify again: verify budget | confirmation: - | drift: Some("It was last verified in another account.")
    Not checked | 
      [awaited] A budget |  | 
      [awaited] An alert |  | 
      next:  | confirmation: - | drift: None
    "#);
}

#[test]
fn a_check_of_checks_names_what_its_members_ask_to_confirm() {
    let course = course();
    let both = course.step("both").unwrap();
    let member = |title: &str, outcome| ExpectationResult { statement: None, ..expectation(title, outcome) };
    let of = |verdict, unconfirmed: &[&str]| {
        let members = [("budget", "A budget"), ("alert", "An alert")];
        let outcome = |id| if unconfirmed.contains(&id) { Outcome::Unknown } else { Outcome::Met };
        let whole = members.map(|(id, title)| member(title, outcome(id)));
        let mut results = Results::empty(false);
        results.steps.insert("both".into(), result(&course, "both", verdict, whole.into()));
        for (id, _) in members {
            let (verdict, outcome) = match unconfirmed.contains(&id) {
                true => (verdict, Outcome::Unconfirmed),
                false => (Verdict::Verified, Outcome::Met),
            };
            let own = result(&course, id, verdict, vec![expectation(id, outcome)]);
            results.steps.insert(id.into(), own);
        }
        results
    };
    let (all, one) = (of(Verdict::Unknown, &["budget", "alert"]), of(Verdict::Unknown, &["alert"]));
    let (all, one) = (StepView::new(&course, both, &all), StepView::new(&course, both, &one));
    assert!(all.members_listed && all.confirmation.is_none());
    let next = |view: &StepView<'_>| view.next.as_ref().unwrap().commands.clone();
    assert_eq!(next(&all), ["verify confirm budget", "verify confirm alert"]);
    assert_eq!(next(&one), ["verify confirm alert"]);
    let statements: Vec<&str> = one.statements().map(|statement| statement.text).collect();
    assert_eq!((statements, one.statement()), (vec!["alert is so."], None), "it is confirmed on the member");
    // If something else must be done first, or the member is about another account now, there is nothing to confirm.
    let mut otherwise = of(Verdict::Unknown, &["alert"]);
    otherwise.steps.get_mut("alert").unwrap().check_hash = "another".into();
    assert_eq!(StepView::new(&course, both, &otherwise).next, None);
    assert_eq!(StepView::new(&course, both, &of(Verdict::NotYet, &["alert"])).next, None);
}

#[test]
fn what_is_left_to_confirm_is_not_mixed_with_what_was_confirmed() {
    use Outcome::{Confirmed, Met, Unconfirmed};
    let course = course();
    let step = course.step("budget").unwrap();
    let statement = |outcomes: [Outcome; 2]| {
        let expectations = [("A", outcomes[0]), ("B", outcomes[1])].map(|(title, outcome)| expectation(title, outcome));
        let verdict = if outcomes.contains(&Unconfirmed) { Verdict::Unknown } else { Verdict::Confirmed };
        let mut results = Results::empty(false);
        results.steps.insert("budget".into(), result(&course, "budget", verdict, expectations.into()));
        StepView::new(&course, step, &results).statement()
    };
    assert_eq!(statement([Confirmed, Unconfirmed]).as_deref(), Some("B is so."));
    assert_eq!(statement([Unconfirmed, Unconfirmed]).as_deref(), Some("A is so. B is so."));
    assert_eq!(statement([Confirmed, Met]).as_deref(), Some("A is so."));
}

#[test]
fn what_arrives_early_has_one_thing_to_do_as_well() {
    let unmet = expectation("B", Outcome::NotMet);
    let later = expectation("C", Outcome::Unconfirmed);
    let views = expectations([("A", None), ("B", Some(&unmet)), ("C", Some(&later))]);
    let sentences: Vec<usize> = views.iter().map(|view| view.sentences.len() + view.statements.len()).collect();
    assert_eq!(sentences, [0, 1, 0]);
    let alone = expectations([("A", None), ("C", Some(&later))]);
    assert_eq!(alone[1].statements[0].to_string(), "To confirm: “C is so.”");
}

#[test]
fn what_could_not_be_read_never_looks_like_a_missing_confirmation() {
    let course = course();
    let step = course.step("budget").unwrap();
    let codes = [
        (vec![ReasonCode::NeedsConfirmation], true),
        (vec![ReasonCode::NeedsConfirmation, ReasonCode::Denied], false),
        (vec![], false),
    ];
    for (codes, only) in codes {
        let mut results = judged(&course, Verdict::Unknown, Outcome::Unconfirmed, false);
        let reasons = codes.iter().map(|code| reason(*code, "")).collect();
        results.steps.get_mut("budget").unwrap().reasons = reasons;
        assert_eq!(StepView::new(&course, step, &results).only_needs_confirmation(), only, "{codes:?}");
    }
}

/// What does not apply before the step is done may apply later.
#[test]
fn what_does_not_apply_is_not_needed_only_when_all_is_known() {
    let result = |outcome| ExpectationResult::new("a title".into(), outcome, Vec::new());
    let labels = |outcomes: &[Outcome]| -> Vec<Option<&str>> {
        let results: Vec<ExpectationResult> = outcomes.iter().copied().map(result).collect();
        let views = expectations(results.iter().map(|result| (result.title.as_str(), Some(result))));
        views.iter().map(|view| view.label).collect()
    };
    assert_eq!(labels(&[Outcome::Met, Outcome::NotApplicable]), [Some("yes"), Some("not needed")]);
    for open in [Outcome::NotMet, Outcome::Unknown, Outcome::Unconfirmed] {
        assert_eq!(labels(&[open, Outcome::NotApplicable])[1], Some("does not apply now"));
    }
}
