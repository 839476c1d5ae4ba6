//! Labs that come and go, judged by the program behind moto's server, in states that boto3 makes.

mod changed;
mod inputs;
mod kept;
mod lint;
mod pending;
mod rows;

use crate::common::{Emulator, Machine, boto3, copy, denied, moto, repository, serve};
use serde_json::Value;
use std::path::PathBuf;

const ACCOUNT: &str = "123456789012";
const OTHER: &str = "210987654321";

/// A lab in moto, whose learner has named their network.
struct Lab {
    machine: Machine,
    moto: Emulator,
}

impl Lab {
    fn new() -> Lab {
        let mut machine = Machine::empty();
        let moto = moto(&machine);
        copy(&repository().join("tests/tests/labs/course"), &machine.course);
        machine.bind(&[("lab", ACCOUNT, "secret", "")]);
        machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
        machine.set("AWS_REGION", "us-east-1");
        machine.verify(&["set", "network=lab-vpc"]);
        Lab { machine, moto }
    }

    /// The learner's configuration folder.
    fn config(&self) -> PathBuf {
        self.machine.home.path().join("config")
    }

    /// Changes the account, as `states.py` says.
    fn make(&self, actions: &[&str]) {
        self.make_in(ACCOUNT, "us-east-1", actions);
    }

    /// The same in an account, whose credentials it returns.
    fn make_in(&self, account: &str, region: &str, actions: &[&str]) -> Value {
        let arguments = [&[self.moto.endpoint.as_str(), region, account], actions].concat();
        boto3(&self.machine, include_str!("states.py"), &arguments)
    }

    /// The verdicts of the gateways and of their removal, with the sentence and the codes of the latter, and the states
    /// of what is left.
    fn verified(&self) -> Shown {
        self.verified_with(&[])
    }

    fn verified_with(&self, arguments: &[&str]) -> Shown {
        let results = self.machine.verify(&[&["--format", "json"], arguments].concat()).json();
        let left = self.machine.verify(&[&["leftovers", "--format", "json"], arguments].concat());
        Shown::of(&results, &left.json(), left.status)
    }
}

/// What a learner sees of a lab.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    gateways: String,
    cleanup: String,
    /// The reasons why the removal is unknown.
    codes: Vec<String>,
    /// What the removal says, without ids.
    says: String,
    /// The state of each thing that may be left, with how many ids it has.
    left: Vec<(String, usize)>,
    status: i32,
}

impl Shown {
    fn of(results: &Value, left: &Value, status: i32) -> Shown {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let steps = &results["steps"];
        let reasons = steps["cleanup"]["reasons"].as_array().into_iter().flatten();
        let says = text(&steps["cleanup"]["expectations"][0]["sentences"][0]);
        let says = says.split(' ').map(|word| if word.starts_with("nat-") { "ID" } else { word }).collect::<Vec<_>>();
        let left = left.as_array().unwrap().iter();
        Shown {
            gateways: text(&steps["nat-gateways"]["verdict"]),
            cleanup: text(&steps["cleanup"]["verdict"]),
            codes: reasons.map(|reason| text(&reason["code"])).collect(),
            says: says.join(" "),
            left: left.map(|one| (text(&one["state"]), one["ids"].as_array().unwrap().len())).collect(),
            status,
        }
    }

    /// The two verdicts, the codes, and what is left.
    fn brief(&self) -> (&str, &str, Vec<&str>, Vec<(&str, usize)>) {
        let codes = self.codes.iter().map(String::as_str).collect();
        let left = self.left.iter().map(|(state, ids)| (state.as_str(), *ids)).collect();
        (&self.gateways, &self.cleanup, codes, left)
    }
}

fn result(lab: &Lab, step: &str) -> Value {
    let results: Value = serde_json::from_str(&lab.machine.read(".verify/results/results.json")).unwrap();
    results["steps"][step].clone()
}

#[test]
fn what_was_never_there_is_never_deleted() {
    let lab = Lab::new();
    assert_eq!(lab.verified().brief(), ("not-yet", "unknown", vec!["never-seen"], vec![]));
    lab.make(&["vpc=lab-vpc"]);
    assert_eq!(lab.verified().brief(), ("not-yet", "unknown", vec!["never-seen"], vec![]));
    // Gateways that came and went between two runs were not seen either.
    lab.make(&["nat=3", "delete"]);
    let shown = lab.verified();
    assert_eq!(shown.brief(), ("not-yet", "unknown", vec!["never-seen"], vec![]));
    assert_eq!(shown.status, 0);
}

