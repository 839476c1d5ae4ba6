//! What verbs do: make, take away, try, or only click.

use super::language::Language;
use super::text::Pattern;

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something is made, turned on or changed.
    Make,
    /// As `Make`, by a word that as often says how.
    Weak,
    /// Something is taken away or turned off.
    Remove,
    /// Something is tried.
    Try,
    /// Something is so.
    State,
    /// A label and its value: `Name: shop`.
    Setting,
    /// A click on the way, or a path through menus.
    Click,
    /// Nothing of this.
    Other,
}

/// The kinds of verbs, the clearest first.
fn kinds(language: &Language) -> [(Kind, &[Pattern]); 5] {
    [
        (Kind::Weak, &language.weak),
        (Kind::Click, &language.click),
        (Kind::Remove, &language.remove),
        (Kind::Make, &language.make),
        (Kind::Try, &language.tries),
    ]
}

/// The verb that words begin with.
pub(super) fn kind_at(words: &[String], language: &Language) -> Option<(Kind, String)> {
    let longest = |(kind, patterns): (Kind, &[Pattern])| {
        let found = patterns.iter().filter(|pattern| pattern.at(words)).max_by_key(|pattern| pattern.len());
        found.map(|pattern| (pattern.len(), kind, pattern.shown()))
    };
    // Of “open” and “open up”, the longer one is meant.
    let mut best: Option<(usize, Kind, String)> = None;
    for found in kinds(language).into_iter().filter_map(longest) {
        if best.as_ref().is_none_or(|(length, _, _)| found.0 > *length) {
            best = Some(found);
        }
    }
    best.map(|(_, kind, word)| (kind, word))
}
