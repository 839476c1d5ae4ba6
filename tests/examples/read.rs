//! Makes calls of the table of reads as `verify` does, for tests and `tests/bench`: with its connections and its client.
//!
//! `read [PROFILE]` connects through an AWS profile, or the environment, and reads calls from standard input. Each is a
//! line: `{"call": "ec2:DescribeVpcs", "region": "us-east-1", "input": {}}`. For each, it prints a line: the answer, or
//! why there is no answer.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test's program fails by panicking")]
#![allow(clippy::disallowed_macros, reason = "it prints what it read")]

use evidence::bindings::Source;
use evidence::client::{Call, Client, Failure};
use evidence::connection::{self, Connected, NoMfaCodes};
use evidence::{CallLog, Reader, reads};
use serde_json::{Map, Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let source = std::env::args().nth(1).map_or(Source::Environment, Source::Profile);
    let connected = connection::connect_one("general", &source, &NoMfaCodes).await;
    let connected = connected.unwrap_or_else(|reasons| panic!("{reasons:?}"));
    let client = client(connected).await;
    for line in std::io::stdin().lines() {
        let asked: Value = serde_json::from_str(&line.unwrap()).unwrap();
        println!("{}", read(&client, &asked).await);
    }
}

/// A client for the account whose credentials these are, if AWS says which it is.
async fn client(connected: Connected) -> Client {
    let reader = Reader::new("general", connected.sdk, CallLog::default());
    let found = reads::find("sts:GetCallerIdentity").unwrap();
    let region = reader.profile_region().to_owned();
    let call = Call { found, region: &region, input: &Map::new() };
    match Client::new(reader.clone(), []).read(call).await {
        Ok(identity) => Client::new(reader.with_account_id(identity.value["Account"].as_str().unwrap()), []),
        Err(_) => Client::new(reader, []),
    }
}

async fn read(client: &Client, asked: &Value) -> Value {
    let name = asked["call"].as_str().unwrap();
    let found = match reads::find(name) {
        Ok(found) => found,
        Err(unknown) => return json!({ "refused": unknown.to_string() }),
    };
    let region = asked["region"].as_str().unwrap_or("us-east-1");
    let input = asked["input"].as_object().cloned().unwrap_or_default();
    match client.read(Call { found, region, input: &input }).await {
        Ok(answer) => json!({ "value": answer.value, "differing": answer.differing, "region": answer.region }),
        Err(Failure::Refused(refused)) => json!({ "refused": refused.to_string() }),
        Err(Failure::Failed { code, reasons }) => json!({ "code": code, "reasons": reasons }),
    }
}
