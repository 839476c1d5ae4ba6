//! Strangers at the live book's server: however many connect, and whatever they send, the learner gets responses.

use crate::common::live::{Serving, practice};
use serde_json::json;
use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The kinds of strangers. 600 of them connect, until they are dropped.
type Way = (&'static str, fn(&Serving, &mut TcpStream));

const STRANGERS: usize = 600;

/// Sends a request without a token, and ignores the outcome.
fn ask(serving: &Serving, stream: &mut TcpStream, path: &str, headers: &str) {
    let _ = stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", serving.host()).as_bytes());
}

fn connect(serving: &Serving) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", serving.port)).unwrap();
    stream.set_read_timeout(Some(IN_TIME)).unwrap();
    stream
}

/// Less time than a stranger may take for a request. A learner who had to wait for strangers would wait longer.
const IN_TIME: Duration = Duration::from_secs(5);

/// The learner's own request, on a new connection.
fn learner(serving: &Serving) -> String {
    let mut stream = connect(serving);
    ask(serving, &mut stream, "/", &format!("Cookie: {}\r\nConnection: close\r\n", serving.cookie));
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn strangers_do_not_shut_the_learner_out() {
    let (_machine, serving) = practice();
    let ways: [Way; 9] = [
        ("say nothing", |_, _| {}),
        ("send half a head", |serving, stream| {
            let _ = stream.write_all(format!("GET / HTTP/1.1\r\nHost: {}\r\nX: ", serving.host()).as_bytes());
        }),
        ("ask without a token and stay", |serving, stream| ask(serving, stream, "/", "Connection: keep-alive\r\n")),
        ("ask for events without a token", |serving, stream| ask(serving, stream, "/-/events", "")),
        ("ask for another host", |_, stream| {
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        }),
        ("ask many things at once", |serving, stream| (0..50).for_each(|_| ask(serving, stream, "/toc.js", ""))),
        ("close their half", |serving, stream| {
            let _ = stream.write_all(format!("GET / HTTP/1.1\r\nHost: {}\r\n", serving.host()).as_bytes());
            let _ = stream.shutdown(Shutdown::Write);
        }),
        ("send half a body", |serving, stream| {
            let head = "POST /-/verify HTTP/1.1\r\nContent-Length: 100000\r\n";
            let _ = stream.write_all(format!("{head}Host: {}\r\n\r\n{{", serving.host()).as_bytes());
        }),
        ("try tokens", |serving, stream| ask(serving, stream, "/?token=0000", "")),
    ];
    for (way, act) in ways {
        let mut strangers: Vec<TcpStream> = (0..STRANGERS).map(|_| connect(&serving)).collect();
        strangers.iter_mut().for_each(|stream| act(&serving, stream));
        assert!(learner(&serving).starts_with("HTTP/1.1 200"), "strangers {way}");
        // One byte at a time.
        strangers.iter_mut().for_each(|stream| drop(stream.write_all(b"x")));
        assert!(learner(&serving).starts_with("HTTP/1.1 200"), "strangers {way}");
    }
}

#[test]
fn strangers_who_come_back_again_and_again_do_not_shut_the_learner_out() {
    let (_machine, serving) = practice();
    let over = AtomicBool::new(false);
    let mut events = serving.events();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut held = VecDeque::new();
                while !over.load(Ordering::Relaxed) {
                    // A port from the system may still be in use.
                    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", serving.port)) else { continue };
                    ask(&serving, &mut stream, "/", "");
                    held.push_back(stream);
                    if held.len() == STRANGERS / 4 {
                        held.pop_front();
                    }
                }
            });
        }
        let answers: Vec<String> = (0..20).map(|_| learner(&serving)).collect();
        over.store(true, Ordering::Relaxed);
        let lines: Vec<&str> = answers.iter().map(|answer| answer.lines().next().unwrap_or_default()).collect();
        assert!(lines.iter().all(|line| line.starts_with("HTTP/1.1 200")), "{lines:?}");
    });
    // Connections that existed before still exist.
    assert_eq!(serving.ask("/-/verify", &json!({ "steps": ["cost-budget"] })).status, 202);
    events.verdict("cost-budget", "not-yet");
}

#[test]
fn a_stranger_gets_a_short_answer_and_the_connection_is_closed() {
    let (_machine, serving) = practice();
    for (path, headers) in [("/", ""), ("/-/events", ""), ("/?token=0000", ""), ("/toc.js", "Origin: null\r\n")] {
        let mut stream = connect(&serving);
        ask(&serving, &mut stream, path, &format!("{headers}Connection: keep-alive\r\n"));
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let answer = answer.to_lowercase();
        assert!(answer.starts_with("http/1.1 403") && answer.contains("\r\nconnection: close"), "{path}: {answer}");
        assert!(answer.len() < 1000, "{path}: {answer}");
    }
}

#[test]
fn whoever_does_not_read_is_not_waited_for_even_with_the_token() {
    let (_machine, serving) = practice();
    let mut stream = connect(&serving);
    stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n", serving.host(), serving.cookie);
    // If a client does not read responses, the server stops reading requests, and ends the connection some time later.
    let error = std::iter::from_fn(|| Some(stream.write_all(request.as_bytes()))).find_map(Result::err).unwrap();
    assert!([ErrorKind::ConnectionReset, ErrorKind::BrokenPipe].contains(&error.kind()), "{error:?}");
}
