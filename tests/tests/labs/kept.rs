//! What is kept between runs never outlives what it was about: the inputs, the accounts and the check.

use super::{Lab, OTHER, result};
use crate::common::{Machine, boto3, denied, repository, serve};

/// A course about log groups and topics in two accounts, whose lesson names these steps.
fn course(steps: &[&str]) -> Lab {
    let lab = Lab::new();
    std::fs::remove_dir_all(lab.machine.course.join("checks")).unwrap();
    let items: String = steps.iter().map(|step| format!("- [ ] {step} <!-- verify: {step} -->\n")).collect();
    lab.machine.write("src/lab.md", &format!("# Lab\n\n{items}"));
    lab.machine.write(
        "book.toml",
        "[book]\ntitle = \"Logs\"\n[preprocessor.verify.accounts]\nlab = \"The account.\"\nother = \"Another.\"\n\
         [preprocessor.verify.inputs.region]\nlabel = \"Region\"\ndefault = \"us-east-1\"\n\
         [preprocessor.verify.inputs.name]\nlabel = \"Name\"\ndefault = \"cats\"\n",
    );
    lab
}

impl Lab {
    fn check(&self, name: &str, keys: &str, that: &str) {
        let text = format!(
            "title = \"{name}\"\naccount = \"lab\"\n{keys}[[expect]]\ntitle = \"It is so\"\nthat = \"{that}\"\nfix = \"Do it.\"\n"
        );
        self.machine.write(&format!("checks/{name}.toml"), &text);
    }

    /// Creates or deletes a log group or a topic.
    fn call(&self, account: &str, call: &str, name: &str) {
        let script = "import boto3, sys\n\
             at = dict(region_name='us-east-1', endpoint_url=sys.argv[1], aws_access_key_id='123456789012', aws_secret_access_key='secret')\n\
             if sys.argv[2] != '123456789012':\n    \
                 role = boto3.client('sts', **at).assume_role(RoleArn=f'arn:aws:iam::{sys.argv[2]}:role/r', RoleSessionName='session')['Credentials']\n    \
                 at.update(aws_access_key_id=role['AccessKeyId'], aws_secret_access_key=role['SecretAccessKey'], aws_session_token=role['SessionToken'])\n\
             verb, what = sys.argv[3].split('_', 1)\n\
             if what == 'topic': boto3.client('sns', **at).create_topic(Name=sys.argv[4])\n\
             else: getattr(boto3.client('logs', **at), sys.argv[3])(logGroupName=sys.argv[4])\n\
             print('null')";
        boto3(&self.machine, script, &[&self.moto.endpoint, account, call, name]);
    }

    /// Binds the second account to one of moto's.
    fn bind_other(&self, account: &str) {
        let keys = self.make_in(account, "us-east-1", &[]);
        let key = |name: &str| keys[name].as_str().unwrap_or_default().to_owned();
        let (id, secret, token) = (key("aws_access_key_id"), key("aws_secret_access_key"), key("aws_session_token"));
        self.machine.bind(&[("lab", super::ACCOUNT, "secret", ""), ("other", &id, &secret, &token)]);
    }

    fn verdicts<const N: usize>(&self, steps: [&str; N]) -> [String; N] {
        steps.map(|step| result(self, step)["verdict"].as_str().unwrap_or_default().to_owned())
    }
}

const GROUPS: &str = "[read.groups]\ncall = \"logs:DescribeLogGroups\"\n";
const IN_OTHER: &str = "[read.groups]\ncall = \"logs:DescribeLogGroups\"\naccount = \"other\"\n";
const NAMED: &str = "groups.logGroups.exists(g, g.logGroupName == input.name)";
const THIRD: &str = "333333333333";

#[test]
fn late_evidence_of_other_inputs_or_of_another_account_is_not_seen_before() {
    for (keys, that, change, back) in [
        (GROUPS, NAMED, "name=dogs", "name=cats"),
        (IN_OTHER, "groups.logGroups.exists(g, g.logGroupName == 'cats')", THIRD, OTHER),
    ] {
        let lab = course(&["late"]);
        let to = |to: &str| match to.contains('=') {
            true => drop(lab.machine.verify(&["set", to])),
            false => lab.bind_other(to),
        };
        lab.bind_other(OTHER);
        lab.check("late", keys, &format!("{that}\"\nabsence = \"unknown"));
        let account = if keys == GROUPS { super::ACCOUNT } else { OTHER };
        lab.call(account, "create_log_group", "cats");
        lab.machine.verify(&[]);
        assert_eq!(lab.verdicts(["late"]), ["verified"]);
        lab.call(account, "delete_log_group", "cats");
        lab.machine.verify(&[]);
        assert_eq!(
            result(&lab, "late")["expectations"][0]["sentences"][0].as_str().map(|it| &it[..11]),
            Some("Seen before")
        );
        to(change);
        lab.machine.verify(&[]);
        assert_eq!(lab.verdicts(["late"]), ["unknown"], "{change}");
        to(back);
        lab.machine.verify(&[]);
        assert_eq!(lab.verdicts(["late"]), ["verified"], "{back}");
    }
}

