//! Compares the client with boto3, for every operation of the table.
//!
//! `differ/` makes the cases with boto3's own clients, and compares what this client sent and read for them. A case is a
//! line of JSON in both directions.

use aws_smithy_types::base64;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{ACCOUNT, Aws, Response};
use crate::CallLog;
use crate::client::call::{Call, Failure, all_pages};
use crate::client::endpoint;
use crate::client::prepared::Prepared;
use crate::client::send::{Failed, send};
use crate::guard::Scope;
use crate::reader::Reader;
use crate::reads::{self, Found, Protocol};

/// Each has its own interpreter.
const SHARDS: usize = 2;

/// What a case is compared in.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// One request and its response.
    Send,
    /// All pages.
    Pages,
    /// The endpoints of regions.
    Endpoints,
}

#[derive(Debug, Deserialize)]
struct Case {
    kind: Kind,
    service: String,
    operation: String,
    protocol: Protocol,
    region: String,
    input: Map<String, Value>,
    #[serde(default)]
    responses: Vec<Answered>,
    /// Regions, with whether FIPS and whether dual-stack.
    #[serde(default)]
    regions: Vec<(String, bool, bool)>,
}

#[derive(Debug, Deserialize)]
struct Answered {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

#[derive(Debug, Serialize)]
struct Sent {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// What Python says at the end.
#[derive(Debug, Deserialize)]
struct Report {
    /// How many of each were compared.
    compared: BTreeMap<String, usize>,
    differences: Vec<String>,
    /// The exceptions that this shard did not need.
    unused: BTreeSet<String>,
}

#[test]
fn every_operation_of_the_table_is_called_and_read_as_boto3_does() {
    let shards = std::thread::scope(|scope| {
        let started: Vec<_> = (0..SHARDS).map(|shard| scope.spawn(move || compare(shard))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let differences: Vec<&str> = shards.iter().flat_map(|report| &report.differences).map(String::as_str).collect();
    let compared = |what: &str| shards.iter().filter_map(|report| report.compared.get(what)).sum::<usize>();
    let shown = differences[..differences.len().min(100)].join("\n");
    assert!(differences.is_empty(), "{} differences:\n{shown}", differences.len());
    let unused = shards.iter().map(|report| report.unused.clone()).reduce(|a, b| &a & &b).unwrap();
    assert!(unused.is_empty(), "exceptions without a difference: {unused:#?}");
    let all: usize = reads::services().values().map(|listed| listed.operations).sum();
    assert_eq!(compared("operations"), all, "each operation of the table");
    for (what, at_least) in BOUNDS {
        assert!(compared(what) >= at_least, "only {} {what} were compared", compared(what));
    }
}

/// What is compared at least: a test that compares nothing would succeed.
const BOUNDS: [(&str, usize); 7] = [
    ("requests", 13_000),
    ("signatures", 13_000),
    ("answers", 6_000),
    ("values", 180_000),
    ("errors", 900),
    ("endpoints", 18_000),
    ("pages", 6_000),
];

/// Python with boto3 and moto, as `tests/run` installs it.
fn python() -> (PathBuf, PathBuf) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = here.join("../../tests/.venv/bin/python");
    assert!(python.is_file(), "{} is missing: `tests/run` installs it", python.display());
    (python, here.join("src/client/tests"))
}

/// Runs the cases of a shard: Python makes them, and reads what came of them once it has made all.
fn compare(shard: usize) -> Report {
    let (python, folder) = python();
    let mut child = Command::new(python)
        .args(["-B", "-m", "differ", &shard.to_string(), &SHARDS.to_string()])
        .current_dir(folder)
        .env_clear()
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let results: Vec<Value> = lines
        .by_ref()
        .take_while(|line| !line.is_empty())
        .map(|line| {
            let case: Case = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:.300}"));
            runtime.block_on(run(case))
        })
        .collect();
    let mut stdin = child.stdin.take().unwrap();
    for result in &results {
        writeln!(stdin, "{result}").unwrap();
    }
    drop(stdin);
    let report = lines.next().expect("Python compares to the end");
    assert!(child.wait().unwrap().success());
    serde_json::from_str(&report).unwrap()
}

async fn run(case: Case) -> Value {
    let found = found(&case);
    let responses: Vec<Response> = case.responses.iter().map(response).collect();
    let aws = Aws::new(move |_, index| responses[index.min(responses.len() - 1)].clone());
    let reader = Reader::new("general", aws.sdk(), CallLog::default()).with_account_id(ACCOUNT);
    let outcome = match case.kind {
        Kind::Endpoints => endpoints(found, &case, &aws),
        Kind::Send => one(found, &case, &reader).await,
        Kind::Pages => {
            let call = Call { found, region: &case.region, input: &case.input };
            match all_pages(&reader, call, &case.region, case.input.clone()).await {
                Ok(answer) => json!({ "answer": answer.value, "differing": answer.differing }),
                Err(Failure::Failed { code, reasons }) => json!({ "failed": format!("{code:?} {reasons:?}") }),
                Err(failure) => json!({ "failed": format!("{failure:?}") }),
            }
        }
    };
    let sent: Vec<Sent> = aws.sent().into_iter().map(sent).collect();
    json!({ "outcome": outcome, "sent": sent })
}

/// The operation, of a service that speaks only the protocol of the case.
fn found(case: &Case) -> Found {
    let found = reads::operation(&case.service, &case.operation).unwrap();
    if found.service.protocols.first() == Some(&case.protocol) {
        return found;
    }
    let mut service = found.service.clone();
    service.protocols = vec![case.protocol];
    let service = Box::leak(Box::new(service));
    let (name, operation) = service.operations.get_key_value(&case.operation).unwrap();
    Found { service, name, operation }
}

async fn one(found: Found, case: &Case, reader: &Reader) -> Value {
    let sdk = reader.sdk(&case.region);
    let Some(target) = endpoint::target(found, &sdk, &case.region, &case.input) else {
        return json!({ "failed": "the table has no endpoint" });
    };
    let scope = Scope::Reads(found);
    let guard = reader.guard_of(scope, &target.region);
    match send(Prepared::of(found, case.protocol), &sdk, &target, guard, case.input.clone()).await {
        Ok(answer) => json!({ "answer": answer }),
        Err(Failed::ServiceError(error)) => {
            json!({ "error": { "code": error.err().code(), "message": error.err().message() } })
        }
        Err(failed) => json!({ "failed": DisplayErrorContext(&failed).to_string() }),
    }
}

fn endpoints(found: Found, case: &Case, aws: &Aws) -> Value {
    let targets = case.regions.iter().map(|(region, fips, dual_stack)| {
        let sdk = aws.sdk().into_builder().use_fips(*fips).use_dual_stack(*dual_stack).build();
        let target = endpoint::target(found, &sdk, region, &case.input)?;
        let (scheme, host) = target.url.split_once("://")?;
        let url = format!("{scheme}://{}{host}", target.prefix.unwrap_or_default());
        let bucket = case.input.get("Bucket").and_then(Value::as_str);
        let bucket = bucket.filter(|_| found.service.name == "s3" && !target.bucket_in_host);
        let url = bucket.map_or(url.clone(), |bucket| format!("{url}/{bucket}"));
        Some(json!({ "url": url, "region": target.region, "name": target.name }))
    });
    targets.collect()
}

fn response(answered: &Answered) -> Response {
    (answered.status, answered.headers.clone(), base64::decode(&answered.body).unwrap())
}

fn sent(sent: super::Sent) -> Sent {
    Sent { method: sent.method, url: sent.url, headers: sent.headers, body: base64::encode(sent.body) }
}
