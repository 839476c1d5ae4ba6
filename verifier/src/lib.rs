//! `verify`: verifies the steps of a course in the learner's AWS accounts, and shows the verdicts in the book.
//!
//! ```text
//!  book/src/*.md ──► preprocessor ──► Course ──────────────► widgets in the pages ◄─┐
//!  book/checks/*.toml ─────┘             │                                          │ results
//!                                        ▼                                          │
//!                             verifier: plan ──► evidence ──► verdict ──► store ────┘
//!                               which reads?    AWS SDK,       pure        atomic
//!                                               each read once function    write
//! ```
//!
//! | module or crate | contents |
//! |---|---|
//! | [`book`], `includes`, `sanitize`, `trust` | the course in its book, and the limits of an untrusted course |
//! | [`compile`], [`plan`], [`cel`], `sentence` | compiled checks: what they read, and the sentences that they show |
//! | crate [`evidence`] | evidence from AWS, and the credentials that read it |
//! | [`run`] | steps in, results and events out; every command that judges steps uses it |
//! | [`verdict`], `members`, `remembered` | verdicts from evidence |
//! | `cohort` | a whole class, learner by learner |
//! | `store`, [`recording`] | the files that are written |
//! | `shipped`, `course_files` | the course in this program: copies of it, and what a new course starts from |
//! | `rename` | new names for checks and accounts |
//! | [`lint`], [`selftest`], `generate`, [`import`] | for authors: mistakes in a course, its reference, new lessons |
//! | crate [`practice`] | the practice accounts, emulated in this process |
//! | [`report`], `serve`, [`cli`] | output for people |

// Tests may use what is disallowed in the program.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod actions;
pub mod book;
pub mod cel;
pub mod cli;
mod cohort;
pub mod compile;
mod course_files;
mod generate;
pub mod import;
mod includes;
pub mod lint;
pub mod made;
mod members;
pub mod plan;
pub mod reads;
pub mod recording;
mod remembered;
mod rename;
pub mod report;
pub mod run;
mod sanitize;
pub mod selftest;
mod sentence;
mod serve;
mod shipped;
mod store;
mod trust;
pub mod verdict;
