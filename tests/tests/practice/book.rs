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
