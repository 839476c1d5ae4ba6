//! Courses that ask for too much, and for what is not theirs: what they ask for is bounded, and nothing else is sent.

use crate::common::{Machine, Request, identity, serve};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::faults::{check, in_json, machine};
use super::judged;

/// The requests that a server got: the operation and the body of each.
type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// AWS, with this many tables.
fn aws(tables: usize) -> (String, Sent) {
    let sent = Sent::default();
    let kept = Arc::clone(&sent);
    let endpoint = serve(move |request: &Request| {
        let operation = request.header("x-amz-target").rsplit_once('.').unwrap_or_default().1.to_owned();
        kept.lock().unwrap().push((operation.clone(), format!("{}{}", request.head, request.body)));
        match operation.as_str() {
            "ListTables" => {
                let names: Vec<String> = (0..tables).map(|at| format!("table-{at}")).collect();
                in_json(200, &json!({ "TableNames": names }))
            }
            "DescribeTable" => in_json(200, &json!({ "Table": { "TableStatus": "ACTIVE" } })),
            _ => identity("111122223333", "user/learner"),
        }
    });
    (endpoint, sent)
}

fn count(sent: &Sent, operation: &str) -> usize {
    sent.lock().unwrap().iter().filter(|(name, _)| name == operation).count()
}

/// What came of a course with one check.
fn step_of(endpoint: &str, text: String) -> (Machine, Value) {
    let machine = machine(endpoint, &BTreeMap::from([("check".to_owned(), text)]));
    let results = machine.verify(&["--format", "json"]).json();
    let step = results["steps"]["check"].clone();
    (machine, step)
}

const LIST: &str = "[read.found]\ncall = \"dynamodb:ListTables\"\n";

fn each(name: &str, table: &str) -> String {
    format!(
        "[read.{name}]\ncall = \"dynamodb:DescribeTable\"\neach = \"found.TableNames\"\nwith.TableName = \"{table}\"\n"
    )
}

#[test]
fn a_read_for_each_of_ten_thousand_things_is_not_made() {
    let (endpoint, sent) = aws(10_000);
    let (_machine, step) = step_of(&endpoint, check(&format!("{LIST}{}", each("all", "{each}")), "all.size() > 0"));
    assert_eq!(
        (&step["verdict"], &step["reasons"][0]["code"]),
        (&json!("unknown"), &json!("incomplete-answer")),
        "{step}"
    );
    assert!(step["reasons"][0]["message"].as_str().unwrap().contains("10000 times"), "{step}");
    assert_eq!((count(&sent, "ListTables"), count(&sent, "DescribeTable")), (1, 0));
}

#[test]
fn the_reads_of_a_check_make_200_calls_together() {
    let (endpoint, sent) = aws(150);
    let reads: String = (0..50).map(|at| each(&format!("r{at}"), &format!("{{each}}-{at}"))).collect();
    let that = "r0.exists(r, r.answer.Table.TableStatus == 'ACTIVE') && r49.size() > 0";
    let (_machine, step) = step_of(&endpoint, check(&format!("{LIST}{reads}"), that));
    let codes: Vec<&Value> = step["reasons"].as_array().unwrap().iter().map(|reason| &reason["code"]).collect();
    // How many tables there are is up to the account: it is not a mistake of the course.
    assert_eq!((&step["verdict"], codes), (&json!("unknown"), vec![&json!("incomplete-answer")]), "{step}");
    assert_eq!(count(&sent, "DescribeTable"), 150);
    // What the calls that were made decide is decided.
    let (_machine, step) = step_of(&endpoint, check(&format!("{LIST}{reads}"), "r0.size() == 150 || r49.size() > 0"));
    assert_eq!(step["verdict"], "verified", "{step}");
}

