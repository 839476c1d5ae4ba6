//! JUnit's XML, as build servers read it: a suite a chapter, a case a step.
//!
//! Only what AWS proved passes. What is not so fails, what could not be read is an error, and what nobody can prove is
//! skipped with the reason, also where the learner confirmed it.

use anyhow::{Context, Result};
use course::results::{ReasonCode, Results, Verdict, View};
use course::{Course, Step};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{plain, told};

/// Steps with their verdicts.
///
/// # Errors
/// Never for texts in memory.
pub fn xml(course: &Course, results: &Results, steps: &[&Step]) -> Result<String> {
    let mut report = Report::new(plain(&course.title));
    let mut suites: Vec<TestSuite> = Vec::new();
    for step in steps {
        let chapter = step.occurrences.first().map_or("Other steps", |place| place.chapter_name.as_str());
        let chapter = plain(chapter);
        if suites.last().is_none_or(|suite| suite.name.as_str() != chapter) {
            let mut suite = TestSuite::new(chapter);
            suite.add_property(("account", if results.practice { "practice" } else { "own" }));
            suites.push(suite);
        }
        let view = results.view(step);
        let mut case = TestCase::new(plain(&super::text_of(course, step)), status(&view, step.optional));
        if view.verdict == Verdict::Verified {
            case.set_system_out(lines(&view).join("\n"));
        }
        case.set_classname(step.id.as_str());
        case.add_property(("verdict", view.verdict.name()));
        if step.optional {
            case.add_property(("optional", "yes"));
        }
        if let Some(result) = view.result {
            case.add_property(("checked", plain(&result.checked).as_str()));
        }
        if let Some(suite) = suites.last_mut() {
            suite.add_test_case(case);
        }
    }
    report.add_test_suites(suites);
    report.to_string().context("writing JUnit's XML")
}

fn status(view: &View<'_>, optional: bool) -> TestCaseStatus {
    let reasons = view.result.map(|result| result.reasons.as_slice()).unwrap_or_default();
    let unprovable = reasons.iter().all(|reason| reason.code == ReasonCode::NeedsConfirmation);
    let mut status = match view.verdict {
        Verdict::Verified => return TestCaseStatus::success(),
        // Nothing is wrong with a course whose optional steps are left.
        Verdict::NotYet if optional => TestCaseStatus::skipped(),
        Verdict::NotYet => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Unknown if !unprovable => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Unknown | Verdict::Confirmed | Verdict::NotApplicable | Verdict::Unchecked => {
            TestCaseStatus::skipped()
        }
    };
    let lines = lines(view);
    let message = match view.verdict {
        Verdict::Confirmed => "Confirmed by the learner; not proved by evidence.",
        Verdict::NotApplicable => "It does not apply to this account.",
        Verdict::Unchecked => "It was not verified.",
        _ => lines.first().map_or("", String::as_str),
    };
    status.set_message(message);
    let kinds: std::collections::BTreeSet<&str> = reasons.iter().map(|reason| reason.code.name()).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    status.set_type(if kinds.is_empty() { view.verdict.name().to_owned() } else { kinds.join(" ") });
    status.set_description(lines.join("\n"));
    status
}

/// What is told of a step. XML has no way to write most control characters, and a reader shows what others do.
fn lines(view: &View<'_>) -> Vec<String> {
    told(view).iter().map(|sentence| plain(sentence)).collect()
}