#[test]
fn a_lab_that_was_built_and_deleted_stays_done() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=2"]);
    let two = lab.verified();
    assert_eq!(two.brief(), ("not-yet", "not-yet", vec![], vec![("there", 2)]));
    assert_eq!(two.says, "Still there: ID ID It costs about $0.045 an hour for each NAT gateway.");
    assert_eq!(two.status, 1);
    lab.make(&["nat=1"]);
    assert_eq!(lab.verified().brief(), ("verified", "not-yet", vec![], vec![("there", 3)]));
    // Deleted, but the step that wants this has not been verified: the gateways are missing, as far as verify knows.
    lab.make(&["delete"]);
    lab.machine.verify(&["nat-gateways"]);
    assert_eq!(result(&lab, "nat-gateways")["verdict"], "not-yet");
    assert!(result(&lab, "nat-gateways")["lapsed"].is_string());
    let gone = lab.verified();
    assert_eq!(gone.brief(), ("verified", "verified", vec![], vec![]));
    let done = result(&lab, "nat-gateways");
    assert!(done["removed"].is_string() && done["lapsed"].is_null() && done["held_until"].is_null(), "{done}");
    let status = lab.machine.verify(&["status"]);
    assert!(status.stdout.contains("and deleted again 20"), "{status:?}");
    assert!(status.stdout.contains("2 of 3 required steps are done") || !status.stdout.contains("No longer done"));
    // Another run changes nothing of it.
    lab.machine.verify(&["nat-gateways"]);
    assert_eq!(result(&lab, "nat-gateways")["verdict"], "verified");
}

#[test]
fn what_was_deleted_before_it_was_complete_is_not_done() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=2"]);
    lab.machine.verify(&["nat-gateways"]);
    lab.make(&["delete"]);
    assert_eq!(lab.verified().brief(), ("not-yet", "verified", vec![], vec![]));
    let explained = lab.machine.verify(&["explain", "nat-gateways"]);
    assert!(explained.stdout.contains("it was not complete as it is asked for now"), "{explained:?}");
}

#[test]
fn what_is_there_again_is_judged_again() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=3"]);
    lab.verified();
    lab.make(&["delete"]);
    lab.verified();
    lab.make(&["nat=1"]);
    // The removal is judged again, though only the gateways are verified.
    lab.machine.verify(&["nat-gateways"]);
    assert_eq!(result(&lab, "cleanup")["verdict"], "not-yet");
    assert_eq!(result(&lab, "nat-gateways")["verdict"], "not-yet");
    assert_eq!(lab.verified().brief(), ("not-yet", "not-yet", vec![], vec![("there", 1)]));
    lab.make(&["delete"]);
    assert_eq!(lab.verified().brief(), ("verified", "verified", vec![], vec![]));
}

#[test]
fn another_region_or_name_hides_nothing_that_is_paid_for() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=3"]);
    lab.verified();
    lab.machine.verify(&["set", "region=eu-west-1"]);
    let moved = lab.verified();
    assert_eq!(moved.brief(), ("not-yet", "not-yet", vec![], vec![("there", 3)]));
    let left = lab.machine.verify(&["leftovers"]).stdout;
    assert!(left.contains("region us-east-1"), "{left}");
    lab.machine.verify(&["set", "region=us-east-1", "network=another"]);
    assert_eq!(lab.verified().brief(), ("not-yet", "not-yet", vec![], vec![("there", 3)]));
    lab.make(&["delete"]);
    // It was complete with the first inputs, which says nothing of others, and is gone everywhere.
    assert_eq!(lab.verified().brief(), ("not-yet", "verified", vec![], vec![]));
    lab.machine.verify(&["set", "network=lab-vpc"]);
    assert_eq!(lab.verified().brief(), ("verified", "verified", vec![], vec![]));
}