#[test]
fn the_checks_of_a_run_make_5000_calls_together() {
    let (endpoint, sent) = aws(190);
    let text = |at: usize| check(&format!("{LIST}{}", each("all", &format!("{{each}}-{at}"))), "all.size() == 190");
    let checks: BTreeMap<String, String> = (0..60).map(|at| (format!("check-{at:02}"), text(at))).collect();
    let machine = machine(&endpoint, &checks);
    let results = machine.verify(&["--format", "json", "--record", "run.json"]).json();
    let steps = results["steps"].as_object().unwrap();
    let of = |verdict: &str| steps.values().filter(|step| step["verdict"] == verdict).collect::<Vec<_>>();
    let (verified, unknown) = (of("verified"), of("unknown"));
    assert_eq!((verified.len(), unknown.len()), (26, 34));
    for step in unknown {
        assert_eq!(step["reasons"][0]["code"], "incomplete-answer", "{step}");
        assert!(step["reasons"][0]["message"].as_str().unwrap().contains("at most 5000 calls in a run"), "{step}");
    }
    assert_eq!(count(&sent, "DescribeTable"), 26 * 190);
    let replayed = machine.verify(&["--format", "json", "--replay", "run.json"]).json();
    assert_eq!(judged(&results), judged(&replayed));
}

#[test]
fn reads_that_depend_on_themselves_are_mistakes_and_nothing_is_sent() {
    let read = |name: &str, of: &str| {
        format!("[read.{name}]\ncall = \"dynamodb:DescribeTable\"\nwith.TableName = \"{{{of}.Table.TableName}}\"\n")
    };
    let circle = format!("{}{}", read("a", "b"), read("b", "a"));
    let deep: String = (1..7).map(|at| read(&format!("r{at}"), &format!("r{}", at - 1))).collect();
    let deep = format!("[read.r0]\ncall = \"dynamodb:DescribeTable\"\nwith.TableName = \"t\"\n{deep}");
    for (reads, that) in [(read("a", "a"), "has(a.Table)"), (circle, "has(a.Table)"), (deep, "has(r6.Table)")] {
        let (endpoint, sent) = aws(1);
        let machine = machine(&endpoint, &BTreeMap::from([("check".to_owned(), check(&reads, that))]));
        let ran = machine.verify(&["--format", "json"]);
        assert_eq!(ran.status, 2, "{reads}: {ran:?}");
        assert_eq!(*sent.lock().unwrap(), [], "{reads}");
        // While so many checks are compiled, it is found out whose account it is, and nothing else.
        let (endpoint, sent) = aws(1);
        let others = (0..250).map(|at| (format!("other-{at}"), check(LIST, "found.TableNames.size() > 0")));
        let machine =
            super::faults::machine(&endpoint, &others.chain([("check".to_owned(), check(&reads, that))]).collect());
        let ran = machine.verify(&["--format", "json"]);
        assert_eq!(ran.status, 2, "{reads}: {ran:?}");
        assert!(sent.lock().unwrap().iter().all(|(_, request)| request.contains("GetCallerIdentity")), "{sent:?}");
    }
}

#[test]
fn what_was_read_is_sent_to_nobody_else() {
    let kms = |key: &str| {
        format!("{LIST}[read.key]\ncall = \"kms:DescribeKey\"\neach = \"found.TableNames\"\nwith.KeyId = \"{key}\"\n")
    };
    let region = format!(
        "{LIST}[read.all]\ncall = \"dynamodb:DescribeTable\"\neach = \"found.TableNames\"\nregion = \"{{each}}\"\nwith.TableName = \"t\"\n"
    );
    let held = [
        (
            "an ARN of another account",
            kms("arn:aws:kms:us-east-1:999999999999:key/{each}"),
            "key.size() == 1 && key[0].answer.KeyMetadata.Enabled",
        ),
        (
            "an alias with an address",
            kms("https://evil.example/{each}"),
            "key.size() == 1 && key[0].answer.KeyMetadata.Enabled",
        ),
        (
            "a bucket that is not there",
            format!(
                "{LIST}[read.b]\ncall = \"s3:GetBucketPolicy\"\neach = \"found.TableNames\"\nwith.Bucket = \"{{each}}-evil\"\n"
            ),
            "has(b[0].answer.Policy)",
        ),
        ("a region", region.replace("{each}\"\nwith", "evil.example/{each}\"\nwith"), "has(all[0].answer.Table)"),
        (
            "a region's end",
            region.replace("{each}\"\nwith", "us-east-1.evil.example#{each}\"\nwith"),
            "has(all[0].answer.Table)",
        ),
    ];
    for (what, reads, that) in held {
        let (endpoint, sent) = aws(1);
        let machine = machine(&endpoint, &BTreeMap::from([("check".to_owned(), check(&reads, that))]));
        let ran = machine.verify(&["--format", "json"]);
        if ran.status != 2 {
            let step = &ran.json()["steps"]["check"];
            assert_eq!(step["verdict"], "unknown", "{what}: {step}");
            assert!(!step["reasons"].as_array().unwrap().is_empty(), "{what}: {step}");
        }
        let sent = sent.lock().unwrap();
        assert!(!sent.iter().any(|(_, request)| request.contains("table-0")), "{what}: {sent:?}");
    }
}

