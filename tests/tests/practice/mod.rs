//! Practice accounts of any course, whose actions are data of its checks.

mod book;
mod course;
mod elsewhere;
mod responses;

use crate::common::Machine;
use course::networks;
use serde_json::Value;

/// The verdict of a step of the saved results.
fn verdict(machine: &Machine, step: &str) -> String {
    let results = machine.verify(&["status", "--practice", "--format", "json"]).json();
    results["steps"][step]["verdict"].as_str().unwrap_or("none").to_owned()
}

/// The steps whose actions were taken.
fn taken(machine: &Machine) -> Vec<String> {
    let log: Value = serde_json::from_str(&machine.read(".verify/practice-actions.json")).unwrap();
    log.as_array().unwrap().iter().map(|action| action["step"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_course_with_accounts_of_its_own_practises_proves_and_lints() {
    let machine = networks();
    let lint = machine.verify(&["lint"]);
    assert_eq!(lint.status, 0, "{lint:?}");
    let proved = machine.verify(&["selftest"]);
    assert!(proved.status == 0 && proved.stdout.contains("All 4 checks are proved."), "{proved:?}");
    // Only the account that an action signs up for does not exist before.
    let fresh = machine.verify(&["--practice=fresh", "--format", "json"]).json();
    assert_eq!(fresh["steps"]["ada"]["reasons"][0]["code"], "no-credentials");
    let message = fresh["steps"]["ada"]["reasons"][0]["message"].as_str().unwrap();
    assert!(message.contains("no mine account yet") && message.contains("verify practice do signed-up"), "{message}");
    assert_eq!(fresh["steps"]["network"]["verdict"], "not-yet");
    // Each step is judged after its own action, though the lab is gone at the end.
    let done = machine.verify(&["--practice=done"]);
    assert_eq!(done.status, 0, "{done:?}");
    assert!(!machine.course.join(".verify/results").exists(), "neither saves results");
}

#[test]
fn a_step_is_done_verified_and_taken_back_with_what_needs_it() {
    let machine = networks();
    let ran = machine.verify(&["practice", "do", "ada"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(ran.stderr, "Done in the practice accounts: Sign up for the mine account; Create the user ada.\n");
    assert!(ran.stdout.starts_with("✓ Verified  A user for Ada"), "{}", ran.stdout);
    assert_eq!(taken(&machine), ["signed-up", "ada"]);
    assert_eq!([verdict(&machine, "signed-up"), verdict(&machine, "ada")], ["verified", "verified"]);
    let again = machine.verify(&["practice", "do", "ada"]);
    assert_eq!(again.stderr, "This step is already done in the practice accounts.\n");
    let json = machine.verify(&["practice", "do", "network", "--format", "json"]).json();
    assert_eq!(json["steps"]["network"]["verdict"], "verified");

    let undone = machine.verify(&["practice", "undo", "signed-up"]);
    assert_eq!(undone.stderr, "Undone in the practice accounts: Sign up for the mine account; Create the user ada.\n");
    assert_eq!(taken(&machine), ["network"]);
    let verdicts = ["signed-up", "ada", "network"].map(|step| verdict(&machine, step));
    assert_eq!(verdicts, ["none", "none", "verified"], "verdicts go with the actions, and no others");
    let nothing = machine.verify(&["practice", "undo", "ada"]);
    assert_eq!(nothing.stderr, "This step is not done in the practice accounts, so there is nothing to undo.\n");

    let left = machine.verify(&["leftovers", "--practice"]);
    assert!(left.status == 1 && left.stdout.contains("The network is there"), "{left:?}");
    assert_eq!(machine.verify(&["practice", "do", "no-network"]).status, 0);
    assert_eq!([verdict(&machine, "network"), verdict(&machine, "no-network")], ["verified", "verified"]);
    assert_eq!(machine.verify(&["leftovers", "--practice"]).status, 0);
    // With the removal taken back, the network is there again.
    machine.verify(&["practice", "undo", "no-network"]);
    assert_eq!(verdict(&machine, "no-network"), "none");
    let left = machine.verify(&["leftovers", "--practice"]);
    assert!(left.status == 1 && left.stdout.contains("The network is there"), "{left:?}");
    // What was only seen is forgotten, too.
    machine.verify(&["practice", "undo", "network"]);
    assert_eq!(machine.verify(&["leftovers", "--practice"]).status, 0);
    machine.verify(&["practice", "do", "network"]);
    machine.verify(&["practice", "reset"]);
    assert_eq!((taken(&machine).len(), verdict(&machine, "network")), (0, "none".to_owned()));
    assert_eq!(machine.verify(&["leftovers", "--practice"]).status, 0);
}

#[test]
fn a_confirmation_is_taken_back_with_the_action() {
    let machine = Machine::new();
    machine.verify(&["practice", "do", "pdf-invoice"]);
    assert_eq!(machine.verify(&["confirm", "--practice", "pdf-invoice"]).status, 0);
    assert_eq!(verdict(&machine, "pdf-invoice"), "confirmed");
    machine.verify(&["practice", "undo", "pdf-invoice"]);
    machine.verify(&["practice", "do", "pdf-invoice"]);
    assert_eq!(verdict(&machine, "pdf-invoice"), "unknown");
    // A check of checks is done by its members' actions, and taken back with them.
    let ran = machine.verify(&["practice", "do", "mfa"]);
    assert!(ran.stdout.starts_with("✓ Verified") && ran.stderr.contains("Enable a virtual MFA device"), "{ran:?}");
    machine.verify(&["practice", "undo", "root-mfa"]);
    let gone = ["root-mfa", "mfa-sign-in", "mfa"].map(|step| verdict(&machine, step));
    assert_eq!(gone, ["none", "none", "none"]);
}

#[test]
fn an_action_that_fails_half_way_leaves_the_accounts_as_they_were() {
    let machine = networks();
    machine.edit(
        "checks/ada.toml",
        "with = { UserName = \"ada\" } }]",
        "with = { UserName = \"ada\" } }, { call = \"iam:CreateUser\", with = { UserName = \"ada\" } }]",
    );
    machine.verify(&["practice", "do", "signed-up"]);
    let ran = machine.verify(&["practice", "do", "ada"]);
    assert_eq!(ran.status, 2, "{ran:?}");
    let says = "error: the practice action of `ada`, operation 2: iam:CreateUser failed: EntityAlreadyExists: ";
    assert!(ran.stderr.starts_with(says), "{}", ran.stderr);
    assert_eq!(taken(&machine), ["signed-up"]);
    assert_eq!(machine.verify(&["--practice", "ada"]).status, 1, "nothing of it is there");
    // The self-test says so, too, and proves the others.
    let proved = machine.verify(&["selftest"]);
    let text = proved.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("ada: its practice action fails: the practice action of `ada`, operation 2"), "{text}");
    assert!(text.contains("3 of 4 checks are proved."), "{text}");
}

#[test]
fn mistakes_in_an_action_are_named_with_their_place() {
    for (from, to, says) in [
        ("ec2:CreateVpc", "ec2:CreateVcp", "did you mean `CreateVpc`?"),
        ("CidrBlock = \"{vpc_range}\"", "CidrBlok = \"{vpc_range}\"", "did you mean `CidrBlock`?"),
        ("with = { CidrBlock = \"{vpc_range}\" }", "with = { CidrBlock = 5 }", "a text"),
        ("\"{vpc_range}\"", "\"{vpc_rang}\"", "there is no `vpc_rang`: did you mean `vpc_range`?"),
        ("[\"{vpc.Vpc.VpcId}\"]", "[\"{vcp.Vpc.VpcId}\"]", "there is no `vcp`"),
        ("as = \"vpc\"", "as = \"vpcs\"", "`vpcs` is already the check's own"),
        ("as = \"vpc\"", "as = \"subnets\"", "`subnets` is already a table of a lesson"),
        ("each = \"subnets\", ", "each = \"vpcs.Vpcs\", ", "a practice action does not know `vpcs`, which is evidence"),
        ("{each.range}", "{identity.arn}", "only the `account`, and not `arn`"),
        (
            "call = \"ec2:CreateTags\"",
            "account = \"other\", call = \"ec2:CreateTags\"",
            "the course has no account `other`",
        ),
        ("call = \"ec2:CreateTags\", with", "switch = \"sign-up\", with", "a `switch` has `to`, and no `with`"),
        (
            "title = \"Create the VPC and",
            "needs = [\"nothing\"]\ntitle = \"Create the VPC and",
            "there is no check `nothing`",
        ),
        (
            "title = \"Create the VPC and",
            "needs = [\"no-network\"]\ntitle = \"Create the VPC and",
            "comes before itself",
        ),
        ("title = \"Create the VPC and", "title = \"{vpc_name} and", "the only hole of a title is {account}"),
        ("do = [\n    {", "do = [\n    { switch = \"root_mfa\" },\n    {", "did you mean `root-mfa`?"),
        (
            "do = [\n    {",
            "do = [\n    { switch = \"support-plan\", to = \"gold\" },\n    {",
            "\"basic\" or \"business\"",
        ),
        ("do = [\n    {", "do = [\n    { account = \"mine\" },\n    {", "needs a `call` or a `switch`"),
        (
            "region = \"us-east-1\", call = \"ec2:CreateVpc\"",
            "region = \"us-est-1\", call = \"ec2:CreateVpc\"",
            "did you mean `us-east-1`?",
        ),
    ] {
        let machine = networks();
        machine.edit("checks/network.toml", from, to);
        let lint = machine.verify(&["lint"]);
        let text = lint.stderr.clone() + &lint.stdout;
        assert!(lint.status == 2 && text.contains(says), "{to}: {text}");
        assert!(text.contains("checks/network.toml:"), "{to}: {text}");
    }
}

#[test]
fn two_processes_see_the_same_accounts() {
    let machine = networks();
    machine.verify(&["practice", "do", "ada"]);
    machine.verify(&["practice", "do", "network"]);
    let recorded = |file: &str| -> Value {
        assert_eq!(machine.verify(&["--practice", "--record", file, "--show-identifiers"]).status, 1);
        let run: Value = serde_json::from_str(&machine.read(file)).unwrap();
        sorted(serde_json::json!({ "accounts": run["accounts"], "answers": run["answers"] }))
    };
    let (one, other) = (recorded("one.json"), recorded("other.json"));
    assert!(one.to_string().contains("vpc-"), "{one}");
    assert_eq!(one, other);
    // What was taken back in between changes no id of what stays.
    machine.verify(&["practice", "undo", "ada"]);
    machine.verify(&["practice", "do", "ada"]);
    let network = |run: &Value| run["answers"]["sandbox"].clone();
    assert_eq!(network(&recorded("later.json")), network(&one));
}

/// The same with each list in an order of its own: AWS promises none.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<Value> = list.into_iter().map(sorted).collect();
            list.sort_by_key(Value::to_string);
            list.into()
        }
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        other => other,
    }
}

#[test]
fn four_accounts_are_four_accounts() {
    let machine = networks();
    machine.edit(
        "book.toml",
        "mine = \"the account with your users\"",
        "a = \"a\"\nb = \"b\"\nc = \"c\"\nd = \"d\"\nmine = \"the account with your users\"",
    );
    let steps: String =
        ["a", "b", "c", "d"].map(|name| format!("- [ ] Ada in {name} <!-- verify: ada account={name} -->\n")).concat();
    machine.write("src/network.md", &(machine.read("src/network.md") + &steps));
    // An account that exists from the start is signed up for already.
    assert_eq!(machine.verify(&["lint"]).status, 0);
    assert_eq!(machine.verify(&["selftest"]).status, 0);
    assert_eq!(machine.verify(&["practice", "do", "ada@c"]).status, 0);
    let results = machine.verify(&["--practice", "--show-identifiers", "--format", "json"]).json();
    let verdicts = ["ada@a", "ada@b", "ada@c", "ada@d"].map(|step| results["steps"][step]["verdict"].clone());
    assert_eq!(verdicts, ["not-yet", "not-yet", "verified", "not-yet"]);
    let mut ids: Vec<String> =
        results["accounts"].as_object().unwrap().values().map(|one| one["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5, "all but the account that is not there yet: {ids:?}");
    let done = machine.verify(&["--practice=done"]);
    assert_eq!(done.status, 0, "{done:?}");
}

#[test]
fn renaming_an_account_of_this_course_is_a_rename_and_nothing_else() {
    let machine = Machine::new();
    let rename = |path: &str, pairs: &[(&str, &str)]| {
        let text = pairs.iter().fold(machine.read(path), |text, (from, to)| text.replace(from, to));
        machine.write(path, &text);
    };
    rename("book.toml", &[("production = \"", "workload = \""), ("\"-workload", "\"-production")]);
    for file in std::fs::read_dir(machine.course.join("checks"))
        .unwrap()
        .chain(std::fs::read_dir(machine.course.join("checks/cases")).unwrap())
    {
        let path = file.unwrap().path();
        let name = path.strip_prefix(&machine.course).unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".toml") {
            rename(&name, &[("account = \"production\"", "account = \"workload\""), ("\"production/", "\"workload/")]);
        }
    }
    rename("checks/cases/done.json", &[("\"production\"", "\"workload\"")]);
    assert_eq!(machine.verify(&["lint"]).status, 0);
    let proved = machine.verify(&["selftest"]);
    assert_eq!(proved.status, 0, "{proved:?}");
    let ran = machine.verify(&["practice", "do", "cost-budget"]);
    assert!(ran.status == 0 && ran.stderr.contains("Sign up for the workload account"), "{ran:?}");
}

#[test]
fn what_an_action_needs_is_about_its_own_account_and_parameters() {
    let machine = Machine::new();
    let lesson = machine.read("src/shared-bucket.md") + "- [ ] B <!-- verify: cost-budget budget_amount=20 -->\n";
    machine.write("src/shared-bucket.md", &lesson);
    let ran = machine.verify(&["practice", "do", "cost-budget,budget_amount=20"]);
    assert!(ran.status == 0 && ran.stdout.contains("allows 20 USD"), "{ran:?}");
    assert_eq!(taken(&machine), ["account-created", "cost-budget,budget_amount=20"]);
    machine.verify(&["practice", "undo", "account-created"]);
    assert_eq!(taken(&machine), [""; 0]);
    // A step of the other account does not stand in for one of this account.
    machine.edit("src/shared-bucket.md", "verify: shared-bucket -->", "verify: shared-bucket account=general -->");
    let ran = machine.verify(&["practice", "do", "shared-bucket-policy"]);
    assert!(ran.status == 0 && ran.stdout.starts_with("✓ Verified"), "{ran:?}");
    assert_eq!(taken(&machine), ["account-created", "shared-bucket", "shared-bucket-policy"]);
    // What no lesson names is taken back, too.
    machine.verify(&["practice", "undo", "account-created"]);
    assert_eq!(taken(&machine), [""; 0]);
}

#[test]
fn a_clean_up_that_is_done_at_once_has_seen_what_it_removes() {
    let machine = networks();
    let ran = machine.verify(&["practice", "do", "no-network"]);
    assert!(ran.status == 0 && ran.stdout.starts_with("✓ Verified"), "{ran:?}");
    assert_eq!([verdict(&machine, "network"), verdict(&machine, "no-network")], ["verified", "verified"]);
}

#[test]
fn an_action_that_the_course_has_changed_can_be_taken_back() {
    let machine = networks();
    machine.verify(&["practice", "do", "ada"]);
    machine.edit("checks/ada.toml", "iam:CreateUser", "iam:DeleteUser");
    let ran = machine.verify(&["--practice", "network"]);
    let says = "`ada` was done in the practice accounts, and cannot be done again";
    assert!(ran.status == 2 && ran.stderr.contains(says), "{ran:?}");
    assert!(ran.stderr.contains("verify practice undo ada"), "{ran:?}");
    assert_eq!(machine.verify(&["practice", "undo", "ada"]).status, 0);
    assert_eq!(machine.verify(&["--practice", "network"]).status, 1);
}

#[test]
fn needs_that_many_actions_share_are_looked_at_once() {
    let machine = networks();
    for level in 0..25 {
        for side in ["a", "b"] {
            let needs = match level {
                0 => "\"signed-up\"".to_owned(),
                level => format!("\"d{}a\", \"d{}b\"", level - 1, level - 1),
            };
            let check = format!(
                "title = \"x\"\naccount = \"mine\"\n[[expect]]\ntitle = \"x\"\nthat = \"account.name != ''\"\nfix = \"x\"\n[practice]\nneeds = [{needs}]\ndo = []\n"
            );
            machine.write(&format!("checks/d{level}{side}.toml"), &check);
        }
    }
    machine.write("src/network.md", &(machine.read("src/network.md") + "- [ ] Deep <!-- verify: d24a -->\n"));
    assert_eq!(machine.verify(&["practice", "do", "d24a"]).status, 0);
    assert_eq!(taken(&machine).len(), 1 + 2 * 24 + 1);
}
