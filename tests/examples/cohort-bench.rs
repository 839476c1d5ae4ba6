//! Compares how many accounts per second `verify cohort` judges with a bare client that sends the same requests over as
//! many connections to the same AWS on loopback, and ignores the responses. `tests/bench cohort` runs it.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a measurement fails by panicking")]
#![allow(clippy::disallowed_macros, reason = "a measurement tells what it measured")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::binary;
use common::class::{Kind, aws, instructor, kind, roster};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const LEARNERS: usize = 1000;
const RUNS: usize = 5;

fn main() {
    let rows = || (0..).filter(|row| matches!(kind(*row), Kind::Done | Kind::Half)).take(LEARNERS);
    let mut ratios = Vec::new();
    for run in 0..RUNS {
        let (aws, url) = aws();
        aws.keeps.store(true, Ordering::Relaxed);
        let machine = instructor(&url);
        machine.write("class.csv", &roster(rows()));
        let mut cohort = machine.command(&binary("verify"));
        cohort.args(["cohort", "class.csv", "--from", "teacher", "--rate", "1000"]).stdout(Stdio::null());
        let begun = Instant::now();
        assert_eq!(cohort.status().unwrap().code(), Some(1), "some have no MFA");
        let judged = begun.elapsed();
        aws.keeps.store(false, Ordering::Relaxed);
        let requests = std::mem::take(&mut *aws.kept.lock().unwrap());
        let connections = aws.connections.load(Ordering::Relaxed);
        let sent = send(url.strip_prefix("http://").unwrap(), &requests, connections);
        let a_second = |took: Duration| LEARNERS as f64 / took.as_secs_f64();
        ratios.push(a_second(judged) / a_second(sent));
        println!(
            "run {}: {} requests over {connections} connections; verify cohort {:.0} accounts/s, bare client {:.0}, ratio {:.2}",
            run + 1,
            requests.len(),
            a_second(judged),
            a_second(sent),
            ratios[run]
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!("median ratio {:.2}", ratios[RUNS / 2]);
}

/// Sends recorded requests, and reads the responses to their ends.
fn send(address: &str, requests: &[String], connections: usize) -> Duration {
    let (next, begun) = (AtomicUsize::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let stream = TcpStream::connect(address).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut reader = BufReader::new(stream);
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    reader.get_mut().write_all(request.as_bytes()).unwrap();
                    let (mut line, mut length) = (String::new(), 0);
                    while reader.read_line(&mut line).unwrap() > 2 {
                        if let Some(value) = line.strip_prefix("content-length: ") {
                            length = value.trim().parse().unwrap();
                        }
                        line.clear();
                    }
                    reader.read_exact(&mut vec![0; length]).unwrap();
                }
            });
        }
    });
    begun.elapsed()
}
