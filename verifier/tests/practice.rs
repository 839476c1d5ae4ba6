//! The practice accounts: at first nothing is done, each action does its own step, and what cannot be read is unknown.

use crate::common::{COURSE, SIGNED_UP, Start, gather, in_words, judge, judge_with, key, world};
use course::results::{Results, Verdict};
use course::step_view::StepView;
use evidence::gather::Gathered;
use evidence::{Section, UNREADABLE, table};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use verify::run::Judge;

fn table_of(results: &Results) -> String {
    let (course, _) = &*COURSE;
    course.steps.iter().fold(String::new(), |mut table, step| {
        let _ = writeln!(table, "{:<24} {}", step.id, in_words(results.steps.get(&step.id).unwrap()));
        table
    })
}

#[tokio::test]
async fn on_the_fresh_account_no_step_is_done() {
    let results = judge(gather(&world(Start::Fresh, &[]).await).await, false);
    // The general account is set up already.
    let production = results.steps.iter().filter(|(id, _)| !id.ends_with("@general"));
    for (id, result) in production {
        assert!(matches!(result.verdict, Verdict::NotYet | Verdict::Unknown), "{id}");
    }
    insta::assert_snapshot!("fresh", table_of(&results));
}

#[tokio::test]
async fn after_the_sign_up_no_other_step_is_done() {
    let results = judge(gather(&world(Start::Fresh, &["account-created"]).await).await, false);
    insta::assert_snapshot!("signed_up", table_of(&results));
}

#[tokio::test]
async fn on_the_done_account_every_step_is_verified_or_takes_a_word() {
    let gathered = gather(&world(Start::Done, &[]).await).await;
    let results = judge(gathered, false);
    insta::assert_snapshot!("done", table_of(&results));
    let confirmed = judge(gather(&world(Start::Done, &[]).await).await, true);
    assert!(confirmed.steps.values().all(|result| result.verdict.is_done()), "{}", table_of(&confirmed));
    insta::assert_snapshot!("done_and_confirmed", table_of(&confirmed));
}

#[tokio::test]
async fn each_action_moves_exactly_the_steps_that_it_should() {
    let mut table = String::new();
    let fresh = world(Start::Fresh, &[]).await;
    for step in COURSE.0.steps.iter().filter(|step| verify::actions::has_action(&COURSE.0, step)) {
        let earlier: Vec<String> = fresh.steps_before(step).into_iter().map(|step| step.id).collect();
        let before: Vec<&str> = earlier.iter().map(String::as_str).collect();
        let order = [before.clone(), vec![step.id.as_str()]].concat();
        // The learner confirms what was done, and what it consists of.
        let statements = |steps: &[&str]| {
            let of =
                |step: &&str| COURSE.0.step(step).map(|step| [vec![step.id.clone()], step.members.clone()].concat());
            steps.iter().filter_map(of).flatten().collect::<Vec<_>>()
        };
        let (confirmed_before, confirmed_now) = (statements(&before), statements(&order));
        let earlier = judge_with(gather(&world(Start::Fresh, &before).await).await, &|step| {
            confirmed_before.iter().any(|it| it == step)
        });
        let later = judge_with(gather(&world(Start::Fresh, &order).await).await, &|step| {
            confirmed_now.iter().any(|it| it == step)
        });
        let own = later.steps.get(&step.id).unwrap();
        assert!(own.verdict.is_done(), "{} is {} after its action", step.id, in_words(own));
        let _ = writeln!(
            table,
            "{} (after {})",
            step.id,
            if before.is_empty() { "nothing".into() } else { before.join(", ") }
        );
        for (id, now) in later.steps.iter() {
            let then = in_words(earlier.steps.get(id).unwrap());
            if then != in_words(now) {
                let _ = writeln!(table, "    {id}: {then} → {}", in_words(now));
            }
        }
    }
    insta::assert_snapshot!("actions", table);
}

#[tokio::test]
async fn a_denied_read_is_unknown_and_never_verified_or_false() {
    let mut shown = String::new();
    for start in [&SIGNED_UP[..], &[][..]] {
        let start_of = async || match start {
            [] => world(Start::Done, &[]).await,
            steps => world(Start::Fresh, steps).await,
        };
        let _ = writeln!(shown, "{}", if start.is_empty() { "DONE" } else { "SIGNED UP" });
        let allowed = judge(gather(&start_of().await).await, false);
        let mut operations: Vec<String> = table::CALLS.iter().map(table::Call::name).collect();
        operations.sort();
        operations.dedup();
        for operation in operations {
            let world = start_of().await;
            world.deny_only([operation.as_str()]);
            let denied = judge(gather(&world).await, false);
            let _ = writeln!(shown, "  {operation}");
            for (id, then) in allowed.steps.iter() {
                let now = denied.steps.get(id).unwrap();
                if now.verdict == then.verdict && now.reasons == then.reasons {
                    continue;
                }
                assert_eq!(now.verdict, Verdict::Unknown, "{operation} denied: {id} became {}", in_words(now));
                let _ = writeln!(shown, "    {id}: {} → {}", in_words(then), in_words(now));
            }
        }
    }
    insta::assert_snapshot!("denied", shown);
}

