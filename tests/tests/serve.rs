//! The live book's server: its responses to tasks, and its events.

use crate::common::live::{Serving, practice};
use crate::common::{Machine, identity, serve, server};
use serde_json::json;
use std::io::BufRead;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex};

#[test]
fn a_step_is_done_and_verified_from_a_page_and_every_page_is_told() {
    let (machine, serving) = practice();
    let (mut one, mut other) = (serving.events(), serving.events());
    assert_eq!(serving.ask("/-/verify", &json!({ "steps": ["cost-budget"] })).status, 202);
    one.verdict("cost-budget", "not-yet");
    one.idle();
    assert_eq!(serving.ask("/-/practice", &json!({ "steps": ["cost-budget"] })).status, 202);
    one.until(|event| event["running"] == json!(["cost-budget"]));
    one.verdict("cost-budget", "verified");
    one.idle();
    other.verdict("cost-budget", "verified");
    serving.ask("/-/confirm", &json!({ "steps": ["pdf-invoice"] }));
    one.verdict("pdf-invoice", "confirmed");
    one.idle();
    serving.ask("/-/confirm", &json!({ "steps": ["pdf-invoice"], "undo": true }));
    one.verdict("pdf-invoice", "unknown");
    // Results from a terminal reach the pages too, and a page that opens later contains them.
    machine.verify(&["--practice", "account-created"]);
    other.verdict("account-created", "verified");
    serving.events().verdict("cost-budget", "verified");
}

#[test]
fn without_bindings_it_serves_the_practice_account_and_says_so() {
    let machine = Machine::new();
    let serving = Serving::start(&machine, &[]);
    let mut events = serving.events();
    let hello = events.until(|event| event["kind"] == "hello");
    assert_eq!(hello["practice"], json!(true));
    let accounts = events.until(|event| event["kind"] == "accounts");
    assert_eq!(accounts["bind"], "verify accounts general=PROFILE production=PROFILE");
    assert_eq!(accounts["accounts"][1]["bound_to"], json!(null));
    let event = events.until(|event| event["kind"] == "steps");
    let budget = &event["steps"]["cost-budget"];
    assert_eq!(budget["command"], "verify --practice cost-budget");
    let (course, pages) = (&event["progress"]["course"], &event["progress"]["pages"]);
    for (count, of) in [(course, 28), (&pages["general-account.html"], 8), (&pages["production-account.html"], 14)] {
        assert_eq!((&count["done"], &count["of"]), (&json!(0), &json!(of)));
    }
    // The other steps of this lesson need it.
    assert_eq!(pages["production-account.html"]["next"], "account-created");
}

/// Without an answer, a learner waits for one: where a step has inputs, too, and where its account does not exist yet, is
/// not bound, cannot be reached, or has no access.
#[test]
fn every_step_that_is_verified_from_a_page_gets_a_verdict() {
    let practised = Machine::whole();
    let bound = |endpoint: &str| {
        let mut machine = Machine::whole();
        machine.bind(&[("general", "AKIAEXAMPLE", "s", "")]);
        machine.set("AWS_ENDPOINT_URL", endpoint);
        machine
    };
    let refusing = server(403, "text/xml", "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");
    for machine in [practised, bound("http://127.0.0.1:1"), bound(&refusing)] {
        let serving = Serving::start(&machine, &[]);
        let mut events = serving.events();
        let steps = events.until(|event| event["kind"] == "steps")["steps"].as_object().unwrap().clone();
        let ids: Vec<&String> = steps.keys().collect();
        assert!(ids.len() > 70, "{ids:?}");
        assert_eq!(serving.ask("/-/verify", &json!({ "steps": ids })).status, 202);
        let mut without: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        let mut has_begun = false;
        events.until(|event| {
            without.retain(|id| event["steps"][*id]["verdict"].as_str().is_none_or(|verdict| verdict == "unchecked"));
            let running = event["running"].as_array().map(Vec::len);
            has_begun |= running.is_some_and(|running| running > 0);
            has_begun && running == Some(0)
        });
        assert_eq!(without, [""; 0]);
    }
}

