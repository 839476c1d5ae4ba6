//! `verify`: judges the steps of a course from the learner's AWS accounts, and writes the verdicts into the book.
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
//! | where | what |
//! |---|---|
//! | [`book`], `includes`, `sanitize`, `trust` | the course in its book, and what a course may not do |
//! | [`compile`], [`plan`], [`cel`], `sentence` | checks compiled: what they read, what they say |
//! | crate [`evidence`] | what AWS says, and whose credentials ask |
//! | [`run`] | steps in, results and events out: what every command does with a course |
//! | [`verdict`], `members`, `remembered` | what evidence comes to |
//! | `cohort` | a whole class, learner by learner |
//! | `store`, [`recording`] | what is written |
//! | [`lint`], [`selftest`], `generate`, [`import`] | for its author: whether a course is right, its reference, new lessons |
//! | crate [`practice`] | two AWS accounts in this process |
//! | [`report`], `serve`, [`cli`] | what a person sees |

// Tests make what the program must not meet.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod book;
pub mod cel;
pub mod cli;
mod cohort;
pub mod compile;
mod generate;
pub mod import;
mod includes;
pub mod lint;
mod members;
pub mod plan;
pub mod recording;
mod remembered;
pub mod report;
pub mod run;
mod sanitize;
pub mod selftest;
mod sentence;
mod serve;
mod store;
mod trust;
pub mod verdict;
