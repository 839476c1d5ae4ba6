//! A learner's machine in a temporary folder: a copy of the course, a home, AWS configuration files, and the two
//! binaries.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// One of the binaries, beside this test's own.
pub fn binary(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.ancestors().nth(2).unwrap().join(name);
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
    /// A machine with a copy of this repository's course.
    pub fn new() -> Machine {
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

    /// A program on this machine, with nothing of the real one's environment.
    pub fn command(&self, program: &Path) -> Command {
        let home = self.home.path();
        let mut command = Command::new(program);
        let path = format!("{}:/usr/bin:/bin", binary("verify").parent().unwrap().display());
        command.current_dir(&self.course).env_clear().env("PATH", path).env("HOME", home);
        command.env("VERIFY_CONFIG_DIR", home.join("config"));
        command.env("AWS_CONFIG_FILE", home.join("aws-config"));
        command.env("AWS_SHARED_CREDENTIALS_FILE", home.join("credentials"));
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_MAX_ATTEMPTS", "1");
        command.envs(self.environment.iter().cloned());
        command
    }

    pub fn verify(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(&binary("verify")).args(arguments).output().unwrap(), self)
    }

    pub fn mdbook(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(&installed("mdbook")).args(arguments).output().unwrap(), self)
    }
}

/// What a program did, with the machine's own paths taken out.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    fn of(output: Output, machine: &Machine) -> Ran {
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

/// Copies a folder, without what was built or written into it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (name, path) = (entry.file_name(), entry.path());
        if name == ".verify" || name == "book" {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// A server that gives every request the same answer. It ends with the test.
pub fn server(status: u16, content_type: &str, body: &str) -> String {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = listener.local_addr().unwrap();
    let answer = format!(
        "HTTP/1.1 {status} Answer\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let mut length = 0;
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap_or(0);
                }
                line.clear();
            }
            let mut body = vec![0; length];
            let _ = reader.read_exact(&mut body);
            let _ = reader.get_mut().write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

/// A port of loopback that nobody listens on.
pub fn closed_port() -> String {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
