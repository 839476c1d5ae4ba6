//! Whether a text says that something is there, or gone.

use std::collections::BTreeSet;

use super::stems::Stems;
use super::words::{forms, negates};

/// Words that take something away for good.
const GONE: &[&str] = &["delete", "remove", "destroy", "drop"];

/// Whether a text says that something is there, or that it is gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Polarity {
    /// It is there.
    #[default]
    There,
    /// It is not there, or deleted.
    Gone,
    /// It is undone in this way: detached, suspended.
    Undone(u64),
    /// It says both, or twice no.
    Mixed,
}

impl Polarity {
    /// What a text says.
    pub(super) fn of(text: &str, stems: &Stems) -> Polarity {
        let gone: Vec<String> = GONE.iter().map(|word| stems.of_word(word)).collect();
        let (mut no, mut removed, mut undone) = (0, 0, BTreeSet::new());
        for word in forms(text) {
            let stem = stems.of_word(&word);
            match () {
                () if negates(&word) => no += 1,
                () if gone.contains(&stem) => removed += 1,
                () if stems.undoing.contains(&stem) => drop(undone.insert(stem)),
                () => {}
            }
        }
        match (no, removed, undone.len()) {
            (0, 0, 0) => Polarity::There,
            (1, 0, 0) | (0, 1.., _) => Polarity::Gone,
            (0, 0, 1) => Polarity::Undone(
                undone
                    .iter()
                    .flat_map(|stem| stem.bytes())
                    .fold(7, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte))),
            ),
            _ => Polarity::Mixed,
        }
    }

    /// Whether two texts say the same.
    pub(super) fn is_same_as(self, other: Polarity) -> bool {
        self == other && self != Polarity::Mixed
    }
}
