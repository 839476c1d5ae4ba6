//! What only the learner knows.

use super::{Lab, result};

#[test]
fn a_missing_input_is_asked_for() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc"]);
    lab.machine.verify(&["set", "--unset", "network"]);
    lab.machine.verify(&["subnets"]);
    let missing = result(&lab, "subnets");
    assert_eq!(
        (missing["verdict"].as_str(), missing["reasons"][0]["code"].as_str()),
        (Some("unknown"), Some("needs-input"))
    );
    let message = missing["reasons"][0]["message"].as_str().unwrap();
    assert_eq!(message, "It depends on what only you know: “The name that you gave your VPC”.");
    let status = lab.machine.verify(&["status"]).stdout;
    let asked = status.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(asked.contains("Give it: verify set network=VALUE"), "{status}");
    let explained = lab.machine.verify(&["set", "network=lab-vpc"]);
    assert!(explained.stdout.contains("network = lab-vpc"), "{explained:?}");
    let status = lab.machine.verify(&["status"]).stdout;
    assert!(status.contains("It was last verified with other inputs."), "{status}");
    lab.machine.verify(&["subnets"]);
    assert_eq!(result(&lab, "subnets")["verdict"], "verified");
}

#[test]
fn what_depends_on_an_input_that_was_never_given_is_not_looked_for() {
    let lab = Lab::new();
    lab.machine.verify(&["set", "--unset", "network"]);
    lab.make(&["vpc=lab-vpc", "nat=1"]);
    let left = lab.machine.verify(&["leftovers"]);
    assert!(left.status == 0 && left.stdout.contains("Nothing is left of what verify could look for."), "{left:?}");
    assert!(left.stdout.contains("Not looked for: nat-gateways."), "{left:?}");
    assert_eq!(lab.machine.verify(&["leftovers", "--format", "json"]).json()[0]["state"], "not-asked");
    // What was seen once is looked for with the input of then.
    lab.machine.verify(&["set", "network=lab-vpc"]);
    lab.machine.verify(&["nat-gateways"]);
    lab.machine.verify(&["set", "--unset", "network"]);
    let left = lab.machine.verify(&["leftovers"]);
    assert!(left.status == 1 && left.stdout.contains("Still there"), "{left:?}");
}

#[test]
fn a_value_that_is_not_valid_is_refused_and_changes_nothing() {
    let lab = Lab::new();
    for (value, message) in [
        ("network=", "to forget a value: --unset network"),
        ("network=a/b", "This is not a valid value for “The name that you gave your VPC”, such as lab-vpc."),
        ("network=x\ny", "no line breaks"),
        ("region=evil.example/", "such as eu-west-1"),
        ("region=eu-wst-1", "AWS has no region `eu-wst-1`: did you mean `eu-west-1`?"),
        ("region=xx-nowhere-1", "AWS has no region `xx-nowhere-1`"),
        ("netwrk=x", "did you mean"),
    ] {
        let ran = lab.machine.verify(&["set", value]);
        assert!(ran.status == 2 && ran.stderr.contains(message), "{value}: {ran:?}");
    }
    assert!(lab.machine.verify(&["set"]).stdout.contains("network = lab-vpc"));
}

/// A region that was kept, as by another version of the program, but that this one does not know.
#[test]
fn nothing_is_sent_to_a_region_that_aws_does_not_have() {
    let lab = Lab::new();
    lab.machine.verify(&["set", "region=eu-west-1"]);
    let kept = lab.config().join("inputs.json");
    let inputs = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, inputs.replace("eu-west-1", "xx-nowhere-1")).unwrap();
    let ran = lab.machine.verify(&["-v", "subnets"]);
    assert!(!ran.stderr.contains("ec2:"), "{ran:?}");
    let refused = result(&lab, "subnets");
    assert_eq!(refused["reasons"][0]["code"], "needs-input", "{refused}");
    assert!(refused["reasons"][0]["message"].as_str().unwrap().contains("there is no region `xx-nowhere-1`"));
}

#[test]
fn the_value_is_the_learners_and_not_in_the_course() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc"]);
    lab.machine.verify(&[]);
    let results = lab.machine.read(".verify/results/results.json");
    assert!(!results.contains("\"lab-vpc\""), "{results}");
    assert!(lab.config().join("inputs.json").exists());
    // A plain hash of a name could be guessed: this one is keyed.
    let inputs = result(&lab, "subnets")["inputs"].as_str().unwrap().to_owned();
    let other = Lab::new();
    other.machine.verify(&["subnets"]);
    assert_ne!(result(&other, "subnets")["inputs"], inputs.as_str());
}

#[test]
fn hostile_values_and_cells_stay_text() {
    let lab = Lab::new();
    let hostile = "<img src=x onerror=alert(1)>";
    lab.machine.edit("book.toml", "pattern = \"[A-Za-z0-9 _-]{1,40}\"\n", "");
    lab.machine.verify(&["set", &format!("network={hostile}{{{{ x }}}}\u{1b}[31m")]);
    assert!(!lab.machine.verify(&["set"]).stdout.contains(hostile), "control characters are refused");
    lab.machine.verify(&["set", &format!("network={hostile}")]);
    lab.machine.edit("src/lab.md", "| web-c      |", "| `web\"&<b>` |");
    lab.machine.verify(&["subnets"]);
    lab.machine.verify(&["build"]);
    let page = lab.machine.read("book/lab.html");
    assert!(!page.contains(hostile) && !page.contains("\"&<b>"), "{page}");
    let shown = lab.machine.verify(&["--replay", "none.json"]);
    assert_eq!(shown.status, 2);
}
