//! A part of a section, and how much it looks like an outcome of its own.

use crate::import::language::Language;
use crate::import::outcome::{Outcome, Place};
use crate::import::reading::{Kind, read};
use crate::import::text::words;

/// A part of a section, as it is understood.
pub(super) struct Unit {
    pub(super) outcome: Outcome,
    pub(super) strength: Strength,
}

impl Unit {
    /// The unit with its directive after the block that ends here.
    pub(super) fn after(mut self, end: usize) -> Unit {
        self.outcome.place = Place::After(end);
        self
    }
}

/// How much a part looks like an outcome of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// A setting, a click: it belongs to something else.
    Detail,
    /// Only if nothing around it is clearer.
    Weak,
    /// It names a thing, with its values.
    Named,
    /// It says so.
    Clear,
    /// It has a box to tick.
    Boxed,
}

/// Verbs that say something of a thing.
pub(super) const SAYS: &[&str] = &[
    "is", "are", "was", "were", "can", "can't", "cannot", "does", "do", "don't", "doesn't", "has", "have", "means",
    "needs", "need", "costs", "cost", "may", "will", "must",
];

/// The labels of attributes: they say how a thing is, and are none themselves.
const ATTRIBUTES: &str = "name names type kind region tier family runtime source destination target value key description size \
    scope prefix suffix path port protocol principal action condition resource effect endpoint endpoints engine class \
    capacity code stack method mode status state time level cost duration owner tags expression input output handler format \
    schedule identifier id period amount threshold recipient unit zone zones az cidr range family policy policies role \
    permissions group timeout memory retention billing user password title operator result note hint reviewed security \
    requester workers visibility";

/// Whether a label is that of an attribute.
pub(super) fn is_attribute(label: &str) -> bool {
    let words = words(label);
    words.len() == 1 && ATTRIBUTES.split_whitespace().any(|attribute| words[0] == attribute)
}

/// Whether a path through menus ends with a button that saves.
pub(super) fn completes(statement: &str, language: &Language) -> bool {
    let last = statement.rsplit([',', '→', ';']).find(|part| !part.trim().is_empty()).unwrap_or("");
    let reading = read(last, language);
    let saves = ["save", "create", "update", "apply", "finish", "confirm"];
    matches!(reading.kind, Kind::Make | Kind::Remove)
        || words(last).first().is_some_and(|word| saves.contains(&word.as_str()))
}
