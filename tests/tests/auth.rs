//! Access to the live book: every request that a hostile page or program could send to its server.

use crate::common::Machine;
use crate::common::live::{Serving, practice};
use serde_json::json;
use std::io::{Read, Write};
use std::net::{IpAddr, TcpStream, UdpSocket};

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
        for path in ["/-/verify", "/-/confirm", "/-/practice", "/-/accounts"] {
            let headers = format!("{}Origin: {origin}\r\n", serving.own());
            assert_eq!(serving.post(path, &headers, r#"{"steps":["cost-budget"]}"#).status, 403, "{origin:?} {path}");
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
        assert_eq!(serving.ask("/-/verify", &json!({ "steps": ["cost-budget"] })).status, 403);
    }
}

#[test]
fn only_our_own_script_may_change_something_and_only_by_naming_a_step() {
    let (machine, serving) = practice();
    let body = r#"{"steps":["cost-budget"]}"#;
    for headers in [
        serving.own().replace("application/json", "application/x-www-form-urlencoded"),
        serving.own().replace("application/json", "text/plain"),
        serving.own().replace("Content-Type: application/json\r\n", ""),
        "Content-Type: application/json\r\n".to_owned(),
        // A server on another port of this machine gets the cookie from the browser, but not the key.
        "Content-Type: application/json\r\nX-Verify: 1\r\n".to_owned(),
        serving.own().replace(&serving.key, &"0".repeat(64)),
        String::new(),
    ] {
        assert_eq!(serving.post("/-/verify", &headers, body).status, 403, "{headers:?}");
    }
    for events in ["/-/events".to_owned(), "/-/events?key=".to_owned(), format!("/-/events?key={}", "0".repeat(64))] {
        assert_eq!(serving.get(&events, "").status, 403, "{events}");
    }
    machine.verify(&["practice", "do", "cost-budget"]);
    machine.verify(&["--practice", "cost-budget"]);
    let page = serving.get("/production-account.html", "").body;
    assert!(page.contains("verify-step") && !page.contains("My Monthly Cost Budget"), "pages hold no results");
    std::fs::remove_file(machine.course.join(".verify/results/practice.json")).unwrap();
    for path in ["/-/verify", "/-/confirm", "/-/practice", "/-/accounts"] {
        assert_eq!(serving.get(path, "").status, 405, "{path}");
    }
    // It takes nothing from a page, so what is in it does not matter.
    assert_eq!(
        serving.ask("/-/accounts", &json!({ "profile": "admin", "account": "https://evil.example" })).status,
        202
    );
    for (body, status) in [
        (json!({ "steps": ["no-such-step"] }), 404),
        (json!({ "steps": ["../../etc/passwd"] }), 404),
        (json!({ "steps": ["http://evil.example/"] }), 404),
        (json!({ "steps": ["cost-budget"], "profile": "admin" }), 400),
        (json!({ "steps": "cost-budget" }), 400),
        (json!({ "steps": [] }), 404),
        (json!({ "steps": ["cost-budget", "no-such-step"] }), 404),
        (json!({}), 400),
        (json!({ "steps": ["x".repeat(70_000)] }), 413),
    ] {
        assert_eq!(serving.ask("/-/verify", &body).status, status, "{body}");
    }
    assert_eq!(serving.post("/-/verify", &serving.own(), "{").status, 400);
    assert!(!machine.course.join(".verify/results/practice.json").exists(), "nothing was done");
}

#[test]
fn practising_is_for_the_practice_account_alone() {
    let machine = Machine::new();
    machine.bind(&[("production", "AKIAEXAMPLE", "s", "")]);
    let serving = Serving::start(&machine, &[]);
    assert_eq!(serving.ask("/-/practice", &json!({ "steps": ["cost-budget"] })).status, 403);
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
fn only_loopback_is_bound() {
    let (_machine, serving) = practice();
    assert_eq!(serving.get("/", "").status, 200);
    // Linux answers for all of 127.0.0.0/8, so a server that bound any address would answer here.
    let mut others = vec![IpAddr::from([127, 0, 0, 2])];
    // The address by which this machine reaches others, where it has one. Nothing is sent.
    let own = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    others.extend(own.ok().map(|address| address.ip()).filter(|address| !address.is_loopback()));
    for address in others {
        assert!(TcpStream::connect((address, serving.port)).is_err(), "{address} answers");
    }
    let machine = Machine::new();
    for option in ["--host=0.0.0.0", "--bind=0.0.0.0", "--address=0.0.0.0", "--hostname=0.0.0.0"] {
        assert_eq!(machine.verify(&["serve", "--practice", option]).status, 2, "{option}");
    }
}

#[test]
fn a_request_that_takes_too_long_is_ended() {
    let (_machine, serving) = practice();
    let (host, cookie) = (serving.host(), &serving.cookie);
    let head = format!(
        "POST /-/verify HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{}Content-Length: 99\r\n",
        serving.own()
    );
    let slow = |what: &str, sent: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", serving.port)).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // It ends by itself, with or without a response.
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{what}: {answer}");
    };
    let half_a_body = format!("{head}\r\n{{");
    std::thread::scope(|scope| {
        scope.spawn(|| slow("nothing", ""));
        scope.spawn(|| slow("half a head", &head));
        scope.spawn(|| slow("half a body", &half_a_body));
    });
}

#[test]
fn a_course_that_brings_programs_scripts_or_foreign_files_is_not_served_with_them() {
    let machine = Machine::new();
    machine.write("theme/head.hbs", "<script>EVIL</script>");
    machine.write("evil.js", "EVIL");
    machine.write("src/files/evil.js", "EVIL");
    machine.write("src/files/evil.html", "<script>EVIL</script>");
    machine.edit("book.toml", "additional-css", "additional-js = [\"evil.js\"]\nadditional-css");
    machine.edit("book.toml", "[output.html]", "[preprocessor.evil]\ncommand = \"touch pwned\"\n\n[output.html]");
    machine.write(".verify/results/results.json", "{\"version\": 1}");
    let serving = Serving::start(&machine, &[]);
    assert!(!machine.course.join("pwned").exists());
    assert!(!serving.get("/", "").body.contains("EVIL") && serving.get("/evil.js", "").status == 404);
    for kind in ["html", "js"] {
        assert_eq!(serving.get(&format!("/files/evil.{kind}"), "").status, 404, "files of this kind are left out");
    }
    // If it is edited while it is served, the last good build is shown.
    let mut events = serving.events();
    let before = machine.read("src/README.md");
    machine.write("src/README.md", &format!("{{{{#include ../../../../../../etc/passwd}}}}\n\n{before}"));
    let broken = events.until(|event| event["kind"] == "broken" && event["message"].is_string());
    assert!(broken["message"].as_str().unwrap().contains("outside the course"), "{broken}");
    // A script is left out.
    machine.write("src/README.md", &format!("<script>alert(1)</script>\n\n{before}"));
    events.until(|event| event["kind"] == "broken" && event["message"].is_null());
    assert!(!serving.get("/", "").body.contains("alert(1)"));
    // An expression that would never end is an error of its step, and the server continues.
    let long = "'x'.matches('x') && ".repeat(200);
    machine.edit(
        "checks/cost-budget.toml",
        "[[expect]]",
        &format!("[[expect]]\nthat = \"{long}true\"\nfix = \"f\"\n\n[[expect]]"),
    );
    events.until(|event| event["kind"] == "reload" || event["kind"] == "broken");
    assert_eq!(serving.ask("/-/verify", &json!({ "steps": ["cost-budget"] })).status, 202);
    events.until(|event| event["failed"]["cost-budget"].is_string() || event["steps"]["cost-budget"].is_object());
    assert_eq!(serving.get("/", "").status, 200);
}

#[test]
fn what_only_looks_at_the_one_time_address_does_not_use_it_up() {
    let machine = Machine::new();
    let serving = Serving::unopened(&machine, &["--practice"]);
    let (host, token) = (serving.host(), &serving.token);
    let open = |method: &str, headers: &str| {
        serving.send(&format!("{method} /?token={token} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n"))
    };
    let navigation = "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    for headers in [
        "Sec-Purpose: prefetch\r\n",
        "Sec-Purpose: prefetch;prerender\r\n",
        "Purpose: prefetch\r\n",
        "X-Moz: prefetch\r\n",
        "X-Purpose: preview\r\n",
        "Origin: null\r\n",
        "Origin: http://evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n",
        "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n",
    ] {
        let answer = open("GET", headers);
        assert!([403, 503].contains(&answer.status), "{headers}: {answer:?}");
        assert!(!answer.head.contains("set-cookie") && !answer.body.contains("verify-key"), "{headers}: {answer:?}");
    }
    assert!(!open("HEAD", "").head.contains("set-cookie") && !open("POST", "").head.contains("set-cookie"));
    // Another page led here, so our own page asks again.
    let led = open("GET", &format!("Sec-Fetch-Site: cross-site\r\n{navigation}"));
    assert!(led.status == 200 && !led.head.contains("set-cookie") && led.body.contains("location.replace"), "{led:?}");
    let welcome = open("GET", &format!("Sec-Fetch-Site: same-origin\r\n{navigation}"));
    assert!(welcome.status == 200 && welcome.head.contains("set-cookie"), "{welcome:?}");
    let used = open("GET", &format!("Sec-Fetch-Site: none\r\n{navigation}"));
    assert_eq!(used.status, 403);
    for what_to_do in ["has been opened before", "stop <code>verify serve</code> with Ctrl-C, start it again"] {
        assert!(used.body.contains(what_to_do), "{}", used.body);
    }
}

#[test]
fn another_page_may_lead_to_the_book_and_ask_nothing() {
    let (_machine, serving) = practice();
    for site in ["cross-site", "same-site"] {
        let led = format!("Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n");
        assert_eq!(serving.get("/", &led).status, 200, "{site}");
        for dest in ["script", "image", "empty", "iframe"] {
            let asks = format!("Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: {dest}\r\n");
            assert_eq!(serving.get("/toc.js", &asks).status, 403, "{site} {dest}");
        }
    }
}
