//! What changes between two runs hides nothing that is still there.

use super::{Lab, result};
use crate::common::boto3;

/// A course whose labs are log groups, in a lesson with these steps.
fn log_groups(steps: &str, makes: &str) -> Lab {
    let lab = Lab::new();
    std::fs::remove_dir_all(lab.machine.course.join("checks")).unwrap();
    lab.machine.write("src/lab.md", &format!("# Lab\n\n{steps}"));
    lab.machine.write(
        "book.toml",
        "[book]\ntitle = \"Logs\"\n[preprocessor.verify.accounts]\nlab = \"The account.\"\n\
         [preprocessor.verify.inputs.region]\nlabel = \"Region\"\ndefault = \"us-east-1\"\n\
         [preprocessor.verify.params]\ngroup = \"x\"\n",
    );
    lab.machine.write(
        "checks/group.toml",
        &format!(
            "title = \"A log group\"\naccount = \"lab\"\nmakes = \"{makes}\"\ncosts = \"money\"\n\
             [read.groups]\ncall = \"logs:DescribeLogGroups\"\n\
             [let]\nmine = \"groups.logGroups.filter(g, g.logGroupName == group)\"\n\
             [[expect]]\ntitle = \"It is there\"\nthat = \"mine.size() > 0\"\nfix = \"Create it.\"\n"
        ),
    );
    lab.machine.write("checks/cleanup.toml", "title = \"All is deleted\"\nremoves = [\"group\"]\n");
    lab
}

fn logs(lab: &Lab, verb: &str, name: &str) {
    let script = "import boto3, sys; c = boto3.client('logs', region_name='us-east-1', endpoint_url=sys.argv[1], \
                  aws_access_key_id='123456789012', aws_secret_access_key='secret'); \
                  getattr(c, sys.argv[2])(logGroupName=sys.argv[3]); print('null')";
    boto3(&lab.machine, script, &[&lab.moto.endpoint, &format!("{verb}_log_group"), name]);
}

