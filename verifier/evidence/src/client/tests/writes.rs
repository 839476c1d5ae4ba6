//! Nothing but the table's reads is sent, whatever a call says that it is.

use course::results::ReasonCode;
use serde_json::{Map, Value};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{ACCOUNT, Aws};
use crate::client::call::{Call, Failure, all_pages};
use crate::reads::{Found, Service, of};
use crate::{CallLog, Reader};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reads")
}

/// Prints the services of botocore, each with the operations that the table does not have.
fn left_out() -> Child {
    let python = folder().join("../../../tests/.venv/bin/python");
    assert!(python.exists(), "{} is missing: run tests/run, which installs it", python.display());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/client/tests/left_out.py");
    Command::new(python).arg(script).arg(folder()).stdout(Stdio::piped()).spawn().unwrap()
}

/// A service of the table, with other values for some of what it says.
fn changed(name: &str, change: impl FnOnce(&mut Map<String, Value>)) -> &'static Service {
    let text = std::fs::read_to_string(folder().join(format!("table/{name}.json"))).unwrap();
    let mut service: Map<String, Value> = serde_json::from_str(&text).unwrap();
    change(&mut service);
    Box::leak(Box::new(serde_json::from_value(Value::Object(service)).unwrap()))
}

/// Whether the guard refuses a call that nothing else has looked at.
async fn is_refused(reader: &Reader, found: Found) -> bool {
    let call = Call { found, region: "us-east-1", input: &Map::new() };
    match all_pages(reader, call, "us-east-1", Map::new()).await {
        Err(Failure::Failed { code: None, reasons }) => {
            reasons[0].code == ReasonCode::CourseError && reasons[0].message.contains("not in the table of reads")
        }
        _ => false,
    }
}

fn reader(aws: &Aws) -> Reader {
    Reader::new("general", aws.sdk(), CallLog::default()).with_account_id(ACCOUNT)
}

#[tokio::test]
async fn every_operation_of_aws_that_is_not_in_the_table_is_refused() {
    let aws = Aws::answering("{}");
    let reader = reader(&aws);
    let (mut services, mut operations, mut like_reads) = (0, 0, 0);
    let mut printing = left_out();
    for line in BufReader::new(printing.stdout.take().unwrap()).lines() {
        services += 1;
        let service: &'static Service = Box::leak(Box::new(serde_json::from_str(&line.unwrap()).unwrap()));
        for found in of(service) {
            operations += 1;
            like_reads +=
                usize::from(["Get", "List", "Describe", "BatchGet"].iter().any(|verb| found.name.starts_with(verb)));
            assert!(is_refused(&reader, found).await, "{}:{}", service.name, found.name);
        }
    }
    assert!(printing.wait().unwrap().success());
    assert!(aws.sent().is_empty());
    assert!(services > 430 && operations > 15_000 && like_reads > 5_000, "{services} {operations} {like_reads}");
}

#[tokio::test]
async fn what_is_called_like_an_operation_of_the_table_is_refused() {
    let aws = Aws::answering("<DescribeVpcsResponse/>");
    let reader = reader(&aws);
    // An operation of the table, which is sent.
    let found = crate::reads::find("ec2:DescribeVpcs").unwrap();
    assert!(!is_refused(&reader, found).await);
    assert_eq!(aws.sent().len(), 1);

    let text = |text: &str| Value::String(text.to_owned());
    let calls = |operation: &'static str, method: &'static str| {
        move |service: &mut Map<String, Value>| {
            let all = service["operations"].as_object_mut().unwrap();
            let mut one = all["DescribeVpcs"].clone();
            one["method"] = method.into();
            *all = Map::from_iter([(operation.to_owned(), one)]);
        }
    };
    let mut impostors = vec![
        changed("ec2", calls("DescribeVpcs", "DELETE")),
        changed("ec2", |service| drop(service.insert("service".to_owned(), text("iam")))),
        changed("ec2", |service| drop(service.insert("service".to_owned(), text("EC2")))),
        changed("ec2", |service| drop(service.insert("sdk".to_owned(), text("IAM")))),
        changed("iam", |service| {
            service.insert("service".to_owned(), text("ec2"));
            service.insert("sdk".to_owned(), text("EC2"));
        }),
        changed("ec2", |service| drop(service.insert("target".to_owned(), text("Other")))),
    ];
    for name in
        ["describeVpcs", "DESCRIBEVPCS", "DescribeVpcs ", "DescribeVpcs\0", "DescribeVpcs&Action=DeleteVpc", "", "*"]
    {
        impostors.push(changed("ec2", calls(name, "POST")));
    }
    for name in ["GetPasswordData", "DescribeVpcsAndDelete", "ListUsers", "CreateVpc", "GetObject", "DeleteVpc"] {
        impostors.push(changed("ec2", calls(name, "POST")));
    }
    for service in impostors {
        for found in of(service) {
            assert!(is_refused(&reader, found).await, "{}:{}", service.name, found.name);
        }
    }
    // The table's operation with another service around it.
    let iam = crate::reads::service("iam").unwrap();
    assert!(is_refused(&reader, Found { service: iam, ..found }).await);
    let other = crate::reads::find("ec2:DescribeSubnets").unwrap();
    assert!(is_refused(&reader, Found { name: other.name, ..found }).await);
    assert_eq!(aws.sent().len(), 1, "nothing more was sent");
}