#[test]
fn what_somebody_named_breaks_out_of_no_request() {
    let hostile = ["\",\"x\":\"", "&Action=DeleteTable", "</a><b>", "\r\nX-Evil: 1", "../../x", "%0d%0a", "\u{202e}"];
    for name in hostile {
        let sent = Sent::default();
        let kept = Arc::clone(&sent);
        let endpoint = serve(move |request: &Request| {
            let operation = request.header("x-amz-target").rsplit_once('.').unwrap_or_default().1.to_owned();
            kept.lock().unwrap().push((request.head.clone(), request.body.clone()));
            match operation.as_str() {
                "ListTables" => in_json(200, &json!({ "TableNames": [name] })),
                "DescribeTable" => in_json(200, &json!({ "Table": { "TableStatus": "ACTIVE" } })),
                _ => identity("111122223333", "user/learner"),
            }
        });
        let functions = "[read.f]\ncall = \"lambda:GetFunctionConfiguration\"\neach = \"found.TableNames\"\nwith.FunctionName = \"{each}\"\n";
        let reads = format!("{LIST}{}{functions}", each("all", "{each}"));
        step_of(&endpoint, check(&reads, "all.size() + f.size() > 0"));
        for (head, body) in sent.lock().unwrap().iter() {
            assert!(!head.to_lowercase().contains("\nx-evil"), "{head}");
            assert!(!head.lines().next().unwrap().contains(".."), "{head}");
            if head.contains("DescribeTable") {
                assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json!({ "TableName": name }));
            }
        }
    }
}

/// A response that does not end.
#[test]
fn a_response_without_an_end_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let written = Arc::new(Mutex::new(0_usize));
    let total = Arc::clone(&written);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let total = Arc::clone(&total);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                let (mut head, mut line) = (String::new(), String::new());
                while reader.read_line(&mut line).unwrap_or(0) > 2 {
                    head.push_str(&line);
                    line.clear();
                }
                let stream = reader.get_mut();
                if !head.contains("ListTables") {
                    let (_, _, body) = identity("111122223333", "user/learner");
                    let _ = write!(
                        stream,
                        "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    );
                    return;
                }
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\nconnection: close\r\n\r\n{{\"TableNames\": [\"a\""
                );
                let more = ",\"a\"".repeat(250_000);
                while stream.write_all(more.as_bytes()).is_ok() {
                    *total.lock().unwrap() += more.len();
                }
            });
        }
    });
    let (_machine, step) = step_of(&endpoint, check(LIST, "found.TableNames.exists(t, t == 'a')"));
    assert_eq!(
        (&step["verdict"], &step["reasons"][0]["code"]),
        (&json!("unknown"), &json!("incomplete-answer")),
        "{step}"
    );
    assert!(*written.lock().unwrap() < 40 << 20, "{written:?}");
}

#[test]
fn an_expression_over_a_large_answer_keeps_to_its_budget() {
    let (endpoint, _sent) = aws(20_000);
    let triple = "found.TableNames.all(a, found.TableNames.all(b, found.TableNames.all(c, a + b + c != 'x')))";
    let (_machine, step) = step_of(&endpoint, check(LIST, triple));
    assert_eq!((&step["verdict"], &step["reasons"][0]["code"]), (&json!("unknown"), &json!("course-error")), "{step}");
    let (_machine, step) = step_of(&endpoint, check(LIST, "found.TableNames.size() == 20000"));
    assert_eq!(step["verdict"], "verified", "{step}");
}
