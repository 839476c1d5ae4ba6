//! AWS emulators that others wrote, as servers on this computer.

use super::{Machine, installed, repository};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

/// An independent AWS emulator: moto's server, or ministack.
pub struct Emulator {
    child: Child,
    pub endpoint: String,
}

impl Emulator {
    /// Forgets everything in moto's accounts, as if it was started again.
    pub fn reset(&self) {
        let address = self.endpoint.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = "POST /moto-api/reset HTTP/1.1\r\nHost: moto\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts moto's server and waits until it listens.
pub fn moto(machine: &Machine) -> Emulator {
    let port = free_port();
    let mut command = machine.command(&installed("moto_server"));
    command.args(["-H", "127.0.0.1", "-p", &port]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("Running on")), "moto's server did not start");
    // Unread output would block it.
    std::thread::spawn(move || lines.for_each(drop));
    Emulator { child, endpoint: format!("http://127.0.0.1:{port}") }
}

/// Starts ministack, which is in an environment of its own, and waits until it listens.
pub fn ministack(machine: &Machine) -> Emulator {
    let program = repository().join("tests/.ministack/bin/ministack");
    assert!(program.exists(), "{} is missing: run tests/run, which installs it", program.display());
    let port = free_port();
    let mut command = machine.command(&program);
    command.current_dir(machine.home.path()).env("GATEWAY_PORT", &port).env("BIND_HOST", "127.0.0.1");
    // Of what it would run in containers, nothing is used.
    command.env("DOCKER_HOST", "unix:///nowhere").env("MINISTACK_HOST", "127.0.0.1").env("LOG_LEVEL", "CRITICAL");
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let emulator = Emulator { child, endpoint: format!("http://127.0.0.1:{port}") };
    let listens = || TcpStream::connect(format!("127.0.0.1:{port}")).is_ok();
    let pause = || std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(
        (0..300).any(|_| listens() || {
            pause();
            false
        }),
        "ministack did not start"
    );
    emulator
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}
