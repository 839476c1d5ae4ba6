//! Checks over reads of AWS, judged by the program behind moto's server, in states that boto3 makes.

mod faults;
mod hostile;

use crate::common::{Emulator, Machine, boto3, copy, ministack, moto, repository, timeless};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

/// The checks, each over another service or protocol.
const CHECKS: [&str; 23] = [
    "access-keys",
    "api",
    "bucket-encryption",
    "bucket-policy",
    "cluster",
    "database",
    "files",
    "function",
    "key",
    "logs",
    "machine",
    "queue",
    "records",
    "reminders",
    "repository",
    "role",
    "rule",
    "security-group",
    "subnets",
    "targets",
    "topic",
    "trail",
    "vpc",
];

/// A machine with the course of this folder, whose account is moto's.
fn machine() -> (Machine, Emulator) {
    let mut machine = Machine::empty();
    let moto = moto(&machine);
    copy(&repository().join("tests/tests/reads/checks/course"), &machine.course);
    machine.bind(&[("general", "123456789012", "secret", "")]);
    machine.set("AWS_ENDPOINT_URL", &moto.endpoint);
    machine.set("AWS_REGION", "us-east-1");
    (machine, moto)
}

/// What was judged: each step's verdict, the outcomes of its expectations, its sentences and reasons.
fn judged(results: &Value) -> String {
    let mut shown = String::new();
    for (id, step) in results["steps"].as_object().unwrap() {
        let _ = writeln!(shown, "{id}: {}", step["verdict"].as_str().unwrap());
        for expectation in step["expectations"].as_array().unwrap() {
            let _ = write!(
                shown,
                "  {}: {}",
                expectation["title"].as_str().unwrap(),
                expectation["outcome"].as_str().unwrap()
            );
            for sentence in expectation["sentences"].as_array().into_iter().flatten() {
                let _ = write!(shown, " | {}", sentence.as_str().unwrap());
            }
            let _ = writeln!(shown);
        }
        for reason in step["reasons"].as_array().into_iter().flatten() {
            let _ = writeln!(shown, "  ? {} {}", reason["code"].as_str().unwrap(), reason["message"].as_str().unwrap());
        }
    }
    shown
}

/// The same without sentences, which a recording's pseudonyms change.
fn outcomes(results: &Value) -> String {
    let judged = judged(results);
    judged.lines().map(|line| line.split(" | ").next().unwrap_or_default().to_owned() + "\n").collect()
}

