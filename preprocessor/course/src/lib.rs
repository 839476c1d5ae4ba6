//! `course`: a course as data. Lessons claim steps, checks say what is asked for, results say what it came to.
//!
//! A lesson makes **claims** (list items with a [`directive`]). A claim names a [`check`], which is a list of expectations
//! over evidence. The verifier finds what they come to, a verdict, and writes [`results`]. This crate reads all of that from
//! mdBook's chapters and configuration. It knows neither AWS nor what expressions mean, and shows nothing in a book.
//!
//! | where | what |
//! |---|---|
//! | [`Course`], [`check`], [`param`], [`Options`] | the course as data |
//! | [`fact_source`] | where a check has its facts from |
//! | [`scan`], [`directive`], [`edit`], [`substitute`] | what stands in a lesson, and what takes its place |
//! | [`escape`] | text in HTML and in addresses |
//! | [`load`], [mod@include], [`environment`], [`folders`] | where all that is read from |
//! | [`words`] | the words of a check's expressions and sentences |
//! | [`annotate`] | writing directives into a raw lesson |
//! | [`results`], [`key`] | verdicts, and the learner's seal on them |
//! | [`step_view`] | what a learner is told about a step |
//! | [`diagnostic`], [`places`], [`lint`] | what is wrong with a course, with its place |
//! | [`files`], [`terminal`] | what opens and writes files, and all that is printed |

// Tests make what the program must not meet.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod annotate;
pub mod check;
mod course;
pub mod diagnostic;
pub mod directive;
pub mod edit;
pub mod environment;
pub mod escape;
pub mod fact_source;
pub mod files;
pub mod folders;
pub mod include;
pub mod key;
mod links;
pub mod lint;
pub mod load;
mod options;
pub mod param;
pub mod places;
pub mod results;
pub mod scan;
mod source_map;
pub mod step_view;
pub mod substitute;
pub mod terminal;
pub mod words;

pub use course::{Course, Occurrence, Step};
pub use options::{Options, Source};
