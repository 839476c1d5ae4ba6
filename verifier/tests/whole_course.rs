//! This repository's course, as a whole.

use crate::common::{COURSE, PRODUCTION, Start};
use course::check::Body;
use evidence::Section;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use verify::cel::bound::Bound;
use verify::cel::budget::{Budget, OF_A_RUN, OF_AN_EXPRESSION};
use verify::verdict::{self, Inputs};

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

#[tokio::test]
async fn a_full_event_history_costs_a_twentieth_of_what_a_course_may() {
    let (course, compiled) = &*COURSE;
    let gathered = crate::common::gather(&crate::common::world(Start::Done, &[]).await).await;
    let mut evidence = (*gathered.evidence).clone();
    // The maximum number of events: 100 pages of 50. Root signs in once a day.
    let time = |at: usize| format!("2026-09-{:02}T{:02}:{:02}:00Z", 1 + at / 1440 % 28, at / 60 % 24, at % 60);
    let sign_in = |at: usize| {
        let root = at.is_multiple_of(50);
        let device = if at.is_multiple_of(100) { json!("arn:aws:iam::111122223333:mfa/old") } else { json!("passkey") };
        json!({ "time": time(at), "root": root, "success": true, "mfa": true, "device": device })
    };
    let change = |at: usize| {
        let user = if at.is_multiple_of(10) { json!(null) } else { json!("lee") };
        json!({ "time": time(at), "name": "EnableMFADevice", "user": user, "device": format!("device-{at}") })
    };
    let billing =
        |at: usize| json!({ "time": time(at), "name": "SetIAMAccessPreference", "root": at.is_multiple_of(2) });
    let sections = evidence.get_mut(PRODUCTION).unwrap();
    sections.insert(Section::ConsoleSignIns, (0..5_000).map(sign_in).collect());
    sections.insert(Section::MfaEvents, (0..200).map(change).collect());
    sections.insert(Section::BillingEvents, (0..200).map(billing).collect());
    let spent = |steps: &[&course::Step]| {
        let budget = Budget::default();
        let inputs = Inputs {
            course: Arc::clone(course),
            compiled: Arc::clone(compiled),
            bound: Bound::new(&evidence, &Default::default()),
            named: Default::default(),
            evidence: Arc::new(evidence.clone()),
            now: gathered.now.clone(),
            account_ids: BTreeMap::new(),
            fingerprints: BTreeMap::new(),
            memory: Default::default(),
            practice: false,
            confirmations: Vec::new(),
            seen: Vec::new(),
            budget: budget.clone(),
            key: crate::common::key(),
            show_identifiers: false,
        };
        verdict::judge(&Arc::new(inputs), steps);
        OF_A_RUN - budget.left()
    };
    for step in &course.steps {
        // The most expensive expression of a check takes a third.
        let spent = spent(&[step]);
        assert!(20 * spent / 3 < OF_AN_EXPRESSION, "{}: {spent}", step.id);
    }
    let all = spent(&course.steps.iter().collect::<Vec<_>>());
    assert!(20 * all < OF_A_RUN, "{all}");
}
