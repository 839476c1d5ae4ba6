//! The whole book in the practice accounts.

use crate::common::Machine;

/// What learners confirm themselves, and what the practice accounts have not: IPv6.
const NOT_DONE: [&str; 16] = [
    "billing-preferences",
    "cli-cleanup",
    "cli-cleanup@general",
    "free-tier-alerts",
    "free-tier-alerts@general",
    "iam-billing-access",
    "iam-billing-access@general",
    "ipv6-removed",
    "ipv6-route",
    "nat-tried",
    "pdf-invoice",
    "pdf-invoice@general",
    "shared-bucket-tried",
    "site-answers",
    "subnets-ipv6",
    "vpc-ipv6",
];

#[test]
fn the_whole_book_is_practised_and_its_labs_are_deleted_again() {
    let machine = Machine::whole();
    let open = |start: &str| -> Vec<String> {
        let results = machine.verify(&[start, "--format", "json"]).json();
        let steps = results["steps"].as_object().unwrap().iter();
        steps.filter(|(_, step)| step["verdict"] != "verified").map(|(id, _)| id.clone()).collect()
    };
    // The general account is there from the start, and has no keys.
    let fresh = open("--practice=fresh");
    for step in ["account-created@general", "cli-one-key@general", "root-keys@general"] {
        assert!(!fresh.iter().any(|open| open == step), "{step}");
    }
    assert!(fresh.len() > 70, "{fresh:?}");
    // The clean-up steps are not among these: nothing is left.
    assert_eq!(open("--practice=done"), NOT_DONE);
}

#[test]
fn what_was_made_in_a_region_stays_there_and_what_has_none_is_not_made_again() {
    let machine = Machine::whole();
    let vpc = || {
        let result = machine.verify(&["--practice", "--format", "json", "vpc"]).json()["steps"]["vpc"].clone();
        (result["verdict"].as_str().unwrap().to_owned(), result["expectations"].to_string())
    };
    machine.verify(&["practice", "do", "vpc"]);
    let (verdict, first) = vpc();
    assert_eq!(verdict, "verified");
    machine.verify(&["set", "region=eu-central-1"]);
    assert_eq!(vpc().0, "not-yet");
    let again = machine.verify(&["practice", "do", "vpc"]);
    assert!(again.stderr.starts_with("Done in the practice accounts: Create the VPC.\n"), "{again:?}");
    let (verdict, second) = vpc();
    assert_eq!(verdict, "verified");
    assert_ne!(first, second, "it is another VPC");
    machine.verify(&["set", "region=us-east-1"]);
    assert_eq!(vpc(), ("verified".to_owned(), first));
    machine.verify(&["practice", "undo", "vpc"]);
    assert_eq!(vpc().0, "not-yet");
}
