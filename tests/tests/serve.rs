//! The live book's server: what it serves and tells, and every request that a hostile page or program could send it.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod common;

use common::{Machine, binary, identity, serve};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

struct Serving {
    child: Child,
    port: u16,
    token: String,
    cookie: String,
    said: BufReader<ChildStderr>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer: its head in lower case, and its body.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Serving {
    /// A server whose one-time address was exchanged for the cookie.
    fn start(machine: &Machine, arguments: &[&str]) -> Serving {
        let mut command = machine.command(&binary("verify"));
        command.arg("serve").args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).unwrap() > 0, "the server ended before it served");
            if let Some(address) = line.trim().strip_prefix("The live book: http://127.0.0.1:") {
                break address.to_owned();
            }
        };
        let (port, token) = address.split_once("/?token=").unwrap();
        let mut serving =
            Serving { child, port: port.parse().unwrap(), token: token.to_owned(), cookie: String::new(), said };
        let exchanged = serving.send(&format!("GET /?token={token} HTTP/1.1\r\nHost: {}\r\n\r\n", serving.host()));
        assert_eq!(exchanged.status, 303, "{exchanged:?}");
        let set = exchanged.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        assert!(set.contains("httponly") && set.contains("samesite=strict"), "{set}");
        serving.cookie = set.split(';').next().unwrap().to_owned();
        serving
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends bytes as they are, and reads the answer to its end.
    fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        // It ends the connection after the answer.
        let request = request.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    /// A request of the browser that holds the cookie, with more headers.
    fn get(&self, path: &str, headers: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n{headers}\r\n", self.host(), self.cookie))
    }

    fn post(&self, path: &str, headers: &str, body: &str) -> Answer {
        let (host, cookie, length) = (self.host(), &self.cookie, body.len());
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        ))
    }

    /// What a page's own script sends.
    fn ask(&self, path: &str, body: &Value) -> Answer {
        self.post(path, OWN, &body.to_string())
    }

    /// Listens to the events.
    fn events(&self) -> Events {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let (host, cookie) = (self.host(), &self.cookie);
        stream
            .write_all(format!("GET /-/events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n").as_bytes())
            .unwrap();
        Events(BufReader::new(stream))
    }
}

const OWN: &str = "Content-Type: application/json\r\nX-Verify: 1\r\n";

struct Events(BufReader<TcpStream>);

impl Events {
    /// Waits for an event.
    fn until(&mut self, is: impl Fn(&Value) -> bool) -> Value {
        let mut quiet = 0;
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the events ended");
            // A sign of life every 15 seconds: after two minutes of nothing else, it will not come.
            quiet = if line.starts_with(':') {
                quiet + 1
            } else if line.trim().is_empty() {
                quiet
            } else {
                0
            };
            assert!(quiet < 8, "the event never came");
            if let Some(data) = line.strip_prefix("data: ") {
                let event: Value = serde_json::from_str(data).unwrap();
                if is(&event) {
                    return event;
                }
            }
        }
    }

    /// Waits until a step has a verdict.
    fn verdict(&mut self, step: &str, verdict: &str) {
        let marked = format!("data-verdict=\"{verdict}\"");
        self.until(|event| event["steps"][step].as_str().is_some_and(|html| html.contains(&marked)));
    }
}

fn practice() -> (Machine, Serving) {
    let machine = Machine::new();
    machine.verify(&["practice", "do", "account-created"]);
    let serving = Serving::start(&machine, &["--practice"]);
    (machine, serving)
}

#[test]
fn a_step_is_done_and_verified_from_a_page_and_every_page_is_told() {
    let (machine, serving) = practice();
    let (mut one, mut other) = (serving.events(), serving.events());
    assert_eq!(serving.ask("/-/verify", &json!({ "step": "cost-budget" })).status, 202);
    one.verdict("cost-budget", "not-yet");
    assert_eq!(serving.ask("/-/practice", &json!({ "step": "cost-budget" })).status, 202);
    one.until(|event| event["kind"] == "running" && event["steps"] == json!(["cost-budget"]));
    one.until(|event| event["kind"] == "running" && event["steps"] == json!([]));
    serving.ask("/-/verify", &json!({ "step": "cost-budget" }));
    one.verdict("cost-budget", "verified");
    other.verdict("cost-budget", "verified");
    serving.ask("/-/attest", &json!({ "step": "pdf-invoice" }));
    one.verdict("pdf-invoice", "attested");
    serving.ask("/-/attest", &json!({ "step": "pdf-invoice", "withdraw": true }));
    one.verdict("pdf-invoice", "unknown");
    // A terminal's verdicts reach the pages too, and a page that opens later has them in its text.
    machine.verify(&["--practice", "account-created"]);
    other.verdict("account-created", "verified");
    serving.events().verdict("cost-budget", "verified");
}

