//! The calls that a step or a check needs.

use evidence::Section;
use evidence::table::{self, Call};
use std::collections::BTreeSet;

/// The calls that read these sections, each once: two sections may use the same call.
pub(super) fn calls(needs: &BTreeSet<(String, Section)>) -> impl Iterator<Item = (&str, &'static Call)> {
    let mut before = BTreeSet::new();
    let calls = needs.iter().flat_map(|(account, section)| table::of(*section).map(|call| (account.as_str(), call)));
    calls.filter(move |(account, call)| before.insert((*account, call.name(), call.action)))
}
