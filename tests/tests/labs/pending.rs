//! What AWS is still working on.

use super::Lab;
use serde_json::{Value, json};

/// A recorded run with three gateways, the first of which is in another state.
fn with_first(lab: &Lab, state: &str) -> Value {
    let mut recorded: Value = serde_json::from_str(&lab.machine.read("run.json")).unwrap();
    for answer in recorded["answers"]["lab"].as_array_mut().unwrap() {
        if answer["ask"]["call"] == "ec2:DescribeNatGateways" {
            answer["outcome"]["answer"]["NatGateways"][0]["State"] = json!(state);
        }
    }
    lab.machine.write("edited.json", &recorded.to_string());
    let replayed = lab.machine.verify(&["--format", "json", "--replay", "edited.json", "nat-gateways"]).json();
    replayed["steps"]["nat-gateways"].clone()
}

#[test]
fn what_is_on_its_way_is_neither_done_nor_missing() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=3"]);
    lab.machine.verify(&["--record", "run.json"]);
    assert_eq!(with_first(&lab, "available")["verdict"], "verified");
    let pending = with_first(&lab, "pending");
    assert_eq!(pending["verdict"], "unknown");
    assert_eq!(pending["reasons"][0]["code"], "in-progress");
    assert_eq!(pending["expectations"][0]["sentences"], Value::Null, "there is nothing to do but to wait");
    // With one that is deleted there are two, none of which is on its way.
    let missing = with_first(&lab, "deleted");
    assert_eq!(missing["verdict"], "not-yet");
    assert!(missing["expectations"][0]["console"].as_str().unwrap().starts_with("https://console.aws.amazon.com/"));
}

#[test]
fn what_cannot_be_read_is_not_on_its_way() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=2"]);
    lab.machine.edit(
        "checks/nat-gateways.toml",
        "running.exists(g, g.State == 'pending')",
        "running.exists(g, g.Nothing == 'pending')",
    );
    let ran = lab.machine.verify(&["nat-gateways", "--format", "json"]);
    // `running.size() >= 3` decides: with two gateways, nothing more is asked.
    assert_eq!(ran.json()["steps"]["nat-gateways"]["verdict"], "not-yet");
    lab.machine.edit("checks/nat-gateways.toml", "running.size() >= 3 && ", "");
    let ran = lab.machine.verify(&["nat-gateways", "--format", "json"]);
    assert_eq!(ran.json()["steps"]["nat-gateways"]["verdict"], "unknown");
}
