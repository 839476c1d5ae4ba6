//! Reports: results in the forms that people and programs read. Nothing here judges or prints.

pub mod accounts;
pub mod exit;
pub mod text;

use mdbook_verify::results::Results;

/// The results document, exactly.
///
/// # Errors
/// Never for results of this program; JSON cannot express some floating-point numbers.
pub fn json(results: &Results) -> serde_json::Result<String> {
    serde_json::to_string_pretty(results).map(|text| text + "\n")
}
