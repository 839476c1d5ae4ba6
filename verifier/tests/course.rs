//! The course of this repository keeps its own promises.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod common;

use common::COURSE;
use mdbook_verify::check::Body;
use std::collections::BTreeSet;
use std::path::Path;
use verify::evidence::table;

#[test]
fn the_policy_in_the_book_is_what_the_course_reads() {
    let (course, compiled) = &*COURSE;
    let plan = compiled.plan(course, &course.steps);
    let sections = plan.values().flatten().copied().collect::<BTreeSet<_>>();
    let actions: BTreeSet<String> =
        sections.into_iter().flat_map(table::of).filter_map(|call| call.action).map(str::to_owned).collect();
    let chapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/src/let-verify-read.md");
    let chapter = std::fs::read_to_string(chapter).unwrap();
    let policy = chapter.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    let written: BTreeSet<String> = serde_json::from_value(policy["Statement"][0]["Action"].clone()).unwrap();
    assert_eq!(written, actions);
}

#[test]
fn every_checklist_item_of_the_lesson_is_a_step() {
    let (course, _) = &*COURSE;
    let (general, ids): (BTreeSet<&str>, BTreeSet<&str>) =
        course.steps.iter().map(|step| step.id.as_str()).partition(|id| id.ends_with("@general"));
    assert_eq!(general.len(), 9, "the general account's own lesson: {general:?}");
    let expected = [
        "unique-email",
        "account-created",
        "account-name",
        "support-plan",
        "contact-matches",
        "root-mfa",
        "mfa-sign-in",
        "mfa",
        "pdf-invoice",
        "free-tier-alerts",
        "billing-alerts",
        "billing-preferences",
        "cost-budget",
        "iam-billing-access",
        "alternate-contacts",
        "shared-bucket",
        "shared-bucket-private",
        "shared-bucket-encryption",
        "shared-bucket-versioning",
        "shared-bucket-policy",
        "shared-bucket-tried",
    ];
    assert_eq!(ids, BTreeSet::from(expected));
    for chapter in ["general-account.md", "production-account.md", "shared-bucket.md"] {
        let lesson = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/src").join(chapter);
        let lesson = std::fs::read_to_string(lesson).unwrap();
        for item in lesson.lines().filter(|line| line.trim_start().starts_with("- [")) {
            assert!(item.contains("<!-- verify: "), "{item}");
        }
    }
}

#[test]
fn every_fix_has_a_sentence_that_can_always_be_told_and_every_check_says_what_it_rests_on() {
    let (course, _) = &*COURSE;
    for check in course.checks.values() {
        assert!(check.about.is_some() || matches!(check.body, Body::Steps(_)), "{} has no `about`", check.name);
        for expectation in check.expectations() {
            let told = expectation.fix.iter().any(|sentence| !sentence.contains('{'));
            assert!(told, "{}: “{}” has no fix without a hole", check.name, expectation.title);
            if let Some(statement) = expectation.statement() {
                assert!(statement.text.ends_with('.'), "{}", statement.text);
                assert!(statement.why.as_ref().is_some_and(|why| why.ends_with('.')), "{}: why?", statement.text);
            }
        }
    }
}
