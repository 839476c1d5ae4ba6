//! Checks that read what the practice accounts do not have are proved by cases, in whatever account of a course.

use crate::common::Machine;
use serde_json::{Value, json};

const OPEN: &str = r#"title = "Nothing is open"
account = "lab"

[read.groups]
call = "ec2:DescribeSecurityGroups"
each = "['eu-west-1', 'us-east-1']"
region = "{each}"

[let]
"world(p)" = "p.IpRanges.exists(r, r.CidrIp == '0.0.0.0/0') && p.FromPort == 22"

[[expect]]
title = "There are groups"
that = "groups.exists(g, g.answer.SecurityGroups.size() > 0)"
fix = "Create one."

[[expect]]
title = "SSH is closed to the world"
that = "!groups.exists(g, g.answer.SecurityGroups.exists(s, s.IpPermissions.exists(p, world(p))))"
fix = "Close it."
"#;

const USERS: &str = r#"title = "Nobody has an old key"
account = "lab"
allow = []

[read.users]
call = "iam:ListUsers"

[[expect]]
title = "There is no user"
that = "users.Users.size() == 0"
fix = "Delete them."
"#;

fn groups(region: &str, port: Value) -> Value {
    let permission = json!({ "$others": true, "FromPort": port, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] });
    let answer = json!({ "SecurityGroups": [{ "$others": true, "IpPermissions": [permission] }] });
    json!({ "ask": { "call": "ec2:DescribeSecurityGroups", "region": region }, "outcome": { "answer": answer } })
}

fn recording(answers: &[Value]) -> String {
    let identity = json!({ "account": "111122223333", "arn": "arn:aws:iam::111122223333:user/x", "root": false });
    json!({
        "version": 1, "recorded": "2026-03-01T12:00:00Z", "by": "verify", "now": "2026-03-01T12:00:00Z",
        "accounts": { "lab": { "identity": identity } }, "answers": { "lab": answers }, "calls": [],
    })
    .to_string()
}

fn case(title: &str, verdict: &str, set: &str) -> String {
    let place = "lab/ec2:DescribeSecurityGroups/0/SecurityGroups";
    let set = if set.is_empty() { String::new() } else { format!("set = {{ \"{place}{set} }}\n") };
    format!("[[case]]\ntitle = \"{title}\"\nrecording = \"groups.json\"\nverdict = \"{verdict}\"\n{set}\n")
}

/// A course about an account called `lab`.
fn course() -> Machine {
    let machine = Machine::empty();
    let book = "[book]\ntitle = \"x\"\n\n[preprocessor.verify.accounts]\nlab = \"your lab\"\n";
    machine.write("book.toml", book);
    machine.write("src/SUMMARY.md", "- [One](one.md)\n");
    machine.write("src/one.md", "# One\n\n- [ ] x <!-- verify: open -->\n");
    machine.write("checks/open.toml", OPEN);
    let answers = [groups("eu-west-1", json!(443)), groups("us-east-1", json!(443))];
    machine.write("checks/cases/groups.json", &recording(&answers));
    machine
}

#[test]
fn reads_of_services_and_accounts_that_cannot_be_practised_are_proved_by_cases() {
    let machine = course();
    let cases = [
        case("closed", "verified", ""),
        case("open in one region", "not-yet", "/0/IpPermissions/0/FromPort\" = 22"),
        case("no groups", "verified", "\" = []"),
    ];
    machine.write("checks/cases/open.toml", &cases.concat());
    // An account that lists nothing makes the first expectation false.
    let ran = machine.verify(&["selftest"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("unknown") && ran.stdout.contains("3 of 3"), "{}", ran.stdout);
}

#[test]
fn an_answer_that_aws_cannot_give_is_a_mistake_of_the_case() {
    let machine = course();
    for (set, says) in [
        (
            "/0/IpPermissions/0/FromPrt\" = 22",
            "`SecurityGroups/0/IpPermissions/0` has no `FromPrt`: did you mean `FromPort`?",
        ),
        ("/0/IpPermissions/0/FromPort\" = \"22\"", "`SecurityGroups/0/IpPermissions/0/FromPort` is not a number"),
        ("/0/IpPermissions/0/IpRanges\" = { }", "`SecurityGroups/0/IpPermissions/0/IpRanges` is not a list"),
    ] {
        machine.write("checks/cases/open.toml", &case("wrong", "verified", set));
        for command in ["lint", "selftest"] {
            let ran = machine.verify(&[command]);
            let said = (ran.stdout.clone() + &ran.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(ran.status != 0 && said.contains(says), "{command}: {said}");
        }
    }
}

#[test]
fn what_a_recording_does_not_have_is_said() {
    let machine = course();
    machine.write("checks/cases/groups.json", &recording(&[groups("eu-west-1", json!(443))]));
    machine.write("checks/cases/open.toml", &case("one region", "verified", ""));
    let said = machine.verify(&["selftest"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let says = "ec2:DescribeSecurityGroups was not read: the recording has no answer to it with these inputs";
    assert!(said.contains(says), "{said}");
    // Of a rule for all traffic, AWS returns no port.
    let answers = [groups("eu-west-1", Value::Null), groups("us-east-1", json!(443))];
    machine.write("checks/cases/groups.json", &recording(&answers));
    let said = machine.verify(&["selftest"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let says = "there is no `FromPort` in what was read: test it with `has(….FromPort)` first";
    assert!(said.contains(says), "{said}");
    machine.edit("checks/open.toml", "p.FromPort == 22", "p.ToPort == 22");
    let said = machine.verify(&["selftest"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("`ToPort` was not kept when the answer was recorded: record it again"), "{said}");
}

/// The practice accounts have no EC2, but an account without anything lists nothing.
#[test]
fn what_is_true_where_nothing_is_listed_must_be_allowed() {
    let machine = course();
    let exists = OPEN.find("[[expect]]").unwrap()..OPEN.rfind("[[expect]]").unwrap();
    machine.write("checks/open.toml", &OPEN.replace(&OPEN[exists], ""));
    let cases = case("closed", "verified", "") + &case("open", "not-yet", "/0/IpPermissions/0/FromPort\" = 22");
    machine.write("checks/cases/open.toml", &cases);
    let ran = machine.verify(&["selftest"]);
    assert!(ran.status == 1 && ran.stdout.contains("on an empty account, it is verified"), "{ran:?}");
    machine.edit("checks/open.toml", "account = \"lab\"", "account = \"lab\"\nallow = [\"empty-account\"]");
    let ran = machine.verify(&["selftest"]);
    assert_eq!(ran.status, 0, "{ran:?}");
}

#[test]
fn what_is_true_of_an_empty_account_must_be_allowed() {
    let machine = course();
    machine.write("checks/open.toml", USERS);
    let users = json!({ "ask": { "call": "iam:ListUsers" }, "outcome": { "answer": { "Users": [] } } });
    machine.write("checks/cases/groups.json", &recording(&[users]));
    let one = "[[case]]\ntitle = \"one\"\nrecording = \"groups.json\"\nverdict = \"not-yet\"\nset = { \"lab/iam:ListUsers/Users\" = [{ UserName = \"x\" }] }\n";
    machine.write("checks/cases/open.toml", &(case("none", "verified", "") + one));
    let ran = machine.verify(&["selftest"]);
    assert!(ran.status == 1 && ran.stdout.contains("on an empty account, it is verified"), "{ran:?}");
    machine.edit("checks/open.toml", "allow = []", "allow = [\"empty-account\"]");
    let ran = machine.verify(&["selftest"]);
    assert_eq!(ran.status, 0, "{ran:?}");
}
