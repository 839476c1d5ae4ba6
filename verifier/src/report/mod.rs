//! Output formats for results and other documents. Nothing here judges or prints.

pub mod accounts;
pub mod calls;
pub mod class;
pub mod csv;
pub mod doctor;
pub mod import;
pub mod junit;
pub mod lint;
pub mod policy;
pub mod reference;
mod results;
pub mod selftest;
pub mod text;

use course::terminal::{self, Text};
use evidence::Section;
use evidence::table::{self, Call};
use serde::Serialize;
use std::collections::BTreeSet;

pub(crate) use course::terminal::line as plain;
pub use results::{Form, results};

/// A document as JSON.
///
/// # Errors
/// Never for documents of this program; JSON cannot express some floating-point numbers.
pub fn json(document: &impl Serialize) -> serde_json::Result<Text> {
    Ok(Text::block(&(terminal::json(&serde_json::to_string_pretty(document)?) + "\n")))
}

/// The calls that read these sections, each once: two sections may use the same call.
fn calls(needs: &BTreeSet<(String, Section)>) -> impl Iterator<Item = (&str, &'static Call)> {
    let mut before = BTreeSet::new();
    let calls = needs.iter().flat_map(|(account, section)| table::of(*section).map(|call| (account.as_str(), call)));
    calls.filter(move |(account, call)| before.insert((*account, call.name(), call.action)))
}

#[cfg(test)]
mod tests;