fn verdict(lab: &Lab, step: &str) -> String {
    result(lab, step)["verdict"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_was_renamed_is_not_gone() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc", "nat=3"]);
    lab.verified();
    lab.make(&["rename=other"]);
    let renamed = lab.verified();
    assert_eq!((renamed.cleanup.as_str(), renamed.codes.as_slice()), ("unknown", &["undecided".to_owned()][..]));
    assert_eq!((renamed.left.as_slice(), renamed.status), (&[("there".to_owned(), 3)][..], 1));
    lab.make(&["rename=lab-vpc"]);
    assert_eq!(lab.verified().brief(), ("verified", "not-yet", vec![], vec![("there", 3)]));
    lab.make(&["rename=other", "delete"]);
    assert_eq!(lab.verified().brief(), ("verified", "verified", vec![], vec![]));
}

#[test]
fn a_directive_that_was_changed_hides_nothing() {
    let steps = "- [ ] It is there <!-- verify: group group=a -->\n\n<!-- verify: cleanup group=a -->\n";
    let lab = log_groups(steps, "mine.map(g, g.logGroupName)");
    logs(&lab, "create", "a");
    lab.machine.verify(&[]);
    lab.machine.write("src/lab.md", &format!("# Lab\n\n{}", steps.replace("group=a", "group=b")));
    logs(&lab, "create", "b");
    lab.machine.verify(&[]);
    logs(&lab, "delete", "b");
    lab.machine.verify(&[]);
    assert_eq!(verdict(&lab, "cleanup,group=b"), "not-yet");
    assert_eq!(lab.machine.verify(&["leftovers"]).status, 1);
    logs(&lab, "delete", "a");
    lab.machine.verify(&[]);
    assert_eq!(verdict(&lab, "cleanup,group=b"), "verified");
}

#[test]
fn a_removal_without_parameters_is_about_all_steps_of_the_check() {
    let steps = "- [ ] One <!-- verify: group group=a -->\n- [ ] Two <!-- verify: group group=b -->\n\n<!-- verify: cleanup -->\n";
    let lab = log_groups(steps, "mine.map(g, g.logGroupName)");
    logs(&lab, "create", "a");
    logs(&lab, "create", "b");
    lab.machine.verify(&[]);
    logs(&lab, "delete", "a");
    lab.machine.verify(&[]);
    assert_eq!(verdict(&lab, "cleanup"), "not-yet");
    logs(&lab, "delete", "b");
    lab.machine.verify(&[]);
    assert_eq!(verdict(&lab, "cleanup"), "verified");
    let status = lab.machine.verify(&["status"]).stdout;
    assert!(status.contains("All 3 required steps are done."), "{status}");
}

#[test]
fn what_was_complete_stays_so_whatever_was_verified_in_between() {
    let steps = "- [ ] It is there <!-- verify: group -->\n\n<!-- verify: cleanup -->\n";
    let lab = log_groups(steps, "mine.map(g, g.logGroupName)");
    logs(&lab, "create", "x");
    lab.machine.verify(&[]);
    lab.machine.verify(&["set", "region=eu-west-1"]);
    lab.machine.verify(&[]);
    lab.machine.verify(&["set", "region=us-east-1"]);
    logs(&lab, "delete", "x");
    lab.machine.verify(&["--record", "run.json"]);
    assert_eq!((verdict(&lab, "group").as_str(), verdict(&lab, "cleanup").as_str()), ("verified", "verified"));
    let replayed = lab.machine.verify(&["--format", "json", "--replay", "run.json"]).json();
    assert_eq!(replayed["steps"]["group"]["verdict"], "verified", "{replayed}");
    // Lets that the list does not use change nothing of what was seen.
    lab.machine.edit("checks/group.toml", "[let]\n", "[let]\nother = \"groups.logGroups.size()\"\n");
    lab.machine.verify(&[]);
    assert_eq!(verdict(&lab, "cleanup"), "verified");
}

#[test]
fn what_a_learner_confirmed_is_not_verified_by_its_removal() {
    for confirmed in ["when = \"running.size() > 0\"\nconfirm = \"I looked.\"\n", "confirm = \"I looked.\"\n"] {
        let lab = Lab::new();
        let check = lab.machine.read("checks/nat-gateways.toml");
        lab.machine
            .write("checks/nat-gateways.toml", &format!("{check}\n[[expect]]\ntitle = \"You looked\"\n{confirmed}"));
        lab.make(&["vpc=lab-vpc", "nat=3"]);
        lab.machine.verify(&["nat-gateways"]);
        assert_eq!(verdict(&lab, "nat-gateways"), "unknown");
        lab.machine.verify(&["confirm", "nat-gateways"]);
        assert_eq!(verdict(&lab, "nat-gateways"), "confirmed");
        lab.make(&["delete"]);
        lab.machine.verify(&[]);
        assert_eq!((verdict(&lab, "nat-gateways"), verdict(&lab, "cleanup")), ("confirmed".into(), "verified".into()));
    }
}

#[test]
fn a_confirmation_of_what_is_gone_can_be_taken_back() {
    let steps = "- [ ] It is there <!-- verify: group -->\n\n<!-- verify: cleanup -->\n";
    let lab = log_groups(steps, "mine.map(g, g.logGroupName)");
    let check = lab.machine.read("checks/group.toml");
    lab.machine.write(
        "checks/group.toml",
        &format!("{check}[[expect]]\ntitle = \"You looked\"\nconfirm = \"I looked at it.\"\n"),
    );
    logs(&lab, "create", "x");
    lab.machine.verify(&[]);
    lab.machine.verify(&["confirm", "group"]);
    logs(&lab, "delete", "x");
    lab.machine.verify(&[]);
    assert_eq!(verdict(&lab, "group"), "confirmed");
    lab.machine.verify(&["confirm", "group", "--undo"]);
    assert_ne!(verdict(&lab, "group"), "confirmed");
}

/// Otherwise, what is renamed would not be in the answer any more, though it is still there.
#[test]
fn a_list_must_be_chosen_from_all_that_is_there() {
    let lab = Lab::new();
    for (from, to, by) in [
        (
            "call = \"ec2:DescribeNatGateways\"",
            "call = \"ec2:DescribeNatGateways\"\nwith.Filter = [{ Name = \"tag:Name\", Values = [\"{input.network}\"] }]",
            "a tag",
        ),
        (
            "call = \"ec2:DescribeNatGateways\"",
            "call = \"ec2:DescribeNatGateways\"\nwith.Filter = [{ Name = \"vpc-id\", Values = [\"vpc-1\"] }, { Name = \"state\", Values = [\"available\"] }]",
            "a filter",
        ),
        (
            "call = \"ec2:DescribeNatGateways\"",
            "call = \"rds:DescribeDBInstances\"\nwith.Filters = \"{input.network}\"",
            "a filter",
        ),
        ("call = \"ec2:DescribeNatGateways\"", "call = \"iam:ListUsers\"\nwith.PathPrefix = \"/lab/\"", "a path"),
        (
            "call = \"ec2:DescribeNatGateways\"",
            "call = \"cloudwatch:DescribeAlarms\"\nwith.StateValue = \"OK\"",
            "a state",
        ),
        (
            "call = \"ec2:DescribeNatGateways\"",
            "call = \"resourcegroupstaggingapi:GetResources\"\nwith.TagFilters = [{ Key = \"Name\" }]",
            "a tag",
        ),
        (
            "call = \"ec2:DescribeNatGateways\"",
            "call = \"ec2:DescribeNatGateways\"\nwith.Filter = [{ Name = \"vpc-id\", Values = \"{own_vpcs}\" }]",
            "what another read",
        ),
    ] {
        let check = lab.machine.read("checks/nat-gateways.toml");
        lab.machine.edit("checks/nat-gateways.toml", from, to);
        let ran = lab.machine.verify(&["lint"]);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(ran.status == 2 && said.contains("whose call depends on") && said.contains(by), "{said}");
        lab.machine.write("checks/nat-gateways.toml", &check);
    }
}

#[test]
fn a_list_must_know_its_region() {
    let lab = log_groups("<!-- verify: group -->\n\n<!-- verify: cleanup -->\n", "mine.map(g, g.logGroupName)");
    assert_eq!(lab.machine.verify(&["lint"]).status, 0);
    lab.machine.edit(
        "book.toml",
        "[preprocessor.verify.inputs.region]\nlabel = \"Region\"\ndefault = \"us-east-1\"\n",
        "",
    );
    let ran = lab.machine.verify(&["lint"]);
    assert!(ran.status == 2 && format!("{}{}", ran.stdout, ran.stderr).contains("must know its region"), "{ran:?}");
    lab.machine.edit("checks/group.toml", "call = ", "region = \"us-east-1\"\ncall = ");
    assert_eq!(lab.machine.verify(&["lint"]).status, 0);
}

#[test]
fn a_value_that_is_not_valid_any_more_is_asked_for_again() {
    let lab = Lab::new();
    lab.make(&["vpc=lab-vpc"]);
    lab.machine.edit(
        "book.toml",
        "[A-Za-z0-9 _-]{1,40}\"\nexample = \"lab-vpc\"",
        "[A-Z]+\"\nexample = \"LAB\"\ndefault = \"LAB\"",
    );
    lab.machine.verify(&["subnets"]);
    assert_eq!(result(&lab, "subnets")["reasons"][0]["code"], "needs-input");
}

#[test]
fn a_moved_course_does_not_say_that_nothing_is_left() {
    let steps = "- [ ] It is there <!-- verify: group -->\n\n<!-- verify: cleanup -->\n";
    let lab = log_groups(steps, "mine.map(g, g.logGroupName)");
    logs(&lab, "create", "x");
    lab.machine.verify(&[]);
    let memory = lab.config().join("made.json");
    std::fs::remove_file(&memory).unwrap();
    lab.machine.verify(&["set", "region=eu-west-1"]);
    let left = lab.machine.verify(&["leftovers"]);
    assert!(left.status == 3 && left.stdout.contains("verify saw it, but no longer knows where"), "{left:?}");
    lab.machine.verify(&["set", "region=us-east-1"]);
    assert_eq!(lab.machine.verify(&["leftovers"]).status, 1, "it is found again");
}
