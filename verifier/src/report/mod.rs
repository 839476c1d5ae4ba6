//! Output formats for results and other documents. Nothing here judges or prints.

pub mod accounts;
pub mod calls;
pub mod check_reference;
pub mod class;
pub mod csv;
pub mod doctor;
pub mod import;
pub mod inputs;
pub mod junit;
pub mod leftovers;
pub mod lint;
pub mod markdown;
mod needed_calls;
pub mod policy;
pub mod reads;
pub mod reference;
pub(crate) mod rename;
mod results;
pub mod selftest;
pub mod summary;
pub mod text;

use course::terminal::{self, Text};
use serde::Serialize;

pub(crate) use course::terminal::line as plain;
pub use results::{Form, results};

/// A document as JSON.
///
/// # Errors
/// Never for documents of this program; JSON cannot express some floating-point numbers.
pub fn json(document: &impl Serialize) -> serde_json::Result<Text> {
    Ok(Text::block(&(terminal::json(&serde_json::to_string_pretty(document)?) + "\n")))
}

#[cfg(test)]
mod tests;
