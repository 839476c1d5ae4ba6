//! The preprocessor on whole books, as a library and as a binary.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test fails by panicking")]

mod book;
mod bounded;
mod fuzz;
mod install;
mod passthrough;
mod places;
mod protocol;
mod sizes;
mod support;
mod widget;