#[test]
fn a_hundred_clicks_at_once_make_one_run() {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "s", "")]);
    // AWS answers when all have clicked.
    let (clicked, asked) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let (all, count) = (Arc::clone(&clicked), Arc::clone(&asked));
    machine.set(
        "AWS_ENDPOINT_URL",
        &serve(move |_| {
            if count.fetch_add(1, Ordering::SeqCst) == 0 {
                all.wait();
            }
            identity("444455556666", "user/lee")
        }),
    );
    let serving = Serving::start(&machine, &[]);
    let mut events = serving.events();
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| assert_eq!(serving.ask("/-/verify", &json!({ "steps": ["pdf-invoice"] })).status, 202));
        }
    });
    clicked.wait();
    events.verdict("pdf-invoice", "unknown");
    events.idle();
    assert_eq!(asked.load(Ordering::SeqCst), 1, "one question who the account is");
}

#[test]
fn a_broken_edit_is_told_and_mended_and_an_edit_reloads() {
    let (machine, mut serving) = practice();
    let mut events = serving.events();
    events.until(|event| event["kind"] == "broken");
    machine.edit("src/production-account.md", "verify: cost-budget", "verify: cost-buget");
    let broken = events.until(|event| event["kind"] == "broken" && event["message"].is_string());
    assert!(broken["message"].as_str().unwrap().contains("production-account.md:"), "{broken}");
    let mut said = String::new();
    while !said.contains("production-account.md:") {
        assert!(serving.said.read_line(&mut said).unwrap() > 0);
    }
    assert_eq!(serving.get("/production-account.html", "").status, 200, "the last good build is served");
    machine.edit("src/production-account.md", "verify: cost-buget", "verify: cost-budget");
    events.until(|event| event["kind"] == "broken" && event["message"].is_null());
    events.until(|event| event["kind"] == "reload");
    machine.edit("src/production-account.md", "# Creating and Configuring", "# Making and Configuring");
    events.until(|event| event["kind"] == "reload");
    assert!(serving.get("/production-account.html", "").body.contains("Making and Configuring"));
}

