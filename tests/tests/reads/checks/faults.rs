//! Checks over reads that fail: every fault, in a read, in a page, in an element and in the middle of three reads.

use crate::common::{Answer, Machine, Request, identity, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// What happens to the reads that have a fault.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    None,
    Denied,
    Throttled,
    ServerError,
    Cut,
    Html,
    Empty,
    TokenLeft,
    Timeout,
}

/// Each fault, and the code of the reasons that it gives.
const FAULTS: [(Fault, &str); 8] = [
    (Fault::Denied, "denied"),
    (Fault::Throttled, "throttled"),
    (Fault::ServerError, "service-error"),
    (Fault::Cut, "incomplete-answer"),
    (Fault::Html, "incomplete-answer"),
    (Fault::Empty, "incomplete-answer"),
    (Fault::TokenLeft, "incomplete-answer"),
    (Fault::Timeout, "unreachable"),
];

/// The checks: the reads, the operation that has the fault, an expression, and its verdict without a fault and with one.
const CHECKS: [(&str, &str, &str, &str, &str, &str); 15] = [
    ("single-true", ONE, "dynamodb:DescribeTable", "one.Table.TableStatus == 'ACTIVE'", "verified", "unknown"),
    ("single-false", ONE, "dynamodb:DescribeTable", "one.Table.TableStatus == 'DELETING'", "not-yet", "unknown"),
    ("single-absent", ONE, "dynamodb:DescribeTable", "!has(one.Table.SSEDescription)", "verified", "unknown"),
    (
        "single-other",
        ONE,
        "",
        "good.Keys.exists(k, k.KeyId == 'k1') || one.Table.TableStatus == 'DELETING'",
        "verified",
        "verified",
    ),
    ("paged-true", PAGED, "dynamodb:ListTables", "tables.TableNames.exists(t, t == 't4')", "verified", "unknown"),
    ("paged-false", PAGED, "dynamodb:ListTables", "tables.TableNames.exists(t, t == 'none')", "not-yet", "unknown"),
    ("paged-size", PAGED, "dynamodb:ListTables", "tables.TableNames.size() < 4", "not-yet", "unknown"),
    ("each-true", EACH, "kms:DescribeKey", "keys.all(k, k.answer.KeyMetadata.Enabled)", "verified", "unknown"),
    ("each-false", EACH, "kms:DescribeKey", "keys.exists(k, !k.answer.KeyMetadata.Enabled)", "not-yet", "unknown"),
    ("each-found", EACH, "", "keys.exists(k, k.each == 'k3' && k.answer.KeyMetadata.Enabled)", "verified", "verified"),
    ("each-refuted", EACH, "", "keys.all(k, !k.answer.KeyMetadata.Enabled)", "not-yet", "not-yet"),
    ("each-size", EACH, "", "keys.size() == 3", "verified", "verified"),
    (
        "deep-true",
        DEEP,
        "organizations:ListOrganizationalUnitsForParent",
        "policies.exists(p, p.answer.Policies.exists(q, q.Name == 'deny'))",
        "verified",
        "unknown",
    ),
    (
        "deep-false",
        DEEP,
        "organizations:ListOrganizationalUnitsForParent",
        "policies.exists(p, p.answer.Policies.exists(q, q.Name == 'none'))",
        "not-yet",
        "unknown",
    ),
    ("deep-other", DEEP, "", "roots.Roots.size() == 1 || policies.size() > 0", "verified", "verified"),
];

const ONE: &str = r#"
[read.one]
call = "dynamodb:DescribeTable"
with.TableName = "reminders"

[read.good]
call = "kms:ListKeys"
"#;

const PAGED: &str = r#"
[read.tables]
call = "dynamodb:ListTables"
"#;

const EACH: &str = r#"
[read.found]
call = "kms:ListKeys"

[read.keys]
call = "kms:DescribeKey"
each = "found.Keys.map(k, k.KeyId)"
with.KeyId = "{each}"
"#;

const DEEP: &str = r#"
[read.roots]
call = "organizations:ListRoots"

[read.units]
call = "organizations:ListOrganizationalUnitsForParent"
each = "roots.Roots.map(r, r.Id)"
with.ParentId = "{each}"

[read.policies]
call = "organizations:ListPoliciesForTarget"
each = "units.filter(u, u.answer.OrganizationalUnits.size() > 0).map(u, u.answer.OrganizationalUnits[0].Id)"
with = { TargetId = "{each}", Filter = "SERVICE_CONTROL_POLICY" }
"#;

/// A response in JSON.
pub(super) fn in_json(status: u16, body: &Value) -> Answer {
    (status, "content-type: application/x-amz-json-1.1".to_owned(), body.to_string())
}

/// The response with a fault. `again`: what a page answers that has a token of its own.
fn faulty(fault: Fault, good: Value, again: Value) -> Answer {
    let error = |status, code: &str| in_json(status, &json!({ "__type": code, "message": "no" }));
    match fault {
        Fault::None => in_json(200, &good),
        Fault::Denied => error(400, "AccessDeniedException"),
        Fault::Throttled => error(400, "ThrottlingException"),
        Fault::ServerError => error(500, "InternalFailure"),
        Fault::Cut => {
            let body = good.to_string();
            (200, "content-type: application/x-amz-json-1.1".to_owned(), body[..body.len() - 2].to_owned())
        }
        Fault::Html => (200, "content-type: text/html".to_owned(), "<html><body>Sign in</body></html>".to_owned()),
        Fault::Empty => (200, "content-type: application/x-amz-json-1.1".to_owned(), String::new()),
        Fault::TokenLeft => in_json(200, &again),
        Fault::Timeout => {
            std::thread::sleep(Duration::from_secs(120));
            in_json(200, &good)
        }
    }
}