/// A text without the ids that moto makes up.
fn without_ids(text: &str) -> String {
    let words = text.split(' ').map(|word| if word.starts_with("vpc-") { "vpc-ID" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The steps that have a verdict.
fn with(results: &Value, verdict: &str) -> BTreeSet<String> {
    let steps = results["steps"].as_object().unwrap().iter();
    steps.filter(|(_, step)| step["verdict"] == verdict).map(|(id, _)| id.clone()).collect()
}

#[test]
fn checks_are_judged_from_what_the_account_has() {
    let (machine, moto) = machine();
    let all: BTreeSet<String> = CHECKS.iter().map(|check| (*check).to_owned()).collect();
    let mut shown = String::new();
    // moto loads a service at its first call. Several at once, on a busy machine, take it longer than verify waits.
    let answers = || !judged(&machine.verify(&["--format", "json"]).json()).contains("? unreachable");
    assert!((0..20).any(|_| answers()), "moto does not answer");
    for (state, expected) in [("before", "not-yet"), ("done", "verified"), ("wrong", "not-yet"), ("other", "not-yet")] {
        boto3(&machine, include_str!("states.py"), &[&moto.endpoint, state]);
        let file = format!("{state}.json");
        let results = machine.verify(&["--format", "json", "--record", &file]).json();
        assert_eq!(with(&results, expected), all, "{state}: {}", judged(&results));
        let _ = writeln!(shown, "## {state}\n\n{}", judged(&results));
        let replayed = machine.verify(&["--format", "json", "--replay", &file, "--show-identifiers"]).json();
        assert_eq!(outcomes(&results), outcomes(&replayed), "{state}");
    }
    insta::assert_snapshot!("judged", without_ids(&timeless(&shown)));
}

#[test]
fn a_recording_has_only_what_expressions_look_up_and_no_identifiers() {
    let (machine, moto) = machine();
    boto3(&machine, include_str!("states.py"), &[&moto.endpoint, "done"]);
    machine.verify(&["--record", "done.json"]);
    let recorded = machine.read("done.json");
    for hidden in
        ["123456789012", "hush-hush", "not-kept", "ada@example.com", "passw0rd", "python/handler", "db.t3.micro"]
    {
        assert!(!recorded.contains(hidden), "{hidden}");
    }
    let recorded: Value = serde_json::from_str(&recorded).unwrap();
    let answers = recorded["answers"]["general"].as_array().unwrap();
    let of = |call: &str| &answers.iter().find(|answer| answer["ask"]["call"] == call).unwrap()["outcome"]["answer"];
    let expected = json!({ "$others": true, "Environment": { "$others": true, "Variables": {
        "STAGE": "prod", "API_TOKEN": of("lambda:GetFunctionConfiguration")["Environment"]["Variables"]["API_TOKEN"],
        "UNNAMED": of("lambda:GetFunctionConfiguration")["Environment"]["Variables"]["UNNAMED"],
    } }, "MemorySize": 128, "Runtime": "python3.12" });
    assert_eq!(*of("lambda:GetFunctionConfiguration"), expected);
    // A step of a recording that another course made is judged from what is there.
    let calls: BTreeSet<&str> = answers.iter().map(|answer| answer["ask"]["call"].as_str().unwrap()).collect();
    assert_eq!(calls.len(), 40, "{calls:?}");
}

#[test]
fn the_policy_has_the_actions_of_the_reads_and_no_others() {
    let (machine, _moto) = machine();
    let policy = machine.verify(&["policy", "general"]).json();
    let actions: Vec<&str> =
        policy["Statement"][0]["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect();
    insta::assert_snapshot!("policy", actions.join("\n"));
    assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);
}

#[test]
fn other_commands_work_with_reads() {
    let (machine, moto) = machine();
    boto3(&machine, include_str!("states.py"), &[&moto.endpoint, "other"]);
    machine.verify(&[]);
    let built = machine.verify(&["build"]);
    assert_eq!(built.status, 0, "{built:?}");
    let page = machine.read("book/reads.html");
    for (text, times) in [("Edit the VPC", 1), ("data-verdict=\"not-yet\"", CHECKS.len())] {
        assert!(page.matches(text).count() >= times, "{text}: {page}");
    }
    let explained = machine.verify(&["explain", "key"]);
    for text in ["kms:GetKeyRotationStatus, for each of", "needs kms:ListAliases", "Open KMS → Create key"] {
        assert!(explained.stdout.contains(text), "{text}: {explained:?}");
    }
    let doctor = machine.verify(&["doctor"]);
    assert!(doctor.stdout.contains("general"), "{doctor:?}");
    boto3(&machine, include_str!("states.py"), &[&moto.endpoint, "done"]);
    // It ends when everything is done.
    let watched = machine.verify(&["watch", "vpc", "key", "--format", "json"]);
    assert_eq!((watched.status, with(&watched.json(), "verified").len()), (0, 2), "{watched:?}");
}

/// In CBOR, which moto does not speak.
#[test]
fn an_alarm_is_judged_in_another_emulator() {
    let mut machine = Machine::empty();
    let ministack = ministack(&machine);
    let folder = repository().join("tests/tests/reads/checks/course");
    fs::copy(folder.join("book.toml"), machine.course.join("book.toml")).unwrap();
    machine.write("src/SUMMARY.md", "- [Alarm](alarm.md)\n");
    machine.write("src/alarm.md", "- [ ] An alarm <!-- verify: alarm -->\n");
    machine.write("checks/alarm.toml", ALARM);
    machine.bind(&[("general", "123456789012", "secret", "")]);
    machine.set("AWS_ENDPOINT_URL", &ministack.endpoint);
    machine.set("AWS_REGION", "us-east-1");
    let script = |alarms: &str| {
        format!(
            "import boto3, sys\nwatch = boto3.client('cloudwatch', region_name='us-east-1', endpoint_url=sys.argv[1], \
             aws_access_key_id='123456789012', aws_secret_access_key='secret')\n\
             watch.delete_alarms(AlarmNames=['spend'])\n\
             make = lambda threshold, metric: watch.put_metric_alarm(AlarmName='spend', MetricName=metric, \
             Namespace='AWS/Billing', Statistic='Maximum', Period=21600, EvaluationPeriods=1, Threshold=threshold, \
             ComparisonOperator='GreaterThanThreshold', Dimensions=[dict(Name='Currency', Value='USD')])\n{alarms}\nprint('{{}}')"
        )
    };
    let states = [
        ("", "not-yet", ["not-met", "not-applicable"]),
        ("make(5.5, 'EstimatedCharges')", "verified", ["met", "met"]),
        ("make(500, 'EstimatedCharges')", "not-yet", ["met", "not-met"]),
        ("make(5.5, 'Other')", "not-yet", ["not-met", "not-applicable"]),
    ];
    for (alarms, verdict, expected) in states {
        boto3(&machine, &script(alarms), &[&ministack.endpoint]);
        let results = machine.verify(&["--format", "json"]).json();
        let step = &results["steps"]["alarm"];
        let outcomes: Vec<&str> =
            step["expectations"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
        assert_eq!((step["verdict"].as_str().unwrap(), outcomes), (verdict, expected.to_vec()), "{alarms}: {step}");
    }
}

const ALARM: &str = r#"
title = "An alarm on the bill"
account = "general"

[read.alarms]
call = "cloudwatch:DescribeAlarms"

[let]
bills = "alarms.MetricAlarms.filter(a, has(a.MetricName) && a.MetricName == 'EstimatedCharges')"

[[expect]]
title = "An alarm watches the bill"
that = "bills.size() > 0"
fix = "Open CloudWatch → Alarms → Create alarm."

[[expect]]
title = "It warns early"
when = "bills.size() > 0"
that = "bills.all(a, has(a.Threshold) && a.Threshold < 10.0)"
fix = "Lower the threshold."
"#;