#[test]
fn it_ends_at_once_when_told_to() {
    for signal in ["-INT", "-TERM"] {
        let (_machine, mut serving) = practice();
        let _open = serving.events();
        assert!(Command::new("kill").args([signal, &serving.child.id().to_string()]).status().unwrap().success());
        assert_eq!(serving.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_published_copy_has_no_script_of_ours() {
    let machine = Machine::new();
    machine.verify(&["build", "--practice"]);
    let page = machine.read("book/production-account.html");
    assert!(page.contains("verify-step") && !page.contains("verify.js") && !page.contains("127.0.0.1"));
    let says = page.matches("With verify serve, each step of this book has a button.").count();
    assert_eq!(says, 1, "once in a chapter with steps");
    assert!(!machine.read("book/index.html").contains("each step of this book has a button"));
}

/// An AWS that denies budgets, once the test lets it answer.
#[derive(Clone, Default)]
struct SlowBudgets(Arc<(Mutex<bool>, Condvar)>);

impl SlowBudgets {
    fn of(machine: &mut Machine) -> SlowBudgets {
        machine.bind(&[("production", "AKIAEXAMPLE", "s", "")]);
        let slow = SlowBudgets::default();
        let answering = slow.clone();
        machine.set(
            "AWS_ENDPOINT_URL",
            &serve(move |request| match request.body.contains("GetCallerIdentity") {
                true => identity("444455556666", "user/lee"),
                false => {
                    let (open, opened) = &*answering.0;
                    drop(opened.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
                    let denied = r#"{"__type": "AccessDeniedException", "Message": "not authorized"}"#;
                    (400, "content-type: application/x-amz-json-1.1".to_owned(), denied.to_owned())
                }
            }),
        );
        slow
    }

    fn answer(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }
}

#[test]
fn each_step_is_told_as_soon_as_its_evidence_has_arrived() {
    let mut machine = Machine::new();
    let budgets = SlowBudgets::of(&mut machine);
    let serving = Serving::start(&machine, &[]);
    let mut events = serving.events();
    assert_eq!(serving.ask("/-/verify", &json!({ "steps": ["cost-budget", "pdf-invoice"] })).status, 202);
    let awaited = events.until(|event| event["kind"] == "awaited" && event["step"] == "cost-budget");
    assert!(awaited["html"].as_str().unwrap().contains("data-outcome=\"awaited\""), "{awaited}");
    events.verdict("pdf-invoice", "unknown");
    // It is saved before any page is notified.
    let stored = machine.verify(&["status", "--format", "json"]).json();
    assert!(stored["steps"]["pdf-invoice"].is_object() && stored["steps"]["cost-budget"].is_null(), "{stored}");
    budgets.answer();
    let told = events.until(|event| event["steps"]["cost-budget"]["verdict"] == "unknown");
    let html = told["steps"]["cost-budget"]["html"].as_str().unwrap();
    assert!(html.contains("budgets:ViewBudget"), "the reason names the action: {html}");
    events.idle();
}

#[test]
fn a_page_that_closes_loses_nothing() {
    let mut machine = Machine::new();
    let budgets = SlowBudgets::of(&mut machine);
    let serving = Serving::start(&machine, &[]);
    let mut events = serving.events();
    serving.ask("/-/verify", &json!({ "steps": ["cost-budget"] }));
    events.until(|event| event["running"] == json!(["cost-budget"]));
    drop(events);
    // Another page gets the running tasks, and their results.
    let mut later = serving.events();
    later.until(|event| event["running"] == json!(["cost-budget"]));
    budgets.answer();
    later.verdict("cost-budget", "unknown");
    later.idle();
    assert_eq!(machine.verify(&["status", "--format", "json"]).json()["steps"]["cost-budget"]["verdict"], "unknown");
}

#[test]
fn a_step_that_is_watched_changes_by_itself() {
    let (machine, serving) = practice();
    let mut events = serving.events();
    assert_eq!(serving.ask("/-/watch", &json!({ "steps": ["cost-budget", "root-mfa"] })).status, 202);
    events.verdict("cost-budget", "not-yet");
    // The account changes without the page.
    assert_eq!(machine.verify(&["practice", "do", "cost-budget"]).status, 0);
    events.verdict("cost-budget", "verified");
    events.until(|event| event["watched"] == json!(["root-mfa"]));
    serving.ask("/-/watch", &json!({ "steps": ["root-mfa"], "undo": true }));
    events.until(|event| event["watched"] == json!([]));
}

#[test]
fn steps_that_are_done_at_once_do_not_lose_each_other() {
    let (machine, serving) = practice();
    let steps = ["cost-budget", "root-mfa", "account-name", "contact-matches", "support-plan", "alternate-contacts"];
    std::thread::scope(|scope| {
        let ask = |step: &str| assert_eq!(serving.ask("/-/practice", &json!({ "steps": [step] })).status, 202);
        for step in steps {
            scope.spawn(move || ask(step));
        }
    });
    // All have begun. A page that opens now is notified of that, and then when all have ended.
    serving.events().idle();
    assert_eq!(machine.verify(&["--practice", "cost-budget", "root-mfa", "account-name"]).status, 0);
    assert_eq!(machine.verify(&["--practice", "contact-matches", "support-plan", "alternate-contacts"]).status, 0);
}

#[test]
fn what_came_to_nothing_is_told_to_pages_that_open_later_too() {
    let (_machine, serving) = practice();
    let mut events = serving.events();
    serving.ask("/-/confirm", &json!({ "steps": ["cost-budget"] }));
    let failed = |event: &serde_json::Value| {
        event["failed"]["cost-budget"].as_str().is_some_and(|message| message.contains("needs no confirmation"))
    };
    events.until(failed);
    serving.events().until(failed);
    serving.ask("/-/verify", &json!({ "steps": ["cost-budget"] }));
    events.until(|event| event["running"] == json!(["cost-budget"]) && event["failed"] == json!({}));
}

#[test]
fn whatever_kills_it_the_results_are_whole() {
    let machine = Machine::new();
    machine.verify(&["practice", "do", "account-created"]);
    let steps = ["account-created", "cost-budget", "pdf-invoice", "root-mfa", "account-name"];
    let mut seen = 0;
    for round in 0..12 {
        let mut serving = Serving::start(&machine, &["--practice"]);
        let mut events = serving.events();
        serving.ask("/-/verify", &json!({ "steps": steps }));
        // Every round is killed at a later event.
        for _ in 0..round {
            events.until(|event| ["awaited", "steps", "under-way"].contains(&event["kind"].as_str().unwrap()));
        }
        serving.child.kill().unwrap();
        serving.child.wait().unwrap();
        let status = machine.verify(&["status", "--practice", "--format", "json"]);
        assert!(status.stderr.is_empty(), "nothing had to be set aside: {status:?}");
        let now = status.json()["steps"].as_object().unwrap().len();
        assert!(now >= seen, "what was known is known: {status:?}");
        seen = now;
    }
    assert!(seen > 0, "something was written");
}