/// All places in a JSON document, except for the document itself.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut visit = |key: String, child: &Value| {
        let place = format!("{at}/{key}");
        found.push(place.clone());
        places(child, &place, found);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, child)| visit(key.clone(), child)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, child)| visit(at.to_string(), child)),
        _ => {}
    }
}

/// Makes each field of the evidence unreadable in turn. A list with an unreadable field counts as read in part.
#[tokio::test]
async fn an_unreadable_field_never_makes_a_verdict_better_or_false() {
    for start in [world(Start::Done, &[]).await, world(Start::Fresh, &["account-created"]).await] {
        let gathered = gather(&start).await;
        let truth = judge(clone(&gathered), false);
        let mut tried = 0;
        for (account, sections) in gathered.evidence.iter() {
            for (section, value) in sections {
                let mut found = vec![String::new()];
                places(value, "", &mut found);
                for place in found {
                    let mut changed = clone(&gathered);
                    let evidence = Arc::make_mut(&mut changed.evidence);
                    let value = evidence.get_mut(account).unwrap().get_mut(section).unwrap();
                    *value.pointer_mut(&place).unwrap() =
                        json!({ UNREADABLE: [{ "code": "incomplete-answer", "message": "not there" }] });
                    tried += 1;
                    let results = judge(changed, false);
                    for (id, now) in results.steps.iter() {
                        let then = truth.steps.get(id).unwrap();
                        assert!(
                            now.verdict == then.verdict || now.verdict == Verdict::Unknown,
                            "{account}.{}{place} unreadable: {id} went from {} to {}",
                            section.name(),
                            in_words(then),
                            in_words(now)
                        );
                    }
                }
            }
        }
        assert!(tried > 60, "only {tried} fields were tried");
    }
}

fn clone(gathered: &Gathered) -> Gathered {
    Gathered {
        evidence: Arc::clone(&gathered.evidence),
        account_ids: gathered.account_ids.clone(),
        now: gathered.now.clone(),
        ..Gathered::default()
    }
}

#[tokio::test]
async fn the_same_actions_make_the_same_accounts() {
    let steps = ["account-created", "cost-budget", "root-mfa", "mfa-sign-in"];
    let (one, other) =
        (gather(&world(Start::Fresh, &steps).await).await, gather(&world(Start::Fresh, &steps).await).await);
    let evidence = |gathered: &Gathered| -> BTreeMap<String, BTreeMap<String, Value>> {
        let named = |sections: &BTreeMap<Section, Value>| {
            sections.iter().map(|(section, value)| (section.name().to_owned(), value.clone())).collect()
        };
        gathered.evidence.iter().map(|(account, sections)| (account.clone(), named(sections))).collect()
    };
    // The time when an account joined is from the emulator's own clock.
    let without_joined = |text: String| {
        let mut value: Value = serde_json::from_str(&text).unwrap();
        if let Some(accounts) = value.pointer_mut("/general/organization/accounts") {
            accounts.as_array_mut().unwrap().iter_mut().for_each(|account| account["since"] = Value::Null);
        }
        value
    };
    let text = |gathered: &Gathered| serde_json::to_string(&evidence(gathered)).unwrap();
    assert_eq!(without_joined(text(&one)), without_joined(text(&other)));
}