#[test]
fn a_list_that_cannot_be_read_may_still_have_something() {
    let mut lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=3"]);
    lab.verified();
    lab.make(&["delete"]);
    let moto = lab.machine.environment("AWS_ENDPOINT_URL").unwrap();
    lab.machine.set("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:1");
    let unread = lab.verified();
    assert_eq!((unread.gateways.as_str(), unread.cleanup.as_str()), ("unknown", "unknown"), "{unread:?}");
    assert!(unread.says.starts_with("It may still be there (region us-east-1)."), "{unread:?}");
    assert_eq!((unread.left.as_slice(), unread.status), (&[("unknown".to_owned(), 0)][..], 3));
    lab.machine.set("AWS_ENDPOINT_URL_EC2", &serve(|_| denied()));
    let refused = lab.verified();
    assert!(refused.cleanup == "unknown" && refused.codes.iter().all(|code| code == "denied"), "{refused:?}");
    assert_eq!(refused.status, 3);
    lab.machine.set("AWS_ENDPOINT_URL_EC2", &moto);
    assert_eq!(lab.verified().brief(), ("verified", "verified", vec![], vec![]));
}

#[test]
fn what_was_made_in_another_account_does_not_count_in_this_one() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=3"]);
    lab.verified();
    let keys = lab.make_in(OTHER, "us-east-1", &[]);
    let key = |name: &str| keys[name].as_str().unwrap();
    let (id, secret) = (key("aws_access_key_id"), key("aws_secret_access_key"));
    lab.machine.bind(&[("lab", id, secret, key("aws_session_token"))]);
    let other = lab.verified();
    assert_eq!(other.brief(), ("not-yet", "unknown", vec!["never-seen"], vec![("elsewhere", 3)]));
    assert_eq!(other.status, 3, "the first account may still have it");
    let left = lab.machine.verify(&["leftovers"]).stdout;
    assert!(left.contains("••••••••9012, which is not bound now"), "{left}");
    lab.make_in(OTHER, "us-east-1", &["vpc=lab-vpc", "nat=1"]);
    assert_eq!(lab.verified().brief(), ("not-yet", "not-yet", vec![], vec![("there", 1), ("elsewhere", 3)]));
    lab.make_in(OTHER, "us-east-1", &["delete"]);
    assert_eq!(lab.verified().brief(), ("not-yet", "verified", vec![], vec![("elsewhere", 3)]));
}

#[test]
fn without_its_memory_verify_does_not_know_what_was_deleted() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=3"]);
    lab.verified();
    let memory = lab.config().join("made.json");
    let kept = std::fs::read_to_string(&memory).unwrap();
    assert!(kept.contains(ACCOUNT) && kept.contains("nat-"), "{kept}");
    std::fs::remove_file(&memory).unwrap();
    lab.make(&["delete"]);
    let lost = lab.verified();
    assert_eq!((lost.cleanup.as_str(), lost.codes), ("unknown", vec!["never-seen".to_owned()]));
    // The results and a recording only have how many there were.
    let results = lab.machine.read(".verify/results/results.json");
    assert!(!results.contains("nat-0") && !results.contains(ACCOUNT), "{results}");
    std::fs::write(&memory, kept).unwrap();
    lab.machine.verify(&["--record", "run.json"]);
    let recorded = lab.machine.read("run.json");
    assert!(
        !recorded.contains(ACCOUNT) && !recorded.contains("lab-vpc") && recorded.contains("\"count\": 3"),
        "{recorded}"
    );
    let replayed = lab.machine.verify(&["--format", "json", "--replay", "run.json"]).json();
    assert_eq!(replayed["steps"]["cleanup"]["verdict"], "verified", "{replayed}");
}

#[test]
fn practice_and_the_own_account_are_remembered_apart() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=3"]);
    lab.verified();
    // The practice accounts have no such service yet: nothing is known of them, and nothing of the own account is said.
    let practised = lab.machine.verify(&["--practice", "--format", "json"]).json();
    assert_eq!(practised["steps"]["cleanup"]["verdict"], "unknown");
    assert!(!practised.to_string().contains("Still there"), "{practised}");
    lab.machine.verify(&["practice", "reset"]);
    lab.make(&["delete"]);
    assert_eq!(lab.verified().brief(), ("verified", "verified", vec![], vec![]));
}
