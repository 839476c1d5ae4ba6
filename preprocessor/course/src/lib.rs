//! `course`: reads a course as data: the steps of its lessons, the checks behind them, and the results.
//!
//! A lesson makes **claims** (list items with a [`directive`]). A claim names a [`check`], which is a list of
//! expectations about evidence. The verifier evaluates them to a verdict, and writes [`results`]. This crate reads all
//! of that from mdBook's chapters and configuration. It does not use AWS, evaluate expressions, or change a book.
//!
//! | where | what |
//! |---|---|
//! | [`Course`], [`check`], [`param`], [`input`], [`table`], [`Options`] | the course as data |
//! | [`fact_source`] | the sources of a check's facts |
//! | [`scan`], [`directive`], [`edit`], [`substitute`] | what is found in a lesson, and what replaces it |
//! | [`escape`] | text in HTML and in addresses |
//! | [`load`], [mod@include], [`environment`], [`folders`] | reading a course from its files |
//! | [`words`], [`letters`] | the words of a check's expressions and sentences, and names in ASCII |
//! | [`annotate`] | writing directives into a raw lesson |
//! | [`results`], [`key`] | verdicts, and the key that seals them |
//! | [`learner_file`] | what the learner's configuration folder has of a course |
//! | [`step_view`], [`course_view`] | how a step and a whole course are presented to a learner |
//! | [`diagnostic`], [`places`], [`lint`] | errors in a course, with their places |
//! | [`files`], [`terminal`] | opening and writing files, and printing |
//! | [`local_time`] | times for readers |
//! | [`toml_schema`] | JSON Schemas of the files that authors write |

// Tests use what the program must not.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod annotate;
pub mod check;
mod course;
pub mod course_view;
pub mod diagnostic;
pub mod directive;
pub mod edit;
pub mod environment;
pub mod escape;
pub mod fact_source;
pub mod files;
pub mod folders;
mod hashes;
pub mod include;
pub mod input;
pub mod key;
pub mod learner_file;
pub mod letters;
mod links;
pub mod lint;
pub mod load;
pub mod local_time;
pub mod next_step;
mod options;
pub mod parallel;
pub mod param;
pub mod places;
pub mod results;
pub mod scan;
mod source_map;
pub mod step_view;
pub mod substitute;
pub mod table;
pub mod terminal;
#[cfg(test)]
mod testing;
pub mod toml_error;
pub mod toml_schema;
pub mod words;

pub use course::{Course, Occurrence, Step};
pub use options::{Options, Source, can_name_account, schema as options_schema};