#[tokio::test]
async fn a_sign_in_that_was_seen_is_remembered_for_the_same_device() {
    let (course, compiled) = &*COURSE;
    let key = key();
    let judging = Judge::new(course, compiled, &key);
    let steps = [course.step("mfa-sign-in").unwrap()];
    let mut results = Results::empty(true);
    let mut gathered = gather(&world(Start::Done, &[]).await).await;
    judging.judge(&steps, &gathered, &mut results);
    assert_eq!(results.steps.get("mfa-sign-in").unwrap().verdict, Verdict::Verified);

    // CloudTrail has forgotten it.
    let production = |gathered: &mut Gathered, section: Section, value: Value| {
        Arc::make_mut(&mut gathered.evidence).get_mut("production").unwrap().insert(section, value);
    };
    production(&mut gathered, Section::ConsoleSignIns, json!([]));
    judging.judge(&steps, &gathered, &mut results);
    let remembered = results.steps.get("mfa-sign-in").unwrap();
    assert_eq!(remembered.verdict, Verdict::Verified);
    assert_eq!(remembered.expectations[1].sentences, ["Seen before; it happened at 2026-10-25 14:00 UTC."]);

    // Another device has not been used.
    let mut root = gathered.evidence["production"][&Section::Root].clone();
    root["virtual_devices"][0]["enabled"] = "2026-11-23T00:00:00Z".into();
    production(&mut gathered, Section::Root, root);
    judging.judge(&steps, &gathered, &mut results);
    assert_eq!(results.steps.get("mfa-sign-in").unwrap().verdict, Verdict::Unknown);
    assert!(results.steps.get("mfa-sign-in").unwrap().held_until.is_some());

    // Nothing was seen in another account either.
    let mut elsewhere = Results { seen: results.seen.clone(), ..Results::empty(true) };
    let mut other = gather(&world(Start::Done, &[]).await).await;
    production(&mut other, Section::ConsoleSignIns, json!([]));
    other.account_ids.insert("production".into(), "777788889999".into());
    judging.judge(&steps, &other, &mut elsewhere);
    assert_eq!(elsewhere.steps.get("mfa-sign-in").unwrap().verdict, Verdict::Unknown);
}

#[tokio::test]
async fn attempts_that_an_older_version_did_not_count_are_not_guessed() {
    let (course, compiled) = &*COURSE;
    let key = key();
    let judging = Judge::new(course, compiled, &key);
    let steps = [course.step("root-mfa").unwrap()];
    let mut results = Results::empty(true);
    judging.judge(&steps, &gather(&world(Start::Fresh, &["account-created"]).await).await, &mut results);
    let step = results.steps.get_mut("root-mfa").unwrap();
    assert_eq!((step.attempts, step.first_checked.as_ref()), (Some(0), Some(&step.checked)));
    (step.attempts, step.first_checked) = (None, None);
    judging.judge(&steps, &gather(&world(Start::Done, &[]).await).await, &mut results);
    let step = results.steps.get("root-mfa").unwrap();
    assert_eq!((step.verdict, step.attempts, &step.first_checked), (Verdict::Verified, None, &None));
}

#[tokio::test]
async fn the_book_shows_what_was_denied() {
    let world = world(Start::Done, &[]).await;
    world.deny_only(["budgets:ViewBudget", "iam:GetAccountSummary", "account:GetContactInformation"]);
    let mut results = judge(gather(&world).await, false);
    for id in results.steps.ids().cloned().collect::<Vec<_>>() {
        results.steps.get_mut(&id).unwrap().checked = "2026-11-24T00:00:00Z".into();
    }
    let (course, _) = &*COURSE;
    let shown = ["cost-budget", "mfa", "contact-matches", "alternate-contacts", "account-name"].map(|id| {
        let step = course.step(id).unwrap();
        mdbook_verify::widget::html(&StepView::new(course, step, &results))
    });
    insta::assert_snapshot!(shown.join("\n"));
}

/// The progress of an expectation while evidence arrives must match the verdict once all has arrived.
#[tokio::test]
async fn what_is_told_early_is_what_is_judged_at_the_end() {
    let (course, compiled) = &*COURSE;
    let key = key();
    let judging = Judge::new(course, compiled, &key);
    for start in [Start::Fresh, Start::Done] {
        let whole = gather(&world(start, &["account-created"]).await).await;
        let results = judge(whole.clone(), false);
        let (mut early, mut waited) = (0, 0);
        for (account, section) in
            whole.evidence.iter().flat_map(|(account, sections)| sections.keys().map(move |section| (account, section)))
        {
            let mut partly = whole.clone();
            let evidence = Arc::make_mut(&mut partly.evidence);
            evidence.get_mut(account).unwrap().remove(section);
            for step in &course.steps {
                let judged = &results.steps.get(&step.id).unwrap().expectations;
                let told = judging.partly(&partly, &results).so_far(step);
                assert_eq!(told.len(), judged.len(), "{}", step.id);
                for (told, judged) in told.iter().zip(judged) {
                    assert_eq!(told.title, judged.title);
                    match &told.result {
                        Some(result) => assert_eq!(result, judged, "{} without {account} {}", step.id, section.name()),
                        None => {
                            assert!(!judging.partly(&partly, &results).is_ready(step), "{} waits for nothing", step.id);
                            waited += 1;
                        }
                    }
                    early += usize::from(told.result.is_some());
                }
            }
        }
        assert!(early > 0 && waited > 0, "{early} told, {waited} awaited");
    }
}
