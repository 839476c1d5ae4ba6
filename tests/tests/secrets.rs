//! Secrets in the environment, in profile files and in tokens never appear in anything that is written or printed.

use crate::common::live::Serving;
use crate::common::{Answer, Machine, Request, denied, identity, serve, xml};
use std::fs;
use std::io::Read;
use std::path::Path;

const SECRETS: [&str; 8] = [
    "SECRETOFTHEGENERALACCOUNT",
    "TOKENOFTHEGENERALACCOUNT",
    "SECRETOFTHEROLE",
    "TOKENOFTHEROLE",
    "SECRETOFTHEENVIRONMENT",
    "TOKENOFTHEENVIRONMENT",
    "SECRETOFTHEPROCESS",
    "TOKENOFSSO",
];

/// An AWS that repeats the request in every error, as some services do.
fn talkative(request: &Request) -> Answer {
    match request.body.as_str() {
        body if body.contains("Action=GetCallerIdentity") => {
            let id = if request.header("authorization").contains("ASIAROLE") { "444455556666" } else { "111122223333" };
            identity(id, "user/lee")
        }
        body if body.contains("Action=AssumeRole") => xml(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>SECRETOFTHEROLE</SecretAccessKey><SessionToken>TOKENOFTHEROLE</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        ),
        _ if request.header("x-amz-target").contains("Budget") => {
            let said = serde_json::json!({ "__type": "InternalErrorException", "message": request.head });
            (400, "content-type: application/x-amz-json-1.1".into(), said.to_string())
        }
        _ => denied(),
    }
}

/// Every file in a folder, except for those with the planted secrets.
fn written(folder: &Path, planted: &[&str], found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            written(&path, planted, found);
        } else if !planted.iter().any(|name| path.ends_with(name)) {
            found.push((path.display().to_string(), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()));
        }
    }
}

#[test]
fn secrets_are_found_in_nothing_that_is_written_or_printed() {
    let mut machine = Machine::new();
    machine.bind(&[("general", "AKIAGENERAL", SECRETS[0], SECRETS[1])]);
    machine.set("AWS_ENDPOINT_URL", &serve(talkative));
    machine.set("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT");
    machine.set("AWS_SECRET_ACCESS_KEY", SECRETS[4]);
    machine.set("AWS_SESSION_TOKEN", SECRETS[5]);
    // Variables that make other programs print more.
    machine.set("RUST_LOG", "trace");
    machine.set("RUST_BACKTRACE", "full");
    let home = machine.home.path().canonicalize().unwrap();
    let profiles = format!(
        "[profile failing]\ncredential_process = sh -c \"cat {}; cat {} >&2; exit 1\"\n[profile sso]\nsso_session = course\nsso_account_id = 444455556666\nsso_role_name = r\n[sso-session course]\nsso_region = us-east-1\nsso_start_url = https://example.com/start\n",
        home.join("process.json").display(),
        home.join("process.json").display(),
    );
    fs::write(home.join("aws-config"), profiles).unwrap();
    fs::write(home.join("process.json"), format!(r#"{{"Version": 1, "SecretAccessKey": "{}"}}"#, SECRETS[6])).unwrap();
    fs::create_dir_all(home.join(".aws/sso/cache")).unwrap();
    let token = format!(r#"{{"accessToken": "{}", "expiresAt": "2020-01-01T00:00:00Z"}}"#, SECRETS[7]);
    fs::write(home.join(".aws/sso/cache/4809561b34384fc017da4d2efc93d79ca3d90e22.json"), token).unwrap();

    let mut said = Vec::new();
    let mut run = |arguments: &[&str]| {
        let ran = machine.verify(arguments);
        assert!([0, 1, 2, 3].contains(&ran.status), "{ran:?}");
        said.push((arguments.join(" "), format!("{}{}", ran.stdout, ran.stderr)));
    };
    for source in ["arn:aws:iam::444455556666:role/reader", "environment", "failing", "sso"] {
        run(&["accounts", &format!("production={source}"), "-v", "--show-identifiers"]);
        for format in ["text", "json", "junit", "csv", "markdown"] {
            run(&["-v", "--show-identifiers", "--format", format]);
        }
        run(&["cost-budget", "-v", "--record", "run.json", "--show-identifiers"]);
        run(&["doctor", "-v", "--show-identifiers"]);
        run(&["doctor", "--format", "json"]);
        run(&["explain", "cost-budget"]);
        run(&["confirm", "pdf-invoice", "-v"]);
    }
    for others in [&["status"][..], &["build"], &["policy"], &["schema", "results"], &["--replay", "run.json", "-v"]] {
        run(others);
    }
    // The live book: its pages, its events and its output in the terminal.
    let mut live = Vec::new();
    let mut serving = Serving::start(&machine, &["-v", "--show-identifiers"]);
    let mut events = serving.events();
    let all = ["cost-budget", "root-mfa", "contact-matches", "support-plan", "billing-preferences"];
    assert_eq!(serving.ask("/-/verify", &serde_json::json!({ "steps": all })).status, 202);
    let told = std::cell::RefCell::new(String::new());
    events.until(|event| {
        told.borrow_mut().push_str(&event.to_string());
        event["steps"].get("cost-budget").is_some_and(|step| step["verdict"] == "unknown")
    });
    live.push(("the events".to_owned(), told.take()));
    live.push(("a page".to_owned(), serving.get("/production-account.html", "").body));
    serving.child.kill().unwrap();
    let mut terminal = String::new();
    serving.said.read_to_string(&mut terminal).unwrap();
    live.push(("the terminal".to_owned(), terminal));
    said.extend(live);
    let planted = ["credentials", "process.json", "4809561b34384fc017da4d2efc93d79ca3d90e22.json"];
    let mut places = said;
    written(&home, &planted, &mut places);
    assert!(places.iter().any(|(name, _)| name.ends_with("results.json")), "something was written");
    for (place, text) in &places {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{place} holds {secret}");
        }
    }
}