#[test]
fn without_bindings_it_serves_the_practice_account_and_says_so() {
    let machine = Machine::new();
    let serving = Serving::start(&machine, &[]);
    let event = serving.events().until(|event| event["kind"] == "steps");
    assert_eq!(event["practice"], true);
    assert!(event["steps"]["cost-budget"].as_str().unwrap().contains("data-practice"));
}

#[test]
fn only_our_own_host_is_answered() {
    let (_machine, serving) = practice();
    let (port, cookie) = (serving.port, &serving.cookie);
    for good in [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")] {
        let answer = serving.send(&format!("GET / HTTP/1.1\r\nHost: {good}\r\nCookie: {cookie}\r\n\r\n"));
        assert_eq!(answer.status, 200, "{good}");
    }
    let bad = [
        "Host: evil.example\r\n".to_owned(),
        format!("Host: localhost.evil.example:{port}\r\n"),
        format!("Host: 127.0.0.1:{}\r\n", port.wrapping_add(1)),
        "Host: 127.0.0.1\r\n".to_owned(),
        format!("Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n"),
        format!("Host: [::1]:{port}.evil.example\r\n"),
        format!("Host: 127.0.0.1:{port}@evil.example\r\n"),
        String::new(),
    ];
    for host in bad {
        for path in ["/", "/css/general.css", "/-/events", "/nowhere"] {
            let answer = serving.send(&format!("GET {path} HTTP/1.1\r\n{host}Cookie: {cookie}\r\n\r\n"));
            assert!([400, 403].contains(&answer.status), "{host:?} {path}: {}", answer.status);
            assert!(!answer.body.contains("verify-step"), "{host:?}");
        }
    }
    let absolute = format!("GET http://evil.example/ HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n", serving.host());
    assert!([400, 403].contains(&serving.send(&absolute).status));
}

#[test]
fn only_our_own_pages_may_ask() {
    let (_machine, serving) = practice();
    let own = format!("Origin: http://{}\r\n", serving.host());
    assert_eq!(serving.get("/", &own).status, 200);
    for origin in ["null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1", "file://", ""] {
        for path in ["/", "/index.html", "/-/events"] {
            let answer = serving.get(path, &format!("Origin: {origin}\r\n"));
            assert_eq!(answer.status, 403, "{origin:?} {path}");
            assert!(!answer.head.contains("access-control"), "{}", answer.head);
        }
        for path in ["/-/verify", "/-/attest", "/-/practice"] {
            let headers = format!("{OWN}Origin: {origin}\r\n");
            assert_eq!(serving.post(path, &headers, r#"{"step":"cost-budget"}"#).status, 403, "{origin:?} {path}");
        }
    }
}

#[test]
fn the_token_works_once_and_the_cookie_is_needed_everywhere() {
    let (_machine, mut serving) = practice();
    let (host, token) = (serving.host(), serving.token.clone());
    for token in [token.as_str(), "", "wrong", &"0".repeat(64)] {
        let answer = serving.send(&format!("GET /?token={token} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!(answer.status, 403, "{token}");
        assert!(!answer.head.contains("set-cookie"));
    }
    let name = serving.cookie.split('=').next().unwrap().to_owned();
    for cookie in [
        String::new(),
        format!("{name}="),
        format!("{name}={}", "0".repeat(64)),
        serving.cookie.replace(&name, "verify"),
    ] {
        serving.cookie = cookie;
        for path in ["/", "/production-account.html", "/-/events", "/toc.js", "/nowhere"] {
            assert_eq!(serving.get(path, "").status, 403, "{} {path}", serving.cookie);
        }
        assert_eq!(serving.ask("/-/verify", &json!({ "step": "cost-budget" })).status, 403);
    }
}

#[test]
fn only_our_own_script_may_change_something_and_only_by_naming_a_step() {
    let (machine, serving) = practice();
    let body = r#"{"step":"cost-budget"}"#;
    for headers in [
        "Content-Type: application/x-www-form-urlencoded\r\nX-Verify: 1\r\n",
        "Content-Type: text/plain\r\nX-Verify: 1\r\n",
        "X-Verify: 1\r\n",
        "Content-Type: application/json\r\n",
        "",
    ] {
        assert_eq!(serving.post("/-/verify", headers, body).status, 403, "{headers:?}");
    }
    for path in ["/-/verify", "/-/attest", "/-/practice"] {
        assert_eq!(serving.get(path, "").status, 405, "{path}");
    }
    for (body, status) in [
        (json!({ "step": "no-such-step" }), 404),
        (json!({ "step": "../../etc/passwd" }), 404),
        (json!({ "step": "http://evil.example/" }), 404),
        (json!({ "step": "cost-budget", "profile": "admin" }), 400),
        (json!({ "step": ["cost-budget"] }), 400),
        (json!({}), 400),
        (json!({ "step": "x".repeat(5000) }), 413),
    ] {
        assert_eq!(serving.ask("/-/verify", &body).status, status, "{body}");
    }
    assert_eq!(serving.post("/-/verify", OWN, "{").status, 400);
    assert!(!machine.course.join(".verify/results/practice.json").exists(), "nothing was done");
}

#[test]
fn practising_is_for_the_practice_account_alone() {
    let machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "s", "")]);
    let serving = Serving::start(&machine, &[]);
    assert_eq!(serving.ask("/-/practice", &json!({ "step": "cost-budget" })).status, 403);
    assert!(!machine.course.join(".verify/practice-actions.json").exists());
}

#[test]
fn nothing_outside_of_the_book_is_served() {
    let (machine, serving) = practice();
    machine.write("secret.txt", "THE SECRET");
    for path in [
        "/../book.toml",
        "/%2e%2e/book.toml",
        "/..%2fbook.toml",
        "/%2e%2e%2f%2e%2e%2fetc/passwd",
        "//etc/passwd",
        "/etc/passwd",
        "/.verify/results/practice.json",
        "/book.toml",
        "/checks/cost-budget.toml",
        "/secret.txt",
        "/index.html%00",
        "/%",
        "/css/../../book.toml",
    ] {
        let answer = serving.get(path, "");
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
        assert!(!answer.body.contains("THE SECRET") && !answer.body.contains("[preprocessor"), "{path}");
    }
}

#[test]
fn every_answer_tells_browsers_to_be_careful() {
    let (_machine, serving) = practice();
    for (path, status) in [("/", 200), ("/toc.js", 200), ("/nowhere", 404), ("/-/verify", 405)] {
        let answer = serving.get(path, "");
        assert!(answer.status == status || path == "/toc.js", "{path}: {}", answer.status);
        for header in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cross-origin-resource-policy: same-origin",
            "cache-control: no-store",
            "frame-ancestors 'none'",
        ] {
            assert!(answer.head.contains(header), "{path} lacks {header}: {}", answer.head);
        }
        assert!(!answer.head.contains("access-control"), "{}", answer.head);
    }
    let policy = serving.get("/", "").head;
    let scripts = policy.split("script-src").nth(1).unwrap().split(';').next().unwrap().to_owned();
    assert!(!scripts.contains("unsafe") && scripts.contains("'self'"), "{scripts}");
}

