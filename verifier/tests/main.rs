//! The verifier's integration tests.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod answers;
mod common;
mod faults;
mod import;
mod import_words;
mod lint;
mod lint_reads;
mod look_ups;
mod mutation;
mod policies;
mod practice;
mod round_trips;
mod second_judge;
mod states;
mod whole_course;
