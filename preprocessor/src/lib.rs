//! `mdbook-verify`: an mdBook preprocessor that turns a course's claims into steps with a verdict.
//!
//! The crate `course` reads the lessons and their results; this one shows them in the book ([`widget`]).
//!
//! | where | what |
//! |---|---|
//! | [`widget`] | a step as the book shows it |
//! | [`preprocessor`], [`protocol`] | mdBook's side |
//! | [`install`], [`style_sheet`] | setting up a book for the stock `mdbook` |

// Tests use what the program must not.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod install;
pub mod preprocessor;
pub mod protocol;
pub mod style_sheet;
pub mod widget;

pub use preprocessor::VerifyPreprocessor;

/// The widgets' style sheet.
pub const CSS: &str = concat!(include_str!("../assets/verify.css"), include_str!("../assets/live.css"));

/// The script of the live book, which only `verify serve` adds to pages. Its parts share one scope.
pub const JS: &str = concat!(
    "\"use strict\";\n(() => {\n",
    include_str!("../assets/live/words.js"),
    include_str!("../assets/live/page.js"),
    include_str!("../assets/live/step.js"),
    include_str!("../assets/live/inputs.js"),
    include_str!("../assets/live/progress.js"),
    include_str!("../assets/live/notes.js"),
    include_str!("../assets/live/accounts.js"),
    include_str!("../assets/live/summary.js"),
    include_str!("../assets/live/events.js"),
    "})();\n"
);