/// The same after its step `group` was made, and deleted as `cleanup` wants it.
fn made_and_deleted(lab: Lab, keys: &str, account: &str) -> Lab {
    lab.bind_other(OTHER);
    lab.check("group", &format!("makes = \"groups.logGroups.map(g, g.logGroupName)\"\n{keys}"), NAMED);
    lab.machine.write("checks/cleanup.toml", "title = \"All is deleted\"\nremoves = [\"group\"]\n");
    lab.call(account, "create_log_group", "cats");
    lab.machine.verify(&["group"]);
    assert_eq!(lab.verdicts(["group"]), ["verified"]);
    lab.call(account, "delete_log_group", "cats");
    lab.machine.verify(&["group", "cleanup"]);
    assert_eq!(lab.verdicts(["group", "cleanup"]), ["verified", "verified"]);
    lab
}

#[test]
fn what_was_done_and_deleted_is_not_done_for_other_inputs_another_check_or_another_account() {
    let lab = made_and_deleted(course(&["group", "cleanup"]), GROUPS, super::ACCOUNT);
    lab.machine.verify(&["set", "name=dogs"]);
    lab.machine.verify(&[]);
    assert_eq!(lab.verdicts(["group", "cleanup"]), ["not-yet", "verified"]);
    lab.machine.verify(&["set", "name=cats"]);
    lab.machine.verify(&[]);
    assert_eq!(lab.verdicts(["group", "cleanup"]), ["verified", "verified"]);
    // A recording of it gives the same verdict.
    lab.machine.verify(&["--record", "run.json"]);
    let replayed = lab.machine.verify(&["--format", "json", "--replay", "run.json"]).json();
    assert_eq!(replayed["steps"]["group"]["verdict"], "verified", "{replayed}");
    // So does the course after its account has another name.
    let renamed = lab.machine.verify(&["rename", "account", "lab", "own", "--yes"]);
    assert_eq!(renamed.status, 0, "{renamed:?}");
    lab.machine.verify(&[]);
    assert_eq!(lab.verdicts(["group", "cleanup"]), ["verified", "verified"]);
    let check = lab.machine.read("checks/group.toml");
    let never =
        "[[expect]]\ntitle = \"There are two\"\nthat = \"groups.logGroups.size() > 1\"\nfix = \"Create another.\"\n";
    lab.machine.write("checks/group.toml", &format!("{check}{never}"));
    lab.machine.verify(&[]);
    assert_eq!(lab.verdicts(["group", "cleanup"]), ["not-yet", "verified"]);

    let lab = made_and_deleted(course(&["group", "cleanup"]), IN_OTHER, OTHER);
    lab.bind_other(THIRD);
    lab.machine.verify(&[]);
    assert_eq!(lab.verdicts(["group", "cleanup"]), ["not-yet", "unknown"]);
}

#[test]
fn a_combined_step_takes_only_verdicts_that_count_now() {
    let lab = course(&["whole", "group", "cleanup"]);
    lab.machine.edit(
        "book.toml",
        "[preprocessor.verify.inputs.name]",
        "[preprocessor.verify.inputs.topic]\nlabel = \"Topic\"\ndefault = \"dogs\"\n[preprocessor.verify.inputs.name]",
    );
    lab.check(
        "topic",
        "[read.topics]\ncall = \"sns:ListTopics\"\n",
        "topics.Topics.exists(t, t.TopicArn.endsWith(':' + input.topic))",
    );
    lab.machine.write("checks/whole.toml", "title = \"Both\"\nsteps = [\"group\", \"topic\"]\n");
    let mut lab = made_and_deleted(lab, GROUPS, super::ACCOUNT);
    lab.call(super::ACCOUNT, "create_topic", "cats");
    lab.machine.verify(&["whole", "group", "cleanup"]);
    let whole = result(&lab, "whole");
    assert_eq!(lab.verdicts(["whole", "group"]), ["not-yet", "verified"]);
    // The learner is not told to make again what they deleted.
    let outcomes = [&whole["expectations"][0]["outcome"], &whole["expectations"][1]["outcome"]];
    assert_eq!(outcomes, ["met", "not-met"], "{whole}");
    lab.machine.verify(&["set", "topic=cats"]);
    lab.machine.verify(&["topic"]);
    assert_eq!(lab.verdicts(["topic"]), ["verified"]);
    lab.machine.verify(&["set", "topic=dogs"]);
    let status = lab.machine.verify(&["status", "--format", "json"]).json();
    assert_eq!(status["steps"]["whole"]["verdict"], "not-yet", "the topic was another one");
    // What cannot be read is unknown, with the others done.
    lab.machine.set("AWS_ENDPOINT_URL_SNS", &serve(|_| denied()));
    lab.machine.verify(&["whole", "group", "cleanup"]);
    let whole = result(&lab, "whole");
    let outcomes = [&whole["verdict"], &whole["expectations"][0]["outcome"], &whole["expectations"][1]["outcome"]];
    assert_eq!(outcomes, ["unknown", "met", "unknown"], "{whole}");
}

