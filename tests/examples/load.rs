//! Measures how long the table of a service takes to load, for `tests/bench reads`: `load SERVICE…` prints seconds.

#![allow(clippy::unwrap_used, missing_docs, reason = "a measurement fails by panicking")]
#![allow(clippy::disallowed_macros, reason = "a measurement prints what it measured")]

use std::time::Instant;

fn main() {
    for name in std::env::args().skip(1) {
        let begun = Instant::now();
        evidence::reads::service(&name).unwrap();
        println!("{name} {}", begun.elapsed().as_secs_f64());
    }
}
