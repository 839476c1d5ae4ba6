//! A learner's machine in a temporary folder: a copy of the course, a home, AWS configuration files, and the two
//! binaries.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

pub mod aws;
pub mod class;
mod emulators;
pub mod live;
mod practised;
mod terminal;

pub use emulators::{Emulator, ministack, moto};
pub use system_tests::copy;
pub use terminal::Keys;

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, LazyLock};
use system_tests::copy_first_lessons;
use tempfile::TempDir;

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The folder of the binaries, which is above this test's own.
fn binaries() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_owned()
}

/// One of the binaries.
pub fn binary(name: &str) -> PathBuf {
    let path = binaries().join(name);
    assert!(path.is_file(), "{} is missing: build it first with `cargo build --workspace`", path.display());
    path
}

/// A program of `tests/.venv`.
pub fn installed(name: &str) -> PathBuf {
    let path = repository().join("tests/.venv/bin").join(name);
    assert!(path.exists(), "{} is missing: run tests/run, which installs it", path.display());
    path
}

pub struct Machine {
    pub home: TempDir,
    pub course: PathBuf,
    environment: Vec<(String, String)>,
}

impl Machine {
    /// A machine with a copy of the first lessons of this repository's course.
    pub fn new() -> Machine {
        let machine = Machine::empty();
        copy_first_lessons(&machine.course);
        machine.write("src/reference.md", &REFERENCE);
        machine
    }

    /// A machine with a copy of this repository's whole course.
    pub fn whole() -> Machine {
        let machine = Machine::empty();
        copy(&repository().join("book"), &machine.course);
        machine
    }

    /// A machine with an empty folder for a course.
    pub fn empty() -> Machine {
        let home = tempfile::tempdir().unwrap();
        let course = home.path().canonicalize().unwrap().join("course");
        fs::create_dir(&course).unwrap();
        Machine { home, course, environment: Vec::new() }
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.course.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.course.join(path)).unwrap()
    }

    /// Replaces a text in a file of the course.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} has no {from:?}");
        self.write(path, &text.replace(from, to));
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// What was set before.
    pub fn environment(&self, name: &str) -> Option<String> {
        self.environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// Makes AWS profiles, each with access keys of its own, and binds the accounts of the same names.
    pub fn bind(&self, accounts: &[(&str, &str, &str, &str)]) {
        let mut credentials = String::new();
        let mut bindings = serde_json::Map::new();
        for (name, key, secret, token) in accounts {
            credentials.push_str(&format!("[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"));
            if !token.is_empty() {
                credentials.push_str(&format!("aws_session_token = {token}\n"));
            }
            bindings.insert((*name).to_owned(), serde_json::json!({ "source": { "profile": name } }));
        }
        fs::write(self.home.path().join("credentials"), credentials).unwrap();
        let file = serde_json::json!({ self.course.to_str().unwrap(): bindings });
        fs::create_dir_all(self.home.path().join("config")).unwrap();
        fs::write(self.home.path().join("config/bindings.json"), file.to_string()).unwrap();
    }

    /// A program on this machine, without the real environment.
    pub fn command(&self, program: &Path) -> Command {
        let home = self.home.path();
        let mut command = Command::new(program);
        let path = format!("{}:/usr/bin:/bin", binaries().display());
        command.current_dir(&self.course).env_clear().env("PATH", path).env("HOME", home);
        command.env("VERIFY_CONFIG_DIR", home.join("config"));
        command.env("AWS_CONFIG_FILE", home.join("aws-config"));
        command.env("AWS_SHARED_CREDENTIALS_FILE", home.join("credentials"));
        // Times are shown in the time zone of the machine.
        command.env("TZ", "UTC");
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_MAX_ATTEMPTS", "1");
        command.envs(self.environment.iter().cloned());
        command
    }

    pub fn verify(&self, arguments: &[&str]) -> Ran {
        self.verify_with("", arguments)
    }

    /// Runs `verify` with something on its standard input.
    pub fn verify_with(&self, input: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(&binary("verify"));
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that does not read its input closes it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::of(child.wait_with_output().unwrap(), self)
    }

    pub fn mdbook(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(&installed("mdbook")).args(arguments).output().unwrap(), self)
    }
}

/// The output of a program, with the machine's own paths replaced.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: Output, machine: &Machine) -> Ran {
        let home = machine.home.path().canonicalize().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace(home.to_str().unwrap(), "~");
        Ran { status: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Everything, for a snapshot.
    pub fn shown(&self) -> String {
        format!("exit status {}\n--- stdout\n{}--- stderr\n{}", self.status, self.stdout, self.stderr)
    }
}