#[test]
fn nobodys_word_proves_what_evidence_refutes() {
    let mut lab = course(&["plan"]);
    lab.bind_other(OTHER);
    let refused = "{\"__type\":\"SubscriptionRequiredException\",\"message\":\"A Support plan is required.\"}";
    let support = serve(move |_| (400, "content-type: application/x-amz-json-1.1".into(), refused.into()));
    lab.machine.set("AWS_ENDPOINT_URL_SUPPORT", &support);
    let keys = format!("{GROUPS}[read.severities]\ncall = \"support:DescribeSeverityLevels\"\n");
    let when = "\"\nwhen = \"severities.severityLevels.size() > 0\"\nconfirm = \"I have chosen the plan.";
    lab.check("plan", &keys, &format!("{NAMED} && severities.severityLevels.size() > 3{when}"));
    lab.machine.verify(&["confirm", "plan"]);
    lab.machine.verify(&[]);
    assert_eq!(lab.verdicts(["plan"]), ["unknown"], "there is no such group");
    lab.call(super::ACCOUNT, "create_log_group", "cats");
    lab.machine.verify(&["confirm", "plan"]);
    lab.machine.verify(&[]);
    assert_eq!(lab.verdicts(["plan"]), ["confirmed"], "only what AWS refuses is left");
}

#[test]
fn a_confirmation_counts_for_the_inputs_and_the_accounts_that_it_was_given_for() {
    let lab = course(&["drawn"]);
    lab.bind_other(OTHER);
    lab.machine.write(
        "checks/drawn.toml",
        "title = \"Drawn\"\naccount = \"lab\"\n[[expect]]\ntitle = \"Both are on the diagram\"\nfix = \"Draw them.\"\n\
         when = \"input.name != '' && identity.account != accounts.other.identity.account\"\n\
         confirm = \"My diagram shows {account} and the other account.\"\nwhy = \"AWS has no diagrams.\"\n",
    );
    let verdict = || {
        lab.machine.verify(&[]);
        lab.verdicts(["drawn"])
    };
    assert_eq!(verdict(), ["unknown"]);
    lab.machine.verify(&["confirm", "drawn"]);
    assert_eq!(verdict(), ["confirmed"]);
    for (change, back) in [("name=dogs", "name=cats"), (THIRD, OTHER)] {
        let to = |to: &str| match to.contains('=') {
            true => drop(lab.machine.verify(&["set", to])),
            false => lab.bind_other(to),
        };
        to(change);
        assert_eq!(verdict(), ["unknown"], "{change}");
        to(back);
        assert_eq!(verdict(), ["confirmed"], "{back}");
    }
    let renamed = lab.machine.verify(&["rename", "account", "other", "second", "--yes"]);
    assert_eq!((renamed.status, verdict()), (0, ["confirmed".to_owned()]), "{renamed:?}");
}

/// If the list loses an id, AWS's answers are searched for it. That needs an id as AWS writes it.
#[test]
fn an_id_that_aws_does_not_write_like_this_is_not_taken_for_deleted() {
    let lab = course(&["group", "cleanup"]);
    let that = "groups.logGroups.size() > 0";
    lab.check("group", &format!("makes = \"groups.logGroups.map(g, 'the ' + g.logGroupName)\"\n{GROUPS}"), that);
    lab.machine.write("checks/cleanup.toml", "title = \"All is deleted\"\nremoves = [\"group\"]\n");
    lab.call(super::ACCOUNT, "create_log_group", "cats");
    let seen = lab.machine.verify(&["group", "cleanup"]);
    assert_eq!(lab.verdicts(["group", "cleanup"]), ["verified", "unknown"]);
    assert!(seen.stdout.contains("list ids as they are in the answers"), "{seen:?}");
}

/// The same for sections, and for late evidence about what they say.
#[test]
fn what_sections_still_say_is_not_forgotten() {
    let machine = Machine::empty();
    assert_eq!(machine.verify(&["new", "course"]).status, 0);
    let write = |name: &str, check: &str, cases: &str| {
        machine.write(&format!("course/checks/{name}.toml"), check);
        machine.write(&format!("course/checks/cases/{name}.toml"), cases);
    };
    let mut lesson = machine.read("course/src/first-lesson.md");
    for name in ["made", "gone", "timed", "exact"] {
        lesson.push_str(&format!("- [ ] {name} <!-- verify: {name} -->\n"));
    }
    machine.write("course/src/first-lesson.md", &lesson);
    for name in ["made", "gone", "timed", "exact"] {
        let file = |kind: &str| {
            std::fs::read_to_string(repository().join(format!("tests/tests/labs/kept/{name}{kind}.toml"))).unwrap()
        };
        write(name, &file(""), &file("-cases"));
    }
    let ran = machine.verify(&["selftest", "--course", "course", "made", "gone", "timed", "exact"]);
    assert!(ran.status == 0 && ran.stdout.contains("All 4 checks are proved."), "{ran:?}");
}
