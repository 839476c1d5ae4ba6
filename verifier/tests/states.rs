//! Account states with the verdicts that a person would give. Each starts from the done or the signed-up practice
//! account, goes through a recording, and differs in what it says.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod common;

use common::{gather, in_words, judge, world};
use mdbook_verify::results::Results;
use serde_json::{Value, json};
use std::fmt::Write;
use verify::evidence::UNREADABLE;
use verify::practice::{Start, World};
use verify::recording;

const VIRTUAL: &str = "/production/root/virtual_devices";

/// A state: its name, whether everything is done otherwise, what is different, and the steps it is about.
struct State(&'static str, Base, &'static [Change], &'static [&'static str]);

/// A place in the recording, and what is there instead.
type Change = (&'static str, fn() -> Value);

#[derive(Clone, Copy)]
enum Base {
    Done,
    SignedUp,
}
use Base::{Done, SignedUp};

fn sign_in(time: &str, mfa: bool, device: Value) -> Value {
    json!([{ "time": time, "root": true, "success": true, "mfa": mfa, "device": device }])
}

fn budget(kind: &str, amount: f64, unit: &str, alerts: Value) -> Value {
    json!([{ "name": "B", "type": kind, "amount": amount, "unit": unit, "period": "MONTHLY", "expired": false, "alerts": alerts }])
}

fn alert(percent: f64, comparison: &str, emails: Value) -> Value {
    json!([{ "kind": "ACTUAL", "comparison": comparison, "percent": percent, "emails": emails, "topics": 0 }])
}

fn unread() -> Value {
    json!({ UNREADABLE: [{ "code": "throttled", "account": "production", "message": "AWS asked to slow down." }] })
}

const STATES: &[State] = &[
    State("another account than the general one", Done, &[], &["unique-email", "account-created"]),
    State(
        "the same account under both names",
        Done,
        &[("/production/identity/account", || json!("111122223333"))],
        &["unique-email"],
    ),
    State(
        "no organization",
        Done,
        &[("/general/organization/in_use", || json!(false)), ("/general/organization/accounts", || json!([]))],
        &["unique-email"],
    ),
    State(
        "the general account cannot list the organization's accounts",
        Done,
        &[("/general/organization/accounts", unread)],
        &["unique-email"],
    ),
    State(
        "the general account cannot be identified",
        Done,
        &[("/general/identity/account", unread)],
        &["unique-email", "contact-matches"],
    ),
    State(
        "pending activation",
        Done,
        &[("/production/account/state", || json!("PENDING_ACTIVATION"))],
        &["account-created"],
    ),
    State("suspended", Done, &[("/production/account/state", || json!("SUSPENDED"))], &["account-created"]),
    State("closed", Done, &[("/production/account/state", || json!("CLOSED"))], &["account-created"]),
    State("a state that nobody knows yet", Done, &[("/production/account/state", unread)], &["account-created"]),
    State(
        "named production-of-mine",
        Done,
        &[("/production/account/name", || json!("production-of-mine"))],
        &["account-name"],
    ),
    State("named Lee-Production", Done, &[("/production/account/name", || json!("Lee-Production"))], &["account-name"]),
    State(
        "name and address in capitals and with other spaces",
        Done,
        &[
            ("/general/contact/name", || json!("Lee Arner")),
            ("/general/contact/address", || json!("1 Practice Street, Springfield, 12345, US")),
            ("/production/contact/name", || json!("LEE  ARNER")),
            ("/production/contact/address", || json!("1 practice street,  springfield, 12345, us")),
        ],
        &["contact-matches"],
    ),
    State("another name", Done, &[("/production/contact/name", || json!("Somebody Else"))], &["contact-matches"]),
    State(
        "the address did not arrive",
        Done,
        &[("/production/contact/address", unread)],
        &["contact-matches", "alternate-contacts"],
    ),
    State(
        "another name, and the address did not arrive",
        Done,
        &[("/production/contact/name", || json!("Somebody Else")), ("/production/contact/address", unread)],
        &["contact-matches"],
    ),
    State(
        "no Support API and no plan on record, in both accounts",
        Done,
        &[
            ("/production/support", || json!({ "api": false, "plan": null })),
            ("/general/support", || json!({ "api": false, "plan": null })),
        ],
        &["support-plan"],
    ),
    State(
        "a plan with the Support API here, none there",
        Done,
        &[("/general/support", || json!({ "api": false, "plan": null }))],
        &["support-plan"],
    ),
    State(
        "two plans with the Support API, of other names",
        Done,
        &[("/general/support/plan", || json!("AWSSupportEnterprise"))],
        &["support-plan"],
    ),
    State("the Support API was throttled", Done, &[("/production/support/api", unread)], &["support-plan"]),
    State("no MFA", SignedUp, &[], &["root-mfa", "mfa-sign-in", "mfa"]),
    State("a passkey for root", Done, &[(VIRTUAL, || json!([]))], &["root-mfa", "mfa-sign-in", "mfa"]),
    State(
        "a passkey, and a sign-in with it",
        Done,
        &[
            (VIRTUAL, || json!([])),
            ("/production/console_sign_ins", || {
                sign_in("2026-11-20T00:00:00Z", true, json!("arn:aws:iam::444455556666:u2f/root-account/key"))
            }),
        ],
        &["root-mfa", "mfa-sign-in", "mfa"],
    ),
    State(
        "a passkey, and a sign-in whose device did not arrive",
        Done,
        &[
            (VIRTUAL, || json!([])),
            ("/production/console_sign_ins", || sign_in("2026-11-20T00:00:00Z", true, unread())),
        ],
        &["mfa-sign-in"],
    ),
    State(
        "a hardware token",
        Done,
        &[
            (VIRTUAL, || json!([])),
            ("/production/console_sign_ins", || sign_in("2026-11-20T00:00:00Z", true, json!("GAHT12345678"))),
        ],
        &["root-mfa", "mfa-sign-in"],
    ),
    State(
        "two virtual devices",
        Done,
        &[(VIRTUAL, || {
            json!([
                { "serial": "arn:aws:iam::444455556666:mfa/first", "enabled": "2026-10-01T00:00:00Z" },
                { "serial": "arn:aws:iam::444455556666:mfa/second", "enabled": "2026-11-01T00:00:00Z" },
            ])
        })],
        &["root-mfa", "mfa-sign-in"],
    ),
    State(
        "root has no password (centralized root access)",
        Done,
        &[
            ("/production/root/password", || json!(false)),
            ("/production/root/mfa", || json!(false)),
            (VIRTUAL, || json!([])),
        ],
        &["root-mfa", "mfa-sign-in", "mfa"],
    ),
    State(
        "whether root has a password did not arrive",
        Done,
        &[("/production/root/password", unread)],
        &["root-mfa", "mfa-sign-in"],
    ),
    State("MFA, and no sign-in yet", Done, &[("/production/console_sign_ins", || json!([]))], &["mfa-sign-in", "mfa"]),
    State(
        "a sign-in before the device existed",
        Done,
        &[("/production/console_sign_ins", || {
            sign_in("2026-10-01T00:00:00Z", true, json!("arn:aws:iam::444455556666:mfa/old"))
        })],
        &["mfa-sign-in"],
    ),
    State(
        "a sign-in without MFA after the device was enabled",
        Done,
        &[("/production/console_sign_ins", || sign_in("2026-11-20T00:00:00Z", false, Value::Null))],
        &["mfa-sign-in"],
    ),
    State(
        "a failed sign-in with MFA",
        Done,
        &[("/production/console_sign_ins/0/success", || json!(false))],
        &["mfa-sign-in"],
    ),
    State(
        "a sign-in of a user with MFA",
        Done,
        &[("/production/console_sign_ins/0/root", || json!(false))],
        &["mfa-sign-in"],
    ),
    State(
        "a sign-in whose MFA did not arrive",
        Done,
        &[("/production/console_sign_ins/0/mfa", unread)],
        &["mfa-sign-in"],
    ),
    State(
        "no billing metrics, but the event",
        Done,
        &[("/production/billing_metrics", || json!([]))],
        &["billing-alerts"],
    ),
    State(
        "no billing metrics and no events",
        SignedUp,
        &[],
        &["billing-alerts", "free-tier-alerts", "iam-billing-access"],
    ),
    State(
        "billing metrics could not be read",
        Done,
        &[("/production/billing_metrics", unread)],
        &["billing-alerts", "billing-preferences"],
    ),
    State(
        "a setting changed by a user, not root",
        Done,
        &[("/production/billing_events/0/root", || json!(false))],
        &["iam-billing-access"],
    ),
    State("no budget", Done, &[("/production/budgets", || json!([]))], &["cost-budget"]),
    State(
        "a usage budget",
        Done,
        &[("/production/budgets", || {
            budget("USAGE", 10.0, "GB", alert(50.0, "GREATER_THAN", json!(["a@example.com"])))
        })],
        &["cost-budget"],
    ),
    State(
        "25 EUR, alert at 80 %",
        Done,
        &[("/production/budgets", || {
            budget("COST", 25.0, "EUR", alert(80.0, "GREATER_THAN", json!(["a@example.com"])))
        })],
        &["cost-budget"],
    ),
    State(
        "a budget of nothing",
        Done,
        &[("/production/budgets", || {
            budget("COST", 0.0, "USD", alert(50.0, "GREATER_THAN", json!(["a@example.com"])))
        })],
        &["cost-budget"],
    ),
    State(
        "zero-spend template: 1 USD, alert at 0.01 USD",
        Done,
        &[("/production/budgets", || budget("COST", 1.0, "USD", alert(1.0, "GREATER_THAN", json!(["a@example.com"]))))],
        &["cost-budget"],
    ),
    State("a budget whose time is over", Done, &[("/production/budgets/0/expired", || json!(true))], &["cost-budget"]),
    State(
        "a budget without an alert",
        Done,
        &[("/production/budgets", || budget("COST", 10.0, "USD", json!([])))],
        &["cost-budget"],
    ),
    State(
        "an alert without an e-mail address",
        Done,
        &[("/production/budgets", || budget("COST", 10.0, "USD", alert(50.0, "GREATER_THAN", json!([]))))],
        &["cost-budget"],
    ),
    State(
        "an alert below a threshold",
        Done,
        &[("/production/budgets", || budget("COST", 10.0, "USD", alert(50.0, "LESS_THAN", json!(["a@example.com"]))))],
        &["cost-budget"],
    ),
    State("the alerts could not be read", Done, &[("/production/budgets/0/alerts", unread)], &["cost-budget"]),
    State(
        "the subscribers could not be read",
        Done,
        &[("/production/budgets/0/alerts/0/emails", unread)],
        &["cost-budget"],
    ),
    State(
        "the threshold did not arrive",
        Done,
        &[("/production/budgets/0/alerts/0/percent", unread)],
        &["cost-budget"],
    ),
    State("a type that nobody knows yet", Done, &[("/production/budgets/0/type", unread)], &["cost-budget"]),
    State(
        "only a security contact",
        Done,
        &[("/production/alternate_contacts/billing", || Value::Null)],
        &["alternate-contacts"],
    ),
    State("no alternate contacts", SignedUp, &[], &["alternate-contacts"]),
    State(
        "the billing contact could not be read",
        Done,
        &[("/production/alternate_contacts/billing", unread)],
        &["alternate-contacts"],
    ),
    State(
        "no security contact, and the billing contact could not be read",
        Done,
        &[
            ("/production/alternate_contacts/security", || Value::Null),
            ("/production/alternate_contacts/billing", unread),
        ],
        &["alternate-contacts"],
    ),
];

/// The recording of a world, with some places of it changed.
async fn recorded(world: &World, changes: &[Change]) -> Results {
    let file = tempfile::NamedTempFile::new().unwrap();
    recording::write(file.path(), &gather(world).await, true).unwrap();
    let mut recording: Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
    for (place, value) in changes {
        let place = format!("/accounts{place}");
        *recording.pointer_mut(&place).unwrap_or_else(|| panic!("the recording has no {place}")) = value();
    }
    std::fs::write(file.path(), recording.to_string()).unwrap();
    judge(recording::read(file.path()).unwrap(), false)
}

#[tokio::test]
async fn a_person_would_judge_these_states_the_same() {
    let done = world(Start::Done, &[]).await;
    let signed_up = world(Start::Fresh, &["account-created"]).await;
    let mut table = String::new();
    for State(name, base, changes, steps) in STATES {
        let world = match base {
            Done => &done,
            SignedUp => &signed_up,
        };
        let results = recorded(world, changes).await;
        let _ = writeln!(table, "{name}");
        for step in *steps {
            let result = &results.steps[*step];
            let _ = writeln!(table, "    {step:<20} {}", in_words(result));
            let told = result.expectations.iter().flat_map(|told| &told.sentences);
            told.for_each(|sentence| {
                let _ = writeln!(table, "        {sentence}");
            });
        }
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn a_masked_recording_is_judged_like_the_original() {
    let gathered = gather(&world(Start::Done, &[]).await).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    recording::write(file.path(), &gathered, false).unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    for secret in ["111122223333", "444455556666", "learner", "Lee Arner", "Practice Street", "555 0100"] {
        let kept = text.contains(secret) && secret != "learner";
        assert!(!kept, "the recording tells {secret}");
    }
    let verdicts =
        |results: Results| results.steps.into_iter().map(|(id, result)| (id, result.verdict)).collect::<Vec<_>>();
    let replayed = recording::read(file.path()).unwrap();
    assert_eq!(verdicts(judge(replayed, false)), verdicts(judge(gathered, false)));
}
