//! `mdbook-verify`: an mdBook preprocessor that turns list items into steps with a verdict.
//!
//! A lesson makes **claims** (list items with a [`directive`]). A claim names a [`check`], which is a list of
//! expectations over evidence. The verifier finds what they come to, a verdict, and writes [`results`]; this crate
//! reads them and shows them in the book ([`widget`]). It knows mdBook, and neither AWS nor what expressions mean.
//!
//! | where | what |
//! |---|---|
//! | [`course`], [`check`], [`param`] | the course as data |
//! | [`fact_source`] | where a check has its facts from |
//! | [`directive`], [`scan`] | what stands in a lesson |
//! | [`words`] | the words of a check's expressions and sentences |
//! | [`results`], [`key`] | verdicts, and the learner's seal on them |
//! | [`widget`] | a step as the book shows it |
//! | [`files`] | what opens and writes files |
//! | [`folders`] | which of a book's folders must be apart |
//! | [`include`] | mdBook's `{{#include …}}` |
//! | [`diagnostic`], [`places`], [`lint`] | what is wrong with a course, with its place |
//! | [`terminal`] | all that is printed |
//! | [`preprocessor`], [`protocol`], [`install`], [`style_sheet`], [`environment`] | mdBook's side |

// Tests make what the program must not meet.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod annotate;
pub mod check;
pub mod course;
pub mod diagnostic;
pub mod directive;
mod edit;
pub mod environment;
pub mod fact_source;
pub mod files;
pub mod folders;
pub mod include;
pub mod install;
pub mod key;
mod links;
pub mod lint;
mod load;
mod options;
pub mod param;
pub mod places;
pub mod preprocessor;
pub mod protocol;
pub mod results;
pub mod scan;
mod source_map;
pub mod style_sheet;
mod substitute;
pub mod terminal;
pub mod widget;
pub mod words;

pub use options::{Options, Source};
pub use preprocessor::VerifyPreprocessor;

/// The widgets' style sheet.
pub const CSS: &str = include_str!("../assets/verify.css");

/// The script of the live book, which only `verify serve` brings into its pages.
pub const JS: &str = include_str!("../assets/verify.js");
