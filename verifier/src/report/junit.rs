//! Results as JUnit XML for build servers: one suite for each chapter, one case for each step.
//!
//! Only a verified step passes. A step that is not yet done fails, and a step that could not be read is an error. A
//! step that needs a confirmation, or was confirmed, is skipped with the reason.

use anyhow::{Context, Result};
use course::results::{Results, Verdict};
use course::step_view::StepView;
use course::{Course, Step};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeSet;

use super::plain;

/// The steps with their verdicts.
///
/// # Errors
/// Never: the report is in memory.
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
        let view = StepView::new(course, step, results);
        let mut case = TestCase::new(plain(view.title), status(&view));
        if view.verdict == Verdict::Verified {
            case.set_system_out(lines(&view).join("\n"));
        }
        case.set_classname(view.id);
        case.add_property(("verdict", view.verdict.name()));
        if view.optional {
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

fn status(view: &StepView<'_>) -> TestCaseStatus {
    let mut status = match view.verdict {
        Verdict::Verified => return TestCaseStatus::success(),
        // An open optional step does not fail a course.
        Verdict::NotYet if view.optional => TestCaseStatus::skipped(),
        Verdict::NotYet => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Unknown if !view.only_needs_confirmation() => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Unknown | Verdict::Confirmed | Verdict::NotApplicable | Verdict::Unchecked => {
            TestCaseStatus::skipped()
        }
    };
    let lines = lines(view);
    let why = lines.first().filter(|_| view.verdict.blocks());
    status.set_message(why.map_or(view.label(), String::as_str));
    let codes: BTreeSet<&str> = view.reasons.iter().map(|reason| reason.code.name()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    status.set_type(if codes.is_empty() { view.verdict.name().to_owned() } else { codes.join(" ") });
    status.set_description(lines.join("\n"));
    status
}

/// The lines about a step, without control characters: XML cannot represent most of them, and viewers interpret the
/// others.
fn lines(view: &StepView<'_>) -> Vec<String> {
    view.lines().iter().map(|line| plain(line)).collect()
}
