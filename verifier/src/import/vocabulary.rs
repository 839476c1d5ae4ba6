//! The words of a course's checks. A word counts more if fewer checks have it.

use course::Course;
use std::collections::{BTreeMap, BTreeSet};

use super::about::Accounts;
use super::known::Known;
use super::stems::Stems;

/// How well a candidate must fit.
const LIKELY: f64 = 0.3;
/// The factor for words of doing, which many steps have: done, set, made, turned on.
const DOING: f64 = 0.3;

/// The words of a course's checks.
pub struct Vocabulary {
    pub(super) stems: Stems,
    pub(super) accounts: Accounts,
    pub(super) checks: BTreeMap<String, Known>,
    /// The weights of the checks' words.
    weights: BTreeMap<String, f64>,
}

impl Vocabulary {
    /// The words of a course's checks.
    pub fn of(course: &Course) -> Vocabulary {
        let (stems, accounts) = (Stems::of(course), Accounts::of(course));
        let mut vocabulary = Vocabulary { stems, accounts, checks: BTreeMap::new(), weights: BTreeMap::new() };
        for check in course.checks.values() {
            let known = Known::of(course, check, &vocabulary.stems, &vocabulary.accounts);
            vocabulary.checks.insert(check.name.clone(), known);
        }
        let known: BTreeSet<&String> = vocabulary.checks.values().flat_map(|known| &known.all).collect();
        vocabulary.weights = known.into_iter().map(|word| (word.clone(), vocabulary.counted(word))).collect();
        vocabulary
    }

    /// The stems of a text's words that carry meaning.
    pub fn stems(&self, text: &str) -> Vec<String> {
        self.stems.of_text(text)
    }

    /// The weight of a word.
    fn weight(&self, word: &str) -> f64 {
        self.weights.get(word).copied().unwrap_or_else(|| self.of_count(word, 1))
    }

    fn counted(&self, word: &str) -> f64 {
        self.of_count(word, self.checks.values().filter(|known| known.all.contains(word)).count().max(1))
    }

    /// The weight of a word that this many checks have.
    fn of_count(&self, word: &str, with: usize) -> f64 {
        let rare = (1.0 + self.checks.len() as f64 / with as f64).ln();
        if self.stems.done.contains(word) { rare * DOING } else { rare }
    }

    /// The checks that fit, the best first.
    pub(super) fn candidates(&self, text: &str) -> Vec<(String, f64)> {
        let stems: BTreeSet<String> = self.stems(text).into_iter().collect();
        let weight = |words: &mut dyn Iterator<Item = &String>| words.map(|word| self.weight(word)).sum::<f64>();
        let of_item = weight(&mut stems.iter());
        let fits = |known: &Known| {
            let (named, of_name) = (weight(&mut known.name.intersection(&stems)), weight(&mut known.name.iter()));
            let understood = weight(&mut known.all.intersection(&stems));
            // The share of the check's name that the item has, and the share of the item that the check has.
            if of_item > 0.0 && of_name > 0.0 { (named / of_name * understood / of_item).sqrt() } else { 0.0 }
        };
        let mut candidates: Vec<(String, f64)> =
            self.checks.iter().map(|(name, known)| (name.clone(), fits(known))).collect();
        candidates.retain(|(_, fit)| *fit >= LIKELY);
        candidates.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        candidates
    }
}