#[test]
fn a_hundred_clicks_at_once_make_one_run() {
    let mut machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "s", "")]);
    // AWS answers once all have clicked.
    let (clicked, asked) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let (all, count) = (Arc::clone(&clicked), Arc::clone(&asked));
    machine.set(
        "AWS_ENDPOINT_URL",
        &serve(move |_| {
            if count.fetch_add(1, Ordering::SeqCst) == 0 {
                all.wait();
            }
            identity("444455556666", "user/lee")
        }),
    );
    let serving = Serving::start(&machine, &[]);
    let mut events = serving.events();
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| assert_eq!(serving.ask("/-/verify", &json!({ "step": "pdf-invoice" })).status, 202));
        }
    });
    clicked.wait();
    events.verdict("pdf-invoice", "unknown");
    events.until(|event| event["kind"] == "running" && event["steps"] == json!([]));
    assert_eq!(asked.load(Ordering::SeqCst), 1, "one question who the account is");
}

#[test]
fn a_broken_edit_is_told_and_mended_and_an_edit_reloads() {
    let (machine, mut serving) = practice();
    let mut events = serving.events();
    events.until(|event| event["kind"] == "broken");
    machine.edit("src/production-account.md", "verify: cost-budget", "verify: cost-buget");
    let broken = events.until(|event| event["kind"] == "broken" && event["message"].is_string());
    assert!(broken["message"].as_str().unwrap().contains("production-account.md:"), "{broken}");
    let mut said = String::new();
    while !said.contains("production-account.md:") {
        assert!(serving.said.read_line(&mut said).unwrap() > 0);
    }
    assert_eq!(serving.get("/production-account.html", "").status, 200, "the last good build is served");
    machine.edit("src/production-account.md", "verify: cost-buget", "verify: cost-budget");
    events.until(|event| event["kind"] == "broken" && event["message"].is_null());
    events.until(|event| event["kind"] == "reload");
    machine.edit("src/production-account.md", "# Creating and Configuring", "# Making and Configuring");
    events.until(|event| event["kind"] == "reload");
    assert!(serving.get("/production-account.html", "").body.contains("Making and Configuring"));
}

#[test]
fn it_ends_at_once_when_told_to() {
    for signal in ["-INT", "-TERM"] {
        let (_machine, mut serving) = practice();
        let _open = serving.events();
        assert!(Command::new("kill").args([signal, &serving.child.id().to_string()]).status().unwrap().success());
        assert_eq!(serving.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_published_copy_has_no_script_of_ours() {
    let machine = Machine::new();
    machine.verify(&["build", "--practice"]);
    let page = machine.read("book/production-account.html");
    assert!(page.contains("verify-step") && !page.contains("verify.js") && !page.contains("127.0.0.1"));
}
