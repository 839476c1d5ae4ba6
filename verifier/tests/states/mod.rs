//! Account states with the verdicts that a person would give. Each state is a recording of the practice accounts, done
//! or only signed up, with a few changes.

mod accounts;
mod billing;
mod root;

use crate::common::{Start, World, gather, in_words, judge, world};
use course::results::Results;
use evidence::UNREADABLE;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use verify::recording;

/// A state: its name, the recording that it starts from, the changes, and the steps that they affect.
struct State(&'static str, Base, &'static [Change], &'static [&'static str]);

/// A place in the recording, and its new value.
type Change = (&'static str, fn() -> Value);

#[derive(Clone, Copy)]
enum Base {
    /// Everything is done. Nothing is confirmed.
    Done,
    /// Everything is done, and everything that needs it is confirmed.
    Confirmed,
    /// The accounts exist, and nothing is done.
    SignedUp,
}
use Base::{Confirmed, Done, SignedUp};

fn unread() -> Value {
    json!({ UNREADABLE: [{ "code": "throttled", "account": "production", "message": "AWS asked to slow down." }] })
}

/// A recording of the practice accounts, with changes.
async fn recorded(world: &World, changes: &[Change], confirmed: bool) -> Results {
    let file = tempfile::NamedTempFile::new().unwrap();
    recording::write(file.path(), &gather(world).await, &Default::default(), BTreeSet::new(), true).unwrap();
    let mut recording: Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
    for (place, value) in changes {
        let place = format!("/accounts{place}");
        *recording.pointer_mut(&place).unwrap_or_else(|| panic!("the recording has no {place}")) = value();
    }
    std::fs::write(file.path(), recording.to_string()).unwrap();
    judge(recording::read(file.path()).unwrap().gathered, confirmed)
}

#[tokio::test]
async fn a_person_would_judge_these_states_the_same() {
    let done = world(Start::Done, &[]).await;
    let signed_up = world(Start::Fresh, &["account-created"]).await;
    for (name, states) in [("accounts", accounts::STATES), ("root", root::STATES), ("billing", billing::STATES)] {
        let mut table = String::new();
        for State(name, base, changes, steps) in states {
            let (world, confirmed) = match base {
                Done => (&done, false),
                Confirmed => (&done, true),
                SignedUp => (&signed_up, false),
            };
            let results = recorded(world, changes, confirmed).await;
            let _ = writeln!(table, "{name}");
            for step in *steps {
                let result = results.steps.get(step).unwrap();
                let _ = writeln!(table, "    {step:<20} {}", in_words(result));
                let told = result.expectations.iter().flat_map(|told| &told.sentences);
                told.for_each(|sentence| {
                    let _ = writeln!(table, "        {sentence}");
                });
            }
        }
        insta::assert_snapshot!(name, table);
    }
}

#[tokio::test]
async fn a_masked_recording_is_judged_like_the_original() {
    let gathered = gather(&world(Start::Done, &[]).await).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    recording::write(file.path(), &gathered, &Default::default(), BTreeSet::new(), false).unwrap();
    let text = std::fs::read_to_string(file.path()).unwrap();
    for secret in ["111122223333", "444455556666", "learner", "Lee Arner", "Practice Street", "555 0100"] {
        let kept = text.contains(secret) && secret != "learner";
        assert!(!kept, "the recording tells {secret}");
    }
    let verdicts =
        |results: Results| results.steps.into_iter().map(|(id, result)| (id, result.verdict)).collect::<Vec<_>>();
    let replayed = recording::read(file.path()).unwrap().gathered;
    assert_eq!(verdicts(judge(replayed, false)), verdicts(judge(gathered, false)));
}
