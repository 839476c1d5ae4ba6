//! Whole-system tests: the two binaries from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod account_mistakes;
mod accounts;
mod auth;
mod chapters;
mod clock;
mod cohort;
mod common;
mod courses;
mod dependencies;
mod doctor;
mod emulators;
mod expressions;
mod hostile;
mod import;
mod install;
mod labs;
mod lessons;
mod lint;
mod mdbook;
mod messages;
mod mistakes;
mod moto;
mod places;
mod practice;
mod printed;
mod publish;
mod reads;
mod regenerate;
mod report;
mod reports;
mod results;
mod secrets;
mod selftest;
mod serve;
mod shell;
mod sources;
mod start;
mod states;
mod stock;
mod strangers;
mod watch;
