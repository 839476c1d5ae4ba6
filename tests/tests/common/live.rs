//! `verify serve`, and the requests of pages and hostile programs.

use super::{Machine, binary};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Stdio};
use std::time::Duration;

pub struct Serving {
    pub child: Child,
    pub port: u16,
    pub token: String,
    pub cookie: String,
    pub key: String,
    pub said: BufReader<ChildStderr>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A response: its head in lower case, and its body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Serving {
    /// A server whose one-time address was exchanged for the cookie.
    pub fn start(machine: &Machine, arguments: &[&str]) -> Serving {
        let mut serving = Serving::unopened(machine, arguments);
        let (host, token) = (serving.host(), &serving.token);
        let exchanged = serving.send(&format!("GET /?token={token} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!(exchanged.status, 200, "{exchanged:?}");
        let (_, key) = exchanged.body.split_once("setItem(\"verify-key\", \"").unwrap();
        serving.key = key.split('"').next().unwrap().to_owned();
        let set = exchanged.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        assert!(set.contains("httponly") && set.contains("samesite=strict"), "{set}");
        serving.cookie = set.split(';').next().unwrap().to_owned();
        serving
    }

    /// A server whose one-time address was not opened.
    pub fn unopened(machine: &Machine, arguments: &[&str]) -> Serving {
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
        Serving {
            child,
            port: port.parse().unwrap(),
            token: token.to_owned(),
            cookie: String::new(),
            key: String::new(),
            said,
        }
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends raw bytes, and reads the response to its end.
    pub fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        // The server ends the connection after the response.
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
    pub fn get(&self, path: &str, headers: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n{headers}\r\n", self.host(), self.cookie))
    }

    pub fn post(&self, path: &str, headers: &str, body: &str) -> Answer {
        let (host, cookie, length) = (self.host(), &self.cookie, body.len());
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        ))
    }

    /// The headers that a page's own script sends.
    pub fn own(&self) -> String {
        format!("Content-Type: application/json\r\nX-Verify: {}\r\n", self.key)
    }

    /// Sends what a page's own script sends.
    pub fn ask(&self, path: &str, body: &Value) -> Answer {
        self.post(path, &self.own(), &body.to_string())
    }

    /// Listens to the events.
    pub fn events(&self) -> Events {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let (host, cookie, key) = (self.host(), &self.cookie, &self.key);
        stream
            .write_all(
                format!("GET /-/events?key={key} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n").as_bytes(),
            )
            .unwrap();
        Events(BufReader::new(stream))
    }
}

pub struct Events(BufReader<TcpStream>);

impl Events {
    /// Waits for an event.
    pub fn until(&mut self, mut is: impl FnMut(&Value) -> bool) -> Value {
        let mut quiet = 0;
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the events ended");
            // There is a keep-alive every 15 seconds. After a minute with nothing else, the event will not come.
            quiet = if line.starts_with(':') {
                quiet + 1
            } else if line.trim().is_empty() {
                quiet
            } else {
                0
            };
            assert!(quiet < 4, "the event never came");
            if let Some(data) = line.strip_prefix("data: ") {
                let event: Value = serde_json::from_str(data).unwrap();
                if is(&event) {
                    return event;
                }
            }
        }
    }

    /// Waits until a step has a verdict.
    pub fn verdict(&mut self, step: &str, verdict: &str) {
        self.until(|event| event["steps"][step]["verdict"] == verdict);
    }

    /// Waits until no task is running.
    pub fn idle(&mut self) {
        self.until(|event| event["kind"] == "under-way" && event["running"] == serde_json::json!([]));
    }
}

/// A server of the practice accounts in which the account is signed up.
pub fn practice() -> (Machine, Serving) {
    let machine = Machine::new();
    machine.verify(&["practice", "do", "account-created"]);
    let serving = Serving::start(&machine, &["--practice"]);
    (machine, serving)
}