/// The reference of the first lessons, as `verify build` writes it.
static REFERENCE: LazyLock<String> = LazyLock::new(|| {
    let machine = Machine::empty();
    copy_first_lessons(&machine.course);
    let ran = machine.verify(&["build"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    machine.read("src/reference.md")
});

/// A request to a test's own server.
#[derive(Debug)]
pub struct Request {
    /// The request line and the headers, in lower case but for values.
    pub head: String,
    pub body: String,
}

impl Request {
    /// The path of the request line.
    pub fn path(&self) -> &str {
        self.head.split_whitespace().nth(1).unwrap_or_default()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> &str {
        let of = |line: &'_ str| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)).is_some();
        self.head
            .lines()
            .find(|line| of(line))
            .and_then(|line| line.split_once(':'))
            .map_or("", |(_, value)| value.trim())
    }
}

/// The response of a test's own server: a status, headers, and a body.
pub type Answer = (u16, String, String);

/// A server that gives the same response to every request. It ends with the test.
pub fn server(status: u16, content_type: &str, body: &str) -> String {
    let answer = (status, format!("content-type: {content_type}"), body.to_owned());
    serve(move |_| answer.clone())
}

/// A server whose responses depend on the request. It ends with the test.
pub fn serve(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> String {
    serve_raw(move |request| {
        let (status, headers, body) = answer(request);
        let length = body.len();
        format!("HTTP/1.1 {status} Answer\r\n{headers}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
    })
}

/// A server whose responses are written as they are, with their head.
pub fn serve_raw<A: Into<Vec<u8>>>(answer: impl Fn(&Request) -> A + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
                while reader.read_line(&mut line).unwrap_or(0) > 2 {
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap_or(0);
                    }
                    head.push_str(&line);
                    line.clear();
                }
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let request = Request { head, body: String::from_utf8_lossy(&body).into_owned() };
                let _ = reader.get_mut().write_all(&answer(&request).into());
            });
        }
    });
    format!("http://{address}")
}

/// STS's response with a caller's identity.
pub fn identity(id: &str, who: &str) -> Answer {
    let service = if who.starts_with("assumed-role") { "sts" } else { "iam" };
    xml(&format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:{service}::{id}:{who}</Arn><UserId>U</UserId><Account>{id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    ))
}

/// A response in XML.
pub fn xml(body: &str) -> Answer {
    (200, "content-type: text/xml".to_owned(), body.to_owned())
}

/// The response of a query service to a denied call.
pub fn denied() -> Answer {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: somebody is not authorized</Message></Error></ErrorResponse>";
    (403, "content-type: text/xml".to_owned(), body.to_owned())
}

/// Runs a Python script that has boto3, which moto brings along, and returns the JSON that it prints.
pub fn boto3(machine: &Machine, script: &str, arguments: &[&str]) -> Value {
    boto3_with(machine, script, arguments, &Value::Null)
}

/// The same, with JSON on its standard input.
pub fn boto3_with(machine: &Machine, script: &str, arguments: &[&str], input: &Value) -> Value {
    let mut command = machine.command(&installed("python"));
    command.args(["-c", script]).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A script that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.to_string().as_bytes());
    let ran = child.wait_with_output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// A server that hangs up in the middle of each response.
pub fn cut_off(status: u16, body: &str) -> String {
    let half = body[..body.len() / 2].to_owned();
    serve_raw(move |_| {
        format!("HTTP/1.1 {status} Answer\r\ncontent-type: text/xml\r\ncontent-length: 4000\r\n\r\n{half}")
    })
}

/// A port of loopback on which no server listens.
pub fn closed_port() -> String {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Removes the times of day from a text.
pub fn timeless(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("20") {
        let looks = |length: usize, like: &str| {
            rest.get(at..at + length).is_some_and(|text| {
                text.chars().zip(like.chars()).all(|(c, like)| if like == '0' { c.is_ascii_digit() } else { c == like })
            })
        };
        let length = [20, 20, 16]
            .into_iter()
            .zip(["0000-00-00T00:00:00Z", "0000-00-00 00:00 UTC", ""])
            .find(|(length, like)| !like.is_empty() && looks(*length, like));
        out.push_str(&rest[..at]);
        match length {
            Some((length, _)) => {
                out.push_str("TIME");
                rest = &rest[at + length..];
            }
            None => {
                out.push_str("20");
                rest = &rest[at + 2..];
            }
        }
    }
    out + rest
}