/// AWS, with a fault in one place of each check.
fn answer(request: &Request, fault: Fault) -> Answer {
    let (_, operation) = request.header("x-amz-target").rsplit_once('.').unwrap_or_default();
    let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
    match operation {
        "DescribeTable" => {
            // Only lists have tokens: this read is cut instead.
            let fault = if fault == Fault::TokenLeft { Fault::Cut } else { fault };
            faulty(fault, json!({ "Table": { "TableName": "reminders", "TableStatus": "ACTIVE" } }), Value::Null)
        }
        "ListTables" => match body["ExclusiveStartTableName"].as_str() {
            None => in_json(200, &json!({ "TableNames": ["t1", "t2"], "LastEvaluatedTableName": "t2" })),
            Some("t2") => in_json(200, &json!({ "TableNames": ["t3"], "LastEvaluatedTableName": "t3" })),
            _ => faulty(
                fault,
                json!({ "TableNames": ["t4"] }),
                json!({ "TableNames": ["t4"], "LastEvaluatedTableName": "t3" }),
            ),
        },
        "ListKeys" => in_json(
            200,
            &json!({ "Keys": [{ "KeyId": "k1" }, { "KeyId": "k2" }, { "KeyId": "k3" }], "Truncated": false }),
        ),
        "DescribeKey" => {
            let fault = match (body["KeyId"].as_str(), fault) {
                (Some("k2"), Fault::TokenLeft) => Fault::Cut,
                (Some("k2"), fault) => fault,
                _ => Fault::None,
            };
            faulty(fault, json!({ "KeyMetadata": { "KeyId": body["KeyId"], "Enabled": true } }), Value::Null)
        }
        "ListRoots" => in_json(200, &json!({ "Roots": [{ "Id": "r-1234" }] })),
        "ListOrganizationalUnitsForParent" => {
            let units = json!([{ "Id": "ou-1234-12345678" }]);
            let again = json!({ "OrganizationalUnits": units, "NextToken": "again" });
            faulty(fault, json!({ "OrganizationalUnits": units }), again)
        }
        "ListPoliciesForTarget" => in_json(200, &json!({ "Policies": [{ "Name": "deny" }] })),
        _ => identity("111122223333", "user/learner"),
    }
}

/// A machine whose account is at an address, with checks of a name and a text.
pub(super) fn machine(endpoint: &str, checks: &BTreeMap<String, String>) -> Machine {
    let mut machine = Machine::empty();
    machine.write(
        "book.toml",
        "[book]\ntitle = \"Reads\"\n\n[preprocessor.verify]\ncommand = \"mdbook-verify\"\n\n\
         [preprocessor.verify.accounts]\ngeneral = \"the account\"\n",
    );
    machine.write("src/SUMMARY.md", "- [Reads](reads.md)\n");
    let items: String = checks.keys().map(|name| format!("- [ ] {name} <!-- verify: {name} -->\n")).collect();
    machine.write("src/reads.md", &format!("# Reads\n\n{items}"));
    for (name, text) in checks {
        machine.write(&format!("checks/{name}.toml"), text);
    }
    machine.bind(&[("general", "AKIAIOSFODNN7EXAMPLE", "secret", "")]);
    machine.set("AWS_ENDPOINT_URL", endpoint);
    machine.set("AWS_REGION", "us-east-1");
    machine
}

/// A check with one expectation.
pub(super) fn check(reads: &str, that: &str) -> String {
    format!("title = \"A check\"\naccount = \"general\"\n{reads}\n[[expect]]\nthat = \"{that}\"\nfix = \"Do it.\"\n")
}

#[test]
fn no_fault_of_a_read_decides_what_it_could_change() {
    let checks = CHECKS.iter().map(|(name, reads, _, that, ..)| ((*name).to_owned(), check(reads, that))).collect();
    for (fault, code) in [(Fault::None, "")].into_iter().chain(FAULTS) {
        let endpoint = serve(move |request| answer(request, fault));
        let machine = machine(&endpoint, &checks);
        let results = machine.verify(&["--format", "json"]).json();
        for (name, _, operation, _, without, with) in CHECKS {
            let step = &results["steps"][name];
            let expected = if fault == Fault::None { without } else { with };
            assert_eq!(step["verdict"], expected, "{fault:?} {name}: {step}");
            for reason in step["reasons"].as_array().into_iter().flatten() {
                let message = reason["message"].as_str().unwrap();
                assert_eq!(
                    (&reason["code"], &reason["account"]),
                    (&json!(code), &json!("general")),
                    "{name}: {reason}"
                );
                assert!(message.contains(operation), "{fault:?} {name}: {message}");
            }
            assert_eq!(expected == "unknown", step["reasons"].as_array().is_some_and(|all| !all.is_empty()), "{step}");
        }
    }
}
